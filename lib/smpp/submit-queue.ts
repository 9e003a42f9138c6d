import type { Outcome } from './outcome.ts';
import type { Smsc } from './smsc.ts';
import { chooseSmsc } from './smsc-choice.ts';
import type { Submission } from './submission.ts';

/** What one SMSC made of a message. */
export interface Attempt {
  readonly smsc: Smsc;
  readonly outcome: Outcome;
}

interface Waiter {
  readonly submission: Submission;
  readonly candidates: readonly Smsc[];
  /** Milliseconds since 1970. */
  readonly deadline: number;
  readonly timer: NodeJS.Timeout;
  resolve(attempt: Promise<Attempt>): void;
  reject(error: Error): void;
}

const MOST_WAITING = 1000;

/**
 * Messages that wait for an SMSC with room; what is due first goes first. They wait while one may have room by their
 * deadline: it is bound, or an attempt to bind is under way, or the next one is due by then. Else they are rejected at
 * once, and where they are overdue.
 */
export class SubmitQueue {
  readonly #smscs: readonly Smsc[];
  /** By their deadlines. */
  readonly #waiters: Waiter[] = [];
  #overdue = 0;
  #wakeUp: NodeJS.Timeout | undefined;

  /** In the order in which they are preferred. */
  constructor(smscs: readonly Smsc[]) {
    this.#smscs = smscs;
  }

  get length(): number {
    return this.#waiters.length;
  }

  /** How many were dropped because nobody had room in time. */
  get overdue(): number {
    return this.#overdue;
  }

  /**
   * Submits to an SMSC that has room and was not tried: one that suits, with the least to do. Rejects where there is none
   * by the deadline (milliseconds since 1970).
   */
  async submit(submission: Submission, tried: readonly Smsc[], deadline: number): Promise<Attempt> {
    const now = Date.now();
    if (now > deadline) throw new Error('there is no time left');
    if (this.#waiters.length >= MOST_WAITING) throw new Error('too many messages wait already');
    const candidates = this.#smscs.filter((smsc) => !tried.includes(smsc));
    // Who waits already goes first.
    const smsc = this.#waiters.length === 0 ? chooseSmsc(candidates, submission.recipient, now) : undefined;
    if (smsc !== undefined) return { smsc, outcome: await smsc.submit(submission) };
    return this.#wait(submission, candidates, deadline);
  }

  /** To be called when an SMSC may have room. */
  serve(): void {
    clearTimeout(this.#wakeUp);
    if (this.#waiters.length === 0) return;
    const now = Date.now();
    let place = 0;
    // By place: a copy of the queue for each answer would cost more than the rest of a message.
    for (let waiter = this.#waiters[0]; waiter !== undefined; waiter = this.#waiters[place]) {
      if (!this.#smscs.some(({ freeAt }) => freeAt <= now)) break;
      if (!this.#serveOne(waiter, now)) place += 1;
    }
    if (this.#waiters.length > 0) this.#prepare(now);
  }

  /** To be called when an SMSC has lost a bind: who waits for it in vain is rejected. */
  review(): void {
    for (const waiter of this.#waiters.filter(isHopeless)) this.#giveUp(waiter);
    this.serve();
  }

  #wait(submission: Submission, candidates: readonly Smsc[], deadline: number): Promise<Attempt> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#drop(waiter), deadline - Date.now());
      const waiter = { submission, candidates, deadline, timer, resolve, reject };
      this.#waiters.splice(this.#waiters.findLastIndex((other) => other.deadline <= deadline) + 1, 0, waiter);
      this.serve();
      if (this.#waiters.includes(waiter) && isHopeless(waiter)) this.#giveUp(waiter);
    });
  }

  /** @returns whether it waits no more */
  #serveOne(waiter: Waiter, now: number): boolean {
    const { submission, candidates, deadline } = waiter;
    // Where the timer is late, the code may have too little life left.
    const smsc = deadline < now ? undefined : chooseSmsc(candidates, submission.recipient, now);
    if (smsc === undefined) return false;
    this.#leave(waiter);
    // Takes its place in the window at once, before the next waiter is looked at.
    waiter.resolve(attempt(smsc, submission));
    return true;
  }

  /**
   * What may help those who still wait: binds that were let go, and time where it is a rate limit that holds them up.
   */
  #prepare(now: number): void {
    for (const smsc of this.#smscs) smsc.wake();
    const next = Math.min(...this.#smscs.map(({ freeAt }) => freeAt).filter((time) => time > now));
    if (next !== Number.POSITIVE_INFINITY) this.#wakeUp = setTimeout(() => this.serve(), next - now).unref();
  }

  #drop(waiter: Waiter): void {
    this.#overdue += 1;
    this.#giveUp(waiter);
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
    const place = this.#waiters.indexOf(waiter);
    if (place >= 0) this.#waiters.splice(place, 1);
  }
}

async function attempt(smsc: Smsc, submission: Submission): Promise<Attempt> {
  return { smsc, outcome: await smsc.submit(submission) };
}

function isHopeless({ candidates, deadline }: Waiter): boolean {
  return !candidates.some((smsc) => smsc.isExpectedBy(deadline));
}
