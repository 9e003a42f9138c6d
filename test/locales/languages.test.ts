import { expect } from 'chai';
import { en } from '../../lib/locales/en.ts';
import { LANGUAGES, Languages } from '../../lib/locales/languages.ts';

const languages = new Languages(LANGUAGES);

async function chosen(wishes: readonly string[], from = languages): Promise<string> {
  return (await from.choose(wishes)).tag;
}

describe('the choice of a language', () => {
  for (const [wishes, tag] of [
    [[], 'en'],
    [['sv'], 'sv'],
    [['sv-SE'], 'sv'],
    [['SV-se'], 'sv'],
    [['sv_SE.UTF-8'], 'sv'],
    [['ar-Arab-EG-x-private'], 'ar'],
    [['eo', 'fr-CA', 'de'], 'fr'],
    [['eo', 'tlh'], 'en'],
    [['*'], 'en'],
    [['eo-Latn', '*', 'es-419'], 'es'],
    [['enn', 'deutsch', 'frx'], 'en'],
    [['pt'], 'pt-BR'],
    [['pt-Latn-BR'], 'pt-BR'],
    [['pt-AO'], 'pt-PT'],
    [['pt-CH', 'de'], 'pt-PT'],
    [['zh'], 'zh-Hans'],
    [['zh-CN'], 'zh-Hans'],
    [['zh-SG'], 'zh-Hans'],
    [['zh-TW'], 'zh-Hant'],
    [['zh-HK'], 'zh-Hant'],
    [['zh-Hant-MO'], 'zh-Hant'],
    [['zh-Hans-HK'], 'zh-Hans'],
    [['yue'], 'zh-Hant'],
    [['no'], 'nb'],
    [['nn-NO'], 'nb'],
    [['nb-SJ'], 'nb'],
    [['ar-Latn', 'tr'], 'tr'],
  ] as const) {
    it(`is ${tag} for ${wishes.join(', ') || 'no wish'}`, async () => {
      expect(await chosen(wishes)).to.equal(tag);
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
    it(`is a language that is there for ${JSON.stringify(wish.slice(0, 20))}`, async () => {
      expect(LANGUAGES.map(({ tag }) => tag)).to.include(await chosen([wish]));
    });
  }

  it('prefers what is wished exactly', async () => {
    const own = new Languages(LANGUAGES, [language('de-CH')]);
    expect(await chosen(['de-CH-1996'], own)).to.equal('de-CH');
    expect(await chosen(['de-AT'], own)).to.equal('de');
  });

  it('takes the last of two with the same tag', async () => {
    const other = { ...en };
    const own = new Languages(LANGUAGES, [{ tag: 'en', load: async () => other }]);
    expect(await own.choose(['en'])).to.equal(other);
    expect(await own.loadAll()).to.have.length(LANGUAGES.length);
  });

  it('prefers the language of the app to one of ours that is closer', async () => {
    const own = new Languages(LANGUAGES, [language('fr-CA'), language('de')]);
    expect(await chosen(['de-DE'], own)).to.equal('de');
    expect(await chosen(['fr-CA'], own)).to.equal('fr-CA');
    expect(await chosen(['fr-FR'], own)).to.equal('fr');
  });

  it('is one in the same language and script if there is none as wished', async () => {
    const own = new Languages(LANGUAGES, [language('sr-Cyrl'), language('sr-Latn-RS'), language('mn-MN')]);
    for (const [wish, tag] of [
      ['sr', 'sr-Cyrl'],
      ['sr-Latn', 'sr-Latn-RS'],
      ['sr-Latn-BA', 'sr-Latn-RS'],
      ['mn', 'mn-MN'],
      ['mn-Mong', 'en'],
    ] as const) {
      expect(await chosen([wish], own), wish).to.equal(tag);
    }
  });

  it('looks at no more wishes than a browser has', async () => {
    const many = Array.from({ length: 1000 }, () => 'tlh');
    expect(await chosen([...many, 'de'])).to.equal('en');
  });

  it('is English while a file cannot be read, tells of it once, and tries again later', async () => {
    const unreadable: string[] = [];
    let tries = 0;
    const load = async () => {
      tries += 1;
      if (tries <= 2) throw new Error('EMFILE: too many open files');
      return { ...en, tag: 'tlh' };
    };
    const own = new Languages(LANGUAGES, [{ tag: 'tlh', load }], (tag) => unreadable.push(tag));
    const tags: string[] = [];
    for (let times = 0; times < 4; times += 1) tags.push(await chosen(['tlh'], own));
    expect(tags).to.deep.equal(['en', 'en', 'tlh', 'tlh']);
    expect(tries).to.equal(3);
    expect(unreadable).to.deep.equal(['tlh']);
  });
});

function language(tag: string): (typeof LANGUAGES)[number] {
  return { tag, load: async () => ({ ...en, tag }) };
}
