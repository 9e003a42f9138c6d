import { expect } from 'chai';
import type { Found } from '../../lib/domain/shared-state.ts';
import { memoryState } from '../../lib/state/memory-state.ts';
import { FakeClock } from '../support/clock.ts';

const MINUTE = { windowSeconds: 60, atMost: Number.POSITIVE_INFINITY };

describe('memoryState()', () => {
  const clock = new FakeClock();
  const state = memoryState({ clock: clock.now });

  after(() => state.close?.());

  /** The content of a key now. */
  async function held(step: { read: string } | { count: string }): Promise<Found> {
    return (await state.commit([step])).found[0];
  }

  it('counts in a window that begins with the first charge and never moves', async () => {
    for (let charge = 0; charge < 2; charge++) await state.commit([{ charge: 'a', ...MINUTE }]);
    clock.advance(20);
    await state.commit([{ charge: 'a', ...MINUTE }]);
    expect(await held({ count: 'a' })).to.deep.equal({ total: 3, resetsInSeconds: 40 });
    clock.advance(40);
    await state.commit([{ charge: 'a', ...MINUTE }]);
    expect(await held({ count: 'a' })).to.deep.equal({ total: 1, resetsInSeconds: 60 });
  });

  it('opens no window by counting or giving back, and never falls below 0', async () => {
    await state.commit([{ count: 'b' }, { refund: 'b', windowSeconds: 60 }]);
    expect(await held({ count: 'b' })).to.deep.equal({ total: 0, resetsInSeconds: 0 });
    await state.commit([{ charge: 'b', ...MINUTE }]);
    for (let time = 0; time < 3; time++) await state.commit([{ refund: 'b', windowSeconds: 60 }]);
    expect(await held({ count: 'b' })).to.deep.equal({ total: 0, resetsInSeconds: 0 });
  });

  it('keeps nothing of a counter that was all given back', async () => {
    const small = memoryState({ maxKeys: 1 });
    await small.commit([{ charge: 'a', ...MINUTE }]);
    await small.commit([{ refund: 'a', windowSeconds: 60 }]);
    await small.commit([{ charge: 'b', ...MINUTE }]);
    await small.close?.();
  });

  it('keeps windows that are longer than a timer of JavaScript can wait', async () => {
    await state.commit([{ charge: 'c', windowSeconds: 400 * 86_400, atMost: 1 }]);
    clock.advance(399 * 86_400);
    expect(await held({ count: 'c' })).to.include({ total: 1 });
  });

  it('keeps a value for its time', async () => {
    await state.commit([{ write: 'd', value: 'value', ttlSeconds: 60 }]);
    clock.advance(59);
    expect(await held({ read: 'd' })).to.equal('value');
    clock.advance(1);
    expect(await held({ read: 'd' })).to.equal(undefined);
  });

  it('keeps nothing for longer, and lets nothing live again, if the clock is set back', async () => {
    await state.commit([
      { write: 'old', value: 'value', ttlSeconds: 5 },
      { write: 'code', value: 'value', ttlSeconds: 60 },
      { charge: 'guesses', ...MINUTE },
    ]);
    clock.advance(10);
    await state.commit([]);
    clock.advance(-3600);
    expect(await held({ read: 'old' })).to.equal(undefined);
    expect(await held({ read: 'code' })).to.equal('value');
    expect(await held({ count: 'guesses' })).to.deep.equal({ total: 1, resetsInSeconds: 50 });
    clock.advance(50);
    expect(await held({ read: 'code' })).to.equal(undefined);
    expect(await held({ count: 'guesses' })).to.deep.equal({ total: 0, resetsInSeconds: 0 });
  });

  it('writes an absent key for one caller only, and removes it for one', async () => {
    const write = { write: 'e', value: 'value', ttlSeconds: 60, ifAbsent: 'refuse' } as const;
    for (const step of [write, { remove: 'e' }]) {
      const results = await Promise.all(Array.from({ length: 10 }, () => state.commit([step])));
      expect(results.filter(({ refusedBy }) => refusedBy === undefined)).to.have.length(1);
    }
  });

  it('does nothing of a commit that one step refuses, and tells what all of them found', async () => {
    await state.commit([{ charge: 'f', windowSeconds: 60, atMost: 1 }]);
    const steps = [
      { write: 'g', value: 'value', ttlSeconds: 60 },
      { charge: 'f', windowSeconds: 60, atMost: 1 },
      { read: 'g' },
    ];
    const { refusedBy, found } = await state.commit(steps);
    expect({ refusedBy, found }).to.deep.equal({
      refusedBy: 1,
      found: [undefined, { total: 1, resetsInSeconds: 60 }, undefined],
    });
    expect(await held({ read: 'g' })).to.equal(undefined);
  });

  it('refuses new keys if it is full, and forgets none that is alive', async () => {
    const small = memoryState({ clock: clock.now, maxKeys: 2 });
    const write = (key: string, ttlSeconds: number): Promise<unknown> =>
      small.commit([{ write: key, value: `of ${key}`, ttlSeconds }]);
    await write('a', 60);
    await write('b', 120);
    const error: unknown = await write('c', 60).catch((thrown) => thrown);
    expect(error).to.be.an('error').with.property('message').that.includes('full');
    await write('a', 60);
    clock.advance(60);
    await write('c', 60);
    const { found } = await small.commit([{ read: 'a' }, { read: 'b' }, { read: 'c' }]);
    expect(found).to.deep.equal([undefined, 'of b', 'of c']);
    await small.close?.();
  });
});
