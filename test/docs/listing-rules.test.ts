import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';

const PAGES = ['README.md', ...readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : []))];

interface Listing {
  readonly at: string;
  readonly text: string;
}

const LISTINGS: readonly Listing[] = PAGES.flatMap((page) =>
  [...readFileSync(page, 'utf8').matchAll(/^```(?:js|ts)(?: (\S+))?\n(.*?)^```$/gms)].map(
    ([, name = '', text = '']) => ({
      at: `${page} ${name}`,
      text,
    }),
  ),
);

/** Listings in which a pattern is found, but not what must go with it. */
function breaking(pattern: RegExp, needs: RegExp): readonly string[] {
  return LISTINGS.filter(({ text }) => pattern.test(text) && !needs.test(text)).map(({ at }) => at);
}

describe('every listing of the docs', () => {
  it('is found', () => {
    expect(LISTINGS.length).to.be.greaterThan(40);
  });

  it('gives express-session no default that signs people out', () => {
    expect(breaking(/\bsession\(\{/, /resave: false, saveUninitialized: false/)).to.deep.equal([]);
    expect(breaking(/rolling: true/, /^$/)).to.deep.equal([]);
  });

  it('names the app, in which pages and SMS would say "this site"', () => {
    expect(
      breaking(/userStore[^;]*\btransport\b/, /\bappName\b|startTestbed|testUserStore|await serve|'…'/),
    ).to.deep.equal([]);
  });

  it("says how the app's own login knows a person", () => {
    expect(breaking(/const currentUser = |currentUser: \(/, /\bamr\b/)).to.deep.equal([]);
  });

  it('saves a session that it has written before it leads on', () => {
    expect(breaking(/req\.session\.\w+ = (?!=)/, /req\.session\.save\(/)).to.deep.equal([]);
  });

  it('listens for errors of each socket that it takes from the server', () => {
    expect(breaking(/on\('(?:upgrade|connect|connection)'/, /socket\.on\('error'/)).to.deep.equal([]);
  });
});
