import assert from 'node:assert/strict';
import type { SharedState } from '../../lib/domain/ports.ts';

interface OpenOldState {
  readonly state: SharedState;
  pass(seconds: number): Promise<void>;
}

/** In seconds; the longest that is in use. */
const LONG = 400 * 24 * 60 * 60;

/** So many at once that a step which is not atomic shows. */
const CROWD = 200;

export const OLD_PROMISES: Readonly<Record<string, (opened: OpenOldState) => Promise<void>>> = {
  'adds up, and says when the window ends': async ({ state }) => {
    assert.equal((await state.add('a', 2, 600)).total, 2);
    const { total, resetsInSeconds } = await state.add('a', 3, 600);
    assert.equal(total, 5);
    assert.ok(resetsInSeconds > 500 && resetsInSeconds <= 600, `${resetsInSeconds} s are left`);
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
    await expectNoWindow(state, 'a');
    await state.add('b', 4, 60);
    assert.equal((await state.add('b', 0, 60)).total, 4);
  },

  'gives back, never below 0, and opens no window': async ({ state }) => {
    assert.deepEqual(await state.add('a', -3, 60), { total: 0, resetsInSeconds: 0 });
    await expectNoWindow(state, 'a');
    await state.add('b', 4, 60);
    assert.equal((await state.add('b', -1, 60)).total, 3);
    assert.equal((await state.add('b', -9, 60)).total, 0);
    assert.equal((await state.add('b', 1, 60)).total, 1);
  },

  'begins a window with the first add, and never moves it': async ({ state, pass }) => {
    await state.add('a', 1, 60);
    await pass(1.1);
    for (const points of [1, 0, -1]) {
      const { resetsInSeconds } = await state.add('a', points, 60);
      assert.ok(resetsInSeconds <= 59, `${resetsInSeconds} s are left`);
    }
  },

  'begins a new count when the window is over': async ({ state, pass }) => {
    await state.add('a', 5, 1);
    await pass(1.1);
    assert.equal((await state.add('a', 0, 60)).total, 0);
    assert.equal((await state.add('a', 1, 60)).total, 1);
  },

  'keeps a window of 400 days': async ({ state, pass }) => {
    const { resetsInSeconds } = await state.add('a', 1, LONG);
    assert.ok(resetsInSeconds > LONG - 60, `${resetsInSeconds} s are left`);
    // A timer of JavaScript that is told to wait so long waits one millisecond.
    await pass(0.1);
    assert.equal((await state.add('a', 1, LONG)).total, 2);
  },

  'keeps a value until its time is over': async ({ state, pass }) => {
    assert.equal(await state.get('a'), undefined);
    for (const value of ['', '{"ü":"\\u0000"}', 'x'.repeat(10_000)]) {
      assert.equal(await state.set('a', value, 60), true);
      assert.equal(await state.get('a'), value);
    }
    await state.set('b', 'value', 1);
    await pass(1.1);
    assert.equal(await state.get('b'), undefined);
    assert.notEqual(await state.get('a'), undefined);
  },

  'replaces a value, and gives it a new life': async ({ state, pass }) => {
    await state.set('a', 'one', 1);
    assert.equal(await state.set('a', 'two', 60), true);
    await pass(1.1);
    assert.equal(await state.get('a'), 'two');
  },

  'sets an absent key for one caller only': async ({ state }) => {
    const won = await crowd((index) => state.set('a', String(index), 60, true));
    assert.equal(won.filter(Boolean).length, 1);
    assert.equal(await state.get('a'), String(won.indexOf(true)));
  },

  'sets an absent key again when its time is over': async ({ state, pass }) => {
    await state.set('a', 'one', 1, true);
    await pass(1.1);
    assert.equal(await state.set('a', 'two', 60, true), true);
    assert.equal(await state.get('a'), 'two');
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

function crowd<Answer>(ask: (index: number) => Promise<Answer>): Promise<Answer[]> {
  return Promise.all(Array.from({ length: CROWD }, (_, index) => ask(index)));
}

/** A window that is open already would end earlier than this one. */
async function expectNoWindow(state: SharedState, key: string): Promise<void> {
  const { resetsInSeconds } = await state.add(key, 1, 600);
  assert.ok(resetsInSeconds > 500, `${resetsInSeconds} s are left`);
}
