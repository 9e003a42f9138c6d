import { readFileSync } from 'node:fs';
import { expect } from 'chai';

const doc = readFileSync('docs/comparison.md', 'utf8');
const readme = readFileSync('README.md', 'utf8');

/** The rows of the table, cell by cell, without its head. */
const rows = [...doc.matchAll(/^\| (?!-)(.*) \|$/gm)].map(([, row = '']) => row.split(' | ')).slice(1);

describe('docs/comparison.md', () => {
  it('has a source in every cell, or says that nothing was verified', () => {
    expect(rows).to.have.length.above(10);
    for (const [what, ...cells] of rows) {
      expect(cells, what).to.have.length(7);
      const [own = '', ...others] = cells;
      for (const cell of others) {
        if (!['not verified', 'a closed service'].includes(cell)) expect(cell, what).to.match(/\]\[[\w-]+\]/);
      }
      if (what !== 'factors') expect(own, what).to.match(/\]\(\S+\)$/);
    }
  });

  it('defines each source, once, and uses it', () => {
    const used = new Set([...doc.matchAll(/\]\[([\w-]+)\]/g)].map(([, name]) => name));
    const defined = [...doc.matchAll(/^\[([\w-]+)\]: https:\/\/\S+$/gm)].map(([, name]) => name);
    expect(defined).to.have.members([...used]);
  });

  it('has each row of the table in the README', () => {
    const [, table = ''] = /\n\| what it does \|.*\n\|---.*\n((?:\|.*\n)+)/.exec(readme) ?? [];
    const named = [...table.matchAll(/^\| ([^|]+) \|/gm)].map(([, what]) => what);
    expect(named).to.have.length.above(4);
    expect(rows.map(([what]) => what)).to.include.members(named);
  });
});
