import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { countSegments, gsmSeptets } from '../../lib/domain/gsm.ts';
import { composeNotice, composeSms, NOTICES } from '../../lib/domain/message.ts';
import { en } from '../../lib/locales/en.ts';
import { LANGUAGES, Languages, SHORT_TEXT_BOUNDS } from '../../lib/locales/languages.ts';
import type { PluralForms } from '../../lib/locales/locale.ts';
import { createRender } from '../../lib/pages/render.ts';
import { ACCOUNT, CODE, ENROLL, LOGIN, NUMBER, SEND } from '../pages/sample-pages.ts';

const LOCALES = await new Languages(LANGUAGES).loadAll();
const PURPOSES = ['sign-in', 'step-up', 'enroll', 'change'] as const;
/** Words that some languages have taken from English. */
const LOANS: readonly string[] = ['Code', 'Password', 'Error: {title}'];
/** Languages whose letters are not in the GSM alphabet: 70 to an SMS. */
const WIDE: readonly string[] = ['ar', 'zh-Hans', 'zh-Hant', 'ja', 'ko', 'uk'];
/** Wide letters leave room for shorter names; Arabic does with less. */
const WIDE_NAME = 11;
const NAMES = { appName: 'N'.repeat(20), code: '012345', minutes: 10, host: 'app.example.org' };

describe('the languages', () => {
  it('are these', () => {
    expect(LOCALES.map(({ tag, dir }) => `${tag} ${dir}`)).to.deep.equal([
      ...['en ltr', 'de ltr', 'fr ltr', 'es ltr', 'sv ltr', 'ar rtl', 'it ltr', 'nl ltr', 'pl ltr', 'pt-BR ltr'],
      ...[
        'pt-PT ltr',
        'da ltr',
        'nb ltr',
        'fi ltr',
        'cs ltr',
        'tr ltr',
        'zh-Hans ltr',
        'zh-Hant ltr',
        'ja ltr',
        'ko ltr',
      ],
      ...['uk ltr', 'hu ltr', 'ro ltr', 'id ltr', 'vi ltr'],
    ]);
  });

  it('have no words for the pages that are on none', () => {
    const pages = readdirSync('lib/pages').filter((file) => file.endsWith('.ts'));
    // An error may name its words.
    const files = ['lib/errors.ts', ...pages.map((file) => `lib/pages/${file}`)];
    const sources = files.map((file) => readFileSync(file, 'utf8')).join();
    const used = new Set(sources.match(/\w+/g));
    expect(Object.keys(en.pages).filter((word) => !used.has(word))).to.deep.equal([]);
  });
});

