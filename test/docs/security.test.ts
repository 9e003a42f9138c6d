import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';

describe('docs/security.md', () => {
  it('names tests that there are', () => {
    const tests = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.test.ts'),
    );
    const source = tests.map((file) => readFileSync(`test/${file}`, 'utf8')).join('\n');
    const rows = readFileSync('docs/security.md', 'utf8').matchAll(/^\|.*\| `([^`]+)` \|$/gm);
    const titles = [...rows].map(([, title = '']) => title);
    expect(titles.length).to.be.greaterThan(25);
    const isThere = (title: string): boolean =>
      source.includes(`it('${title}'`) ||
      (title.startsWith('tells nobody the ') && source.includes('it(`tells nobody the '));
    expect(titles.filter((title) => !isThere(title))).to.deep.equal([]);
  });
});
