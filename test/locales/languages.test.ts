import { expect } from 'chai';
import { en } from '../../lib/locales/en.ts';
import { Languages, LOCALES } from '../../lib/locales/languages.ts';

const languages = new Languages(LOCALES);

describe('the choice of a language', () => {
  for (const [wishes, tag] of [
    [[], 'en'],
    [['sv'], 'sv'],
    [['sv-SE'], 'sv'],
    [['SV-se'], 'sv'],
    [['sv_SE.UTF-8'], 'sv'],
    [['ar-Arab-EG-x-private'], 'ar'],
    [['pt-BR', 'fr-CA', 'de'], 'fr'],
    [['pt', 'tlh'], 'en'],
    [['*'], 'en'],
    [['zh-Hant', '*', 'es-419'], 'es'],
    [['enn', 'deutsch', 'frx'], 'en'],
  ] as const) {
    it(`is ${tag} for ${wishes.join(', ') || 'no wish'}`, () => {
      expect(languages.choose(wishes).tag).to.equal(tag);
    });
  }

  for (const wish of [
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '',
    ' ',
    '-',
    'de\u0000',
    '../../etc/passwd',
    '<script>',
    'sv;q=0',
    'a'.repeat(100_000),
    'a-'.repeat(50_000),
    '-'.repeat(100_000),
    '💥',
  ]) {
    it(`is a language that is there for ${JSON.stringify(wish.slice(0, 20))}`, () => {
      expect(LOCALES).to.include(languages.choose([wish]));
    });
  }

  it('prefers what is wished exactly', () => {
    const swiss = { ...en, tag: 'de-CH' };
    const own = new Languages([...LOCALES, swiss]);
    expect(own.choose(['de-CH-1996'])).to.equal(swiss);
    expect(own.choose(['de-AT']).tag).to.equal('de');
  });

  it('takes the last of two with the same tag', () => {
    const other = { ...en };
    const own = new Languages([...LOCALES, other]);
    expect(own.choose(['en'])).to.equal(other);
    expect(own.all).to.have.length(LOCALES.length);
  });
});