for (const locale of LOCALES) {
  describe(`the language ${locale.tag}`, () => {
    const isWide = WIDE.includes(locale.tag);
    const roomy = isWide && locale.tag !== 'ar';
    const FACTS = { ...NAMES, appName: 'N'.repeat(roomy ? WIDE_NAME : NAMES.appName.length) };

    it('has every key of English, and no other', () => {
      for (const part of ['sms', 'pages', 'errors'] as const) {
        expect(Object.keys(locale[part])).to.have.members(Object.keys(en[part]));
      }
    });

    it('has something to say at every key, without spaces around it', () => {
      for (const [key, text] of allTexts(locale)) expect(text, key).to.match(/^\S(.*\S)?$/);
    });

    it('has the same in braces as English, at every key', () => {
      const english = new Map(allTexts(en));
      for (const [key, text] of allTexts(locale)) {
        if (!isPlural(key) || key.endsWith('.other')) {
          expect(placeholders(text), key).to.deep.equal(placeholders(english.get(key) ?? ''));
        } else expect(placeholders(text).join(), key).to.be.oneOf(['{attempts}', '{codes}', '']);
      }
    });

    it('counts with every plural form that it has, and with no other', () => {
      const known = new Intl.PluralRules(locale.tag).resolvedOptions().pluralCategories;
      for (const forms of [locale.pages.attemptsRemaining, locale.pages.recoveryCodesLeft]) {
        expect(known).to.include.members(Object.keys(forms));
      }
    });

    it('says what went wrong in whole sentences', () => {
      for (const [code, text] of Object.entries(locale.errors)) expect(text, code).to.match(/[.。।]$/);
    });

    it('says nothing in English, unless it is English', () => {
      const english = new Map(allTexts(en));
      const same = allTexts(locale).filter(([key, text]) => english.get(key) === text && !LOANS.includes(text));
      expect(same.length > 0).to.equal(locale === en);
    });

    it('leaves nothing in braces on any page', async () => {
      const page = createRender(() => locale);
      const pages = await Promise.all([
        page('login', { ...LOGIN, error: { code: 'TOO_MANY_ATTEMPTS', retryAfterSeconds: 1800 } }, []),
        page('number', NUMBER, []),
        page('enroll', ENROLL, []),
        page('account', ACCOUNT, []),
        page('code', SEND, []),
        ...PURPOSES.map((purpose) => page('code', { ...CODE, purpose, otherNumber: '/auth/number' }, [])),
      ]);
      for (const { html } of pages.filter((it) => 'html' in it)) {
        expect(html.replaceAll(/ data-text="[^"]*"/g, '')).to.not.match(/\{\w+\}|undefined/);
      }
    });

    for (const purpose of PURPOSES) {
      it(`fits the SMS for ${purpose} into one segment, with an app's name of ${FACTS.appName.length} characters and the last line`, () => {
        const sms = composeSms(locale.sms[purpose], FACTS);
        expect(countSegments(sms)).to.equal(1);
        expect(sms)
          .to.include(FACTS.appName)
          .and.match(/\n\n@app\.example\.org #012345$/);
        const text = locale.sms[purpose][isWide ? 'short' : 'full'];
        expect(sms.startsWith(text.split('{')[0] ?? '')).to.equal(true);
      });

      if (!isWide) {
        it(`sends the full SMS for ${purpose} with an app's name of ${FACTS.appName.length} characters`, () => {
          const { full } = locale.sms[purpose];
          expect(composeSms(locale.sms[purpose], FACTS)).to.equal(composeSms({ full, short: full }, FACTS));
        });
      }

      it(`begins the SMS for ${purpose} with its code, which a preview of one line shows whole`, () => {
        for (const text of Object.values(locale.sms[purpose])) expect(text).to.match(/^\{code\} /);
      });

      it(`fits the short SMS for ${purpose} into one segment with the longest names, or two where its letters are wide`, () => {
        const names = { appName: 'N'.repeat(40), code: '01234567', host: 'h'.repeat(40), minutes: 10 };
        expect(countSegments(composeSms(locale.sms[purpose], names))).to.equal(isWide ? 2 : 1);
      });
    }

    for (const name of [...PURPOSES, ...NOTICES]) {
      it(`has words in the SMS for ${name} that take one septet a character, unless its letters are wide`, () => {
        for (const text of Object.values(locale.sms[name])) {
          expect(gsmSeptets(wordsOf(text))?.length).to.equal(isWide ? undefined : wordsOf(text).length);
        }
      });
    }

    it('has short texts within the bounds of its alphabet, so that nobody needs to read it to know that they fit', () => {
      const { alphabet = 'gsm' } = LANGUAGES.find(({ tag }) => tag === locale.tag) ?? {};
      expect(alphabet).to.equal(isWide ? 'ucs2' : 'gsm');
      const { code, notice } = SHORT_TEXT_BOUNDS[alphabet];
      for (const purpose of PURPOSES) expect(wordsOf(locale.sms[purpose].short).length, purpose).to.be.at.most(code);
      for (const name of NOTICES) expect(wordsOf(locale.sms[name].short).length, name).to.be.at.most(notice);
    });

    for (const purpose of PURPOSES) {
      it(`sends one segment for ${purpose} with short names, and with long ones ${isWide ? 'three' : 'two'} at most`, () => {
        const short = { appName: 'N'.repeat(11), code: '012345', minutes: 5, host: 'h'.repeat(15) };
        const long = { ...short, appName: 'N'.repeat(38), host: 'h'.repeat(51) };
        expect(countSegments(composeSms(locale.sms[purpose], short))).to.equal(1);
        expect(countSegments(composeSms(locale.sms[purpose], long))).to.be.at.most(isWide ? 3 : 2);
      });
    }

    for (const notice of NOTICES) {
      it(`fits the SMS of ${notice} into one segment, and has no code in it`, () => {
        const sms = composeNotice(locale.sms[notice], FACTS.appName);
        const longest = composeNotice(locale.sms[notice], 'N'.repeat(40));
        expect(countSegments(longest)).to.be.at.most(isWide ? 2 : 1);
        expect(countSegments(sms)).to.equal(1);
        expect(sms)
          .to.include(FACTS.appName)
          .and.not.match(/[{}\d]/);
        const { full } = locale.sms[notice];
        if (!isWide) expect(sms).to.equal(composeNotice({ full, short: full }, FACTS.appName));
      });
    }
  });
}

describe('the language ar', () => {
  const ar = LOCALES.find(({ tag }) => tag === 'ar') ?? en;

  it('uses the longer text if it fits', () => {
    const sms = composeSms(ar.sms['sign-in'], { ...NAMES, appName: 'البنك', host: undefined });
    expect(sms).to.include('صالح لمدة 10 د').and.include('لا تشاركه');
  });
});

/** All texts by their path, as `pages.signIn`; plural forms each by itself. */
function allTexts({ sms, pages, errors }: Pick<typeof en, 'sms' | 'pages' | 'errors'>): readonly [string, string][] {
  return Object.entries({ sms, pages, errors }).flatMap(([part, texts]) =>
    Object.entries<string | PluralForms | { full: string; short: string }>({ ...texts }).flatMap(([key, text]) =>
      typeof text === 'string'
        ? [[`${part}.${key}`, text] as [string, string]]
        : Object.entries(text).map(([form, words]): [string, string] => [`${part}.${key}.${form}`, words]),
    ),
  );
}

function isPlural(key: string): boolean {
  return /^pages\.(?:attemptsRemaining|recoveryCodesLeft)\./.test(key);
}

/** Without the braces and their names. */
function wordsOf(text: string): string {
  return text.replaceAll(/\{\w+\}/g, '');
}

function placeholders(text: string): readonly string[] {
  return (text.match(/\{\w+\}/g) ?? []).sort();
}
