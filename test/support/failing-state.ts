import type { SharedState } from '../../lib/domain/ports.ts';

/** Shared state that cannot say once, at the call that is named. */
export interface FailingState extends SharedState {
  readonly hasFailed: boolean;
  /** @param call from here on, the next is 1; with 0 none fails */
  failAt(call: number): void;
}

export function failingState(state: SharedState): FailingState {
  let callsLeft = 0;
  let hasFailed = false;
  const ask = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    callsLeft -= 1;
    if (callsLeft !== 0) return work();
    hasFailed = true;
    throw new Error('connect ECONNREFUSED');
  };
  return {
    commit: (steps) => ask(() => state.commit(steps)),
    add: (key, points, windowSeconds) => ask(() => state.add(key, points, windowSeconds)),
    get: (key) => ask(() => state.get(key)),
    set: (key, value, ttlSeconds, ifAbsent) => ask(() => state.set(key, value, ttlSeconds, ifAbsent)),
    delete: (key) => ask(() => state.delete(key)),
    failAt(call) {
      callsLeft = call;
    },
    get hasFailed() {
      return hasFailed;
    },
  };
}
