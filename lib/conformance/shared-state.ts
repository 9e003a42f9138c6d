import type { SharedState } from '../domain/ports.ts';
import type { Runner } from './runner.ts';
import { SHARED_STATE_PROMISES } from './shared-state-promises.ts';

/** How to get at the shared state under test. */
export interface SharedStateSetup {
  /** An empty one. Called for each test. */
  open(): Promise<OpenSharedState>;
}

/** One shared state for one test. */
export interface OpenSharedState {
  readonly state: SharedState;
  /** Lets so much time pass, by waiting where its clock cannot be moved. */
  pass(seconds: number): Promise<void>;
  /** Ends all but the state itself, which is closed before. */
  close?(): Promise<void>;
}

/** Tests that a shared state keeps every promise of the port, with `node:assert`. */
export function testSharedState({ describe, it }: Runner, { open }: SharedStateSetup): void {
  describe('a shared state', () => {
    for (const [promise, check] of Object.entries(SHARED_STATE_PROMISES)) {
      it(promise, async () => {
        const opened = await open();
        try {
          await check(opened);
        } finally {
          await opened.state.close?.();
          await opened.close?.();
        }
      });
    }
  });
}
