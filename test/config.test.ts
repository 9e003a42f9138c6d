import { expect } from 'chai';
import session from 'express-session';
import { readConfig } from '../lib/config.ts';
import { type SmsOtpOptions, smsOtp } from '../lib/index.ts';
import { People } from './support/people.ts';
import { problemsIn } from './support/problems.ts';
import { RecordingTransport } from './support/recording-transport.ts';

const NEEDED = {
  secret: 'x'.repeat(32),
  origin: 'https://app.example',
  userStore: new People(),
  transport: new RecordingTransport(),
};
const VALUE = 'value-that-nobody-may-see';

const problemsOf = (options: object): readonly string[] => problemsIn(() => smsOtp(options as SmsOtpOptions));

describe('the options', () => {
  it('have defaults for all but three', () => {
    expect(readConfig(NEEDED)).to.deep.include({
      name: 'smsOtp',
      authRequired: true,
      basePath: '/auth',
      publicPath: '',
      afterSignInUrl: '/',
      appName: 'this site',
      codeLength: 6,
      codeTtlSeconds: 300,
      resendAfterSeconds: [30, 60, 120],
      sessionMaxAgeSeconds: 43_200,
      acr: 'smpp',
      trustedOrigins: [],
      allowInsecure: [],
      limits: {
        attemptsPerChallenge: 5,
        failedCodesPerUserPerDay: 10,
        failedCodesPerUserPer30Days: 30,
        sendsPerUserPerHour: 5,
        sendsPerUserPerDay: 10,
        sendsPerNumberPerHour: 5,
        sendsPerNumberPerDay: 10,
        sendsPerDayHard: 30,
        sendsPerAddressPerHour: 100,
        sendsPerBlockPerHour: 20,
        smsPerDay: false,
        failedPasswordsPerUser: 5,
        failedPasswordsPerAddressPerHour: 100,
        passwordPauseSeconds: 1800,
        knownBrowser: true,
      },
    });
  });

  it('are refused with all problems at once, by name and without their values', () => {
    const wrong = {
      secret: VALUE,
      userStore: VALUE,
      transport: {},
      name: `${VALUE} !`,
      shared: VALUE,
      currentUser: VALUE,
      authRequired: VALUE,
      requiredFor: VALUE,
      basePath: VALUE,
      publicPath: VALUE,
      loginUrl: VALUE,
      afterSignInUrl: VALUE,
      origin: VALUE,
      trustedOrigins: [VALUE],
      appName: `${VALUE}\n`,
      codeLength: VALUE,
      codeTtlSeconds: VALUE,
      resendAfterSeconds: [VALUE],
      limits: { attemptsPerChallenge: VALUE },
      sessionMaxAgeSeconds: VALUE,
      keepSession: VALUE,
      defaultCountry: VALUE,
      allowedCountries: [VALUE],
      enrollment: VALUE,
      beforeSend: VALUE,
      smsTemplates: VALUE,
      acr: `${VALUE} "`,
      logger: VALUE,
      allowInsecure: [VALUE],
    };
    const problems = problemsOf(wrong);
    for (const name of Object.keys(wrong))
      expect(
        problems.some((text) => text.startsWith(`smsOtp.${name}`)),
        name,
      ).to.equal(true);
    expect(problems.join('\n')).to.not.include(VALUE);
  });

  for (const [what, options, problem] of [
    ['an unknown name', { origins: 'x' }, 'smsOtp.origins: there is no such option'],
    ['an unknown limit', { limits: { sends: 1 } }, 'smsOtp.limits.sends: there is no such option'],
    ['a short secret', { secret: 'x'.repeat(31) }, 'smsOtp.secret'],
    ['no secret at all', { secret: undefined }, 'smsOtp.secret'],
    ['an empty list of secrets', { secret: [] }, 'smsOtp.secret'],
    ['a life of 601 seconds', { codeTtlSeconds: 601 }, 'smsOtp.codeTtlSeconds'],
    ['a life of 59 seconds', { codeTtlSeconds: 59 }, 'smsOtp.codeTtlSeconds'],
    ['5 digits', { codeLength: 5 }, 'smsOtp.codeLength'],
    ['9 digits', { codeLength: 9 }, 'smsOtp.codeLength'],
    ['101 failures', { limits: { failedCodesPerUserPer30Days: 101 } }, 'smsOtp.limits.failedCodesPerUserPer30Days'],
    ['no attempt', { limits: { attemptsPerChallenge: 0 } }, 'smsOtp.limits.attemptsPerChallenge'],
    ['an origin with a path', { origin: 'https://app.example/' }, 'smsOtp.origin'],
    [
      'an origin with a host that is not in ASCII',
      { origin: 'https://bücher.example' },
      'smsOtp.origin: must name its host in ASCII, which begins with xn--',
    ],
    ['an origin that is no site', { origin: 'ftp://app.example' }, 'smsOtp.origin'],
    ['another site after the sign-in', { afterSignInUrl: '//evil.example' }, 'smsOtp.afterSignInUrl'],
    ['a basePath with a slash at its end', { basePath: '/auth/' }, 'smsOtp.basePath'],
    ['a basePath that climbs', { basePath: '/auth/..' }, 'smsOtp.basePath'],
    ['a publicPath that stands still', { publicPath: '/./app' }, 'smsOtp.publicPath'],
    ['an appName that brings lines of its own', { appName: 'x\n@evil.example #1' }, 'smsOtp.appName'],
    ['currentUser without a loginUrl', { currentUser: () => undefined }, 'smsOtp.loginUrl'],
    ['enrolment in any country', { enrollment: { when: 'always' } }, 'smsOtp.enrollment.allowedCountries'],
    ['enrolment in no country', { enrollment: { when: 'always', allowedCountries: [] } }, 'smsOtp.enrollment'],
    [
      'enrolment in no known country',
      { enrollment: { when: 'always', allowedCountries: ['XX'] } },
      'smsOtp.enrollment',
    ],
    ['no allowed country', { allowedCountries: [] }, 'smsOtp.allowedCountries'],
    [
      'enrolment in a country that gets no code',
      { allowedCountries: ['SE'], enrollment: { when: 'always', allowedCountries: ['SE', 'NO'] } },
      'smsOtp.enrollment.allowedCountries',
    ],
    ['enrolment for somebody', { enrollment: { when: 'ada', allowedCountries: ['SE'] } }, 'smsOtp.enrollment.when'],
    [
      'enrolment without a way to write',
      {
        enrollment: { when: 'always', allowedCountries: ['SE'] },
        userStore: { findUser: async () => undefined, checkPassword: async () => true },
      },
      'smsOtp.userStore',
    ],
    ['a loginUrl with a query', { loginUrl: '/login?a=b' }, 'smsOtp.loginUrl'],
    ['a loginUrl with a fragment', { loginUrl: '/login#a' }, 'smsOtp.loginUrl'],
    ['a store without checkPassword', { userStore: { findUser: async () => undefined } }, 'smsOtp.userStore'],
  ] as const) {
    it(`are refused for ${what}`, () => {
      const problems = problemsOf({ ...NEEDED, ...options });
      expect(problems).to.have.length(1);
      expect(problems[0]).to.include(problem);
    });
  }

  it('are refused if they are none', () => {
    for (const options of [undefined, null, 1, 'x', []]) expect(problemsOf(options as never)).to.not.deep.equal([]);
  });

  it('are refused for each name that a session has already', () => {
    const methods = Object.getOwnPropertyNames(session.Session.prototype);
    expect(methods).to.include.members(['save', 'resetMaxAge']);
    for (const name of [...methods, 'cookie', 'id', 'req', 'toString']) {
      expect(problemsOf({ ...NEEDED, name }), name).to.deep.equal([
        'smsOtp.name: is a name that express-session uses itself',
      ]);
    }
  });

  it('may have paths with dots in their names', () => {
    const options = { ...NEEDED, basePath: '/.auth/v1.2..3', publicPath: '/...' };
    expect(problemsOf(options)).to.deep.equal([]);
  });

  it('may lift limits, lift the step of the password, and rotate secrets', () => {
    const currentUser = (): undefined => undefined;
    const userStore = { findUser: async () => undefined };
    const secret = ['y'.repeat(32), 'x'.repeat(32)];
    const options = {
      ...NEEDED,
      currentUser,
      loginUrl: '/login',
      userStore,
      secret,
      limits: { sendsPerDayHard: false },
    } as const;
    expect(problemsOf(options)).to.deep.equal([]);
  });

  it('are left as they were', () => {
    const options = Object.freeze({ ...NEEDED, limits: Object.freeze({ attemptsPerChallenge: 3 }) });
    smsOtp(options);
    expect(options).to.deep.equal({ ...NEEDED, limits: { attemptsPerChallenge: 3 } });
  });
});
