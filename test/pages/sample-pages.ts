import type { DeliveryState } from '../../lib/domain/delivery.ts';
import { LANGUAGES, Languages } from '../../lib/locales/languages.ts';
import { createRender } from '../../lib/pages/render.ts';
import type { CommonLocals, PageLocals, PageName } from '../../lib/views.ts';

const languages = new Languages(LANGUAGES);
const createPage = createRender(languages.choose.bind(languages));

/** One of our own pages, in English unless told otherwise. */
export async function render<Name extends PageName>(page: Name, locals: PageLocals[Name], tag = 'en'): Promise<string> {
  const rendered = await createPage(page, locals, [tag]);
  return 'html' in rendered ? rendered.html : rendered.template;
}

export const COMMON: CommonLocals = {
  appName: 'Example Bank',
  urls: {
    login: '/auth/login',
    number: '/auth/number',
    code: '/auth/code',
    send: '/auth/code/send',
    enroll: '/auth/enroll',
    withoutPhone: '/auth/without-phone',
    account: '/auth/account',
    phones: '/auth/account/phones',
    removePhone: '/auth/account/phones/remove',
    removeBrowser: '/auth/account/browsers/remove',
    recoveryCodes: '/auth/account/recovery-codes',
    signOutEverywhere: '/auth/account/sign-out-everywhere',
    logout: '/auth/logout',
    home: '/',
    session: '/auth/session',
    assets: '/auth/assets',
  },
  returnTo: '/dashboard?tab=1',
};

export const LOGIN: PageLocals['login'] = { ...COMMON, username: '', form: 'n8pRZtGdWSYhTfJ0eWmzqw' };

export const NUMBER: PageLocals['number'] = {
  ...COMMON,
  numbers: [
    { number: 0, phone: '••• 0606' },
    { number: 1, phone: '••• 0607' },
  ],
  purpose: 'sign-in',
  isSmsNeeded: false,
};

/** Nothing pending: the button that sends a code. */
export const SEND: PageLocals['code'] = {
  ...COMMON,
  purpose: 'sign-in',
  phone: '••• 0605',
  codeLength: 6,
  mayPress: true,
  isSmsNeeded: false,
};

export const PENDING = {
  expiresInSeconds: 300,
  resendInSeconds: 30,
  attemptsRemaining: 5,
  delivery: 'accepted' as DeliveryState,
};

export const CODE: PageLocals['code'] = { ...SEND, pending: PENDING };

export const ENROLL: PageLocals['enroll'] = {
  ...COMMON,
  phone: '',
  countries: ['SE', 'NO'],
  example: '+46 70 174 06 50',
};

export const ACCOUNT: PageLocals['account'] = {
  ...{ ...NUMBER, signedInAs: 'Ada Lovelace' },
  ...{ phone: '', countries: ['SE', 'NO'], example: '+46 70 174 06 50', mayChange: true, mayAdd: true },
  mayReplaceNumber: false,
};

/** With recovery codes that were made a moment ago. */
export const PAPER: PageLocals['account'] = {
  ...ACCOUNT,
  recoveryCodes: {
    left: 10,
    codes: Array.from({ length: 10 }, (_, place) => `${place + 1}-7QK2-M4XC-0ZDT-8HWN`),
  },
};

export const WITHOUT_PHONE: PageLocals['withoutPhone'] = {
  ...{ ...COMMON, typed: '', takesRecoveryCodes: true, back: '/auth/code' },
};

type Sample = (tag: string) => Promise<string>;

function sample<Name extends PageName>(page: Name, locals: PageLocals[Name]): Sample {
  return (tag) => render(page, locals, tag);
}

