import assert from 'node:assert/strict';
import type { CommitResult, SharedState, Step } from '../domain/shared-state.ts';
import type { Checks } from './runner.ts';
import {
  A,
  asCounter,
  B,
  CROWD,
  counterAt,
  crowd,
  done,
  MINUTE,
  type OpenSharedState,
  refused,
  valueAt,
} from './shared-state-harness.ts';

const C = 'conformance:c';
const ABSENT = 'conformance:absent';
const chargeA = { charge: A, windowSeconds: MINUTE, atMost: Number.POSITIVE_INFINITY } as const;
const chargeB = { ...chargeA, charge: B } as const;
const writeC = { write: C, value: 'written', ttlSeconds: MINUTE } as const;

/** Promises about commits of several steps. */
export const ATOMICITY: Checks<OpenSharedState> = {
  'does nothing of a commit that is refused': async ({ state }) => {
    await done(state, chargeA, chargeB, writeC);
    const others = [chargeA, { refund: B, windowSeconds: MINUTE }, { ...writeC, value: 'other' }, { remove: C }];
    for (const refusing of [{ remove: ABSENT }, { ...chargeA, atMost: 1 }, { expect: ABSENT, value: '' }]) {
      await refused(state, others.length, ...others, refusing);
      await refused(state, 0, refusing, ...others);
      assert.deepEqual([(await counterAt(state, A)).total, (await counterAt(state, B)).total], [1, 1]);
      assert.equal(await valueAt(state, C), 'written');
    }
  },

  'shows no commit half done, in whatever order its keys come': async ({ state }) => {
    const both: readonly Step[] = [{ ...chargeA, atMost: CROWD / 4 }, chargeB];
    const results = await crowd(state, (index) => {
      if (index % 3 === 0) return [{ count: A }, { count: B }];
      return index % 3 === 1 ? both : both.toReversed();
    });
    for (const result of results) assertEven(result, [A, B]);
    assertEven(await done(state, { count: A }, { count: B }), [A, B]);
    assert.equal((await counterAt(state, A)).total, CROWD / 4);
  },

  'lets one of many take all of several keys, in whatever order they come': async ({ state }) => {
    const keys = Array.from({ length: 5 }, (_, index) => `conformance:${index}`);
    const results = await crowd(state, (index) => {
      const own = keys.map(
        (write) => ({ write, value: `by ${index}`, ttlSeconds: MINUTE, ifAbsent: 'refuse' }) as const,
      );
      return index % 2 === 0 ? own : own.toReversed();
    });
    const winners = [...results.keys()].filter((index) => results[index]?.refusedBy === undefined);
    assert.equal(winners.length, 1);
    for (const key of keys) assert.equal(await valueAt(state, key), `by ${winners[0]}`);
  },

  'lets one of many use up a value, with all else that its commit does': async ({ state }) => {
    await done(state, { ...writeC, value: 'a code' }, chargeA);
    const results = await crowd(state, (index) => [
      { expect: C, value: 'a code' },
      { remove: C },
      { write: B, value: `by ${index}`, ttlSeconds: MINUTE, ifAbsent: 'refuse' },
      { refund: A, windowSeconds: MINUTE },
    ]);
    const winners = [...results.keys()].filter((index) => results[index]?.refusedBy === undefined);
    assert.equal(winners.length, 1);
    assert.equal(await valueAt(state, B), `by ${winners[0]}`);
    assert.equal(await valueAt(state, C), undefined);
    assert.equal((await counterAt(state, A)).total, 0);
  },

  'applies steps in their order, each on what those before it have done': async ({ state }) => {
    await done(state, writeC, { expect: C, value: 'written' }, { remove: C }, { ...writeC, ifAbsent: 'refuse' });
    await refused(state, 1, writeC, { ...writeC, ifAbsent: 'refuse' });
    await refused(state, 1, { remove: C }, { remove: C });
    await refused(state, 1, { remove: C }, { expect: C, value: 'written' });
    await done(state, { ...writeC, value: 'other' }, { ...writeC, value: 'skipped', ifAbsent: 'skip' });
    assert.equal(await valueAt(state, C), 'other');
    await refused(state, 2, { ...chargeA, atMost: 2 }, { ...chargeA, atMost: 2 }, { ...chargeA, atMost: 2 });
    await done(state, chargeA, chargeA, { refund: A, windowSeconds: MINUTE });
    assert.equal((await counterAt(state, A)).total, 1);
  },

  'asks a limit without using it, by a charge that is taken off in the same commit': async ({ state }) => {
    const ask = [
      { ...chargeA, atMost: 1 },
      { refund: A, windowSeconds: MINUTE },
    ];
    await done(state, ...ask);
    await done(state, { expect: A, value: undefined });
    await done(state, chargeA);
    await refused(state, 0, ...ask);
    assert.equal((await counterAt(state, A)).total, 1);
  },

  'names the first step that refuses': async ({ state }) => {
    await refused(state, 1, { read: ABSENT }, { remove: ABSENT }, { expect: ABSENT, value: '' });
    await refused(state, 0, { expect: ABSENT, value: '' }, { remove: ABSENT });
  },

  'tells for each step what its key held before, also if the commit is refused': async ({ state }) => {
    await done(state, writeC, chargeA, chargeA);
    const steps: readonly Step[] = [
      ...[chargeA, chargeB, { refund: A, windowSeconds: MINUTE }, { count: A }, { count: ABSENT }],
      ...[{ ...writeC, value: 'other' }, { read: C }, { expect: C, value: 'other' }, { read: ABSENT }, { remove: C }],
    ];
    const two = 2;
    const held = [two, 0, two, two, 0, 'written', 'written', 'written', undefined, 'written'];
    const totals = ({ found }: CommitResult) =>
      found.map((each) => (typeof each === 'object' ? asCounter(each).total : each));
    assert.deepEqual(totals(await refused(state, steps.length, ...steps, { remove: ABSENT })), [...held, undefined]);
    assert.deepEqual(totals(await refused(state, 0, { remove: ABSENT }, ...steps)), [undefined, ...held]);
    assert.deepEqual(totals(await done(state, ...steps)), held);
  },

  'does each commit once': async ({ state }) => {
    await expectOnce(state, 0);
    await crowd(state, () => [chargeA]);
    await expectOnce(state, CROWD);
  },
};

/** A commit that is done again, by a client that repeats a command, meets its own random key. */
async function expectOnce(state: SharedState, before: number): Promise<void> {
  const own = `conformance:once:${before}`;
  await done(state, { write: own, value: 'own', ttlSeconds: MINUTE, ifAbsent: 'refuse' });
  const { found } = await done(state, chargeA, { read: own });
  assert.deepEqual([asCounter(found[0]).total, found[1]], [before, 'own']);
  assert.equal((await counterAt(state, A)).total, before + 1);
  await done(state, { refund: A, windowSeconds: MINUTE });
}

/** The result of a commit that charges both, or reads both. */
function assertEven({ found }: CommitResult, keys: readonly string[]): void {
  const [left, right] = found.map((each) => asCounter(each).total);
  assert.equal(left, right, `${keys.join(' and ')} were always counted together`);
}
