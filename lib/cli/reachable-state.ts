import { setTimeout as pause } from 'node:timers/promises';
import type { SharedState } from '../domain/shared-state.ts';

/** The client may still be connecting: apps start that, and do not wait for it. */
const PATIENCE_MILLISECONDS = 2_000;
const PAUSE_MILLISECONDS = 100;

/**
 * Resolves as soon as the shared state answers.
 *
 * @throws its last error, after two seconds
 */
export async function untilReachable(state: SharedState): Promise<void> {
  const end = performance.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    try {
      await (state.health === undefined ? state.commit([]) : state.health());
      return;
    } catch (error) {
      if (performance.now() >= end) throw error;
    }
    await pause(PAUSE_MILLISECONDS);
  }
}
