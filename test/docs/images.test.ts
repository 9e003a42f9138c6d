import { readdirSync, readFileSync, statSync } from 'node:fs';
import { expect } from 'chai';
import { PAGE_NAMES } from '../../lib/pages/render.ts';

const files = readdirSync('docs/images');

describe('docs/images', () => {
  for (const place of ['phone', 'desktop']) {
    for (const scheme of ['light', 'dark']) {
      it(`has every page on a ${place} in ${scheme}`, () => {
        expect(files).to.include.members(PAGE_NAMES.map((page) => `${page}-${place}-${scheme}.png`));
      });
    }
  }

  it('has one from right to left', () => {
    expect(files).to.include('code-right-to-left.png');
  });

  it('has what the README and the docs show, each under a name that says what is on it', () => {
    const pages = readdirSync('docs').filter((file) => file.endsWith('.md'));
    const texts = ['README.md', ...pages.map((file) => `docs/${file}`)].map((file) => readFileSync(file, 'utf8'));
    const shown = texts.flatMap((text) => [...text.matchAll(/images\/([\w-]+\.png)/g)]).map(([, file = '']) => file);
    expect(shown).to.include.members(['code-phone-light.png', 'second-skin.png']);
    expect(files).to.include.members(shown);
  });

  it('is small enough to be cloned with pleasure', () => {
    const bytes = files.reduce((sum, file) => sum + statSync(`docs/images/${file}`).size, 0);
    expect(bytes).to.be.lessThan(1.5e6);
  });
});
