import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { FICTION } from '../../lib/domain/phone-number.ts';

const FOLDERS = ['docs', 'lib', 'example-app'];
const FILES = [
  'README.md',
  ...FOLDERS.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => !name.endsWith('domain/phone-number.ts')) // it has the ranges themselves
      .filter((name) => /\.(md|ts|js|html|ejs)$/.test(name))
      .map((name) => `${folder}/${name}`),
  ),
];

describe('every phone number in the docs and the source', () => {
  it('is in its range as an example of a country', () => {
    for (const { range, example } of FICTION) expect(example.replaceAll(' ', '')).to.match(range);
  });

  it('is of a range that is kept for fiction', () => {
    const real = FILES.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/(?<![\w.])\+[1-9][\d ()-]{7,18}\d(?![\d$])/g)]
        .map(([written]) => `+${written.replace(/\(0\)|\D/g, '')}`)
        .filter((number) => !FICTION.some(({ range }) => range.test(number)))
        .map((number) => `${file}: ${number}`),
    );
    expect(real).to.deep.equal([]);
  });
});
