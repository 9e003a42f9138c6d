import type { Clock } from '../domain/ports.ts';

/** A value or a counter, and when it dies in milliseconds since 1970. */
interface Entry {
  readonly value: string;
  readonly total: number;
  readonly endsAt: number;
}

const SWEEP_MILLISECONDS = 30_000;

/** Entries that end by the clock: one Map, and one sweep over all of it, since a timer each would not last 400 days. */
export class ExpiringEntries {
  readonly #entries = new Map<string, Entry>();
  readonly #timer = setInterval(() => this.#sweep(), SWEEP_MILLISECONDS).unref();
  readonly #maxKeys: number;
  readonly #clock: Clock;

  constructor(maxKeys: number, clock: Clock) {
    this.#maxKeys = maxKeys;
    this.#clock = clock;
  }

  read(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.endsAt > this.#clock()) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  /** Throws where it is full of entries that live: none of them is forgotten for a new one. */
  write(key: string, entry: Entry): void {
    if (this.#isFullFor(key)) this.#sweep();
    if (this.#isFullFor(key)) throw new Error(`memoryState() is full: ${this.#maxKeys} keys are alive.`);
    this.#entries.set(key, entry);
  }

  /** True where it was there and alive. */
  delete(key: string): boolean {
    return this.read(key) !== undefined && this.#entries.delete(key);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#entries.clear();
  }

  #isFullFor(key: string): boolean {
    return !this.#entries.has(key) && this.#entries.size >= this.#maxKeys;
  }

  #sweep(): void {
    const now = this.#clock();
    for (const [key, { endsAt }] of this.#entries) if (endsAt <= now) this.#entries.delete(key);
  }
}
