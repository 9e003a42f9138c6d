import type { Grant } from './grant.ts';
import type { Clock } from './ports.ts';

/** What was found for a grant's id, and when the question was asked, in milliseconds since 1970. */
export interface Seen {
  readonly grant: Grant | undefined;
  readonly at: number;
}

/** How long a process may believe what it saw: sign-out elsewhere is heard of at the latest then. */
const MILLISECONDS = 5_000;
const MOST = 10_000;

/** The grants that this process saw lately. */
export class SeenGrants {
  readonly #clock: Clock;
  readonly #seen = new Map<string, Seen>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `undefined` where it was not seen lately. */
  get(id: string): Seen | undefined {
    const seen = this.#seen.get(id);
    return seen !== undefined && this.#clock() - seen.at < MILLISECONDS ? seen : undefined;
  }

  add(id: string, seen: Seen): void {
    const oldest = this.#seen.size < MOST ? undefined : this.#seen.keys().next().value;
    if (oldest !== undefined) this.#seen.delete(oldest);
    this.#seen.set(id, seen);
  }

  delete(id: string): void {
    this.#seen.delete(id);
  }

  clear(): void {
    this.#seen.clear();
  }
}
