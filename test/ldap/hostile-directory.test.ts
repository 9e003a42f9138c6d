import { expect } from 'chai';
import type { LdapUserStoreOptions } from '../../lib/ldap/ldap-options.ts';
import { LdapUserStore } from '../../lib/ldap/ldap-user-store.ts';
import {
  type DirectoryOptions,
  type DirectorySimulator,
  startDirectory,
} from '../../lib/simulator/directory/directory.ts';
import { type Agent, postJson, testApp } from '../support/app.ts';
import { type Certificate, makeCertificate } from '../support/certificate-authority.ts';
import { useClosing } from '../support/closing.ts';
import { requirePeer } from '../support/peers.ts';

const SERVICE = 'cn=service,dc=example,dc=org';
const EVERY_PASSWORD = { at: 'bind', do: 'answer', resultCode: 0 } as const;
const EMPTY_PASSWORDS: Readonly<Record<string, unknown>> = {
  'an empty one': '',
  'none at all': undefined,
  null: null,
  'a list': [],
  'a control character': '\x07',
  'a number': 0,
};
const STRANGE_NAMES: Readonly<Record<string, string>> = {
  'a wildcard': '*',
  'a wildcard behind letters': 'ad*',
  'the end of a filter and a new one': 'ada)(uid=*',
  'a filter that is always true': '*)(|(uid=*',
  'an escaped wildcard': '\\2a',
  'a backslash': 'ada\\',
  'a control character at its end': 'ada\x07',
  'a DN': 'uid=ada,ou=people,dc=example,dc=org',
  'the rest of a DN': 'ada,ou=people,dc=example,dc=org',
};

