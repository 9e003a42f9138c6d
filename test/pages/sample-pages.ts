import type { DeliveryState } from '../../lib/domain/delivery.ts';
import { en } from '../../lib/locales/en.ts';
import { createRender } from '../../lib/pages/render.ts';
import type { CommonLocals, PageLocals, PageName } from '../../lib/views.ts';

const createPage = createRender(() => en);

/** One of our own pages, in English. */
export async function render<Name extends PageName>(page: Name, locals: PageLocals[Name]): Promise<string> {
  const rendered = await createPage(page, locals, []);
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

/** Every page in every state that looks different, by what there is to see; none of them leads on by itself. */
export const SAMPLES: Readonly<Record<string, string>> = {
  'the login': await render('login', LOGIN),
  'a wrong password': await render('login', { ...LOGIN, username: 'ada', error: { code: 'INVALID_CREDENTIALS' } }),
  'two numbers': await render('number', NUMBER),
  'two numbers at a step-up': await render('number', { ...NUMBER, purpose: 'step-up', back: '/' }),
  'a changed list of numbers': await render('number', { ...NUMBER, error: { code: 'CONFLICT' } }),
  'nothing sent': await render('code', { ...SEND, error: { code: 'SMS_UNAVAILABLE', retryAfterSeconds: 30 } }),
  'nothing sent, the number unknown': await render('code', {
    ...{ ...COMMON, purpose: 'step-up', codeLength: 6, mayPress: true, isSmsNeeded: false },
    error: { code: 'DIRECTORY_UNAVAILABLE' },
  }),
  'a code on its way': await render('code', CODE),
  'a code with a box to trust this browser': await render('code', { ...CODE, trustDays: 30 }),
  'a code in place of a trusted browser': await render('code', {
    ...SEND,
    purpose: 'step-up',
    mayPress: false,
    isSmsNeeded: true,
  }),
  'a wrong code': await render('code', {
    ...CODE,
    error: { code: 'INVALID_CODE', attemptsRemaining: 4 },
    pending: { ...PENDING, attemptsRemaining: 4, resendInSeconds: 0, delivery: 'delivered' },
  }),
  'an SMS that was lost': await render('code', {
    ...CODE,
    otherNumber: '/auth/number',
    pending: { ...PENDING, resendInSeconds: 0, delivery: 'failed' },
  }),
  'a code without tries': await render('code', { ...CODE, pending: { ...PENDING, attemptsRemaining: 0 } }),
  'a code whose last try was wrong': await render('code', {
    ...CODE,
    error: { code: 'INVALID_CODE', attemptsRemaining: 0 },
    pending: { ...PENDING, attemptsRemaining: 0 },
  }),
  'a code for a new number': await render('code', { ...CODE, purpose: 'enroll', otherNumber: '/auth/enroll' }),
  'a code for a change': await render('code', { ...CODE, purpose: 'change' }),
  'no number yet': await render('enroll', ENROLL),
  'no number yet at a step-up': await render('enroll', { ...ENROLL, signedInAs: 'Alan Turing', back: '/' }),
  'a number that is none': await render('enroll', {
    ...ENROLL,
    phone: '+46 70 17',
    error: { code: 'PHONE_NOT_ACCEPTED' },
  }),
  'the account': await render('account', ACCOUNT),
  'an account with trusted browsers': await render('account', {
    ...ACCOUNT,
    browsers: [
      { browser: 0, label: 'Firefox, Linux', lastUsed: 1_790_000_000 },
      { browser: 1, label: '', lastUsed: 1_780_000_000 },
    ],
  }),
  'an account by a trusted browser': await render('account', {
    ...ACCOUNT,
    mayChange: false,
    mayAdd: false,
    confirm: '/auth/code?returnTo=%2Fauth%2Faccount',
  }),
  'the account with its last number': await render('account', { ...ACCOUNT, numbers: NUMBER.numbers.slice(1) }),
  'the account with a number that is none': await render('account', {
    ...ACCOUNT,
    phone: '12',
    error: { code: 'BAD_REQUEST' },
  }),
  'the account with a number that it has': await render('account', {
    ...ACCOUNT,
    phone: '+46701740606',
    error: { code: 'CONFLICT', words: 'alreadyYours' },
  }),
  'the account with recovery codes': await render('account', { ...ACCOUNT, recoveryCodes: { left: 7 } }),
  'the account with new recovery codes': await render('account', PAPER),
  'the account of somebody who may replace a number': await render('account', {
    ...{ ...ACCOUNT, mayChange: false, mayAdd: false, mayReplaceNumber: true },
    confirm: '/auth/code?returnTo=%2Fauth%2Faccount',
  }),
  'no phone at hand': await render('withoutPhone', WITHOUT_PHONE),
  'a wrong spare code': await render('withoutPhone', {
    ...{ ...WITHOUT_PHONE, typed: 'ABCDE-FGHJK' },
    error: { code: 'INVALID_CODE', words: 'withoutPhoneWrong', attemptsRemaining: 4 },
  }),
  'a code on its way, and a way without the phone': await render('code', {
    ...{ ...CODE, withoutPhone: '/auth/without-phone', otherNumber: '/auth/number' },
  }),
  'an account that only looks': await render('account', { ...ACCOUNT, mayChange: false, mayAdd: false }),
  'an error': await render('error', { ...COMMON, error: { code: 'DIRECTORY_UNAVAILABLE', retryAfterSeconds: 5 } }),
};
