import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { LIMITS } from '../../lib/domain/limits.ts';

const README = readFileSync('README.md', 'utf8');

/** The names in the first column of the table with this head; one cell may hold several. */
function namesIn(text: string, head: string): readonly string[] {
  const [, rows = ''] = text.split(`| ${head} |`)[1]?.split(/^\|---.*\n/m) ?? [];
  const [table = ''] = rows.split(/\n(?!\|)/);
  const cells = table.split('\n').map((row) => row.split('|')[1] ?? '');
  return cells.flatMap((cell) => [...cell.matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name));
}

/** The members of an interface, as the source has them. */
function membersOf(file: string, name: string): readonly string[] {
  const [, body = ''] = new RegExp(`interface ${name} \\{\\n(.*?)\\n\\}`, 's').exec(readFileSync(file, 'utf8')) ?? [];
  return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, member = '']) => member);
}

describe('the tables of the README', () => {
  it('have every option', () => {
    const options = membersOf('lib/options.ts', 'SmsOtpOptions');
    expect(options).to.have.length.above(20);
    expect(namesIn(README, 'option')).to.have.members([...options]);
  });

  it('have every limit, and its default', () => {
    const limits = Object.keys(LIMITS);
    expect(namesIn(README, 'limit')).to.have.members([...limits, 'passwordPauseSeconds', 'knownBrowser']);
    for (const [name, { default: value }] of Object.entries(LIMITS)) {
      const row = README.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${name}\``)) ?? '';
      expect(row.split('|')[2], name).to.match(new RegExp(`\\b${value}\\b`));
    }
  });

  it('have every error, with its status', () => {
    const source = readFileSync('lib/errors.ts', 'utf8');
    const errors = [...source.matchAll(/^ {2}([A-Z_]+): (\d{3}),$/gm)].map(([, code, status]) => `${code} ${status}`);
    const rows = [...README.matchAll(/^\| `([A-Z_]+)` \| (\d{3}) \|/gm)].map(([, code, status]) => `${code} ${status}`);
    expect(errors).to.have.length.above(20);
    expect(rows).to.have.members(errors);
  });
});

describe('the README', () => {
  it('names every event', () => {
    const [, body = ''] = /interface SmsOtpEvents \{\n(.*?)\n\}/s.exec(readFileSync('lib/events.ts', 'utf8')) ?? [];
    const events = [...body.matchAll(/^ {2}(\w+): \[/gm)].map(([, name]) => name);
    const [, section = ''] = README.split('\n## Events\n');
    const [, list = ''] = /\n\n((?:`\w+`\s)+)\n/.exec(section) ?? [];
    expect(events).to.have.length.above(10);
    expect([...list.matchAll(/`(\w+)`/g)].map(([, name]) => name)).to.have.members(events);
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
