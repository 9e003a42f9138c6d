import type { Clock, SharedState } from '../../lib/domain/ports.ts';
import type { CommitResult, Step } from '../../lib/domain/shared-state.ts';
import { MemoryEngine } from '../../lib/state/memory-engine.ts';

/** Shared state whose keys can be listed, evicted and flushed, and that can be down. */
export class MapState implements SharedState {
  readonly entries = new Map<string, { value: string; total: number; endsAt: number }>();
  isDown = false;
  readonly #engine: MemoryEngine;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#engine = new MemoryEngine(1_000_000, clock);
  }

  /** What `commit` has written, by key. */
  get committed(): MemoryEngine['entries'] {
    return this.#engine.entries;
  }

  async commit(steps: readonly Step[]): Promise<CommitResult> {
    if (this.isDown) throw new Error('connect ECONNREFUSED');
    return this.#engine.commit(steps);
  }

  async add(key: string, points: number, windowSeconds: number): Promise<{ total: number; resetsInSeconds: number }> {
    const entry = this.#read(key);
    if (entry === undefined && points <= 0) return { total: 0, resetsInSeconds: 0 };
    const total = Math.max(0, (entry?.total ?? 0) + points);
    const endsAt = entry?.endsAt ?? this.#clock() + windowSeconds * 1000;
    this.entries.set(key, { value: '', total, endsAt });
    return { total, resetsInSeconds: Math.ceil((endsAt - this.#clock()) / 1000) };
  }

  async get(key: string): Promise<string | undefined> {
    return this.#read(key)?.value;
  }

  async set(key: string, value: string, ttlSeconds: number, ifAbsent = false): Promise<boolean> {
    const known = this.#read(key);
    if (ifAbsent && known !== undefined) return false;
    this.entries.set(key, { value, total: 0, endsAt: this.#clock() + ttlSeconds * 1000 });
    return true;
  }

  async delete(key: string): Promise<boolean> {
    return this.#read(key) !== undefined && this.entries.delete(key);
  }

  #read(key: string): { value: string; total: number; endsAt: number } | undefined {
    if (this.isDown) throw new Error('connect ECONNREFUSED');
    const entry = this.entries.get(key);
    return entry !== undefined && entry.endsAt > this.#clock() ? entry : undefined;
  }
}