describe('a sign-in with a hostile person or directory', () => {
  const keep = useClosing();
  let certificate: Certificate;

  before(async function () {
    requirePeer(this, 'openssl');
    certificate = await makeCertificate();
  });

  async function start(options?: DirectoryOptions): Promise<DirectorySimulator> {
    return keep(await startDirectory(options));
  }

  function browserFor({ url, baseDn }: DirectorySimulator, options: Partial<LdapUserStoreOptions> = {}): Agent {
    const account = { bindDn: SERVICE, bindPassword: 'service' };
    const userStore = keep(new LdapUserStore({ url, baseDn, ...account, timeoutSeconds: 2, ...options }));
    return testApp({ options: { userStore } }).agent();
  }

  const overStartTls = () => ({ startTls: true, tls: { ca: certificate.ca } });

  /** The status, after it is sure that nobody is in and that nothing went over the wire that must not. */
  async function signIn(browser: Agent, directory: DirectorySimulator, body: object = {}): Promise<number> {
    const { status } = await postJson(browser, '/auth/login', { username: 'ada', password: 'wrong', ...body });
    await browser.get('/secret').expect(401);
    expect(await stageOf(browser)).to.equal(status === 200 ? 'code' : 'none');
    expect(emptyBinds(directory)).to.deep.equal([]);
    return status;
  }

  for (const [what, password] of Object.entries(EMPTY_PASSWORDS)) {
    it(`gets nobody in with ${what} for a password, if the directory says yes to everything`, async () => {
      const directory = await start();
      directory.behave(EVERY_PASSWORD);
      expect(await signIn(browserFor(directory), directory, { password })).to.be.oneOf([400, 401]);
      expect(usersBinds(directory)).to.deep.equal([]);
    });
  }

  for (const [what, username] of Object.entries(STRANGE_NAMES)) {
    it(`gets nobody in with ${what} for a name, if the directory says yes to every password`, async () => {
      const directory = await start();
      directory.behave(EVERY_PASSWORD);
      const status = await signIn(browserFor(directory), directory, { username, password: 'lovelace' });
      expect(status).to.be.oneOf([400, 401]);
      expect(usersBinds(directory)).to.deep.equal([]);
    });
  }

  it('gets nobody in if two entries are found', async () => {
    const directory = await start();
    directory.behave(
      { at: 'search', do: 'addEntry', entry: { dn: 'uid=ada,ou=others', attributes: { uid: ['ada'] } } },
      EVERY_PASSWORD,
    );
    expect(await signIn(browserFor(directory), directory)).to.equal(401);
    expect(usersBinds(directory)).to.deep.equal([]);
  });

  it('gets nobody in if the answer was cut short after one entry', async () => {
    const directory = await start();
    directory.behave({ at: 'search', do: 'cutShort', entries: 1 }, EVERY_PASSWORD);
    expect(await signIn(browserFor(directory), directory)).to.equal(401);
    expect(usersBinds(directory)).to.deep.equal([]);
  });

  it('gets nobody in if an entry without a name is found: its bind would be nobody’s', async () => {
    const directory = await start({ entries: [] });
    const entry = { dn: '', attributes: { uid: ['ada'], entryUUID: ['x'] } };
    directory.behave({ at: 'search', do: 'addEntry', entry }, EVERY_PASSWORD);
    expect(await signIn(browserFor(directory), directory)).to.equal(401);
    expect(usersBinds(directory)).to.deep.equal([]);
  });

  for (const at of ['search', 'bind'] as const) {
    it(`carries no password to another server if a referral answers a ${at}`, async () => {
      const [directory, other] = [await start(), await start()];
      const browser = browserFor(directory);
      await signIn(browser, directory);
      directory.behave({ at, do: 'refer', urls: [`${other.url}/${directory.baseDn}`] });
      expect(await signIn(browser, directory, { password: 'lovelace' })).to.equal(503);
      expect(other.operations).to.deep.equal([]);
    });
  }

  it('carries no password to another server if search references come with the answer', async () => {
    const [directory, other] = [await start(), await start()];
    directory.behave({ at: 'search', do: 'addReferences', urls: [`${other.url}/${directory.baseDn}`] });
    expect(await signIn(browserFor(directory), directory)).to.equal(401);
    expect(usersBinds(directory)).to.have.length(1);
    expect(other.operations).to.deep.equal([]);
  });

  it('says nothing in clear if StartTLS is refused', async () => {
    const directory = await start({ tls: certificate, startTls: true });
    directory.behave({ at: 'startTls', do: 'answer', resultCode: 52 });
    expect(await signIn(browserFor(directory, overStartTls()), directory)).to.equal(503);
    expect(inClear(directory)).to.deep.equal(['startTls']);
  });

  it('says nothing in clear if StartTLS is answered by a yes and a closed connection', async () => {
    const directory = await start({ tls: certificate, startTls: true });
    directory.behave({ at: 'startTls', do: 'dropAfter' });
    expect(await signIn(browserFor(directory, overStartTls()), directory)).to.equal(503);
    expect(inClear(directory)).to.deep.equal(['startTls']);
  });

  it('says nothing in clear if the connection is lost, and StartTLS refused from then on', async () => {
    const directory = await start({ tls: certificate, startTls: true });
    const browser = browserFor(directory, overStartTls());
    expect(await signIn(browser, directory)).to.equal(401);
    directory.dropConnections();
    directory.behave({ at: 'startTls', do: 'answer', resultCode: 2 });
    expect(await signIn(browser, directory, { password: 'lovelace' })).to.equal(503);
    expect(inClear(directory)).to.deep.equal(['startTls']);
  });

  for (const startTls of [true, false]) {
    it(`shows no password to a wrong certificate over ${startTls ? 'StartTLS' : 'ldaps'}`, async () => {
      const other = await makeCertificate();
      const directory = await start({ tls: other, startTls });
      const browser = browserFor(directory, { startTls, tls: { ca: certificate.ca } });
      expect(await signIn(browser, directory)).to.equal(503);
      expect(directory.operations.filter(({ kind }) => kind !== 'startTls')).to.deep.equal([]);
    });
  }
});

async function stageOf(browser: Agent): Promise<unknown> {
  const { body } = await browser.get('/auth/session').set('Accept', 'application/json');
  return body.stage;
}

function usersBinds({ operations }: DirectorySimulator) {
  return operations.filter((operation) => operation.kind === 'bind' && operation.dn !== SERVICE);
}

function emptyBinds({ operations }: DirectorySimulator) {
  return operations.filter((operation) => operation.kind === 'bind' && !operation.passwordLength);
}

/** The kinds of operations that came in clear, each once. */
function inClear({ operations }: DirectorySimulator): readonly string[] {
  return [...new Set(operations.filter(({ tls }) => !tls).map(({ kind }) => kind))];
}
