import { expect } from 'chai';
import { readConfig } from '../../lib/config.ts';
import type { SmsOtpOptions } from '../../lib/index.ts';
import { de } from '../../lib/locales/de.ts';
import { People } from '../support/people.ts';
import { problemsIn } from '../support/problems.ts';
import { RecordingTransport } from '../support/recording-transport.ts';
import { SECRET } from '../support/rig.ts';

function problemsOf(options: object): readonly string[] {
  const needed = { secret: SECRET, userStore: new People(), transport: new RecordingTransport() };
  return problemsIn(() => readConfig({ ...needed, ...options } as SmsOtpOptions));
}

describe('locales', () => {
  it('may be whole, or hardly anything', () => {
    const { tag: _, ...whole } = de;
    expect(problemsOf({ locales: { 'pt-BR': whole, he: { dir: 'rtl' }, tlh: {} } })).to.deep.equal([]);
  });

  for (const [what, locales, problem] of [
    ['an unknown part', { it: { page: {} } }, 'smsOtp.locales.it.page: there is no such option'],
    ['an unknown key', { it: { pages: { titel: 'x' } } }, 'smsOtp.locales.it.pages.titel: there is no such option'],
    ['an unknown error', { it: { errors: { OOPS: 'x' } } }, 'smsOtp.locales.it.errors.OOPS: there is no such option'],
    ['an unknown purpose', { it: { sms: { login: {} } } }, 'smsOtp.locales.it.sms.login: there is no such option'],
    [
      'an SMS without its code',
      { it: { sms: { 'sign-in': { short: 'Il codice di {app}' } } } },
      'smsOtp.locales.it.sms.sign-in.short: must have {code} in it',
    ],
    [
      'a notice that would have a code',
      { it: { sms: { numberAdded: { full: '{app} {code}' } } } },
      'smsOtp.locales.it.sms.numberAdded.full: must be a text of 1 to 500 characters, with {app} in braces',
    ],
    [
      'braces that nobody fills',
      { it: { pages: { codeTitle: 'Ciao {name}' } } },
      'smsOtp.locales.it.pages.codeTitle: must be a text of 1 to 500 characters, with nothing in braces',
    ],
    [
      'an empty text',
      { it: { pages: { code: '' } } },
      'smsOtp.locales.it.pages.code: must be a text of 1 to 500 characters',
    ],
    [
      'a text that is undefined',
      { it: { pages: { code: undefined } } },
      'smsOtp.locales.it.pages.code: is not set, and must be a text of 1 to 500 characters',
    ],
    ['a text that is none', { it: { errors: { INVALID_CODE: 5 } } }, 'smsOtp.locales.it.errors.INVALID_CODE: must be'],
    [
      'a count without its form for all others',
      { it: { pages: { attemptsRemaining: { one: '{attempts}' } } } },
      'smsOtp.locales.it.pages.attemptsRemaining.other: is not set, and must be a text',
    ],
    ['a direction that is none', { it: { dir: 'up' } }, 'smsOtp.locales.it.dir: must be ltr or rtl'],
    ['a tag that is none', { english: {} }, 'smsOtp.locales.english: must be named by a language'],
    ['a tag in another form', { 'pt-br': {} }, 'smsOtp.locales.pt-br: must be named by a language'],
    ['a list', [], 'smsOtp.locales: must be an object'],
    ['a language that is null', { it: null }, 'smsOtp.locales.it: '],
  ] as const) {
    it(`are refused for ${what}`, () => {
      const problems = problemsOf({ locales });
      expect(problems).to.have.length(1);
      expect(problems[0]?.startsWith(problem), problems[0]).to.equal(true);
    });
  }

  it('are refused with all problems at once, and none of the texts', () => {
    const text = 'nobody may see {this}';
    const locales = {
      it: { pages: { code: text, nope: text }, sms: { enroll: { full: text } } },
      x: {},
      pl: { dir: 1 },
    };
    const problems = problemsOf({ locales, messages: { de: { errors: { CONFLICT: text } } } });
    expect(problems).to.have.length(7);
    expect(problems.join()).to.not.include('nobody');
  });

  it('are not confused by names that every object has', () => {
    for (const name of ['constructor', 'toString', 'hasOwnProperty']) {
      expect(problemsOf({ locales: { [name]: {} } }), name).to.have.length(1);
      expect(problemsOf({ locales: { it: { pages: { [name]: 'x' } } } }), name).to.have.length(1);
    }
    const hostile: object = JSON.parse(
      '{"__proto__":{"pages":{"code":"x"}},"it":{"pages":{"__proto__":{"code":"x"}}}}',
    );
    const before = Object.keys(Object.prototype);
    problemsOf({ locales: hostile });
    expect(Object.keys(Object.prototype)).to.deep.equal(before);
    expect(Object.hasOwn(Object.prototype, 'pages')).to.equal(false);
  });
});

describe('messages', () => {
  it('may change single texts of our languages and of own ones', () => {
    const messages = { en: { pages: { loginTitle: 'Welcome' } }, it: { errors: { CONFLICT: 'Ops.' } } };
    expect(problemsOf({ locales: { it: {} }, messages })).to.deep.equal([]);
  });

  it('are refused for a language that is not there', () => {
    expect(problemsOf({ messages: { 'en-GB': {}, sw: {}, en: {} } })).to.deep.equal([
      'smsOtp.messages: names a language that is not there (en-GB, sw): locales adds one',
    ]);
  });

  it('name in that problem only what is a tag, and no more than fits into a line', () => {
    const long = Array.from({ length: 60 }, (_, index) => `en-x-n${index}`);
    const keys = ['de\nforged: line', ...long];
    const problems = problemsOf({ messages: Object.fromEntries(keys.map((key) => [key, {}])) });
    const problem = problems.find((text) => text.includes('not there'));
    expect(problem).to.have.length.below(200).and.to.not.contain('forged');
  });

  it('have no direction', () => {
    expect(problemsOf({ messages: { en: { dir: 'rtl' } } })).to.deep.equal([
      'smsOtp.messages.en.dir: there is no such option',
    ]);
  });
});

describe('views', () => {
  it('may be functions and names of templates', () => {
    expect(problemsOf({ views: { login: () => '', code: 'sign-in/code' } })).to.deep.equal([]);
  });

  it('are refused if there is no such page, or if they are neither', () => {
    expect(problemsOf({ views: { signin: () => '', login: 5, code: '' } })).to.deep.equal([
      'smsOtp.views.login: must be a function, or the name of a template',
      'smsOtp.views.code: must be a function, or the name of a template',
      'smsOtp.views.signin: there is no such option',
    ]);
  });
});