const ALL: Readonly<Record<string, Sample>> = {
  'the login': sample('login', LOGIN),
  'a wrong password': sample('login', { ...LOGIN, username: 'ada', error: { code: 'INVALID_CREDENTIALS' } }),
  'two numbers': sample('number', NUMBER),
  'two numbers at a step-up': sample('number', { ...NUMBER, purpose: 'step-up', back: '/' }),
  'a changed list of numbers': sample('number', { ...NUMBER, error: { code: 'CONFLICT' } }),
  'nothing sent': sample('code', { ...SEND, error: { code: 'SMS_UNAVAILABLE', retryAfterSeconds: 30 } }),
  'nothing sent, the number unknown': sample('code', {
    ...{ ...COMMON, purpose: 'step-up', codeLength: 6, mayPress: true, isSmsNeeded: false },
    error: { code: 'DIRECTORY_UNAVAILABLE' },
  }),
  'a code on its way': sample('code', CODE),
  'a code with a box to trust this browser': sample('code', { ...CODE, trustDays: 30 }),
  'a code in place of a trusted browser': sample('code', {
    ...SEND,
    purpose: 'step-up',
    mayPress: false,
    isSmsNeeded: true,
  }),
  'a wrong code': sample('code', {
    ...CODE,
    error: { code: 'INVALID_CODE', attemptsRemaining: 4 },
    pending: { ...PENDING, attemptsRemaining: 4, resendInSeconds: 0, delivery: 'delivered' },
  }),
  'an SMS that was lost': sample('code', {
    ...CODE,
    otherNumber: '/auth/number',
    pending: { ...PENDING, resendInSeconds: 0, delivery: 'failed' },
  }),
  'a code without tries': sample('code', { ...CODE, pending: { ...PENDING, attemptsRemaining: 0 } }),
  'a code whose last try was wrong': sample('code', {
    ...CODE,
    error: { code: 'INVALID_CODE', attemptsRemaining: 0 },
    pending: { ...PENDING, attemptsRemaining: 0 },
  }),
  'a code for a new number': sample('code', { ...CODE, purpose: 'enroll', otherNumber: '/auth/enroll' }),
  'a code for a change': sample('code', { ...CODE, purpose: 'change' }),
  'a code for a number that is added': sample('code', {
    ...{ ...CODE, purpose: 'change', change: { add: '••• 0650 (NO)' } },
  }),
  'a code for a number that is removed': sample('code', {
    ...{ ...CODE, purpose: 'change', change: { remove: '••• 0607' } },
  }),
  'no number yet': sample('enroll', ENROLL),
  'no number yet at a step-up': sample('enroll', { ...ENROLL, signedInAs: 'Alan Turing', back: '/' }),
  'a number that is none': sample('enroll', {
    ...ENROLL,
    phone: '+46 70 17',
    error: { code: 'PHONE_NOT_ACCEPTED' },
  }),
  'the account': sample('account', ACCOUNT),
  'an account with trusted browsers': sample('account', {
    ...ACCOUNT,
    browsers: [
      { browser: 0, label: 'Firefox, Linux', lastUsed: 1_790_000_000 },
      { browser: 1, label: '', lastUsed: 1_780_000_000 },
    ],
  }),
  'an account by a trusted browser': sample('account', {
    ...ACCOUNT,
    mayChange: false,
    mayAdd: false,
    confirm: '/auth/code?returnTo=%2Fauth%2Faccount',
  }),
  'the account with its last number': sample('account', { ...ACCOUNT, numbers: NUMBER.numbers.slice(1) }),
  'the account with a number that is none': sample('account', {
    ...ACCOUNT,
    phone: '12',
    error: { code: 'BAD_REQUEST' },
  }),
  'the account with a number that it has': sample('account', {
    ...ACCOUNT,
    phone: '+46701740606',
    error: { code: 'CONFLICT', words: 'alreadyYours' },
  }),
  'the account with recovery codes': sample('account', { ...ACCOUNT, recoveryCodes: { left: 7 } }),
  'the account with new recovery codes': sample('account', PAPER),
  'the account of somebody who may replace a number': sample('account', {
    ...{ ...ACCOUNT, mayChange: false, mayAdd: false, mayReplaceNumber: true },
    confirm: '/auth/code?returnTo=%2Fauth%2Faccount',
  }),
  'no phone at hand': sample('withoutPhone', WITHOUT_PHONE),
  'a wrong spare code': sample('withoutPhone', {
    ...{ ...WITHOUT_PHONE, typed: 'ABCDE-FGHJK' },
    error: { code: 'INVALID_CODE', words: 'withoutPhoneWrong', attemptsRemaining: 4 },
  }),
  'a code on its way, and a way without the phone': sample('code', {
    ...{ ...CODE, withoutPhone: '/auth/without-phone', otherNumber: '/auth/number' },
  }),
  'an account that only looks': sample('account', { ...ACCOUNT, mayChange: false, mayAdd: false }),
  'a form that was not kept': sample('error', {
    ...{ ...COMMON, signedInAs: 'Ada Lovelace' },
    error: { code: 'SMS_OTP_REQUIRED', words: 'formNotKept', location: '/auth/code' },
  }),
  'a code that was used': sample('error', { ...COMMON, error: { code: 'NO_CHALLENGE', words: 'codeUsed' } }),
  'an error': sample('error', { ...COMMON, error: { code: 'DIRECTORY_UNAVAILABLE', retryAfterSeconds: 5 } }),
};

/** Every page in every state that looks different, by what there is to see; none of them leads on by itself. */
export async function samplesIn(tag: string): Promise<Readonly<Record<string, string>>> {
  const pages = Object.entries(ALL).map(async ([name, sample]) => [name, await sample(tag)] as const);
  return Object.fromEntries(await Promise.all(pages));
}

/** The same in English. */
export const SAMPLES = await samplesIn('en');
