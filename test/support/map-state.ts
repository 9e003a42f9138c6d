import type { Clock } from '../../lib/domain/ports.ts';
import type { CommitResult, SharedState, Step } from '../../lib/domain/shared-state.ts';
import { MemoryEngine } from '../../lib/state/memory-state.ts';

/** Shared state whose keys can be listed, evicted and flushed, and that can be down or full. */
export class MapState implements SharedState {
  isDown = false;
  /** It reads and removes, and writes nothing, as a Redis that is full. */
  isFull = false;
  /** Commits that were asked for. */
  commits = 0;
  readonly #engine: MemoryEngine;

  constructor(clock: Clock) {
    this.#engine = new MemoryEngine(1_000_000, clock);
  }

  get entries(): Map<string, unknown> {
    return this.#engine.entries;
  }

  async commit(steps: readonly Step[]): Promise<CommitResult> {
    this.commits += 1;
    if (this.isDown) throw new Error('connect ECONNREFUSED');
    if (this.isFull && steps.some((step) => 'write' in step || 'charge' in step || 'refund' in step))
      throw new Error('OOM');
    return this.#engine.commit(steps);
  }
}
