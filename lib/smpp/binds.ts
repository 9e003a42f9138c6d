import type { HealthStatus } from '../domain/ports.ts';
import type { Bind, BindMode } from './bind.ts';
import { BindKeeper, type BindKeeperEvents } from './bind-keeper.ts';
import { Link } from './link.ts';
import { type Outcome, readFault } from './outcome.ts';
import { SmscFailure } from './smsc-failure.ts';
import type { SmscSettings } from './smsc-settings.ts';
import type { Submission } from './submission.ts';
import { Submitter } from './submitter.ts';
import type { Timings } from './timings.ts';

/** All binds to one SMSC: those that send, and a receiver where one is wanted. */
export class Binds {
  readonly #window: number;
  readonly #links: readonly Link[];
  readonly #receiver: BindKeeper | undefined;
  readonly #all: readonly BindKeeper[];

  constructor(smsc: SmscSettings, timings: Timings, events: BindKeeperEvents) {
    const account = { smsc, timings, proven: new Set<BindMode>() };
    const submitter = new Submitter(smsc, timings.answer);
    const mode = smsc.bindMode === 'transceiver' ? 'transceiver' : 'transmitter';
    const onBound = (bind: Bind): void => {
      for (const keeper of this.#all) keeper.start();
      events.onBound(bind);
    };
    const ownEvents = { ...events, onBound };
    this.#window = smsc.window;
    this.#links = Array.from({ length: smsc.binds }, () => new Link(submitter, mode, account, ownEvents));
    const hasReceiver = smsc.bindMode === 'transmitter+receiver';
    this.#receiver = hasReceiver ? new BindKeeper('receiver', account, ownEvents) : undefined;
    this.#all = [...this.#links, ...(this.#receiver === undefined ? [] : [this.#receiver])];
  }

  /** How many are bound. */
  get bound(): number {
    return this.#all.filter(({ isBound }) => isBound).length;
  }

  get inFlight(): number {
    return this.#links.reduce((sum, link) => sum + link.inFlight, 0);
  }

  /** How full the windows are: from 0 to 1. */
  get load(): number {
    const senders = this.#links.filter(({ isBound }) => isBound).length;
    return this.inFlight / Math.max(1, senders * this.#window);
  }

  /** When one may take another message, in milliseconds since 1970; never where no window has room. */
  get freeAt(): number {
    return Math.min(...this.#links.map(({ freeAt }) => freeAt));
  }

  get status(): HealthStatus {
    if (this.#all.every(({ isFine }) => isFine)) return 'ready';
    return this.#links.some(({ isFine }) => isFine) ? 'degraded' : 'down';
  }

  /** What is wrong with one of them, if anything is known to be. */
  get failure(): string | undefined {
    return this.#all.find(({ failure }) => failure !== undefined)?.failure?.message;
  }

  /** Whether one that sends may come about by then (milliseconds since 1970). */
  isExpectedBy(time: number): boolean {
    return this.#links.some((link) => link.isExpectedBy(time));
  }

  /** The first only: the others follow when it has shown that the account is right. */
  start(): void {
    this.#links[0]?.start();
  }

  /** A message waits: what was let go is needed again, and without any bind also what others had no room for. */
  wake(): void {
    const isCutOff = !this.#links.some(({ isBound }) => isBound);
    for (const keeper of this.#all) if (isCutOff || keeper.isFine) keeper.wake();
  }

  /** Through the one with the most room; never rejects. */
  submit(submission: Submission): Promise<Outcome> {
    const now = Date.now();
    let best: Link | undefined;
    for (const link of this.#links) {
      if (link.freeAt <= now && (best === undefined || link.inFlight < best.inFlight)) best = link;
    }
    if (best === undefined) return Promise.resolve(readFault(new SmscFailure('there is no bind')));
    this.#receiver?.touch();
    return best.submit(submission);
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((keeper) => keeper.close()));
  }
}
