import { expect } from 'chai';
import { validityPeriod } from '../../lib/smpp/validity-period.ts';

const NOW = Date.UTC(2026, 11, 31, 23, 58, 30, 900);

describe('a validity period', () => {
  it('is relative, of less than a day', () => {
    expect(validityPeriod(300, 'relative', NOW)).to.equal('000000000500000R');
    expect(validityPeriod(3661, 'relative', NOW)).to.equal('000000010101000R');
    expect(validityPeriod(864_000, 'relative', NOW)).to.equal('000000235959000R');
  });

  it('is a time in UTC, never after the code has died, on any day', () => {
    expect(validityPeriod(60, 'absolute', NOW)).to.equal('261231235930000+');
    expect(validityPeriod(90, 'absolute', NOW)).to.equal('270101000000000+');
    expect(validityPeriod(864_000, 'absolute', NOW)).to.equal('270110235830000+');
  });

  it('is empty where the SMSC is to be told nothing', () => {
    expect(validityPeriod(300, 'none', NOW)).to.equal('');
  });
});
