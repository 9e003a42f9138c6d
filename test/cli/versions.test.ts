import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { examineVersions, isInRange } from '../../lib/cli/versions.ts';
import { complaints } from '../support/findings.ts';

describe('the examination of versions', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'versions-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function install(name: string, version: string): void {
    mkdirSync(join(folder, 'node_modules', name), { recursive: true });
    writeFileSync(join(folder, 'node_modules', name, 'package.json'), JSON.stringify({ name, version }));
  }

  const examine = () => [...examineVersions(join(folder, 'sms-otp.config.js'))];

  it('is content with those that the package works with, and does not miss what is optional', () => {
    install('express', '5.1.0');
    install('express-session', '1.18.2');
    expect(complaints(examine())).to.deep.equal([]);
    expect(examine().map(({ check }) => check)).to.deep.equal([
      'express-sms-otp',
      'node',
      'express',
      'express-session',
    ]);
  });

  it('finds what is too old, too new or missing', () => {
    install('express', '4.21.2');
    install('redis', '7.0.0');
    expect(complaints(examine())).to.deep.equal(['failed express', 'failed express-session', 'failed redis']);
    expect(examine().find(({ check }) => check === 'express')).to.include({
      detail: '4.21.2 is not among ^5.0.0',
      remedy: 'Install express ^5.0.0.',
    });
  });
});

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
