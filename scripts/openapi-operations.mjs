// The routes of the router, with the codes of their errors: the words of the OpenAPI document.
const SETUP = ['SESSION_MISSING', 'MISCONFIGURED'];
const PAGE = [...SETUP, 'STATE_UNAVAILABLE', 'DIRECTORY_UNAVAILABLE'];
const BODY = ['BAD_REQUEST', 'UNSUPPORTED_MEDIA_TYPE'];
const SEND = [
  'TOO_MANY_SENDS',
  'TOO_MANY_ATTEMPTS',
  'FACTOR_LOCKED',
  'SEND_REFUSED',
  'PHONE_NOT_ACCEPTED',
  'SMS_UNAVAILABLE',
];
const CHANGE = [...PAGE, 'SHUTTING_DOWN', 'CROSS_ORIGIN'];
const POST = [...CHANGE, ...BODY];

export const OPERATIONS = {
  'GET /': { id: 'leadOn', summary: 'Leads to where the sign-in stands.', html: 'redirect', codes: PAGE },
  'GET /login': { id: 'showLogin', summary: 'The page for name and password.', codes: PAGE },
  'POST /login': {
    id: 'signIn',
    summary: 'Checks the first factor; sends the code at once where there is one number.',
    fields: ['username', 'password', 'returnTo'],
    html: 'redirect',
    codes: [...POST, ...SEND, 'INVALID_CREDENTIALS', 'NO_PHONE_NUMBER'],
  },
  'GET /number': { id: 'showNumbers', summary: 'The numbers to choose from, masked.', codes: PAGE },
  'POST /number': {
    id: 'chooseNumber',
    summary: 'Sends the code to one of several numbers.',
    fields: ['number', 'returnTo'],
    html: 'redirect',
    codes: [...POST, ...SEND, 'SIGN_IN_REQUIRED', 'CONFLICT'],
  },
  'GET /code': { id: 'showCode', summary: 'Waits for the code, or has the button that sends one.', codes: PAGE },
  'POST /code': {
    id: 'verifyCode',
    summary: 'Checks the code: the second factor.',
    fields: ['code', 'trustBrowser', 'returnTo'],
    html: 'redirect',
    codes: [...POST, 'INVALID_CODE', 'CODE_EXPIRED', 'NO_CHALLENGE', 'CONFLICT', 'TOO_MANY_ATTEMPTS', 'FACTOR_LOCKED'],
  },
  'POST /code/send': {
    id: 'sendCode',
    summary: 'Sends the first code, or the pending one again.',
    fields: ['returnTo'],
    html: 'redirect',
    codes: [...POST, ...SEND, 'SIGN_IN_REQUIRED', 'NO_PHONE_NUMBER', 'CONFLICT'],
  },
  'GET /enroll': { id: 'showEnroll', summary: 'The page for a first number.', codes: PAGE },
  'POST /enroll': {
    id: 'enroll',
    summary: 'Sends a code to a number that the user store does not have yet.',
    fields: ['phone', 'returnTo'],
    html: 'redirect',
    codes: [...POST, ...SEND, 'SIGN_IN_REQUIRED', 'CONFLICT'],
  },
  'GET /without-phone': {
    id: 'showWithoutPhone',
    summary: 'The page for a code of the help desk, or a recovery code.',
    codes: PAGE,
  },
  'POST /without-phone': {
    id: 'signInWithoutPhone',
    summary: 'Checks a code of the help desk, or a recovery code, in place of one by SMS.',
    fields: ['code', 'returnTo'],
    html: 'redirect',
    codes: [...POST, 'SIGN_IN_REQUIRED', 'INVALID_CODE', 'CODE_EXPIRED', 'CONFLICT', 'TOO_MANY_ATTEMPTS'],
  },
  'GET /account': { id: 'showAccount', summary: "The person's own numbers, masked.", codes: PAGE },
  'POST /account/phones': {
    id: 'addPhone',
    summary: 'Begins to add a number.',
    fields: ['phone'],
    html: 'redirect',
    codes: [...POST, ...SEND, 'SIGN_IN_REQUIRED', 'SMS_OTP_REQUIRED', 'CONFLICT'],
  },
  'POST /account/phones/remove': {
    id: 'removePhone',
    summary: 'Begins to remove a number.',
    fields: ['number'],
    html: 'redirect',
    codes: [...POST, ...SEND, 'SIGN_IN_REQUIRED', 'SMS_OTP_REQUIRED', 'CONFLICT'],
  },
  'POST /account/browsers/remove': {
    id: 'removeBrowser',
    summary: 'Ends the trust in a browser, and the sign-ins that it has opened.',
    fields: ['browser'],
    html: 'redirect',
    codes: [...POST, 'SIGN_IN_REQUIRED', 'SMS_OTP_REQUIRED', 'CONFLICT'],
  },
  'POST /account/recovery-codes': {
    id: 'makeRecoveryCodes',
    summary: 'Makes a new set of recovery codes, and shows it.',
    html: 'shown',
    codes: [...POST, 'SIGN_IN_REQUIRED', 'SMS_OTP_REQUIRED', 'TOO_MANY_ATTEMPTS'],
  },
  'POST /account/sign-out-everywhere': {
    id: 'signOutEverywhere',
    summary: 'Ends all sessions of the person, this one too.',
    html: 'redirect',
    codes: [...CHANGE, 'SIGN_IN_REQUIRED', 'SMS_OTP_REQUIRED'],
  },
  'POST /logout': {
    id: 'signOut',
    summary: 'Ends the pending code, both factors and the session.',
    html: 'redirect',
    codes: [...SETUP, 'STATE_UNAVAILABLE', 'SHUTTING_DOWN', 'CROSS_ORIGIN'],
  },
  'GET /session': { id: 'showState', summary: 'The state.', html: 'none', codes: PAGE },
  'GET /assets/:name': { id: 'asset', summary: 'Stylesheet and script of the pages.', ok: 'asset', codes: [] },
};
