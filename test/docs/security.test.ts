import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { LIMITS } from '../../lib/domain/rate-limiter.ts';

const PAGE = readFileSync('docs/security.md', 'utf8');
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

describe('docs/security.md', () => {
  const named = [...PAGE.matchAll(/^\|.*\| `([^`]+)` \|$/gm)].map(([, title = '']) => title);

  it('names tests that there are', () => {
    const files = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.test.ts'),
    );
    const titles = files.flatMap((file) => titlesIn(`test/${file}`));
    expect(named.length).to.be.greaterThan(50);
    expect(named.filter((name) => !titles.some((title) => title.test(name)))).to.deep.equal([]);
  });

  it('names each attack', () => {
    const files = readdirSync('test/journeys').filter((file) => /^(attacks.*|processes)\.test\.ts$/.test(file));
    expect(files.length).to.be.greaterThan(4);
    const titles = files.flatMap((file) => titlesIn(`test/journeys/${file}`));
    expect(titles.filter((title) => !named.some((name) => title.test(name)))).to.deep.equal([]);
  });

  it('states the odds that the defaults of the limits give', () => {
    for (const [row, { default: comparisons }] of [
      ['on one challenge', LIMITS.attemptsPerChallenge],
      ['in a day', LIMITS.failedCodesPerUserPerDay],
      ['in 30 days', LIMITS.failedCodesPerUserPer30Days],
    ] as const) {
      const odds = [6, 7, 8].map((digits) => scientific(comparisons / 10 ** digits));
      const cells = new RegExp(`^\\| ${row}[^|]*\\| ${comparisons} \\| ${odds.join(' \\| ')} \\|$`, 'm');
      expect(PAGE).to.match(cells);
    }
  });
});

/** The titles that a test of the file may have; any value may be filled in. */
function titlesIn(file: string): readonly RegExp[] {
  const source = readFileSync(file, 'utf8');
  return [...source.matchAll(/\bit\((['"`])(.*?)\1, /g)].map(([, , title = '']) => {
    const parts = title.split(/\$\{.*?\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.+')}$`);
  });
}

/** As `5·10⁻⁶`. */
function scientific(value: number): string {
  const [factor, exponent = ''] = value.toExponential().split('e-');
  return `${factor}·10⁻${[...exponent].map((digit) => SUPERSCRIPTS[Number(digit)]).join('')}`;
}
