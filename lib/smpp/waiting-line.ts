import type { Outcome } from './outcome.ts';
import type { Smsc } from './smsc.ts';

/** What one SMSC made of a message. */
export interface Attempt {
  readonly smsc: Smsc;
  readonly outcome: Outcome;
}

interface Waiter {
  readonly candidates: readonly Smsc[];
  /** Milliseconds since 1970. */
  readonly deadline: number;
  readonly timer: NodeJS.Timeout;
  start(smsc: Smsc): void;
  reject(error: Error): void;
}

const LONGEST = 1000;

/**
 * Where messages wait for an SMSC with room in its window, first come, first served. They wait while one may have room
 * by their deadline: it is bound, or an attempt to bind is under way, or the next one is due by then. Else they are
 * rejected at once.
 */
export class WaitingLine {
  readonly #smscs: readonly Smsc[];
  readonly #waiters = new Set<Waiter>();

  /** In the order in which they are preferred. */
  constructor(smscs: readonly Smsc[]) {
    this.#smscs = smscs;
  }

  /**
   * Runs the job with the first SMSC that has room and was not tried; rejects where there is none by the deadline
   * (milliseconds since 1970).
   */
  async submit(job: (smsc: Smsc) => Promise<Outcome>, tried: ReadonlySet<Smsc>, deadline: number): Promise<Attempt> {
    if (Date.now() > deadline) throw new Error('there is no time left');
    if (this.#waiters.size >= LONGEST) throw new Error('too many messages wait already');
    const candidates = this.#smscs.filter((smsc) => !tried.has(smsc));
    return new Promise((resolve, reject) => {
      const start = async (smsc: Smsc): Promise<void> => resolve({ smsc, outcome: await job(smsc) });
      const timer = setTimeout(() => this.#giveUp(waiter), deadline - Date.now());
      const waiter: Waiter = { candidates, deadline, timer, reject, start: (smsc) => void start(smsc).catch(reject) };
      this.#waiters.add(waiter);
      this.serve();
    });
  }

  /** To be called when an SMSC may have room, and when one is gone for a while. */
  serve(): void {
    for (const waiter of this.#waiters) {
      const smsc = waiter.candidates.find(({ hasRoom }) => hasRoom);
      if (smsc !== undefined) {
        this.#leave(waiter);
        // Takes its place in the window at once, before the next waiter is looked at.
        waiter.start(smsc);
      } else if (!waiter.candidates.some((candidate) => candidate.isExpectedBy(waiter.deadline))) {
        this.#giveUp(waiter);
      }
    }
  }

  #giveUp(waiter: Waiter): void {
    this.#leave(waiter);
    const reasons = waiter.candidates.map(
      ({ name, failure }) => `${name} cannot be used: ${failure ?? 'no room in time'}`,
    );
    waiter.reject(new Error(reasons.join('; ')));
  }

  #leave(waiter: Waiter): void {
    clearTimeout(waiter.timer);
    this.#waiters.delete(waiter);
  }
}
