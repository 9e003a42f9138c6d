import type { BindMode } from './bind.ts';
import type { BindContext } from './bind-context.ts';
import { BindKeeper, type BindKeeperEvents } from './bind-keeper.ts';
import { type Outcome, readFault } from './outcome.ts';
import { RateLimit } from './rate-limit.ts';
import { SmscFailure } from './smsc-failure.ts';
import type { Submission } from './submission.ts';
import type { Submitter } from './submitter.ts';

/** A bind that sends, up to its own rate limit. */
export class SendingBind extends BindKeeper {
  readonly #submitter: Submitter;
  readonly #rateLimit: RateLimit;

  constructor(mode: BindMode, context: BindContext, events: BindKeeperEvents, submitter: Submitter) {
    super(mode, context, events);
    this.#submitter = submitter;
    this.#rateLimit = new RateLimit(context.smsc.messagesPerSecond);
  }

  get inFlight(): number {
    return this.bind?.inFlight ?? 0;
  }

  /** When it may take another message, in milliseconds since 1970; never where its window has no room. */
  get freeAt(): number {
    return this.bind?.hasRoom === true ? this.#rateLimit.freeAt : Number.POSITIVE_INFINITY;
  }

  /** Needs a `freeAt` that has come. Sends the parts one after the other; never rejects. */
  async submit(submission: Submission): Promise<Outcome> {
    const { bind } = this;
    if (bind === undefined) return readFault(new SmscFailure('there is no bind'));
    this.touch();
    this.#rateLimit.take(submission.parts.length, Date.now());
    bind.enter();
    const outcome = await this.#submitter.submit(bind, submission);
    bind.leave();
    if (outcome.kind === 'throttled') this.#rateLimit.slowDown(Date.now());
    return outcome;
  }
}
