import type { SharedState } from '../domain/ports.ts';
import type { Runner } from './runner.ts';
import { OUTAGE } from './shared-state-outage.ts';
import { SHARED_STATE_PROMISES } from './shared-state-promises.ts';

/** How to get at the shared state under test. */
export interface SharedStateSetup {
  /** An empty one. Called for each test. */
  open(): Promise<OpenSharedState>;
  /** `['outage']` for one that has nothing to ask. Default: all is tested. */
  readonly leaveOut?: readonly 'outage'[];
}

/** One shared state for one test. */
export interface OpenSharedState {
  /** It must be empty. */
  readonly state: SharedState;
  /** Lets so much time pass, by waiting where its clock cannot be moved. */
  pass(seconds: number): Promise<void>;
  /** Makes unreachable what the state asks: its server. */
  breakDown?(): Promise<void>;
  /** Ends all but the state itself, which is closed before. */
  close?(): Promise<void>;
}

/** What a shared state promises, by title; each check throws where it is not kept. */
export type SharedStateChecks = Readonly<Record<string, (opened: OpenSharedState) => Promise<void>>>;

/** Tests that a shared state keeps every promise of the port, with `node:assert`. */
export function testSharedState({ describe, it }: Runner, { open, leaveOut = [] }: SharedStateSetup): void {
  const promises = leaveOut.includes('outage') ? SHARED_STATE_PROMISES : { ...SHARED_STATE_PROMISES, ...OUTAGE };
  describe('a shared state', () => {
    for (const [promise, check] of Object.entries(promises)) {
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
