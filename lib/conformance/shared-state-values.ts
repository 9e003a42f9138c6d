import assert from 'node:assert/strict';
import type { Checks } from './runner.ts';
import { A, B, done, MINUTE, type OpenSharedState, refused, valueAt, winnersOf } from './shared-state-harness.ts';

const DAY = 86_400;

/** Promises about values: reading, comparing, writing, removing. */
export const VALUES: Checks<OpenSharedState> = {
  'keeps a value until its life is over': async ({ state, pass }) => {
    assert.equal(await valueAt(state, A), undefined);
    for (const value of ['', '{"ü":"\\u0000"}', '=#1 2 3', 'x'.repeat(10_000)]) {
      await done(state, { write: A, value, ttlSeconds: MINUTE });
      assert.equal(await valueAt(state, A), value);
    }
    await done(state, { write: B, value: 'short', ttlSeconds: 1 });
    await pass(1.1);
    assert.equal(await valueAt(state, B), undefined);
    assert.notEqual(await valueAt(state, A), undefined);
  },

  'keeps a value for 400 days, and one of 64 KiB': async ({ state, pass }) => {
    const long = 'x'.repeat(65_536);
    await done(
      state,
      { write: A, value: long, ttlSeconds: 400 * DAY },
      { write: B, value: 'b', ttlSeconds: 400 * DAY },
    );
    await pass(1.1);
    assert.equal(await valueAt(state, A), long);
    assert.equal(await valueAt(state, B), 'b');
  },

  'replaces a value, and gives it a new life': async ({ state, pass }) => {
    await done(state, { write: A, value: 'one', ttlSeconds: 1 });
    await done(state, { write: A, value: 'two', ttlSeconds: MINUTE });
    await pass(1.1);
    assert.equal(await valueAt(state, A), 'two');
  },

  'keeps keys apart': async ({ state }) => {
    const keys = [A, `${A}:b`, `${A} b`, 'conformance:A', `${A}\\`, `${A}ü`];
    await done(state, ...keys.map((write) => ({ write, value: `of ${write}`, ttlSeconds: MINUTE })));
    const { found } = await done(state, ...keys.map((read) => ({ read })));
    assert.deepEqual(
      found,
      keys.map((key) => `of ${key}`),
    );
  },

  'refuses if a key does not hold exactly what is expected': async ({ state }) => {
    await done(state, { expect: A, value: undefined });
    await refused(state, 0, { expect: A, value: '' });
    await done(state, { write: A, value: 'one', ttlSeconds: MINUTE });
    await done(state, { expect: A, value: 'one' });
    for (const value of [undefined, '', 'on', 'one ', 'One']) await refused(state, 0, { expect: A, value });
    await done(state, { charge: B, windowSeconds: MINUTE, atMost: 1 });
    for (const value of [undefined, '', '1']) await refused(state, 0, { expect: B, value });
  },

  'lets one of many replace what all of them have read': async ({ state }) => {
    await done(state, { write: A, value: 'read', ttlSeconds: MINUTE });
    const winners = await winnersOf(state, (index) => [
      { expect: A, value: 'read' },
      { write: A, value: `by ${index}`, ttlSeconds: MINUTE },
    ]);
    assert.equal(winners.length, 1);
    assert.equal(await valueAt(state, A), `by ${winners[0]}`);
  },

  'writes an absent key for one of many only': async ({ state, pass }) => {
    const write = { ttlSeconds: MINUTE, ifAbsent: 'refuse' } as const;
    const winners = await winnersOf(state, (index) => [{ ...write, write: A, value: `by ${index}` }]);
    assert.equal(winners.length, 1);
    assert.equal(await valueAt(state, A), `by ${winners[0]}`);
    await done(state, { ...write, write: B, value: 'ends', ttlSeconds: 1 });
    await pass(1.1);
    await done(state, { ...write, write: B, value: 'after its end' });
    assert.equal(await valueAt(state, B), 'after its end');
  },

  'leaves a key that is there as it is, with skip': async ({ state, pass }) => {
    const write = { write: A, ttlSeconds: MINUTE, ifAbsent: 'skip' } as const;
    await done(state, { write: A, value: 'first', ttlSeconds: 1 });
    await done(state, { ...write, value: 'second' });
    assert.equal(await valueAt(state, A), 'first');
    await pass(1.1);
    await done(state, { ...write, value: 'third' });
    assert.equal(await valueAt(state, A), 'third');
  },

  'removes a key for one of many only, and a counter, too': async ({ state }) => {
    await refused(state, 0, { remove: A });
    await done(state, { write: A, value: 'one', ttlSeconds: MINUTE }, { charge: B, windowSeconds: MINUTE, atMost: 9 });
    for (const remove of [A, B]) {
      assert.equal((await winnersOf(state, () => [{ remove }])).length, 1);
      await done(state, { expect: remove, value: undefined });
    }
  },

  'rejects a step that counts on a value, and does nothing of its commit': async ({ state }) => {
    await done(state, { write: A, value: 'one', ttlSeconds: MINUTE });
    const counts = [
      { charge: A, windowSeconds: MINUTE, atMost: 9 },
      { refund: A, windowSeconds: MINUTE },
    ];
    for (const count of counts) {
      await assert.rejects(state.commit([{ write: B, value: 'two', ttlSeconds: MINUTE }, count]));
      assert.equal(await valueAt(state, A), 'one');
      assert.equal(await valueAt(state, B), undefined);
    }
  },

  'tells the time of its clock in whole milliseconds': async ({ state, pass }) => {
    const { now: before } = await done(state);
    await pass(1.1);
    const { now: after } = await done(state, { read: A });
    for (const now of [before, after]) assert.ok(Number.isInteger(now), `${now} is not whole`);
    // A timer of JavaScript may end a few milliseconds early.
    assert.ok(after - before >= 1_050, `only ${after - before} ms have passed`);
  },
};
