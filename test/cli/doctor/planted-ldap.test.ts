import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { LdapUserStoreOptions } from '../../../lib/ldap/index.ts';
import type { SmsOtpOptions } from '../../../lib/options.ts';
import { startDirectory } from '../../../lib/simulator/directory/directory.ts';
import { type Certificate, makeCertificate } from '../../support/certificate-authority.ts';
import { useClosing } from '../../support/closing.ts';
import { ADA } from '../../support/ldif-people.ts';
import { requirePeer } from '../../support/peers.ts';
import { alone, HealthyApp } from '../../support/planted-faults.ts';
import { startSlapd } from '../../support/slapd.ts';

const SELF_SERVICE = `
access to attrs=mobile by dn.exact="cn=service,dc=example,dc=org" write by self write
access to * by dn.exact="cn=service,dc=example,dc=org" read`;
const READ_ONLY = 'access to * by dn.exact="cn=service,dc=example,dc=org" read';
/** One search that is answered as it should be. */
const AT_ONCE = { do: 'slow', milliseconds: 0, at: 'search', times: 1 } as const;

describe('the doctor and a fault of the directory', () => {
  const keep = useClosing();
  let app: HealthyApp;

  before(async function () {
    for (const peer of ['slapd', 'openssl'] as const) requirePeer(this, peer);
    app = await HealthyApp.start();
  });

  afterEach(() => app.directory.behave());

  after(() => app?.close());

  async function overTls(certificate: Certificate, changes: Partial<LdapUserStoreOptions> = {}) {
    const { url } = keep(await startDirectory({ tls: certificate }));
    return app.people({ url, tls: { ca: certificate.ca }, ...changes });
  }

  async function real(access: string): Promise<Partial<SmsOtpOptions>> {
    const { url, baseDn, bindDn, bindPassword } = keep(await startSlapd(ADA, '', access));
    return app.people({ url, baseDn, bindDn, bindPassword });
  }

  /** Ada's values in another directory. */
  async function withValues(attributes: Readonly<Record<string, readonly string[]>>, changes = {}) {
    const directory = keep(await startDirectory());
    for (const { dn } of directory.entries()) directory.remove(dn);
    const [ada] = app.directory.entries();
    if (ada === undefined) throw new Error('There is no ada.');
    const { mobile: _mobile, ...others } = ada.attributes;
    directory.put({ ...ada, attributes: { ...others, ...attributes } });
    return app.people({ url: directory.url, ...changes });
  }

  const answeredBy = (name: string, resultCode: number, detail: RegExp, remedy: RegExp) => ({
    title: `a search that is answered by ${resultCode} (${name})`,
    finding: /^failed LDAP .*search$/,
    detail,
    remedy,
    plant: () => app.misdirect({ do: 'answer', resultCode, at: 'search' as const }),
  });

  HealthyApp.test(
    () => app,
    [
      {
        title: 'a wrong port',
        finding: /^failed LDAP .* TCP$/,
        detail: /nobody listens there/,
        remedy: /host and port/,
        plant: () => app.people({ url: 'ldap://127.0.0.1:1' }),
      },
      {
        title: 'a name that is not known',
        finding: /^failed LDAP .* name$/,
        detail: /name is not known|no name server/,
        remedy: /name spelt right/,
        plant: () => app.people({ url: 'ldaps://ldap.invalid' }),
      },
      {
        title: 'a wrong base',
        finding: /^failed LDAP .* search$/,
        detail: /noSuchObject|NoSuchObject/,
        remedy: /baseDn right/,
        plant: () => app.people({ baseDn: 'ou=x,dc=example,dc=org' }),
      },
      {
        title: 'a base that is no DN',
        finding: /^failed LDAP .* search$/,
        detail: /invalidDnSyntax|InvalidDNSyntax/i,
        remedy: /Write bindDn and baseDn as DNs/,
        plant: () => app.misdirect({ do: 'answer', resultCode: 34, at: 'search' }),
      },
      {
        title: 'a wrong bindDn',
        finding: /^failed LDAP .* bind$/,
        detail: /invalidCredentials/i,
        remedy: /Compare bindDn and bindPassword/,
        plant: () => app.people({ bindDn: 'cn=other,dc=example,dc=org' }),
      },
      {
        title: 'a wrong bindPassword',
        finding: /^failed LDAP .* bind$/,
        detail: /invalidCredentials/i,
        remedy: /Compare bindDn and bindPassword/,
        plant: () => app.people({ bindPassword: 'wrong-pw' }),
      },
      {
        title: 'a directory that wants an account',
        finding: /^failed LDAP .* bind$/,
        detail: /InappropriateAuth/,
        remedy: /set bindDn and bindPassword/,
        plant: () => app.misdirect({ do: 'answer', resultCode: 48, at: 'bind' }),
      },
      answeredBy('size limit', 4, /sizeLimitExceeded/i, /Raise the size limit/),
      answeredBy('strong authentication', 8, /strong/i, /ldaps:\/\/ in url, or startTls: true/),
      answeredBy('referral', 10, /referral/i, /does not hold baseDn/),
      answeredBy('administrative limit', 11, /adminLimitExceeded/i, /equality index/),
      answeredBy('confidentiality', 13, /confidentialityRequired/i, /ldaps:\/\/ in url, or startTls: true/),
      answeredBy('no rights', 50, /insufficientAccess/i, /right to search and read/),
      answeredBy('busy', 51, /busy/i, /try again/),
      answeredBy('unavailable', 52, /unavailable/i, /starting or stopping/),
      answeredBy('unwilling', 53, /unwillingToPerform/i, /locked/),
      {
        title: 'StartTLS that is refused',
        finding: /^failed LDAP .* TLS$/,
        detail: /^StartTLS is refused: the directory answered ProtocolError \(2\)$/,
        remedy: /startTls/,
        plant: () => app.people({ startTls: true }),
      },
      {
        title: 'StartTLS that is refused for want of a certificate',
        finding: /^failed LDAP .* TLS$/,
        detail: /^StartTLS is refused: the directory answered \w+ \(52\)$/,
        remedy: /startTls.* certificate/,
        plant: () => ({
          ...app.misdirect({ do: 'answer', resultCode: 52, at: 'startTls' }),
          ...app.people({ startTls: true }),
        }),
      },
      {
        title: 'TLS spoken to a port in clear',
        finding: /^failed LDAP .* TLS$/,
        detail: /./,
        remedy: /Does this port speak TLS/,
        plant: () => app.people({ url: app.directory.url.replace('ldap:', 'ldaps:') }),
      },
      {
        title: 'a TLS port spoken to in clear',
        finding: /^failed LDAP .* bind$/,
        detail: /./,
        remedy: /This port speaks TLS: use ldaps:\/\//,
        async plant() {
          const { url } = keep(await startDirectory({ tls: await makeCertificate() }));
          return app.people({ url: url.replace('ldaps:', 'ldap:') });
        },
      },
      {
        title: 'a certificate of a private authority that is not given',
        finding: /^failed LDAP .* TLS$/,
        detail: /certificate is refused .*(SELF_SIGNED|UNABLE_TO_VERIFY)/,
        remedy: /tls\.ca/,
        plant: async () => overTls(await makeCertificate(), { tls: {} }),
      },
      {
        title: 'a certificate that ended',
        finding: /^failed LDAP .* TLS$/,
        detail: /CERT_HAS_EXPIRED/,
        remedy: /needs a new certificate/,
        plant: async () => overTls(await makeCertificate(undefined, -1)),
      },
      {
        title: 'a certificate for another name',
        finding: /^failed LDAP .* TLS$/,
        detail: /ALTNAME_INVALID .*other\.example\.org/,
        remedy: /tls\.servername/,
        plant: async () => overTls(await makeCertificate('DNS:other.example.org')),
      },
      {
        title: 'a certificate with 9 days left',
        finding: /^warning LDAP .* TLS$/,
        detail: /[89] days left/,
        remedy: /needs a new certificate/,
        plant: async () => overTls(await makeCertificate(undefined, 9)),
      },
      {
        title: 'a server that takes connections and says nothing',
        finding: /^failed LDAP .* bind$/,
        detail: /did not answer|no answer|within/,
        remedy: /does it answer others/,
        async plant() {
          const server = createServer().listen(0, '127.0.0.1');
          await once(server, 'listening');
          keep({ close: async () => void server.close() });
          return app.people({ url: `ldap://127.0.0.1:${(server.address() as AddressInfo).port}`, timeoutSeconds: 1 });
        },
      },
      {
        title: 'a directory that is too slow',
        finding: /^failed LDAP .* search$/,
        detail: /did not answer in time/,
        remedy: /^The directory works, but this search is slow: .*usernameAttribute .*index.* larger timeoutSeconds/,
        plant: () => ({
          ...app.misdirect({ do: 'slow', milliseconds: 3_000, at: 'search' }),
          ...app.people({ timeoutSeconds: 1 }),
        }),
      },
      {
        title: 'a directory that is too slow at a search for people',
        finding: 'failed LDAP list',
        detail: /did not answer in time/,
        remedy: /^The directory works, but this search is slow: .*usernameAttribute .*index.* larger timeoutSeconds/,
        plant: () => ({
          ...app.misdirect(AT_ONCE, { do: 'silence', at: 'search' }),
          ...app.people({ timeoutSeconds: 1 }),
        }),
      },
      {
        title: 'a directory that is too slow at a search by the id',
        finding: 'failed LDAP id',
        detail: /did not answer in time/,
        remedy: /^The directory works, but this search is slow: .*idAttribute .*index.* larger timeoutSeconds/,
        plant: () => ({
          ...app.misdirect(AT_ONCE, AT_ONCE, { do: 'silence', at: 'search', times: 1 }),
          ...app.people({ timeoutSeconds: 1 }),
        }),
      },
      {
        title: 'a directory that closes the connection at a search',
        finding: /^failed LDAP .* search$/,
        detail: /connection .*was lost/,
        remedy: /^The directory works, but it closed the connection/,
        plant: () => app.misdirect({ do: 'drop', at: 'search' }),
      },
      {
        title: 'a wrong phoneAttribute',
        finding: 'failed LDAP numbers',
        detail: /telephoneNumber: no value/,
        remedy: /phoneAttribute/,
        plant: () => app.people({ phoneAttribute: 'telephoneNumber' }),
        wish: { person: { name: 'ada' } },
      },
      {
        title: 'TRUE as the only value',
        finding: 'failed LDAP numbers',
        detail: /phoneNumberVerified: 1 value, no number/,
        remedy: /name in phoneAttribute the one that has it/,
        plant: () => withValues({ phoneNumberVerified: ['TRUE'] }),
        wish: { person: { name: 'ada' } },
      },
      {
        title: 'a person without a value',
        finding: 'failed LDAP numbers',
        detail: /mobile: no value/,
        remedy: /Write a number into one of these attributes/,
        plant: () => withValues({}),
        wish: { person: { name: 'ada' } },
      },
      {
        title: 'a national number without a default country',
        finding: 'failed person',
        detail: /a value without a country code/,
        remedy: /defaultCountry/,
        plant: () => withValues({ mobile: ['070-174 06 05'] }),
        wish: { person: { name: 'ada' } },
      },
      {
        title: 'national numbers without a default country, among all people',
        finding: 'failed numbers',
        detail: /country/,
        remedy: /defaultCountry/,
        plant: () => alone('070-174 06 05'),
      },
      {
        title: 'numbers that cannot be read',
        finding: 'failed numbers',
        detail: /with what is no number/,
        remedy: /doctor numbers lists them/,
        plant: () => alone('none of your business 1234'),
      },
      {
        title: 'numbers of a country that gets no code, among all people',
        finding: 'failed numbers',
        detail: /0 of 1 can get a code; 1 with a number whose country is not in allowedCountries$/,
        remedy: /Add the countries .* to allowedCountries/,
        plant: () => ({ ...alone('+46701740605'), allowedCountries: ['NO'] }),
      },
      {
        title: 'a person all of whose numbers are of countries that get no code',
        finding: 'failed person',
        detail: /found, with ••• 0605, whose country is not in allowedCountries/,
        remedy: /Add the countries .* to allowedCountries/,
        plant: () => ({ allowedCountries: ['NO'] }),
        wish: { person: { name: 'ada' } },
      },
      {
        title: 'a person one of whose numbers is of a country that gets no code',
        finding: 'warning person',
        detail: /found, with ••• 0123 and ••• 0605, whose country is not in allowedCountries/,
        remedy: /Add the countries .* to allowedCountries/,
        plant: async () => ({
          ...(await withValues({ mobile: ['+46701740605', '+447700900123'] })),
          allowedCountries: ['GB'],
        }),
        wish: { person: { name: 'ada' } },
      },
      {
        title: 'a base without people',
        finding: 'failed numbers',
        detail: /nobody is found/,
        remedy: /baseDn, usernameAttribute and userFilter/,
        plant: () => app.people({ usernameAttribute: 'employeeNumber' }),
      },
      {
        title: 'an idAttribute that people do not have',
        finding: 'failed person',
        detail: /exactly one value of the idAttribute/,
        remedy: /Choose another idAttribute/,
        plant: () => app.people({ idAttribute: 'employeeNumber' }),
        wish: { person: { name: 'ada' } },
      },
      {
        title: 'a person who is not there',
        finding: 'failed person',
        detail: /no such person/,
        remedy: /userFilter and baseDn/,
        plant: () => ({}),
        wish: { person: { name: 'eve' } },
      },
      {
        title: "a person's wrong password",
        finding: 'failed person password',
        detail: /refused/,
        remedy: /Is it right/,
        plant: () => ({}),
        wish: { person: { name: 'ada', password: 'wrong-pw' } },
      },
      {
        title: 'people who may write their own numbers',
        finding: 'warning LDAP own rights',
        detail: /may change their own mobile/,
        remedy: /Let only the service account write/,
        plant: () => real(SELF_SERVICE),
        wish: { person: { name: 'ada', password: 'lovelace' } },
      },
      {
        title: 'an account that may not write, with enrolment on',
        finding: 'failed LDAP writing',
        detail: /write|insufficient/i,
        remedy: /right to write|write/,
        plant: async () => ({ ...(await real(READ_ONLY)), enrollment: { when: 'always', allowedCountries: ['SE'] } }),
      },
    ],
  );
});
