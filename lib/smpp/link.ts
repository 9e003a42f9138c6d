import { BindKeeper } from './bind-keeper.ts';
import { type Outcome, readFault } from './outcome.ts';
import { Pace } from './pace.ts';
import { SmscFailure } from './smsc-failure.ts';
import type { Submission } from './submission.ts';
import type { Submitter } from './submitter.ts';

/** A bind that sends, at its own pace. */
export class Link extends BindKeeper {
  readonly #submitter: Submitter;
  readonly #pace: Pace;

  constructor(submitter: Submitter, ...[mode, account, events]: ConstructorParameters<typeof BindKeeper>) {
    super(mode, account, events);
    this.#submitter = submitter;
    this.#pace = new Pace(account.smsc.messagesPerSecond);
  }

  get inFlight(): number {
    return this.bind?.inFlight ?? 0;
  }

  /** When it may take another message, in milliseconds since 1970; never where its window has no room. */
  get freeAt(): number {
    return this.bind?.hasRoom === true ? this.#pace.freeAt : Number.POSITIVE_INFINITY;
  }

  /** Needs a `freeAt` that has come. Sends the parts one after the other; never rejects. */
  async submit(submission: Submission): Promise<Outcome> {
    const { bind } = this;
    if (bind === undefined) return readFault(new SmscFailure('there is no bind'));
    this.touch();
    this.#pace.take(submission.parts.length, Date.now());
    bind.enter();
    const outcome = await this.#submitter.submit(bind, submission);
    bind.leave();
    if (outcome.kind === 'throttled') this.#pace.slowDown(Date.now());
    return outcome;
  }
}
