import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { LIMITS } from '../../lib/domain/rate-limiter.ts';
import { membersOf, namesIn } from '../support/doc-tables.ts';

const README = readFileSync('README.md', 'utf8');
const REFERENCE = readFileSync('docs/reference.md', 'utf8');

describe('the tables of docs/reference.md', () => {
  it('have every option', () => {
    const options = membersOf('lib/options.ts', 'SmsOtpOptions');
    expect(options).to.have.length.above(20);
    expect(namesIn(REFERENCE, 'option')).to.have.members([...options]);
  });

  it('have every limit, and its default', () => {
    const limits = Object.keys(LIMITS);
    expect(namesIn(REFERENCE, 'limit')).to.have.members([...limits, 'passwordPauseSeconds', 'knownBrowser']);
    for (const [name, { default: value }] of Object.entries(LIMITS)) {
      const row = REFERENCE.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${name}\``)) ?? '';
      expect(row.split('|')[2], name).to.match(new RegExp(`\\b${value}\\b`));
    }
  });

  it('have every error, with its status', () => {
    const source = readFileSync('lib/errors.ts', 'utf8');
    const errors = [...source.matchAll(/^ {2}([A-Z_]+): \{\s*status: (\d{3}),/gm)].map(
      ([, code, status]) => `${code} ${status}`,
    );
    const rows = [...REFERENCE.matchAll(/^\| `([A-Z_]+)` \| (\d{3}) \|/gm)].map(
      ([, code, status]) => `${code} ${status}`,
    );
    expect(errors).to.have.length.above(20);
    expect(rows).to.have.members(errors);
  });
});

describe('the figures of the README', () => {
  it('are those of docs/performance.md', () => {
    const [, section = ''] = README.split('\n## How fast it is\n');
    const [table = ''] = /^\|.*?(?=\n\n)/ms.exec(section) ?? [];
    const figures = table.match(/\d[\d\s.]*(?=(?: µs|\/s))/g) ?? [];
    expect(figures).to.have.length.above(10);
    const measured = readFileSync('docs/performance.md', 'utf8').split(/ *\| */);
    expect(measured).to.include.members(figures);
  });
});

describe('SECURITY.md', () => {
  it('names every dependency', () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(namesIn(readFileSync('SECURITY.md', 'utf8'), 'dependency')).to.have.members(Object.keys(dependencies));
  });
});

describe('docs/numbers.md', () => {
  it('has every option of enrollment', () => {
    const options = membersOf('lib/options.ts', 'EnrollmentOptions');
    expect(namesIn(readFileSync('docs/numbers.md', 'utf8'), '`enrollment.…`')).to.have.members([...options]);
  });
});
