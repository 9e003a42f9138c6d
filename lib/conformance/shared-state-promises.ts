import assert from 'node:assert/strict';
import type { OpenSharedState } from './shared-state.ts';

type Check = (opened: OpenSharedState) => Promise<void>;

/** So many at once that a step which is not atomic shows. */
const CROWD = 100;
const crowd = <Answer>(ask: (index: number) => Promise<Answer>): Promise<Answer[]> =>
  Promise.all(Array.from({ length: CROWD }, (_, index) => ask(index)));

/** What a shared state promises, by title; each check throws where it is not kept. */
export const SHARED_STATE_PROMISES: Readonly<Record<string, Check>> = {
  'adds up, and says when the window ends': async ({ state }) => {
    assert.deepEqual(await state.add('a', 2, 60), { total: 2, resetsInSeconds: 60 });
    const { total, resetsInSeconds } = await state.add('a', 3, 60);
    assert.equal(total, 5);
    assert.ok(resetsInSeconds > 50 && resetsInSeconds <= 60);
  },

  'loses no point where many add at once': async ({ state }) => {
    const totals = await crowd(async () => (await state.add('a', 1, 60)).total);
    assert.deepEqual(
      totals.sort((left, right) => left - right),
      Array.from({ length: CROWD }, (_, index) => index + 1),
    );
  },

  'only reads with no points, and opens no window': async ({ state }) => {
    assert.deepEqual(await state.add('a', 0, 60), { total: 0, resetsInSeconds: 0 });
    await state.add('a', 4, 60);
    assert.equal((await state.add('a', 0, 60)).total, 4);
  },

  'gives back, never below 0, and opens no window': async ({ state }) => {
    assert.deepEqual(await state.add('a', -3, 60), { total: 0, resetsInSeconds: 0 });
    await state.add('a', 4, 60);
    assert.equal((await state.add('a', -1, 60)).total, 3);
    assert.equal((await state.add('a', -9, 60)).total, 0);
    assert.equal((await state.add('a', 1, 60)).total, 1);
  },

  'begins a window with the first add, and never moves it': async ({ state, pass }) => {
    await state.add('a', 1, 5);
    await pass(2.1);
    await state.add('a', 1, 5);
    const { resetsInSeconds } = await state.add('a', -1, 5);
    assert.ok(resetsInSeconds <= 3, `${resetsInSeconds} s are left`);
    await pass(3.1);
    assert.equal((await state.add('a', 1, 5)).total, 1);
  },

  'keeps a window of 400 days': async ({ state }) => {
    const { resetsInSeconds } = await state.add('a', 1, 400 * 86_400);
    assert.equal(resetsInSeconds, 400 * 86_400);
    assert.equal((await state.add('a', 1, 400 * 86_400)).total, 2);
  },

  'keeps a value until its time is over': async ({ state, pass }) => {
    assert.equal(await state.get('a'), undefined);
    assert.equal(await state.set('a', '{"ü":"\\u0000"}', 2), true);
    assert.equal(await state.get('a'), '{"ü":"\\u0000"}');
    await pass(2.1);
    assert.equal(await state.get('a'), undefined);
  },

  'replaces a value, and gives it a new life': async ({ state, pass }) => {
    await state.set('a', 'one', 5);
    await pass(2.6);
    assert.equal(await state.set('a', 'two', 5), true);
    await pass(2.6);
    assert.equal(await state.get('a'), 'two');
  },

  'sets an absent key for one caller only': async ({ state, pass }) => {
    const won = await crowd((index) => state.set('a', String(index), 2, true));
    assert.equal(won.filter(Boolean).length, 1);
    assert.equal(await state.get('a'), String(won.indexOf(true)));
    await pass(2.1);
    assert.equal(await state.set('a', 'next', 2, true), true);
  },

  'is deleted by one caller only': async ({ state }) => {
    assert.equal(await state.delete('a'), false);
    await state.set('a', 'value', 60);
    assert.equal((await crowd(() => state.delete('a'))).filter(Boolean).length, 1);
    assert.equal(await state.get('a'), undefined);
  },

  'deletes counters, too': async ({ state }) => {
    await state.add('a', 5, 60);
    assert.equal(await state.delete('a'), true);
    assert.equal((await state.add('a', 1, 60)).total, 1);
  },

  'keeps keys apart': async ({ state }) => {
    await state.set('a', 'one', 60);
    await state.set('a:b', 'two', 60);
    await state.add('a:c', 1, 60);
    assert.deepEqual([await state.get('a'), await state.get('a:b')], ['one', 'two']);
  },
};
