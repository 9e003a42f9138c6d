import assert from 'node:assert/strict';
import { within } from '../deadline.ts';
import type { Step } from '../domain/shared-state.ts';
import { tellsAny } from './discretion.ts';
import type { Checks } from './runner.ts';
import { done, MINUTE, type OpenSharedState } from './shared-state-harness.ts';

const KEY = 'conformance:key of the outage';
const VALUE = 'value of the outage';

/** The port's two seconds, and time for a test that shares its machine. */
const DEADLINE_MILLISECONDS = 4_000;

export const OUTAGE: Checks<OpenSharedState> = {
  'says that it is well while it is': async ({ state }) => {
    await assert.doesNotReject(async () => state.health?.());
  },

  'rejects every commit while what it asks is unreachable, with neither key nor value in the Error': async (opened) => {
    const { state } = opened;
    await done(state, { write: KEY, value: VALUE, ttlSeconds: MINUTE });
    assert.ok(opened.breakDown, 'the set-up cannot break anything down');
    await opened.breakDown();
    for (const call of callsOf(opened)) await assert.rejects(call, isDiscreet, `it does not reject: ${call}`);
  },
};

export const DEADLINE: Checks<OpenSharedState> = {
  'rejects within two seconds while what it asks takes questions and answers none': async (opened) => {
    const { state } = opened;
    await done(state, { write: KEY, value: VALUE, ttlSeconds: MINUTE });
    assert.ok(opened.stall, 'the set-up cannot stall anything');
    await opened.stall();
    const late = () => new assert.AssertionError({ message: `no answer within ${DEADLINE_MILLISECONDS} ms` });
    const outcomes = callsOf(opened).map((call) =>
      within(assert.rejects(call, isDiscreet), DEADLINE_MILLISECONDS, late),
    );
    await Promise.all(outcomes);
  },
};

function callsOf({ state }: OpenSharedState): readonly (() => Promise<unknown>)[] {
  const steps: readonly Step[] = [
    ...[{ read: KEY }, { count: KEY }, { expect: KEY, value: VALUE }, { remove: KEY }],
    { write: KEY, value: VALUE, ttlSeconds: MINUTE },
    { charge: `${KEY}:count`, windowSeconds: MINUTE, atMost: 1 },
    { refund: `${KEY}:count`, windowSeconds: MINUTE },
  ];
  return [
    () => state.commit([]),
    ...steps.map((step) => () => state.commit([step])),
    ...(state.health === undefined ? [] : [async () => state.health?.()]),
  ];
}

function isDiscreet(error: unknown): boolean {
  return error instanceof Error && !tellsAny([KEY, VALUE], error);
}
