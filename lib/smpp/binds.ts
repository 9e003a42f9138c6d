import type { HealthStatus } from '../domain/ports.ts';
import type { Bind, BindMode } from './bind.ts';
import { BindKeeper, type BindKeeperEvents } from './bind-keeper.ts';
import { type Outcome, readFault } from './outcome.ts';
import { SendingBind } from './sending-bind.ts';
import { SmscFailure } from './smsc-failure.ts';
import type { SmscSettings } from './smsc-schema.ts';
import type { Submission } from './submission.ts';
import { Submitter } from './submitter.ts';
import type { Timings } from './timings.ts';

/** All binds to one SMSC: those that send, and a receiver where one is wanted. */
export class Binds {
  readonly #window: number;
  readonly #senders: readonly SendingBind[];
  readonly #receiver: BindKeeper | undefined;
  readonly #all: readonly BindKeeper[];

  constructor(smsc: SmscSettings, timings: Timings, events: BindKeeperEvents) {
    const context = { smsc, timings, proven: new Set<BindMode>() };
    const submitter = new Submitter(smsc, timings.answer);
    const mode = smsc.bindMode === 'transceiver' ? 'transceiver' : 'transmitter';
    const onBound = (bind: Bind): void => {
      for (const keeper of this.#all) keeper.start();
      events.onBound(bind);
    };
    const ownEvents = { ...events, onBound };
    this.#window = smsc.window;
    this.#senders = Array.from({ length: smsc.binds }, () => new SendingBind(mode, context, ownEvents, submitter));
    const hasReceiver = smsc.bindMode === 'transmitter+receiver';
    this.#receiver = hasReceiver ? new BindKeeper('receiver', context, ownEvents) : undefined;
    this.#all = [...this.#senders, ...(this.#receiver === undefined ? [] : [this.#receiver])];
  }

  /** How many are bound. */
  get bound(): number {
    return this.#all.filter(({ isBound }) => isBound).length;
  }

  get inFlight(): number {
    return this.#senders.reduce((sum, sender) => sum + sender.inFlight, 0);
  }

  /** How full the windows are: from 0 to 1. */
  get load(): number {
    const bound = this.#senders.filter(({ isBound }) => isBound).length;
    return this.inFlight / Math.max(1, bound * this.#window);
  }

  /** When one may take another message, in milliseconds since 1970; never where no window has room. */
  get freeAt(): number {
    return Math.min(...this.#senders.map(({ freeAt }) => freeAt));
  }

  get status(): HealthStatus {
    if (this.#all.every(({ isBoundOrIdle }) => isBoundOrIdle)) return 'ready';
    return this.#senders.some(({ isBoundOrIdle }) => isBoundOrIdle) ? 'degraded' : 'down';
  }

  /** What is wrong with one of them, if anything is known to be. */
  get failure(): string | undefined {
    return this.#all.find(({ failure }) => failure !== undefined)?.failure?.message;
  }

  /** Whether one that sends may come about by then (milliseconds since 1970). */
  isExpectedBy(time: number): boolean {
    return this.#senders.some((sender) => sender.isExpectedBy(time));
  }

  /** The first only: the others follow when it has shown that the account is right. */
  start(): void {
    this.#senders[0]?.start();
  }

  /** A message waits: what was let go is needed again, and without any bind also what others had no room for. */
  wake(): void {
    const isCutOff = !this.#senders.some(({ isBound }) => isBound);
    for (const keeper of this.#all) if (isCutOff || keeper.isBoundOrIdle) keeper.wake();
  }

  /** Through the one with the most room; never rejects. */
  submit(submission: Submission): Promise<Outcome> {
    const now = Date.now();
    let best: SendingBind | undefined;
    for (const sender of this.#senders) {
      if (sender.freeAt <= now && (best === undefined || sender.inFlight < best.inFlight)) best = sender;
    }
    if (best === undefined) return Promise.resolve(readFault(new SmscFailure('there is no bind')));
    this.#receiver?.touch();
    return best.submit(submission);
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((keeper) => keeper.close()));
  }
}
