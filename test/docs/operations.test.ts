import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { LONGEST_SECONDS, OUTAGES, type Outage } from '../support/outage-table.ts';

const PAGE = readFileSync('docs/operations.md', 'utf8');
const WORDS: Readonly<Record<Outage['trouble'], string>> = {
  refused: 'refuses connections',
  blackHole: 'is a black hole',
  slow: 'answers after 30 seconds',
  cut: 'cuts connections in the middle of an answer',
  garbage: 'answers with garbage',
  full: 'is full',
};

describe('docs/operations.md', () => {
  it('has the outages that are tested, with the same answers', () => {
    const rows = PAGE.match(/^\| (SMSC|directory|shared state|session store) \| .*$/gm);
    expect(rows).to.deep.equal(OUTAGES.map(rowOf));
  });

  it('says how long an answer takes at most', () => {
    const seconds = Object.values(LONGEST_SECONDS);
    expect(PAGE).to.match(new RegExp(`within ${seconds.join('\\b[^.]* ')}\\b`));
  });

  it('has an entry for each event', () => {
    const source = readFileSync('lib/events.ts', 'utf8');
    const declared = /interface SmsOtpEvents \{\n(.*?)\n\}/s.exec(source)?.[1] ?? '';
    const events = [...declared.matchAll(/^ {2}(\w+): \[/gm)].map(([, name = '']) => name);
    expect(events.length).to.be.greaterThan(10);
    const headings = PAGE.match(/^### .*$/gm)?.join('\n') ?? '';
    expect(events.filter((name) => !headings.includes(`\`${name}\``))).to.deep.equal([]);
  });

  it('counts right in its worked example', () => {
    const sums = [...PAGE.matchAll(/(\d[\d.]*(?: [×÷] \d[\d.]*)+) = (\d+)/g)];
    expect(sums.length).to.be.greaterThan(4);
    for (const [sum, left = '', right = ''] of sums) {
      const parts = left.split(/ (?=[×÷])/);
      const value = parts.reduce((total, part) => {
        const number = Number(part.replace(/^[×÷] /, ''));
        return part.startsWith('÷') ? total / number : part.startsWith('×') ? total * number : number;
      }, 0);
      expect(Math.floor(value + 1e-9), sum).to.equal(Number(right));
    }
  });
});

function rowOf({ peer, trouble, signIn, code, inside }: Outage): string {
  return `| ${[peer, WORDS[trouble], ...[signIn, code, inside].map(cellOf)].join(' | ')} |`;
}

/** As ``503 `SMS_UNAVAILABLE` ``. */
function cellOf(answer: string): string {
  return answer.replace(/ (\w+)$/, ' `$1`');
}
