import { randomInt } from 'node:crypto';

/** Pauses with decorrelated jitter: each is random between the shortest and three times the one before. */
export class Backoff {
  readonly #shortest: number;
  readonly #longest: number;
  #previous: number;

  /** Whole milliseconds. */
  constructor(shortest: number, longest: number) {
    this.#shortest = shortest;
    this.#longest = longest;
    this.#previous = shortest;
  }

  next(): number {
    this.#previous = Math.min(this.#longest, randomInt(this.#shortest, this.#previous * 3 + 1));
    return this.#previous;
  }

  reset(): void {
    this.#previous = this.#shortest;
  }
}
