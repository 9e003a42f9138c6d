import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { TLSSocket } from 'node:tls';
import { expect } from 'chai';
import { Deadline } from '../../lib/deadline.ts';
import { Connections } from '../../lib/ldap/connections.ts';
import type { LdapUserStoreOptions } from '../../lib/ldap/ldap-options.ts';
import { ldapSettings } from '../../lib/ldap/ldap-settings.ts';
import { LdapUserStore } from '../../lib/ldap/ldap-user-store.ts';
import {
  type DirectoryOptions,
  type DirectorySimulator,
  startDirectory,
} from '../../lib/simulator/directory/directory.ts';
import { SERVICE_ACCOUNT } from '../../lib/simulator/directory/entry.ts';
import { type Certificate, makeCertificate } from '../support/certificate-authority.ts';
import { useClosing } from '../support/closing.ts';
import { mustFind } from '../support/must-find.ts';
import { requirePeer } from '../support/peers.ts';

const SERVICE = { bindDn: SERVICE_ACCOUNT.dn, bindPassword: 'service' };

describe('what LdapUserStore says on the wire', () => {
  const keep = useClosing();

  async function start(options?: DirectoryOptions): Promise<DirectorySimulator> {
    return keep(await startDirectory(options));
  }

  function storeFor(directory: DirectorySimulator, options: Partial<LdapUserStoreOptions> = {}): LdapUserStore {
    const { url, baseDn } = directory;
    return keep(new LdapUserStore({ url, baseDn, ...SERVICE, ...options }));
  }

  describe('passwords', () => {
    it('never sends a bind with an empty password, or one with a control character', async () => {
      const directory = await start();
      const store = storeFor(directory);
      const ada = await mustFind(store, 'ada');
      for (const empty of ['', undefined, null, [], '\x07', '\x07lovelace', 0]) {
        expect(await Reflect.apply(store.checkPassword, store, [ada, empty])).to.equal(false);
      }
      expect(binds(directory).map(({ dn }) => dn)).to.deep.equal([SERVICE.bindDn]);
    });

    it('asks a directory without a root DSE, as the simulator, for no state of a password: it knows no controls', async () => {
      const directory = await start();
      const { hostname, port } = new URL(directory.url);
      const said: Buffer[] = [];
      const proxy = createServer((socket) => {
        const there = connect(Number(port), hostname);
        socket.on('data', (bytes) => said.push(bytes)).on('error', () => there.destroy());
        socket
          .pipe(there)
          .on('error', () => socket.destroy())
          .pipe(socket);
      }).listen(0, '127.0.0.1');
      await once(proxy, 'listening');
      keep(proxy);
      const address = proxy.address();
      const store = storeFor(directory, {
        url: `ldap://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
      });
      expect(await store.checkPassword(await mustFind(store, 'ada'), 'lovelace')).to.equal(true);
      expect(Buffer.concat(said).includes('lovelace')).to.equal(true);
      expect(Buffer.concat(said).includes('1.3.6.1.4.1.42.2.27.8.5.1')).to.equal(false);
    });

    it('sends no bind at all for an anonymous search', async () => {
      const directory = await start();
      const store = keep(new LdapUserStore({ url: directory.url, baseDn: directory.baseDn }));
      expect(await store.checkPassword(await mustFind(store, 'ada'), 'lovelace')).to.equal(true);
      expect(binds(directory).map(({ dn }) => dn)).to.deep.equal([`uid=ada,${directory.baseDn}`]);
    });

    it('sends a password byte for byte', async () => {
      const directory = await start();
      const store = storeFor(directory);
      const ada = await mustFind(store, 'ada');
      const odd = [' lovelace ', '   ', 'päss‱wörd', 'x'.repeat(1000), '*)(uid=*', 'a\tb\nc', '\u00e9', 'e\u0301'];
      for (const password of odd) {
        expect(await store.checkPassword(ada, password)).to.equal(false);
        expect(binds(directory).at(-1)?.hasPassword(password), password).to.equal(true);
      }
    });

    it('asks without a control if the directory takes none, and nobody with a wrong password gets in by that', async () => {
      const directory = await start();
      const { url, baseDn } = directory;
      const connections = new Connections(ldapSettings({ url, baseDn }).connection);
      const verify = (password: string) =>
        connections.verifyPassword(`uid=ada,${baseDn}`, password, connections.newDeadline());
      for (const resultCode of [12, 2]) {
        for (const [password, isAccepted] of [
          ['lovelace', true],
          ['wrong', false],
        ] as const) {
          directory.behave(
            { at: 'search', do: 'answer', resultCode: 0 },
            { at: 'bind', do: 'answer', resultCode, times: 1 },
          );
          expect(await verify(password)).to.include({ isAccepted });
        }
      }
      expect(binds(directory)).to.have.length(8);
      await connections.close();
    });

    it('costs one search and one bind, if it is checked for the person who was just found', async () => {
      const directory = await start();
      const store = storeFor(directory);
      // The first bind is preceded by the question whether there is a root DSE.
      await store.checkPassword(await mustFind(store, 'grace'), 'hopper');
      const before = directory.operations.length;
      const ada = await mustFind(store, 'ada');
      expect(await store.checkPassword(ada, 'lovelace')).to.equal(true);
      const sent = directory.operations.slice(before).map(({ kind }) => kind);
      expect(sent).to.deep.equal(['search', 'bind']);
      const copy = { ...ada };
      expect(await store.checkPassword(copy, 'lovelace')).to.equal(true);
      const again = directory.operations.slice(before + sent.length).map(({ kind }) => kind);
      expect(again).to.deep.equal(['search', 'bind']);
    });

    it('binds as the DN that the search by id gives now, not as one remembered', async () => {
      const directory = await start();
      const store = storeFor(directory);
      const ada = await mustFind(store, 'ada');
      const [entry] = directory.entries();
      directory.remove(`uid=ada,${directory.baseDn}`);
      directory.put({ ...(entry ?? expect.fail()), dn: `cn=Ada\\, Countess,${directory.baseDn}` });
      expect(await store.checkPassword(ada, 'lovelace')).to.equal(true);
      expect(binds(directory).at(-1)?.dn).to.equal(`cn=Ada\\, Countess,${directory.baseDn}`);
    });

    it('calls 49, 19, 48, 50 and 53 no match, and every other answer a fault', async () => {
      const directory = await start();
      const store = storeFor(directory);
      const ada = await mustFind(store, 'ada');
      const outcomes = [];
      for (const resultCode of [49, 19, 48, 50, 53, 1, 2, 10, 32, 51, 52, 80]) {
        directory.behave({ at: 'bind', do: 'answer', resultCode, times: 1 });
        const faultOrAnswer = store.checkPassword(ada, 'lovelace').catch(({ resultCode: code }) => code);
        outcomes.push(await faultOrAnswer);
      }
      expect(outcomes).to.deep.equal([false, false, false, false, false, 1, 2, 10, 32, 51, 52, 80]);
    });
  });

  describe('identity', () => {
    it('searches only under the service account, whatever users bind meanwhile', async () => {
      const directory = await start({ allowAnonymous: false });
      const store = storeFor(directory);
      const people = await Promise.all(['ada', 'grace', 'alan'].map((name) => mustFind(store, name)));
      await Promise.all(
        people.flatMap((user) => ['lovelace', 'hopper', 'x'].map((it) => store.checkPassword(user, it))),
      );
      directory.dropConnections();
      await settled(store.findUser({ username: 'ada' }));
      await mustFind(store, 'ada');
      const searches = directory.operations.filter(({ kind }) => kind === 'search');
      expect(new Set(searches.map((search) => search.as))).to.deep.equal(new Set([SERVICE.bindDn]));
    });

    it('asks for nobody by more than an equality of literal bytes', async () => {
      const directory = await start();
      const store = storeFor(directory, { usernameAttribute: ['uid', 'mail'] });
      for (const username of ['*', 'a*)(cn=*', '\\2a', 'å']) {
        await store.findUser({ username });
        const search = directory.operations.at(-1);
        expect(search?.kind === 'search' && search.filter).to.deep.equal({
          kind: 'or',
          filters: [
            { kind: 'equality', attribute: 'uid', value: username },
            { kind: 'equality', attribute: 'mail', value: username },
          ],
        });
      }
    });

    it('asks for nobody by a name or an id with a control character in it, which some servers end there', async () => {
      const directory = await start();
      const store = storeFor(directory);
      for (const key of [{ username: 'ada\x07' }, { username: '\x07' }, { username: 'a\tda' }, { id: 'x\x07' }]) {
        expect(await store.findUser(key)).to.equal(undefined);
      }
      expect(directory.operations).to.deep.equal([]);
    });

    it('opens half of its connections for searches, however many come at once', async () => {
      const directory = await start();
      const store = storeFor(directory, { connections: 6 });
      await Promise.all(Array.from({ length: 60 }, () => mustFind(store, 'ada')));
      expect(new Set(directory.operations.map(({ connection }) => connection)).size).to.equal(3);
      expect(binds(directory)).to.have.length(3);
    });

    it('finds a person by DN if the directory gives no entryUUID, and only below the base', async () => {
      const entry = (dn: string) => ({ dn, attributes: { objectClass: ['person'], uid: ['x'], mobile: ['+4670174'] } });
      const directory = await start({ entries: [entry('uid=x\\,y,ou=people,dc=example,dc=org')] });
      const store = storeFor(directory);
      const user = await mustFind(store, 'x');
      expect(user.id).to.equal('uid=x\\,y,ou=people,dc=example,dc=org');
      expect(await store.findUser({ id: user.id })).to.deep.equal(user);
      expect(await store.findUser({ id: 'uid=gone,ou=people,dc=example,dc=org' })).to.equal(undefined);
      expect(await store.findUser({ id: SERVICE.bindDn })).to.equal(undefined);
      expect(await store.findUser({ id: 'cn=y\\,ou=people,dc=example,dc=org' })).to.equal(undefined);
    });
  });

  describe('answers that are not what they seem', () => {
    it('finds nobody if the answer was cut short after one entry', async () => {
      const directory = await start();
      const store = storeFor(directory);
      directory.behave({ at: 'search', do: 'cutShort', entries: 1 });
      expect(await store.findUser({ username: 'ada' })).to.equal(undefined);
    });

    it('follows no referral', async () => {
      const directory = await start();
      const store = storeFor(directory);
      directory.behave({ at: 'search', do: 'answer', resultCode: 10 });
      expect(await settled(store.findUser({ username: 'ada' }))).to.match(/\(10\)/);
    });
  });

  describe('faults', () => {
    it('gives up on a silent directory at the deadline, and asks on a new connection', async () => {
      const directory = await start();
      const store = storeFor(directory, { timeoutSeconds: 1 });
      const ada = await mustFind(store, 'ada');
      directory.behave({ do: 'silence' });
      const startedAt = performance.now();
      const calls = [store.findUser({ id: ada.id }), store.checkPassword(ada, 'lovelace'), store.health()];
      expect(await Promise.all(calls.map(settled))).to.satisfy((all: string[]) =>
        all.every((it) => /in time|lost/.test(it)),
      );
      expect(performance.now() - startedAt).to.be.lessThan(5000);
      directory.behave();
      expect(await store.checkPassword(ada, 'lovelace')).to.equal(true);
    });

    it('gives up on a bind, a change or StartTLS that is not answered', async function () {
      requirePeer(this, 'openssl');
      const certificate = await makeCertificate();
      const directory = await start({ tls: certificate, startTls: true });
      const store = storeFor(directory, { startTls: true, tls: { ca: certificate.ca }, timeoutSeconds: 1 });
      const ada = await mustFind(store, 'ada');
      directory.behave({ at: 'bind', do: 'silence', times: 1 });
      expect(await settled(store.checkPassword(ada, 'lovelace'))).to.match(/in time/);
      directory.behave({ at: 'modify', do: 'silence', times: 1 });
      expect(await settled(store.changePhoneNumbers(ada, { add: '+46701740699' }))).to.match(/in time/);
      directory.behave({ at: 'startTls', do: 'silence', times: 1 });
      expect(await settled(store.findUser({ username: 'ada' }))).to.match(/in time/);
      expect(await mustFind(store, 'ada')).to.deep.equal(ada);
    });

    it('tells why Active Directory refuses the service account', async () => {
      const directory = await start();
      const text = '80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data 775, v3839';
      directory.behave({ at: 'bind', do: 'answer', resultCode: 49, text });
      const message = await settled(storeFor(directory).findUser({ username: 'ada' }));
      expect(message).to.match(/answered InvalidCredentialsError \(49\), data 775\.$/);
    });

    it('leaves a server that is busy, or silent, for the next one', async () => {
      const [first, second] = [await start(), await start()];
      const store = storeFor(first, { url: [first.url, second.url], timeoutSeconds: 1 });
      await mustFind(store, 'ada');
      first.behave({ at: 'search', do: 'answer', resultCode: 51 });
      expect(await settled(store.findUser({ username: 'ada' }))).to.match(/BusyError \(51\)/);
      await mustFind(store, 'ada');
      expect(second.operations.map(({ kind }) => kind)).to.deep.equal(['bind', 'search']);
      second.behave({ do: 'silence' });
      first.behave();
      expect(await settled(store.findUser({ username: 'ada' }))).to.match(/in time/);
      await mustFind(store, 'ada');
    });

    it('reaches the second server within the deadline if the first never answers the bind', async () => {
      const [silent, good] = [await start(), await start()];
      silent.behave({ do: 'silence' });
      const store = storeFor(silent, { url: [silent.url, good.url], timeoutSeconds: 2 });
      await mustFind(store, 'ada');
    });

    it('asks once more if a connection drops in the middle of a search, and not if in the middle of a bind', async () => {
      const directory = await start();
      const store = storeFor(directory);
      const ada = await mustFind(store, 'ada');
      expect(await store.checkPassword(ada, 'lovelace')).to.equal(true);
      directory.behave({ at: 'search', do: 'drop', times: 1 });
      expect(await mustFind(store, 'ada')).to.deep.equal(ada);
      directory.behave({ at: 'search', do: 'drop', times: 2 });
      expect(await settled(store.findUser({ username: 'ada' }))).to.match(/lost/);
      directory.behave({ at: 'bind', do: 'drop', times: 1 });
      expect(await settled(store.checkPassword(ada, 'lovelace'))).to.match(/lost/);
      expect(await store.checkPassword(ada, 'lovelace')).to.equal(true);
    });

    it('trusts no connection any more that is as old as one that was lost: a balancer drops all of them at once', async () => {
      const directory = await start();
      const store = storeFor(directory, { connections: 8 });
      const finding = Array.from({ length: 8 }, () => mustFind(store, 'ada'));
      await Promise.all(finding);
      const old = new Set(directory.operations.map(({ connection }) => connection));
      directory.behave({ at: 'search', do: 'drop', times: 1 });
      await mustFind(store, 'ada');
      expect(old.size).to.equal(4);
      expect(old.has(directory.operations.at(-1)?.connection ?? 0)).to.equal(false);
    });

    it('asks a slow directory once whether it has a root DSE, though a sign-in may end before the answer', async () => {
      const directory = await start();
      const { url, baseDn } = directory;
      const connections = new Connections(ldapSettings({ url, baseDn, ...SERVICE }).connection);
      directory.behave({ at: 'search', do: 'slow', milliseconds: 100 });
      const verify = (deadline: Deadline) => connections.verifyPassword(`uid=ada,${baseDn}`, 'lovelace', deadline);
      expect(await settled(verify(new Deadline(1)))).to.equal('The directory did not answer in time.');
      expect(await verify(connections.newDeadline())).to.include({ isAccepted: true });
      expect(directory.operations.filter(({ kind }) => kind === 'search')).to.have.length(1);
      await connections.close();
    });

    it('checks a password in its own time, though the question that another sign-in began got no answer in an earlier one', async () => {
      const directory = await start();
      const { url, baseDn } = directory;
      const settings = ldapSettings({ url, baseDn, ...SERVICE, timeoutSeconds: 1 });
      const connections = new Connections(settings.connection);
      const verify = (deadline: Deadline) => connections.verifyPassword(`uid=ada,${baseDn}`, 'lovelace', deadline);
      directory.behave({ at: 'search', do: 'silence', times: 1 });
      expect(await settled(verify(new Deadline(1)))).to.equal('The directory did not answer in time.');
      expect(await verify(new Deadline(30_000))).to.include({ isAccepted: true });
      await connections.close();
    });

    it('asks a slow directory beside the first search, so that the first sign-in has the time for its bind', async () => {
      const directory = await start();
      const store = storeFor(directory, { timeoutSeconds: 30 });
      directory.behave({ at: 'search', do: 'slow', milliseconds: 1200, times: 2 });
      const ada = await mustFind(store, 'ada');
      expect(directory.operations.filter(({ kind }) => kind === 'search')).to.have.length(2);
      expect(await store.checkPassword(ada, 'lovelace')).to.equal(true);
      expect(directory.operations.filter(({ kind }) => kind === 'search')).to.have.length(2);
    });

    it('holds no name, number or password in its errors', async () => {
      const directory = await start();
      const store = storeFor(directory, { timeoutSeconds: 1 });
      const ada = await mustFind(store, 'ada');
      const errors: unknown[] = [];
      let number = 46701740610;
      for (const misdeed of [{ do: 'answer', resultCode: 1 }, { do: 'drop' }, { do: 'silence' }] as const) {
        for (const at of ['bind', 'search', 'modify'] as const) {
          directory.behave({ ...misdeed, at, times: 1 });
          await store.checkPassword(ada, 'lovelace').catch((error) => errors.push(error));
          await store.changePhoneNumbers(ada, { add: `+${++number}` }).catch((error) => errors.push(error));
        }
      }
      // A dropped search is asked again, and succeeds.
      expect(errors).to.have.length(8);
      for (const error of errors) {
        const shown = `${error} ${JSON.stringify(error, Object.getOwnPropertyNames(error))}`;
        expect(shown).not.to.match(/lovelace|service|uid=|4670174/);
        expect(error).not.to.have.property('cause');
      }
    });
  });

  describe('TLS', () => {
    let certificate: Certificate;

    before(async function () {
      requirePeer(this, 'openssl');
      certificate = await makeCertificate();
    });

    it('binds over TLS only, also after the connection was lost', async () => {
      for (const startTls of [true, false]) {
        const directory = await start({ tls: certificate, startTls });
        const store = storeFor(directory, { startTls, tls: { ca: certificate.ca } });
        const ada = await mustFind(store, 'ada');
        await store.checkPassword(ada, 'lovelace');
        directory.dropConnections();
        await settled(store.checkPassword(ada, 'lovelace'));
        expect(await store.checkPassword(ada, 'lovelace')).to.equal(true);
        expect(inClear(directory)).to.deep.equal(startTls ? ['startTls'] : []);
      }
    });

    it('says nothing to a server whose certificate it does not trust', async () => {
      const other = await makeCertificate();
      for (const startTls of [true, false]) {
        const directory = await start({ tls: certificate, startTls });
        const store = storeFor(directory, { startTls, tls: { ca: other.ca } });
        expect(await settled(store.findUser({ username: 'ada' }))).to.match(/CERT/);
        expect(directory.operations.map(({ kind }) => kind)).to.deep.equal(startTls ? ['startTls'] : []);
      }
    });

    it('says nothing to a server that has another name', async () => {
      const elsewhere = await makeCertificate('DNS:ldap.example.org,IP:127.0.0.2');
      for (const startTls of [true, false]) {
        const directory = await start({ tls: elsewhere, startTls });
        const store = storeFor(directory, { startTls, tls: { ca: elsewhere.ca } });
        expect(await settled(store.findUser({ username: 'ada' }))).to.match(/ERR_TLS_CERT_ALTNAME_INVALID/);
        expect(binds(directory)).to.deep.equal([]);
        const told = storeFor(directory, { startTls, tls: { ca: elsewhere.ca, servername: 'ldap.example.org' } });
        await mustFind(told, 'ada');
      }
    });

    it('does not bind if StartTLS is refused, in whatever way', async () => {
      const directory = await start({ tls: certificate, startTls: true });
      const store = storeFor(directory, { startTls: true, tls: { ca: certificate.ca }, timeoutSeconds: 1 });
      directory.behave({ at: 'startTls', do: 'answer', resultCode: 52 });
      expect(await settled(store.findUser({ username: 'ada' }))).to.match(/\(52\)/);
      directory.behave({ at: 'startTls', do: 'drop' });
      expect(await settled(store.findUser({ username: 'ada' }))).to.match(/lost/);
      expect(binds(directory)).to.deep.equal([]);
    });

    it('reads nothing over TLS that was said in clear before', async () => {
      for (const messageId of [1, 2, 3, 4]) {
        const url = await startInjector(certificate, messageId);
        const store = new LdapUserStore({
          url,
          baseDn: 'dc=org',
          ...SERVICE,
          startTls: true,
          tls: { ca: certificate.ca },
        });
        expect(await settled(store.findUser({ username: 'ada' }))).to.match(/InvalidCredentialsError \(49\)/);
        await store.close();
      }
    });

    /** Refuses each bind with 49, but puts the head of a refusal with 53, whose text is as long, behind its yes to StartTLS. */
    async function startInjector({ cert, key }: Certificate, messageId: number): Promise<string> {
      const injected = Buffer.from([0x30, 26, 2, 1, messageId, 0x61, 21, 10, 1, 53, 4, 0, 4, 14]);
      const result = (request: Buffer, tag: number, code: number) =>
        Buffer.from([0x30, 12, 2, 1, request[4] ?? 0, tag, 7, 10, 1, code, 4, 0, 4, 0]);
      const server = createServer((socket) => {
        socket.once('data', (startTls) => {
          socket.write(Buffer.concat([result(startTls, 0x78, 0), injected]));
          const secured = new TLSSocket(socket, { isServer: true, cert, key });
          secured.on('data', (bind) => secured.write(result(bind, 0x61, 49)));
        });
      });
      await once(server.listen(0, '127.0.0.1'), 'listening');
      keep(server);
      const address = server.address();
      return `ldap://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    }
  });
});

function binds(directory: DirectorySimulator) {
  return directory.operations.filter((operation) => operation.kind === 'bind');
}

/** The kinds of operations that came in clear, each once. */
function inClear(directory: DirectorySimulator): readonly string[] {
  return [...new Set(directory.operations.filter(({ tls }) => !tls).map(({ kind }) => kind))];
}

/** The message of the rejection, or what it resolved with. */
async function settled(promise: Promise<unknown>): Promise<string> {
  return promise.then(String, (error: unknown) => (error instanceof Error ? error.message : 'no Error'));
}
