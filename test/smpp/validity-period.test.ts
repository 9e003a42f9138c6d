import { expect } from 'chai';
import { validityPeriod } from '../../lib/smpp/validity-period.ts';

const NOW = Date.UTC(2026, 11, 31, 23, 58, 30, 900);

describe('a validity period', () => {
  for (const [seconds, period] of [
    [300, '000000000500000R'],
    [20.9, '000000000020000R'],
    [599.999, '000000000959000R'],
    [3661, '000000010101000R'],
    [864_000, '000000235959000R'],
  ] as const) {
    it(`is ${period} where the code lives ${seconds} seconds: never more, and never a day`, () => {
      expect(validityPeriod(seconds * 1000, 'relative', NOW)).to.equal(period);
    });
  }

  it('is a time in UTC, never after the code has died, on any day', () => {
    expect(validityPeriod(60_000, 'absolute', NOW)).to.equal('261231235930000+');
    expect(validityPeriod(89_099, 'absolute', NOW)).to.equal('261231235959000+');
    expect(validityPeriod(89_100, 'absolute', NOW)).to.equal('270101000000000+');
    expect(validityPeriod(864_000_000, 'absolute', NOW)).to.equal('270110235830000+');
  });

  it('is empty where the SMSC is to be told nothing', () => {
    expect(validityPeriod(300_000, 'none', NOW)).to.equal('');
  });
});
