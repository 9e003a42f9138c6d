import { setTimeout as pause } from 'node:timers/promises';
import type { SharedState } from '../domain/ports.ts';

/** So long its client may need to connect: apps tell it to, and do not wait. */
const PATIENCE_MILLISECONDS = 2_000;
const PAUSE_MILLISECONDS = 100;

/**
 * Resolves as soon as the shared state can be asked.
 *
 * @throws what it rejects with after two seconds
 */
export async function untilReachable(state: SharedState): Promise<void> {
  const end = performance.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    try {
      await (state.health === undefined ? state.get('doctor') : state.health());
      return;
    } catch (error) {
      if (performance.now() >= end) throw error;
    }
    await pause(PAUSE_MILLISECONDS);
  }
}
