import type { Clock } from '../domain/ports.ts';
import type { SharedState } from '../domain/shared-state.ts';
import { MemoryEngine } from './memory-engine.ts';

/** The options of `memoryState()`. */
export interface MemoryStateOptions {
  /** If so many keys are alive, new ones are refused (503) rather than old ones forgotten. @default 1 000 000 */
  readonly maxKeys?: number;
  /** Milliseconds since 1970. @default the system's */
  readonly clock?: Clock;
}

/** A copy with methods of the app's own has it, too; it is the same if this package is there twice. */
const IN_MEMORY = Symbol.for('express-sms-otp: memoryState()');

/** Shared state of one process, in its memory: the default. Several processes need `redisState`. */
export function memoryState({ maxKeys = 1_000_000, clock = Date.now }: MemoryStateOptions = {}): SharedState {
  const engine = new MemoryEngine(maxKeys, clock);
  return {
    ...{ [IN_MEMORY]: true },
    commit: (steps) => engine.commit(steps),
    close: () => engine.close(),
  };
}

/** Whether a state is one that `memoryState()` made: it knows this process only. */
export function isMemoryState(state: SharedState): boolean {
  return IN_MEMORY in state;
}
