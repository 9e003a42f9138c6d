import { expect } from 'chai';
import { createSmsWriter, type SmsWriter, warnOfTexts } from '../../lib/assembly/sms-text.ts';
import { readConfig } from '../../lib/config.ts';
import { countSegments } from '../../lib/domain/gsm.ts';
import type { Purpose, SmsOtpOptions } from '../../lib/index.ts';
import { LANGUAGES, Languages } from '../../lib/locales/languages.ts';
import { createLanguages } from '../../lib/locales/own-languages.ts';
import { People } from '../support/people.ts';
import { RecordingTransport } from '../support/recording-transport.ts';
import { SECRET } from '../support/rig.ts';

const SWEDISH = '+46701740605';
const QUIET = { debug() {}, info() {}, warn() {}, error() {} };

interface Written {
  readonly write: SmsWriter;
  readonly warnings: readonly string[];
  /** In English. */
  code(purpose: Purpose, secondsLeft: number): Promise<string>;
}

async function writer(options: Partial<SmsOtpOptions>): Promise<Written> {
  const warnings: string[] = [];
  const logger = { debug() {}, info() {}, warn: (message: string) => void warnings.push(message), error() {} };
  const needed = { secret: SECRET, userStore: new People(), transport: new RecordingTransport(), logger };
  const config = readConfig({ ...needed, ...options });
  const languages = createLanguages(config);
  const write = createSmsWriter(config, languages);
  await warnOfTexts(config, languages);
  const written = (purpose: Purpose, secondsLeft: number) => ({
    purpose,
    number: SWEDISH,
    code: '012345',
    secondsLeft,
  });
  const code = async (purpose: Purpose, secondsLeft: number) =>
    (await write.code(written(purpose, secondsLeft), [])).text;
  return { write, warnings, code };
}

