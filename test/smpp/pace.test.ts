import { expect } from 'chai';
import { Pace } from '../../lib/smpp/pace.ts';

const NOW = 1_000_000;

/** How many messages go from one time to another, each as soon as it may. */
function countTaken(pace: Pace, from: number, to: number): number {
  let count = 0;
  for (let now = from; now < to; now += 1) {
    while (pace.freeAt <= now) {
      pace.take(1, now);
      count += 1;
      if (count > 100_000) return count;
    }
  }
  return count;
}

describe('a pace', () => {
  for (const limit of [0.5, 1, 10, 150, 1000]) {
    it(`allows ${limit} messages per second, and hardly more after a rest`, () => {
      const pace = new Pace(limit);
      expect(countTaken(pace, NOW, NOW + 20_000)).to.be.within(limit * 20, limit * 20.2 + 1);
      expect(countTaken(pace, NOW + 60_000, NOW + 61_000)).to.be.within(limit, limit * 1.1 + 1);
    });
  }

  it('counts the parts of a long text', () => {
    const pace = new Pace(10);
    pace.take(5, NOW);
    expect(pace.freeAt).to.be.within(NOW + 450, NOW + 500);
  });

  it('has no limit where none is given', () => {
    const pace = new Pace();
    for (let count = 0; count < 10_000; count += 1) pace.take(1, NOW);
    expect(pace.freeAt).to.be.at.most(NOW);
  });

  it('pauses for a second where it is too much, and is half as fast afterwards', () => {
    const pace = new Pace(100);
    countTaken(pace, NOW, NOW + 1000);
    pace.slowDown(NOW + 1000);
    expect(countTaken(pace, NOW + 1000, NOW + 2000)).to.equal(0);
    expect(countTaken(pace, NOW + 2000, NOW + 6000)).to.be.within(200, 202);
  });

  it('is slowed down once by the answers to what was under way', () => {
    const pace = new Pace(100);
    for (let answer = 0; answer < 10; answer += 1) pace.slowDown(NOW + answer);
    expect(countTaken(pace, NOW + 1000, NOW + 2000)).to.be.within(50, 52);
  });

  it('halves again where it is still too much, but never stops', () => {
    const pace = new Pace(8);
    for (let second = 0; second < 20; second += 1) pace.slowDown(NOW + second * 1000);
    expect(countTaken(pace, NOW + 20_000, NOW + 25_000)).to.be.within(5, 6);
  });

  it('keeps a limit of less than one a second as it is', () => {
    const pace = new Pace(0.5);
    pace.slowDown(NOW);
    expect(countTaken(pace, NOW + 1000, NOW + 21_000)).to.be.within(9, 11);
  });

  it('doubles after ten quiet seconds each, up to where it was', () => {
    const pace = new Pace(100);
    pace.slowDown(NOW);
    pace.slowDown(NOW + 1000);
    expect(countTaken(pace, NOW + 2000, NOW + 3000)).to.be.within(25, 27);
    expect(countTaken(pace, NOW + 12_000, NOW + 13_000)).to.be.within(49, 52);
    expect(countTaken(pace, NOW + 23_000, NOW + 24_000)).to.be.within(98, 103);
    expect(countTaken(pace, NOW + 60_000, NOW + 61_000)).to.be.within(98, 103);
  });

  it('without a limit finds half of what was too much, and in the end has none again', () => {
    const pace = new Pace();
    for (let message = 0; message < 80; message += 1) pace.take(1, NOW + message);
    pace.slowDown(NOW + 100);
    expect(countTaken(pace, NOW + 1100, NOW + 2100)).to.be.within(40, 42);
    pace.take(1, NOW + 12_000);
    for (let count = 0; count < 1000; count += 1) pace.take(1, NOW + 12_100);
    expect(pace.freeAt).to.be.at.most(NOW + 12_100);
  });
});
