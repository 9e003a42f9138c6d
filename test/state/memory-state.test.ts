import { expect } from 'chai';
import { MemoryEngine } from '../../lib/state/memory-engine.ts';
import { memoryState } from '../../lib/state/memory-state.ts';
import { FakeClock } from '../support/clock.ts';

describe('memoryState()', () => {
  const clock = new FakeClock();
  const state = memoryState({ clock: clock.now });

  after(() => state.close?.());

  it('adds in a window that begins with the first point and never moves', async () => {
    expect(await state.add('a', 2, 60)).to.deep.equal({ total: 2, resetsInSeconds: 60 });
    clock.advance(20);
    expect(await state.add('a', 3, 60)).to.deep.equal({ total: 5, resetsInSeconds: 40 });
    clock.advance(40);
    expect(await state.add('a', 1, 60)).to.deep.equal({ total: 1, resetsInSeconds: 60 });
  });

  it('opens no window by reading or giving back, and never falls below 0', async () => {
    for (const points of [0, -5]) {
      expect(await state.add('b', points, 60)).to.deep.equal({ total: 0, resetsInSeconds: 0 });
    }
    await state.add('b', 2, 60);
    expect(await state.add('b', -5, 60)).to.deep.equal({ total: 0, resetsInSeconds: 0 });
    expect(await state.add('b', 0, 60)).to.deep.equal({ total: 0, resetsInSeconds: 0 });
  });

  it('keeps nothing of a counter that was all given back', async () => {
    const small = memoryState({ maxKeys: 1 });
    await small.add('a', 2, 60);
    await small.add('a', -2, 60);
    await small.add('b', 1, 60);
    await small.close?.();
  });

  it('keeps windows that are longer than a timer of JavaScript can wait', async () => {
    await state.add('c', 1, 400 * 86_400);
    clock.advance(399 * 86_400);
    expect((await state.add('c', 0, 400 * 86_400)).total).to.equal(1);
  });

  it('keeps a value for its time', async () => {
    expect(await state.set('d', 'value', 60)).to.equal(true);
    clock.advance(59);
    expect(await state.get('d')).to.equal('value');
    clock.advance(1);
    expect(await state.get('d')).to.equal(undefined);
  });

  it('sets an absent key for one caller only', async () => {
    const won = await Promise.all(Array.from({ length: 10 }, () => state.set('e', 'value', 60, true)));
    expect(won.filter(Boolean)).to.have.length(1);
    clock.advance(60);
    expect(await state.set('e', 'next', 60, true)).to.equal(true);
  });

  it('is deleted by one caller only', async () => {
    await state.set('f', 'value', 60);
    const won = await Promise.all(Array.from({ length: 10 }, () => state.delete('f')));
    expect(won.filter(Boolean)).to.have.length(1);
  });

  it('refuses new keys where it is full, and forgets none that is alive', async () => {
    const small = memoryState({ clock: clock.now, maxKeys: 2 });
    await small.set('a', '1', 60);
    await small.set('b', '2', 120);
    const error: unknown = await small.set('c', '3', 60).catch((thrown) => thrown);
    expect(error).to.be.an('error').with.property('message').that.includes('full');
    await small.set('a', '4', 60);
    clock.advance(60);
    await small.set('c', '3', 60);
    expect([await small.get('a'), await small.get('b'), await small.get('c')]).to.deep.equal([undefined, '2', '3']);
    await small.close?.();
  });
});

describe('commits of memoryState()', () => {
  const charge = { charge: 'smsOtp:count', windowSeconds: 60, atMost: Number.POSITIVE_INFINITY } as const;
  const write = (key: string, ttlSeconds = 60) => ({ write: key, value: 'value', ttlSeconds });

  it('end a window to the millisecond, by the clock that was handed in', async () => {
    const clock = new FakeClock();
    const state = memoryState({ clock: clock.now });
    await state.commit([charge]);
    for (const [seconds, total, resetsInSeconds] of [
      [0, 1, 60],
      [59.999, 1, 1],
      [0.001, 0, 0],
    ] as const) {
      clock.advance(seconds);
      expect((await state.commit([{ count: 'smsOtp:count' }])).found).to.deep.equal([{ total, resetsInSeconds }]);
    }
    await state.close?.();
  });

  it('are refused where they need more keys than there may be: none that lives is forgotten', async () => {
    const clock = new FakeClock();
    const state = memoryState({ clock: clock.now, maxKeys: 3 });
    await state.commit([write('one'), write('two', 120)]);
    const error: unknown = await state.commit([write('three'), write('four')]).catch((thrown) => thrown);
    expect(error).to.be.an('error').with.property('message', 'memoryState() is full: 3 keys are alive.');
    expect((await state.commit([{ read: 'three' }, { read: 'one' }])).found).to.deep.equal([undefined, 'value']);
    await state.commit([{ remove: 'one' }, write('three'), write('four')]);
    clock.advance(60);
    await state.commit([write('five'), write('six')]);
    const found = (await state.commit(['two', 'three', 'five'].map((read) => ({ read })))).found;
    expect(found).to.deep.equal(['value', undefined, 'value']);
    await state.close?.();
  });

  it('keep nothing of a counter from which all was taken off, and nothing that has ended', async () => {
    const clock = new FakeClock();
    const engine = new MemoryEngine(10, clock.now);
    await engine.commit([charge, charge, write('smsOtp:value', 1)]);
    await engine.commit([{ refund: 'smsOtp:count', windowSeconds: 60 }]);
    expect([...engine.entries.keys()]).to.deep.equal(['smsOtp:count', 'smsOtp:value']);
    await engine.commit([{ refund: 'smsOtp:count', windowSeconds: 60 }]);
    clock.advance(1);
    await engine.commit([{ read: 'smsOtp:value' }]);
    expect(engine.entries.size).to.equal(0);
    await engine.close();
  });
});
