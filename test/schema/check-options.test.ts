import { expect } from 'chai';
import { readConfig } from '../../lib/config.ts';
import { LdapUserStore } from '../../lib/ldap/index.ts';
import type { LdapUserStoreOptions } from '../../lib/ldap/ldap-options.ts';
import { smsOtpForOidc } from '../../lib/oidc/index.ts';
import type { SmsOtpOptions } from '../../lib/options.ts';
import { SmppTransport } from '../../lib/smpp/index.ts';
import type { SmppTransportOptions } from '../../lib/smpp/smpp-options.ts';
import { smsOtp } from '../../lib/sms-otp.ts';
import { readTelemetryOptions } from '../../lib/telemetry/instrument.ts';
import { membersOf } from '../support/doc-tables.ts';
import { People } from '../support/people.ts';
import { problemsIn } from '../support/problems.ts';
import { RecordingTransport } from '../support/recording-transport.ts';

type Options = Readonly<Record<string, unknown>>;

const NEEDED = { secret: 'x'.repeat(32), userStore: new People(), transport: new RecordingTransport() };
const DIRECTORY = { url: 'ldaps://ldap.example.org', baseDn: 'dc=example,dc=org' };
const OPERATOR = { smscs: ['smpps://user:password@smsc.example.net'], source: 'Example' };
const WRONG = [undefined, null, '', 0, -1, 0.5, 1e12, true, {}, [], [undefined], [null], [0], ['']];

const core = (options: Options) => readConfig({ ...NEEDED, ...options } as SmsOtpOptions);
const directory = (options: Options) => new LdapUserStore({ ...DIRECTORY, ...options } as LdapUserStoreOptions);
const operator = (options: Options) => new SmppTransport({ ...OPERATOR, ...options } as SmppTransportOptions);

const OWNERS: readonly [file: string, name: string, read: (options: Options) => unknown][] = [
  ['lib/options.ts', 'SmsOtpOptions', core],
  ['lib/domain/rate-limiter.ts', 'Limits', (limits) => core({ limits })],
  [
    'lib/options.ts',
    'EnrollmentOptions',
    (some) => core({ enrollment: { when: 'always', allowedCountries: ['SE'], ...some } }),
  ],
  ['lib/ldap/ldap-options.ts', 'LdapUserStoreOptions', directory],
  ['lib/schema/tls-options.ts', 'TlsOptions', (tls) => directory({ tls })],
  ['lib/smpp/smpp-options.ts', 'SmppTransportOptions', operator],
  ['lib/smpp/smpp-options.ts', 'SmscOptions', (smsc) => operator({ smscs: [{ host: 'smsc.example.net', ...smsc }] })],
  ['lib/smpp/address.ts', 'SourceAddress', (source) => operator({ source: { address: 'Example', ...source } })],
  ['lib/oidc/sms-otp-for-oidc.ts', 'SmsOtpForOidcOptions', (options) => smsOtpForOidc(smsOtp(NEEDED), options)],
  ['lib/telemetry/instrument.ts', 'TelemetryOptions', (options) => readTelemetryOptions(options)],
];

describe('what is said of a wrong option', () => {
  for (const [file, name, read] of OWNERS) {
    it(`is plain for each of ${name}`, () => {
      const members = membersOf(file, name);
      expect(members).to.not.be.empty;
      for (const member of members) {
        const problems = WRONG.flatMap((value) => problemsIn(() => read({ [member]: value })));
        expect(problems, member).to.not.be.empty;
        // The words of zod, which speak to who writes a schema.
        expect(problems.join('\n'), member).to.not.match(/Invalid|expected|received|Too (?:small|big)|Unrecognized/);
      }
    });
  }

  for (const [read, problem] of [
    [
      () => core({ secret: undefined }),
      'smsOtp.secret: is not set, and must be a text of at least 32 bytes, or several',
    ],
    [
      () => core({ limits: { smsPerDay: 0 } }),
      'smsOtp.limits.smsPerDay: must be a whole number from 1 to 100000000, or false',
    ],
    [
      () => core({ limits: { attemptsPerChallenge: 101 } }),
      'smsOtp.limits.attemptsPerChallenge: must be a whole number from 1 to 100, or false',
    ],
    [() => core({ styles: { colour: 'blue' } }), 'smsOtp.styles: there is no such option as colour'],
    [() => directory({ baseDn: undefined }), 'LdapUserStore.baseDn: is not set, and must be a text'],
    [() => directory({ connections: 101 }), 'LdapUserStore.connections: must be a whole number from 1 to 100'],
    [
      () => operator({ smscs: [undefined] }),
      'SmppTransport.smscs.0: is not set, and must be a URL as smpps://user:password@host:port, or an object',
    ],
    [
      () => operator({ smscs: [{ host: 'x', statusClasses: { x: 'bug' } }] }),
      'SmppTransport.smscs.0.statusClasses.x: must be a status other than 0',
    ],
    [
      () => operator({ smscs: [{ host: 'x', systemId: 'x'.repeat(16) }] }),
      'SmppTransport.smscs.0.systemId: must have at most 15 characters',
    ],
    [
      () => operator({ smscs: [{ host: 'x', bindMode: 'receiver' }] }),
      'SmppTransport.smscs.0.bindMode: must be one of transceiver, transmitter, transmitter+receiver',
    ],
  ] as const) {
    it(`is "${problem}"`, () => expect(problemsIn(read)).to.deep.equal([problem]));
  }
});
