import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { en } from '../../lib/locales/en.ts';

const page = readFileSync('docs/languages.md', 'utf8');

describe('docs/languages.md', () => {
  it('has every key with its English text', () => {
    const rows = Array.from(page.matchAll(/^\| `([a-z]+\.[^`]+)` \| (.+) \|$/gm), ([, key, text]) => `${key}: ${text}`);
    expect(rows).to.deep.equal(textsOf(en));
  });

  it('names files that there are', () => {
    const paths = Array.from(page.matchAll(/(?<=`)lib\/[\w./-]+(?=`)/g), ([path]) => path);
    expect(paths).to.have.length(5);
    for (const path of paths) expect(existsSync(path), path).to.equal(true);
  });
});

function textsOf({ sms, pages, errors }: typeof en): readonly string[] {
  return Object.entries({ sms, pages, errors }).flatMap(([part, texts]) =>
    Object.entries<string | object>({ ...texts }).flatMap(([key, text]) =>
      typeof text === 'string'
        ? [`${part}.${key}: ${text}`]
        : Object.entries(text).map(([form, words]) => `${part}.${key}.${form}: ${words}`),
    ),
  );
}