describe('the words of the SMS', () => {
  it('are of the purpose, and bind the code to the host of the origin, without its port', async () => {
    const { code, warnings } = await writer({ origin: 'https://app.example:8443', appName: 'Example' });
    expect(await code('step-up', 300)).to.equal(
      '012345 is your code to confirm an action at Example. It is valid for 5 min. Do not share it with anyone.' +
        '\n\n@app.example #012345',
    );
    expect(warnings).to.deep.equal([]);
  });

  it('never promise a longer life than the code has, but at least a minute', async () => {
    const { code } = await writer({ origin: 'https://app.example' });
    for (const [secondsLeft, minutes] of [
      [600, 10],
      [299, 4],
      [151, 2],
      [60, 1],
      [30, 1],
    ] as const) {
      expect(await code('sign-in', secondsLeft)).to.include(`valid for ${minutes} min`);
    }
  });

  it('are warned of once if they bind the code to no site', async () => {
    const { code, warnings } = await writer({ appName: 'Example' });
    expect(await code('sign-in', 300)).to.not.include('@');
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.include('origin');
  });

  it('are in the first language that is wished and there', async () => {
    const { write } = await writer({ origin: 'https://app.example', appName: 'Example' });
    const signIn = { purpose: 'sign-in', number: SWEDISH, code: '012345', secondsLeft: 300 } as const;
    expect((await write.code(signIn, ['eo', 'sv-SE', 'de'])).text).to.match(/^012345 är din kod .* Example\./);
    expect((await write.notice('numberAdded', SWEDISH, ['de-AT'])).text).to.match(/^Ihrem Konto bei Example wurde/);
    expect((await write.notice('numberRemoved', SWEDISH, ['tlh'])).text).to.match(/^A phone number was removed/);
  });

  it('are warned of once, with the languages in which even the short ones need two SMS', async () => {
    const latin = await writer({ origin: 'https://app.example.org', appName: 'A'.repeat(40) });
    expect(latin.warnings).to.have.length(1);
    expect(latin.warnings[0]).to.match(/more than one segment in ar \(2\)(, [\w-]+ \(2\))*\./);
    for (const tag of ['en', 'de', 'pl', 'pt-BR', 'tr']) expect(latin.warnings[0]).to.not.include(`${tag} (`);
    const cyrillic = await writer({ origin: 'https://app.example.org', appName: 'я'.repeat(40) });
    expect(cyrillic.warnings).to.have.length(1);
    for (const tag of ['en', 'de', 'fr', 'es', 'sv', 'ar']) expect(cyrillic.warnings[0]).to.include(`${tag} (`);
  });

  for (const [appName, written] of [
    ['O\u2019Reilly', "O'Reilly"],
    ['Bank\u2122', 'BankTM'],
    ['Cafe\u0301', 'Café'],
    ['A \u2013 B\u00a0\u201cC\u201d\u2026', 'A - B "C"...'],
    ['Soft\u00adware', 'Software'],
  ] as const) {
    it(`are in the letters of GSM 03.38 with the name ${appName}: one segment, the full text, and no warning`, async () => {
      const { code, warnings } = await writer({ origin: 'https://app.example.org', appName });
      expect(await code('sign-in', 300)).to.include(`sign in to ${written}. It is valid for 5 min.`);
      expect(countSegments(await code('sign-in', 300))).to.equal(1);
      expect(warnings).to.deep.equal([]);
    });
  }

  it('keep their typography where a name is in another script anyway', async () => {
    const { code } = await writer({ origin: 'https://app.example.org', appName: '\u00abБанк\u00bb' });
    expect(await code('sign-in', 300)).to.include('\u00abБанк\u00bb');
  });

  it('are warned of with the letters that are to blame, and with a name that fits', async () => {
    const origin = 'https://app.example.org';
    const { warnings } = await writer({ origin, appName: 'Crêpes of the whole world' });
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.include('appName has "ê", outside GSM 03.38');
    expect((await writer({ origin, appName: 'Crepes of the whole world' })).warnings.join()).to.not.include('GSM');
    const [, length = '0'] = /of up to (\d+) characters/.exec(warnings[0] ?? '') ?? [];
    expect(Number(length)).to.be.greaterThan(0);
    expect(
      (await writer({ origin, appName: 'Crêpes of the whole world'.slice(0, Number(length)) })).warnings,
    ).to.deep.equal([]);
  });

  it('are warned of where no shorter name helps, and where own texts have the letters', async () => {
    const text = `{code} ${'x'.repeat(70)} ê`;
    const own = { sms: { 'sign-in': { short: text, full: text } } };
    const { warnings } = await writer({ origin: 'https://app.example', appName: 'Example', messages: { sv: own } });
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.include('The texts in sv have "ê"').and.include('Shorter texts in messages');
  });

  it('are warned of where an own text has its code late', async () => {
    const text = 'Hello, this is the bank of the whole world, and your code is {code}.';
    const own = { sms: { 'sign-in': { short: text, full: text } } };
    const { warnings } = await writer({ origin: 'https://app.example', appName: 'Example', messages: { sv: own } });
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.include('The SMS in sv has its code so late');
  });

  it('are warned of where it is an own text that is too long', async () => {
    const own = { sms: { 'sign-in': { short: `{code} ${'x'.repeat(200)}`, full: `{code} ${'x'.repeat(200)}` } } };
    const { warnings } = await writer({ origin: 'https://app.example', appName: 'Example', messages: { sv: own } });
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.include('in sv (2).');
  });

  for (const [title, changes, read] of [
    ['are read by nobody at start if even the longest that ours may be fit', {}, []],
    [
      'are read at start in the languages of which that is not sure',
      { appName: 'A company of 28 letters, Ltd' },
      LANGUAGES.filter(({ alphabet }) => alphabet === 'ucs2').map(({ tag }) => tag),
    ],
    [
      'are read at start in all languages if the name has letters outside the alphabet',
      { appName: 'Банк України' },
      LANGUAGES.map(({ tag }) => tag),
    ],
  ] as const) {
    it(title, async () => {
      const tags: string[] = [];
      const languages = LANGUAGES.map((language) => ({
        ...language,
        load: () => {
          tags.push(language.tag);
          return language.load();
        },
      }));
      const needed = { secret: SECRET, userStore: new People(), transport: new RecordingTransport(), logger: QUIET };
      const config = { ...needed, origin: 'https://app.example', appName: 'Example', ...changes };
      await warnOfTexts(readConfig(config), new Languages(languages));
      expect(tags).to.deep.equal(read);
    });
  }

  it('are warned of if a language cannot be read', async () => {
    const warnings: string[] = [];
    const logger = { debug() {}, info() {}, warn: (message: string) => void warnings.push(message), error() {} };
    const config = readConfig({ secret: SECRET, userStore: new People(), transport: new RecordingTransport(), logger });
    await warnOfTexts(config, new Languages([{ tag: 'tlh', load: () => Promise.reject(new Error('ENOENT')) }]));
    expect(warnings).to.deep.equal([
      'Not all languages can be read; English is used in their place. Is the package complete?',
    ]);
  });
});
