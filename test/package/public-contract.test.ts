import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { SmsOtpError, type SmsOtpErrorCode } from '../../lib/index.ts';
import { getPage, postJson, testApp } from '../support/app.ts';
import { readPublicFields } from '../support/public-interface.ts';

/** The fields of each public type as 0.1.0 had them. More may come; one less is a break that the changelog must tell. */
const FIELDS: Readonly<Record<string, string>> = JSON.parse(readFileSync('test/package/public-0.1.0.json', 'utf8'));

/** Under `basePath`, with the methods that each knows. */
const ROUTES: Readonly<Record<string, string>> = {
  '/login': 'GET, HEAD, POST',
  '/number': 'GET, HEAD, POST',
  '/code': 'GET, HEAD, POST',
  '/code/send': 'POST',
  '/enroll': 'GET, HEAD, POST',
  '/account': 'GET, HEAD',
  '/account/phones': 'POST',
  '/account/phones/remove': 'POST',
  '/account/sign-out-everywhere': 'POST',
  '/logout': 'POST',
  '/session': 'GET, HEAD',
  '/assets/sms-otp.css': 'GET, HEAD',
  '/assets/sms-otp.js': 'GET, HEAD',
};

const STATUSES: Readonly<Record<SmsOtpErrorCode, number>> = {
  INVALID_CREDENTIALS: 401,
  SIGN_IN_REQUIRED: 401,
  SMS_OTP_REQUIRED: 401,
  INVALID_CODE: 401,
  CODE_EXPIRED: 410,
  NO_CHALLENGE: 409,
  CONFLICT: 409,
  TOO_MANY_ATTEMPTS: 429,
  TOO_MANY_SENDS: 429,
  FACTOR_LOCKED: 403,
  NO_PHONE_NUMBER: 403,
  SEND_REFUSED: 403,
  PHONE_NOT_ACCEPTED: 422,
  CROSS_ORIGIN: 403,
  BAD_REQUEST: 400,
  METHOD_NOT_ALLOWED: 405,
  UNSUPPORTED_MEDIA_TYPE: 415,
  SMS_UNAVAILABLE: 503,
  DIRECTORY_UNAVAILABLE: 503,
  STATE_UNAVAILABLE: 503,
  SHUTTING_DOWN: 503,
  SESSION_MISSING: 500,
  MISCONFIGURED: 500,
};

/** The defaults in docs/reference.md; another test compares it with the source. */
const DEFAULTS: Readonly<Record<string, string>> = {
  name: "`'smsOtp'`",
  shared: '`memoryState()`',
  authRequired: '`true`',
  basePath: "`'/auth'`",
  publicPath: "`''`",
  loginUrl: "`basePath + '/login'`",
  afterSignInUrl: "`'/'`",
  trustedOrigins: '`[]`',
  appName: "`'this site'`",
  codeLength: '`6`',
  codeTtlSeconds: '`300`',
  resendAfterSeconds: '`[30, 60, 120]`',
  sessionMaxAgeSeconds: '`43200`',
  keepSession: '`[]`; all with `currentUser`',
  enrollment: 'off',
  acr: "`'smpp'`",
  allowInsecure: '`[]`',
  attemptsPerChallenge: '5',
  failedCodesPerUserPerDay: '10',
  failedCodesPerUserPer30Days: '30',
  sendsPerUserPerHour: '5, 10',
  sendsPerNumberPerHour: '5, 10',
  sendsPerDayHard: '30',
  sendsPerAddressPerHour: '100',
  sendsPerBlockPerHour: '20',
  smsPerDay: '`false`',
  failedPasswordsPerUser: '5, 1800',
  failedPasswordsPerAddressPerHour: '100',
  knownBrowser: '`true`',
};

describe('what 0.1.0 promised', () => {
  describe('of types:', () => {
    let fields: ReadonlyMap<string, readonly string[]>;

    before(function () {
      this.timeout(120_000);
      fields = readPublicFields();
    });

    for (const [name, promised] of Object.entries(FIELDS)) {
      it(`${name} has every field that it had`, () => {
        expect(fields.get(name)).to.include.members(promised.split(' '));
      });
    }
  });

  it('is each error code with its status', () => {
    const statuses = Object.keys(STATUSES).map((code) => [code, new SmsOtpError(code as SmsOtpErrorCode, '').status]);
    expect(Object.fromEntries(statuses)).to.deep.equal(STATUSES);
  });

  it('is each default', () => {
    const rows = readFileSync('docs/reference.md', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    const defaults = new Map(
      rows.map((row) => row.split(' | ')).map(([name, value]) => [name?.match(/\w+/)?.[0], value]),
    );
    for (const [name, value] of Object.entries(DEFAULTS)) expect(defaults.get(name), name).to.equal(value);
  });

  it('is each route with its methods', async () => {
    const { agent } = testApp({ options: { enrollment: { when: 'always', allowedCountries: ['SE'] } } });
    const allowed = await Promise.all(
      Object.keys(ROUTES).map(async (path) => [path, (await agent().put(`/auth${path}`).expect(405)).headers.allow]),
    );
    expect(Object.fromEntries(allowed)).to.deep.equal(ROUTES);
    for (const path of ['/assets/sms-otp.css', '/assets/sms-otp.js']) await agent().get(`/auth${path}`).expect(200);
  });

  for (const name of ['smsOtp', 'other']) {
    it(`is one cookie beside the session's, under the name of the instance (${name})`, async () => {
      const { agent, transport } = testApp({ options: { name } });
      const jar = agent();
      await getPage(jar, '/auth/login').expect(200);
      await postJson(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
      const { headers } = await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
      const cookies = [headers['set-cookie'] ?? []].flat();
      expect(cookies.map((cookie) => cookie.split('=', 1)[0])).to.have.members([`${name}.browser`, 'connect.sid']);
      const known = cookies.find((cookie) => cookie.startsWith(name));
      expect(known).to.match(/; Max-Age=34560000; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
    });
  }
});
