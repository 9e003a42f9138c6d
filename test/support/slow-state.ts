import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { SharedState } from '../../lib/domain/shared-state.ts';

/** Answers each commit 1 to 4 ms later: with a synchronous store requests never overlap, and no race is seen. */
export function slowState(state: SharedState): SharedState {
  return {
    async commit(steps) {
      await delay(randomInt(1, 5));
      const answer = await state.commit(steps);
      await delay(randomInt(1, 5));
      return answer;
    },
  };
}
