import type { Clock, SharedState } from '../domain/ports.ts';
import { MemoryEngine } from './memory-engine.ts';
import { oldMemoryState } from './old-memory-state.ts';

/** What `memoryState()` takes. */
export interface MemoryStateOptions {
  /** [1 000 000] Where so many keys are alive, new ones are refused (503) rather than old ones forgotten. */
  readonly maxKeys?: number;
  /** [the system's] Milliseconds since 1970. */
  readonly clock?: Clock;
}

/** A copy with methods of the app's own has it, too; it is the same where this package is there twice. */
const IN_MEMORY = Symbol.for('express-sms-otp: memoryState()');

/** Shared state of one process, in its memory: the default. Several processes need `redisState`. */
export function memoryState({ maxKeys = 1_000_000, clock = Date.now }: MemoryStateOptions = {}): SharedState {
  const engine = new MemoryEngine(maxKeys, clock);
  const old = oldMemoryState(maxKeys, clock);
  return {
    ...{ [IN_MEMORY]: true },
    ...old,
    commit: (steps) => engine.commit(steps),
    async close() {
      await old.close();
      await engine.close();
    },
  };
}

/** Whether a state is one that `memoryState()` made: it knows this process only. */
export function isMemoryState(state: SharedState): boolean {
  return IN_MEMORY in state;
}
