import { randomInt } from 'node:crypto';

const SECOND = 1000;
/** The delay that a late timer may make up for. Without it, every delay would lower the rate for good. */
const SLACK_MILLISECONDS = 20;
/** After "throttled". */
export const PAUSE_MILLISECONDS = 1000;
const MOST_JITTER_MILLISECONDS = 250;
const RECOVERY_MILLISECONDS = 10_000;
const SLOWEST_PER_SECOND = 1;

/** How long a message waits that an SMSC was too busy for: other processes were throttled, too. */
export function pauseMilliseconds(): number {
  return PAUSE_MILLISECONDS + randomInt(MOST_JITTER_MILLISECONDS);
}

/**
 * How fast one bind may get messages: a token bucket. After "throttled" the SMSC gets nothing for a second, then half as
 * much; each ten quiet seconds double that again, up to the rate before. Times are in milliseconds.
 */
export class Throttle {
  readonly #limit: number;
  /** Messages per second. */
  #rate: number;
  /** The rate to return to. */
  #goal: number;
  #freeAt = 0;
  #slowedAt = Number.NEGATIVE_INFINITY;
  #secondBegan = Number.NEGATIVE_INFINITY;
  #takenInSecond = 0;
  #takenBefore = 0;

  /** Messages per second; none is no limit. */
  constructor(limit = Number.POSITIVE_INFINITY) {
    this.#limit = limit;
    this.#rate = limit;
    this.#goal = limit;
  }

  /** When the next message may go. */
  get freeAt(): number {
    return this.#freeAt;
  }

  /** So many messages go now, together. */
  take(count: number, now: number): void {
    this.#recover(now);
    this.#count(count, now);
    this.#freeAt = Math.max(this.#freeAt, now - SLACK_MILLISECONDS) + (count * SECOND) / this.#rate;
  }

  /** The SMSC says that it is too much. Its answers to messages that were under way already count once. */
  slowDown(now: number): void {
    if (now < this.#slowedAt + PAUSE_MILLISECONDS) return;
    this.#recover(now);
    if (this.#rate === Number.POSITIVE_INFINITY) this.#rate = Math.max(this.#takenInSecond, this.#takenBefore);
    if (this.#goal === Number.POSITIVE_INFINITY) this.#goal = this.#rate;
    this.#rate = Math.max(Math.min(SLOWEST_PER_SECOND, this.#limit), this.#rate / 2);
    this.#slowedAt = now;
    this.#freeAt = now + PAUSE_MILLISECONDS;
  }

  #recover(now: number): void {
    while (this.#rate < this.#limit && now >= this.#slowedAt + RECOVERY_MILLISECONDS) {
      this.#slowedAt += RECOVERY_MILLISECONDS;
      this.#rate = this.#rate * 2 >= this.#goal ? this.#limit : this.#rate * 2;
      if (this.#rate === this.#limit) this.#goal = this.#limit;
    }
  }

  /** Without a limit, the busier of the last two seconds tells how much was too much. */
  #count(count: number, now: number): void {
    if (now >= this.#secondBegan + SECOND) {
      this.#takenBefore = now >= this.#secondBegan + 2 * SECOND ? 0 : this.#takenInSecond;
      this.#takenInSecond = 0;
      this.#secondBegan = now;
    }
    this.#takenInSecond += count;
  }
}
