import { type Runner, testParts } from './runner.ts';
import { ATOMICITY } from './shared-state-atomicity.ts';
import { COUNTERS } from './shared-state-counters.ts';
import type { SharedStateSetup } from './shared-state-harness.ts';
import { DEADLINE, OUTAGE } from './shared-state-outage.ts';
import { VALUES } from './shared-state-values.ts';

const PARTS = [
  { title: 'a shared state, for values,', checks: VALUES },
  { title: 'a shared state, for counters,', checks: COUNTERS },
  { title: 'a shared state, for several steps,', checks: ATOMICITY },
  { title: 'a shared state, in an outage,', name: 'outage', checks: OUTAGE },
  { title: 'a shared state, if nothing answers,', name: 'deadline', checks: DEADLINE },
] as const;

/** Tests that a shared state keeps every promise of the port, with `node:assert`. */
export function testSharedState(runner: Runner, { open, leaveOut = [] }: SharedStateSetup): void {
  const leftOut = leaveOut.includes('outage') ? [...leaveOut, 'deadline' as const] : leaveOut;
  testParts(runner, PARTS, leftOut, async (check) => {
    const opened = await open();
    try {
      await check(opened);
    } finally {
      await opened.state.close?.();
      await opened.close?.();
    }
  });
}
