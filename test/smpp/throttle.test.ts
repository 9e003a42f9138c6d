import { expect } from 'chai';
import { Throttle } from '../../lib/smpp/throttle.ts';

const NOW = 1_000_000;

/** How many messages go from one time to another, each as soon as it may. */
function countTaken(rateLimit: Throttle, from: number, to: number): number {
  let count = 0;
  for (let now = from; now < to; now += 1) {
    while (rateLimit.freeAt <= now) {
      rateLimit.take(1, now);
      count += 1;
      if (count > 100_000) return count;
    }
  }
  return count;
}

describe('a rate limit', () => {
  for (const limit of [0.5, 1, 10, 150, 1000]) {
    it(`allows ${limit} messages per second, and hardly more after a rest`, () => {
      const rateLimit = new Throttle(limit);
      expect(countTaken(rateLimit, NOW, NOW + 20_000)).to.be.within(limit * 20, limit * 20.2 + 1);
      expect(countTaken(rateLimit, NOW + 60_000, NOW + 61_000)).to.be.within(limit, limit * 1.1 + 1);
    });
  }

  it('counts the parts of a long text', () => {
    const rateLimit = new Throttle(10);
    rateLimit.take(5, NOW);
    expect(rateLimit.freeAt).to.be.within(NOW + 450, NOW + 500);
  });

  it('has no limit if none is given', () => {
    const rateLimit = new Throttle();
    for (let count = 0; count < 10_000; count += 1) rateLimit.take(1, NOW);
    expect(rateLimit.freeAt).to.be.at.most(NOW);
  });

  it('pauses for a second if it is too much, and is half as fast afterwards', () => {
    const rateLimit = new Throttle(100);
    countTaken(rateLimit, NOW, NOW + 1000);
    rateLimit.slowDown(NOW + 1000);
    expect(countTaken(rateLimit, NOW + 1000, NOW + 2000)).to.equal(0);
    expect(countTaken(rateLimit, NOW + 2000, NOW + 6000)).to.be.within(200, 202);
  });

  it('is slowed down once by the answers to what was under way', () => {
    const rateLimit = new Throttle(100);
    for (let answer = 0; answer < 10; answer += 1) rateLimit.slowDown(NOW + answer);
    expect(countTaken(rateLimit, NOW + 1000, NOW + 2000)).to.be.within(50, 52);
  });

  it('halves again if it is still too much, but never stops', () => {
    const rateLimit = new Throttle(8);
    for (let second = 0; second < 20; second += 1) rateLimit.slowDown(NOW + second * 1000);
    expect(countTaken(rateLimit, NOW + 20_000, NOW + 25_000)).to.be.within(5, 6);
  });

  it('keeps a limit of less than one a second as it is', () => {
    const rateLimit = new Throttle(0.5);
    rateLimit.slowDown(NOW);
    expect(countTaken(rateLimit, NOW + 1000, NOW + 21_000)).to.be.within(9, 11);
  });

  it('doubles after ten quiet seconds each, up to where it was', () => {
    const rateLimit = new Throttle(100);
    rateLimit.slowDown(NOW);
    rateLimit.slowDown(NOW + 1000);
    expect(countTaken(rateLimit, NOW + 2000, NOW + 3000)).to.be.within(25, 27);
    expect(countTaken(rateLimit, NOW + 12_000, NOW + 13_000)).to.be.within(49, 52);
    expect(countTaken(rateLimit, NOW + 23_000, NOW + 24_000)).to.be.within(98, 103);
    expect(countTaken(rateLimit, NOW + 60_000, NOW + 61_000)).to.be.within(98, 103);
  });

  it('without a limit finds half of what was too much, and in the end has none again', () => {
    const rateLimit = new Throttle();
    for (let message = 0; message < 80; message += 1) rateLimit.take(1, NOW + message);
    rateLimit.slowDown(NOW + 100);
    expect(countTaken(rateLimit, NOW + 1100, NOW + 2100)).to.be.within(40, 42);
    rateLimit.take(1, NOW + 12_000);
    for (let count = 0; count < 1000; count += 1) rateLimit.take(1, NOW + 12_100);
    expect(rateLimit.freeAt).to.be.at.most(NOW + 12_100);
  });
});
