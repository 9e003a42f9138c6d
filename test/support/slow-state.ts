import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { SharedState } from '../../lib/domain/ports.ts';

/** Answers each operation 1 to 4 ms later: with a synchronous store requests never overlap, and no race is seen. */
export function slowState(state: SharedState): SharedState {
  const later = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    await delay(randomInt(1, 5));
    const answer = await work();
    await delay(randomInt(1, 5));
    return answer;
  };
  return {
    commit: (steps) => later(() => state.commit(steps)),
    add: (key, points, windowSeconds) => later(() => state.add(key, points, windowSeconds)),
    get: (key) => later(() => state.get(key)),
    set: (key, value, ttlSeconds, ifAbsent) => later(() => state.set(key, value, ttlSeconds, ifAbsent)),
    delete: (key) => later(() => state.delete(key)),
  };
}
