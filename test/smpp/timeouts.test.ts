import { expect } from 'chai';
import { Backoff } from '../../lib/smpp/timeouts.ts';

describe('Backoff', () => {
  it('stays between the shortest and three times the pause before, up to the longest', () => {
    const backoff = new Backoff(500, 30_000);
    let previous = 500;
    for (let round = 0; round < 1000; round += 1) {
      const next = backoff.next();
      expect(next).to.be.within(500, Math.min(30_000, previous * 3));
      previous = next;
    }
  });

  it('differs from process to process', () => {
    const pauses = Array.from({ length: 50 }, () => new Backoff(500, 30_000).next());
    expect(new Set(pauses).size).to.be.greaterThan(10);
  });

  it('begins anew after a reset', () => {
    const backoff = new Backoff(500, 30_000);
    for (let round = 0; round < 100; round += 1) backoff.next();
    backoff.reset();
    expect(backoff.next()).to.be.at.most(1500);
  });
});
