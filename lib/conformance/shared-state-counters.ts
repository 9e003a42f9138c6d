import assert from 'node:assert/strict';
import type { Checks } from './runner.ts';
import {
  A,
  asCounter,
  CROWD,
  counterAt,
  crowd,
  done,
  MINUTE,
  type OpenSharedState,
  refused,
  winnersOf,
} from './shared-state-harness.ts';

/** In seconds; the longest that is in use. A timer of JavaScript that is told to wait so long waits one millisecond. */
const LONG = 400 * 24 * 60 * 60;
const NONE = { total: 0, resetsInSeconds: 0 };

const unlimited = { charge: A, windowSeconds: MINUTE, atMost: Number.POSITIVE_INFINITY } as const;
const refund = { refund: A, windowSeconds: MINUTE } as const;

/** Promises about counters and their windows. */
export const COUNTERS: Checks<OpenSharedState> = {
  'counts each of many charges once': async ({ state }) => {
    const before = (await crowd(state, () => [unlimited])).map(({ found }) => asCounter(found[0]).total);
    assert.deepEqual(
      before.toSorted((left, right) => left - right),
      Array.from({ length: CROWD }, (_, index) => index),
    );
    assert.equal((await counterAt(state, A)).total, CROWD);
  },

  'lets none of many over a limit': async ({ state }) => {
    assert.equal((await winnersOf(state, () => [{ ...unlimited, atMost: 5 }])).length, 5);
    assert.equal((await counterAt(state, A)).total, 5);
    for (const atMost of [5, 1, 0]) await refused(state, 0, { ...unlimited, atMost });
    await done(state, { ...unlimited, atMost: 6 });
  },

  'opens a window with the first charge, and never moves it': async ({ state, pass }) => {
    assert.deepEqual(await counterAt(state, A), NONE);
    await done(state, unlimited);
    const { resetsInSeconds } = await counterAt(state, A);
    assert.ok(resetsInSeconds > MINUTE - 10 && resetsInSeconds <= MINUTE, `${resetsInSeconds} s are left`);
    await pass(1.1);
    for (const step of [{ ...unlimited, windowSeconds: LONG }, refund, { count: A }]) {
      await done(state, step);
      const { resetsInSeconds: left } = await counterAt(state, A);
      assert.ok(left <= MINUTE - 1, `${left} s are left`);
    }
  },

  'begins a new count when the window is over': async ({ state, pass }) => {
    await done(state, { ...unlimited, windowSeconds: 1 }, { ...unlimited, windowSeconds: 1 });
    await pass(1.1);
    assert.deepEqual(await counterAt(state, A), NONE);
    await done(state, { ...unlimited, atMost: 1 });
    const { total, resetsInSeconds } = await counterAt(state, A);
    assert.equal(total, 1);
    assert.ok(resetsInSeconds > 1, `${resetsInSeconds} s are left`);
  },

  'keeps a window of 400 days': async ({ state, pass }) => {
    await done(state, { ...unlimited, windowSeconds: LONG });
    await pass(0.1);
    const { total, resetsInSeconds } = await counterAt(state, A);
    assert.equal(total, 1);
    assert.ok(resetsInSeconds > LONG - MINUTE, `${resetsInSeconds} s are left`);
  },

  'takes off, never below 0, and opens no window': async ({ state }) => {
    await done(state, refund);
    await done(state, { expect: A, value: undefined });
    await done(state, unlimited, unlimited);
    await done(state, refund);
    assert.equal((await counterAt(state, A)).total, 1);
    await done(state, refund, refund);
    assert.deepEqual(await counterAt(state, A), NONE);
    await done(state, unlimited);
    assert.equal((await counterAt(state, A)).total, 1);
  },

  'keeps nothing of a counter from which all was taken off': async ({ state, pass }) => {
    await done(state, { ...unlimited, windowSeconds: MINUTE });
    await pass(1.1);
    await done(state, refund);
    await done(state, { expect: A, value: undefined });
    await done(state, { ...unlimited, windowSeconds: 2 * MINUTE });
    const { resetsInSeconds } = await counterAt(state, A);
    assert.ok(resetsInSeconds > MINUTE, `${resetsInSeconds} s are left of the old window`);
  },

  'takes off in the window that counted, and in no later one': async ({ state, pass }) => {
    const { now: first } = await done(state, { ...unlimited, windowSeconds: 1 });
    await pass(1.1);
    const { now: second } = await done(state, unlimited, unlimited);
    await done(state, { ...refund, chargedAt: first });
    assert.equal((await counterAt(state, A)).total, 2);
    await pass(0.1);
    const { now: third } = await done(state, unlimited);
    for (const [chargedAt, left] of [
      [second, 2],
      [third, 1],
    ] as const) {
      await done(state, { ...refund, chargedAt });
      assert.equal((await counterAt(state, A)).total, left);
    }
  },
};
