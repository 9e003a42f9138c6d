import type { SharedState } from '../../lib/domain/shared-state.ts';

/** Shared state that cannot say from one commit on, for as many commits as are named. */
export interface FailingState extends SharedState {
  readonly hasFailed: boolean;
  /**
   * @param call from here on, the next is 1; with 0 none fails
   * @param isDone whether the commit is done all the same, and only its answer is lost
   */
  failAt(call: number, isDone?: boolean): void;
}

/** Two commits fail: the one that is named, and the one that asks what became of it. */
const FAILURES = 2;

export function failingState(state: SharedState): FailingState {
  let [callsLeft, failuresLeft, isDoneAnyway, hasFailed] = [0, 0, false, false];
  return {
    async commit(steps) {
      callsLeft -= 1;
      if (callsLeft === 0) failuresLeft = FAILURES;
      if (failuresLeft === 0) return state.commit(steps);
      failuresLeft -= 1;
      hasFailed = true;
      if (isDoneAnyway) await state.commit(steps);
      throw new Error('connect ECONNREFUSED');
    },
    failAt(call, isDone = false) {
      [callsLeft, failuresLeft, isDoneAnyway] = [call, 0, isDone];
    },
    get hasFailed() {
      return hasFailed;
    },
  };
}
