import { expect } from 'chai';
import { Attribute, Change, Client } from 'ldapts';
import { LdapUserStore } from '../../lib/ldap/ldap-user-store.ts';
import { unicodePassword } from '../support/active-directory.ts';
import { type Agent, postJson, type TestApp, testApp } from '../support/app.ts';
import { useClosing } from '../support/closing.ts';
import { bound } from '../support/directory-peer.ts';
import { requirePeer } from '../support/peers.ts';
import { startSamba } from '../support/samba.ts';
import { ACCESS, startSlapd } from '../support/slapd.ts';

const BASE = 'dc=example,dc=org';
const ADA = `uid=ada,ou=people,${BASE}`;
/** In the past: a change in the same second would have the same time. */
const PEOPLE = `
dn: cn=policy,${BASE}
objectClass: device
objectClass: pwdPolicy
cn: policy
pwdAttribute: userPassword

dn: ${ADA}
objectClass: inetOrgPerson
uid: ada
cn: ada
sn: ada
mobile: +46701740605
userPassword: first-password
pwdChangedTime: 20260101000000Z
`;

/** A directory with ada in it, and the hand that sets her password. */
interface Peer {
  readonly userStore: LdapUserStore;
  readonly passwords: readonly [string, string];
  setPassword(password: string): Promise<void>;
}

describe('a trusted browser after a change of the password in the directory', () => {
  const keep = useClosing();

  it('is trusted no longer, nor what it has opened: slapd with ppolicy', async function () {
    requirePeer(this, 'slapd');
    requirePeer(this, 'openssl');
    const overlay = `rootdn "cn=root,${BASE}"\nrootpw root\noverlay ppolicy\nppolicy_default "cn=policy,${BASE}"`;
    const slapd = keep(await startSlapd(PEOPLE, 'moduleload ppolicy', `${ACCESS}\n${overlay}`));
    const { url, baseDn, bindDn, bindPassword } = slapd;
    const root = keepClient(await bound(url, `cn=root,${BASE}`, 'root'));
    await endsWithThePassword({
      userStore: keep(new LdapUserStore({ url, baseDn, bindDn, bindPassword, phoneAttribute: 'mobile' })),
      passwords: ['first-password', 'second-password'],
      setPassword: (password) => root.modify(ADA, replacing('userPassword', password)),
    });
  });

  it('is trusted no longer, nor what it has opened: a real Samba domain controller', async function () {
    this.timeout(120_000);
    requirePeer(this, 'samba');
    requirePeer(this, 'openssl');
    if (process.getuid?.() !== 0) this.skip();
    const dnOf = (base: string) => `CN=ada,OU=Staff,${base}`;
    const names = { sAMAccountName: 'ada', userPrincipalName: 'ada@example.test', mobile: '+46701740605' };
    const samba = keep(await startSamba((base) => [{ dn: dnOf(base), ...names, password: 'First-of-ada-1' }]));
    const { url, ca, baseDn, bindDn, bindPassword } = samba;
    const administrator = keepClient(new Client({ url, tlsOptions: { ca, host: new URL(url).hostname } }));
    await administrator.bind(bindDn, bindPassword);
    await endsWithThePassword({
      userStore: keep(LdapUserStore.forActiveDirectory({ url, tls: { ca }, baseDn, bindDn, bindPassword })),
      passwords: ['First-of-ada-1', 'Second-of-ada-2'],
      setPassword: (password) => administrator.modify(dnOf(baseDn), replacing('unicodePwd', unicodePassword(password))),
    });
  });

  function keepClient(client: Client): Client {
    keep({ close: () => client.unbind() });
    return client;
  }
});

async function endsWithThePassword({ userStore, passwords, setPassword }: Peer): Promise<void> {
  const app = testApp({ options: { userStore, trustBrowser: {}, defaultCountry: 'SE' } });
  const ended: unknown[] = [];
  app.otp.events.on('trustedBrowserEnded', ({ reason }) => ended.push(reason));
  const jar = app.agent();
  const logIn = async (password: string): Promise<string> => {
    const { body } = await postJson(jar, '/auth/login', { username: 'ada', password });
    return body.stage ?? body.code;
  };
  expect(await logIn(passwords[0])).to.equal('code');
  await trust(app, jar);
  await postJson(jar, '/auth/logout').expect(200);
  expect(await logIn(passwords[0])).to.equal('verified');
  await jar.get('/secret').expect(200);
  await setPassword(passwords[1]);
  // The next look at the directory ends what the browser has opened.
  app.clock.advance(301);
  await jar.get('/secret');
  while (ended.length === 0) await new Promise((resolve) => setImmediate(resolve));
  app.clock.advance(6);
  await jar.get('/secret').expect(401);
  expect(await app.otp.trustedBrowsers.list(await idOf(userStore))).to.deep.equal([]);
  expect(await logIn(passwords[1])).to.equal('code');
  await trust(app, jar);
  await postJson(jar, '/auth/logout').expect(200);
  expect(await logIn(passwords[1])).to.equal('verified');
  expect(ended).to.deep.equal(['changed']);
}

async function trust({ transport }: TestApp, jar: Agent): Promise<void> {
  await postJson(jar, '/auth/code', { code: transport.lastCode(), trustBrowser: true }).expect(200);
}

async function idOf(userStore: LdapUserStore): Promise<string> {
  return (await userStore.findUser({ username: 'ada' }))?.id ?? expect.fail('ada is not found');
}

function replacing(type: string, value: string | Buffer): Change {
  const modification = new Attribute({ type, values: [value] as string[] | Buffer[] });
  return new Change({ operation: 'replace', modification });
}
