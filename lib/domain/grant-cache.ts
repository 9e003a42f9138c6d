import type { Grant } from './grant.ts';
import type { Clock } from './ports.ts';

/** What was found for a grant's id, and when the question was asked, in milliseconds since 1970. */
export interface CachedGrant {
  readonly grant: Grant | undefined;
  readonly at: number;
}

/** How long a process may believe what it found: sign-out elsewhere is heard of at the latest then. */
const LIFE_MILLISECONDS = 5_000;
const MAX_GRANTS = 10_000;

/** The grants that this process has looked up lately. */
export class GrantCache {
  readonly #clock: Clock;
  readonly #grants = new Map<string, CachedGrant>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `undefined` where it was not looked up lately. */
  get(id: string): CachedGrant | undefined {
    const cached = this.#grants.get(id);
    return cached !== undefined && this.#clock() - cached.at < LIFE_MILLISECONDS ? cached : undefined;
  }

  add(id: string, found: CachedGrant): void {
    const oldest = this.#grants.size < MAX_GRANTS ? undefined : this.#grants.keys().next().value;
    if (oldest !== undefined) this.#grants.delete(oldest);
    this.#grants.set(id, found);
  }

  delete(id: string): void {
    this.#grants.delete(id);
  }

  clear(): void {
    this.#grants.clear();
  }
}
