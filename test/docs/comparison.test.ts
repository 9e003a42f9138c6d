import { readFileSync } from 'node:fs';
import { expect } from 'chai';

const doc = readFileSync('docs/comparison.md', 'utf8');

/** The rows of the tables, cell by cell, without their heads. */
const rows = [...doc.matchAll(/^\| (?![-|])(.*) \|$/gm)].map(([, row = '']) => row.split(' | '));

describe('docs/comparison.md', () => {
  it('has a source in every cell', () => {
    for (const [what, ...cells] of rows) {
      expect(cells, what).to.have.length(4);
      const [own = '', ...others] = cells;
      for (const cell of others) if (cell !== 'a closed service') expect(cell, what).to.match(/\]\[[\w-]+\]/);
      if (what !== 'factors') expect(own, what).to.match(/\]\(\S+\)$/);
    }
  });

  it('says the same of us in both tables', () => {
    const own = rows.map(([what, cell]) => [what, cell]);
    expect(own).to.have.length.above(20);
    expect(own.slice(0, own.length / 2)).to.deep.equal(own.slice(own.length / 2));
  });

  it('defines each source, once, and uses it', () => {
    const used = new Set([...doc.matchAll(/\]\[([\w-]+)\]/g)].map(([, name]) => name));
    const defined = [...doc.matchAll(/^\[([\w-]+)\]: https:\/\/\S+$/gm)].map(([, name]) => name);
    expect(defined).to.have.members([...used]);
  });
});
