import { expect } from 'chai';
import { isInRange } from '../../../lib/cli/doctor/version-range.ts';

describe('a range of versions', () => {
  for (const [version, range, expected] of [
    ['5.0.0', '^5.0.0', true],
    ['5.3.1', '^5.0.0', true],
    ['4.21.2', '^5.0.0', false],
    ['6.0.0', '^5.0.0', false],
    ['1.17.3', '^1.18.0', false],
    ['1.18.0-beta', '^1.18.0', true],
    ['6.3.1', '^5.0.0 || ^6.0.0', true],
    ['7.0.0', '^5.0.0 || ^6.0.0', false],
    ['20.18.9', '^20.19.0 || >=22.12.0', false],
    ['20.19.0', '^20.19.0 || >=22.12.0', true],
    ['21.7.0', '^20.19.0 || >=22.12.0', false],
    ['22.12.0', '^20.19.0 || >=22.12.0', true],
    ['26.0.0', '^20.19.0 || >=22.12.0', true],
    ['none', '^5.0.0', false],
  ] as const) {
    it(`${range} ${expected ? 'holds' : 'does not hold'} ${version}`, () => {
      expect(isInRange(version, range)).to.equal(expected);
    });
  }
});
