import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { Attribute, Change, Client } from 'ldapts';
import {
  type DirectoryOptions,
  type DirectorySimulator,
  startDirectory,
} from '../../../lib/simulator/directory/directory.ts';
import { makeCertificate } from '../../support/certificate-authority.ts';
import { requirePeer } from '../../support/peers.ts';
import { inProduction } from '../../support/production.ts';

const ADA = 'uid=ada,ou=people,dc=example,dc=org';
const SERVICE = 'cn=service,dc=example,dc=org';

describe('the directory simulator', () => {
  const cleanups: (() => Promise<void>)[] = [];

  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  async function start(options?: DirectoryOptions): Promise<{ directory: DirectorySimulator; client: Client }> {
    const directory = await startDirectory(options);
    const client = new Client({ url: directory.url, timeout: 5000 });
    cleanups.push(
      () => directory.close(),
      () => client.unbind(),
    );
    return { directory, client };
  }

  it('refuses to start in production', async () => {
    const said = await outcome(inProduction(() => startDirectory()));
    expect(said).to.match(/does not start with NODE_ENV=production/);
  });

  it('starts on a given port, and says so if it is taken', async () => {
    const { directory } = await start();
    const port = Number(new URL(directory.url).port);
    expect(await outcome(startDirectory({ port }))).to.match(/EADDRINUSE/);
  });

  describe('bind', () => {
    it('accepts the right password only', async () => {
      const { client } = await start();
      expect(await outcome(client.bind(ADA, 'lovelace'))).to.equal('done');
      expect(await outcome(client.bind(ADA.toUpperCase(), 'lovelace'))).to.equal('done');
      expect(await outcome(client.bind(ADA, 'wrong'))).to.match(/0x31/);
      expect(await outcome(client.bind('uid=nobody', 'wrong'))).to.match(/0x31/);
      expect(await outcome(client.bind('EXTERNAL'))).to.match(/0x7/);
    });

    it('says success to an empty password, as many servers do, and binds nobody', async () => {
      const { client, directory } = await start({ allowAnonymous: false });
      await client.bind(ADA, '');
      expect(await outcome(client.search(directory.baseDn))).to.match(/0x32/);
    });

    it('is recorded with the length of the password, and without the password', async () => {
      const { client, directory } = await start();
      await client.bind(ADA, 'lovelace');
      const [bind] = directory.operations;
      expect(bind).to.include({ kind: 'bind', dn: ADA, passwordLength: 8, tls: false, connection: 1, as: '' });
      expect(bind?.kind === 'bind' && [bind.hasPassword('lovelace'), bind.hasPassword('Lovelace')]).to.deep.equal([
        true,
        false,
      ]);
      expect(JSON.stringify(bind)).not.to.match(/lovelace/);
    });
  });

  describe('search', () => {
    const filters = {
      '(uid=ADA)': ['ada'],
      '(UID=ada)': ['ada'],
      '(uid=a*)': ['ada', 'alan'],
      '(uid=*a)': ['ada'],
      '(cn=*love*ace)': ['ada'],
      '(uid=a*a*a)': [],
      '(mobile=*)': ['ada', 'grace'],
      '(&(uid=*)(!(mobile=*)))': ['alan'],
      '(|(mobile=+46701740607)(sn=turing))': ['grace', 'alan'],
      '(uid=\\2a)': [],
      '(nothing=*)': [],
    };
    for (const [filter, expected] of Object.entries(filters)) {
      it(`finds ${expected.join(' and ') || 'nobody'} by ${filter}`, async () => {
        const { client, directory } = await start();
        const { searchEntries } = await client.search(directory.baseDn, { filter });
        expect(searchEntries.map(({ uid }) => uid)).to.deep.equal(expected);
      });
    }

    it('gives the attributes asked for, and entryUUID only to who names it', async () => {
      const { client } = await start();
      const attributesOf = async (attributes: string[]) => {
        const { searchEntries } = await client.search(ADA, { scope: 'base', attributes });
        return Object.keys(searchEntries[0] ?? {});
      };
      expect(await attributesOf([]))
        .to.include.members(['dn', 'uid', 'mobile'])
        .and.not.include('entryUUID');
      expect(await attributesOf(['1.1']))
        .to.include('dn')
        .and.not.include('uid');
      expect(await attributesOf(['entryuuid', 'sn'])).to.deep.equal(['dn', 'sn', 'entryUUID']);
      expect(await attributesOf(['*']))
        .to.include('uid')
        .and.not.include('entryUUID');
    });

    it('knows what is below a base, and what is not there', async () => {
      const { client, directory } = await start();
      const found = async (base: string, scope: 'base' | 'sub') => {
        const { searchEntries } = await client.search(base, { scope });
        return searchEntries.length;
      };
      expect(await found(directory.baseDn, 'base')).to.equal(1);
      expect(await found('dc=example,dc=org', 'sub')).to.equal(5);
      expect(await outcome(found('ou=elsewhere', 'sub'))).to.match(/0x20/);
      expect(await outcome(found(`uid=x,${directory.baseDn}`, 'base'))).to.match(/0x20/);
    });

    it('keeps to a size limit', async () => {
      const { client, directory } = await start();
      const { searchEntries } = await client.search(directory.baseDn, { filter: '(uid=*)', sizeLimit: 2 });
      expect(searchEntries).to.have.length(2);
    });

    it('is recorded with its decoded filter', async () => {
      const { client, directory } = await start();
      await client.search(directory.baseDn, { filter: '(&(uid=a*b*c)(mobile=*))', attributes: ['cn'] });
      expect(directory.operations).to.have.length(1);
      expect(directory.operations[0]).to.deep.include({
        kind: 'search',
        base: directory.baseDn,
        scope: 'sub',
        attributes: ['cn'],
        filter: {
          kind: 'and',
          filters: [
            {
              kind: 'substrings',
              attribute: 'uid',
              pieces: [
                { place: 'initial', text: 'a' },
                { place: 'any', text: 'b' },
                { place: 'final', text: 'c' },
              ],
            },
            { kind: 'present', attribute: 'mobile' },
          ],
        },
      });
    });

    it('refuses a kind of filter that is not simulated', async () => {
      const { client, directory } = await start();
      expect(await outcome(client.search(directory.baseDn, { filter: '(uid>=a)' }))).to.match(/not simulated/);
    });
  });

  describe('modify', () => {
    it('adds, deletes and replaces values, all or nothing', async () => {
      const { client, directory } = await start();
      await client.bind(SERVICE, 'service');
      const modify = (...changes: Change[]) => outcome(client.modify(ADA, changes));
      const mobile = () => directory.entries().find(({ dn }) => dn === ADA)?.attributes.mobile;
      expect(await modify(change('add', 'mobile', '1'), change('delete', 'Mobile', '+46701740605'))).to.equal('done');
      expect(mobile()).to.deep.equal(['1']);
      expect(await modify(change('replace', 'mobile', '2', '3'))).to.equal('done');
      expect(mobile()).to.deep.equal(['2', '3']);
      expect(await modify(change('add', 'mobile', '4'), change('delete', 'mobile', '5'))).to.match(/0x10/);
      expect(await modify(change('add', 'mobile', '2'))).to.match(/0x14/);
      expect(mobile()).to.deep.equal(['2', '3']);
      expect(await modify(change('delete', 'mobile'))).to.equal('done');
      expect(mobile()).to.equal(undefined);
      expect(await modify(change('delete', 'mobile'))).to.match(/0x10/);
      expect(await outcome(client.modify('uid=x', change('add', 'cn', 'x')))).to.match(/0x20/);
    });

    it('is not for the anonymous', async () => {
      const { client } = await start();
      expect(await outcome(client.modify(ADA, change('add', 'mobile', '1')))).to.match(/0x32/);
    });
  });

  it('answers protocolError to what it does not know', async () => {
    const { client, directory } = await start();
    expect(await outcome(client.compare(ADA, 'uid', 'ada'))).to.match(/0x2/);
    expect(await outcome(client.del(ADA))).to.match(/0x2/);
    expect(await outcome(client.exop('1.2.3.4'))).to.match(/0x2/);
    expect(await outcome(client.search(directory.baseDn, { scope: 'one' }))).to.match(/0x2/);
    expect(directory.operations.map(({ kind }) => kind)).to.deep.equal(['unknown', 'unknown', 'unknown', 'unknown']);
  });

  it('closes on bytes that are no LDAP, and goes on with others', async () => {
    const { client, directory } = await start();
    const garbage = ['GET / HTTP/1.1\r\n\r\n', '\x30\x84\x7f\xff\xff\xff', '\x30\x05\x02\x01\x01\x63\x7f', '\x30\x00'];
    for (const bytes of garbage) {
      const socket = connect(Number(new URL(directory.url).port), '127.0.0.1');
      socket.resume();
      socket.end(Buffer.from(bytes, 'latin1'));
      await once(socket, 'close');
    }
    expect(await outcome(client.bind(ADA, 'lovelace'))).to.equal('done');
  });

  it('takes new entries, and lets others go', async () => {
    const { client, directory } = await start({ entries: [] });
    directory.put({ dn: ADA, password: 'x', attributes: { uid: ['ada'] } });
    expect(await outcome(client.bind(ADA, 'x'))).to.equal('done');
    directory.put({ dn: ADA.toUpperCase(), password: 'y', attributes: {} });
    expect(directory.entries()).to.have.length(1);
    expect(await outcome(client.bind(ADA, 'y'))).to.equal('done');
    directory.remove(ADA);
    expect(await outcome(client.bind(ADA, 'y'))).to.match(/0x31/);
  });

  describe('told to misbehave', () => {
    it('answers with a result code, so often and at such operations as it was told', async () => {
      const { client, directory } = await start();
      directory.behave({ do: 'answer', resultCode: 51, at: 'search', times: 2 });
      expect(await outcome(client.bind(ADA, 'lovelace'))).to.equal('done');
      expect(await outcome(client.search(ADA))).to.match(/0x33/);
      expect(await outcome(client.search(ADA))).to.match(/0x33/);
      expect(await outcome(client.search(ADA))).to.equal('done');
    });

    it('drops the connection, or stays silent, until told to behave', async () => {
      const { client, directory } = await start();
      directory.behave({ do: 'drop' });
      expect(await outcome(client.bind(ADA, 'lovelace'))).to.match(/closed/);
      directory.behave({ do: 'silence' });
      const silent = outcome(client.bind(ADA, 'lovelace'));
      while (directory.operations.length < 2) await new Promise(setImmediate);
      directory.dropConnections();
      expect(await silent).to.match(/closed/);
      directory.behave();
      expect(await outcome(client.bind(ADA, 'lovelace'))).to.equal('done');
    });
  });

  describe('told to answer oddly', () => {
    it('says success to every password', async () => {
      const { client, directory } = await start();
      directory.behave({ at: 'bind', do: 'answer', resultCode: 0 });
      expect(await outcome(client.bind('uid=nobody', 'wrong'))).to.equal('done');
    });

    it('explains a refusal', async () => {
      const { client, directory } = await start();
      directory.behave({ at: 'bind', do: 'answer', resultCode: 49, text: 'comment: no, data 775, v3839' });
      expect(await outcome(client.bind(ADA, 'lovelace'))).to.match(/data 775/);
    });

    it('adds an entry, and search references', async () => {
      const { client, directory } = await start();
      const entry = { dn: 'uid=other', attributes: { uid: ['other'] } };
      directory.behave({ do: 'addEntry', entry, times: 1 }, { do: 'addReferences', urls: ['ldap://a', 'ldap://b'] });
      const search = () => client.search(directory.baseDn, { filter: '(uid=ada)' });
      expect((await search()).searchEntries.map(({ dn }) => dn)).to.deep.equal([ADA, 'uid=other']);
      expect((await search()).searchReferences).to.deep.equal(['ldap://a', 'ldap://b']);
    });

    it('refers to another server', async () => {
      const { client, directory } = await start();
      directory.behave({ do: 'refer', urls: ['ldap://other'] });
      expect(await outcome(client.search(ADA))).to.match(/0xa$/);
    });

    it('answers late', async () => {
      const { client, directory } = await start();
      directory.behave({ do: 'slow', milliseconds: 60 });
      const startedAt = performance.now();
      expect(await outcome(client.bind(ADA, 'lovelace'))).to.equal('done');
      expect(performance.now() - startedAt).to.be.greaterThan(50);
    });

    it('answers and closes', async () => {
      const { client, directory } = await start();
      directory.behave({ do: 'dropAfter', times: 1 });
      expect(await outcome(client.bind(ADA, 'lovelace'))).to.equal('done');
      while (client.isConnected) await new Promise(setImmediate);
      expect(await outcome(client.bind(ADA, 'lovelace'))).to.equal('done');
      expect(directory.operations.map(({ connection }) => connection)).to.deep.equal([1, 2]);
    });

    it('sends other bytes instead of an answer', async () => {
      const { directory } = await start();
      const received: string[] = [];
      for (const bytes of [undefined, Buffer.from('hello')]) {
        directory.behave({ do: 'garbage', ...(bytes !== undefined && { bytes }) });
        const socket = connect(Number(new URL(directory.url).port), '127.0.0.1');
        socket.write(Buffer.from('300c020101600702010304008000', 'hex'));
        received.push(String((await once(socket, 'data'))[0]).slice(0, 5));
        socket.destroy();
      }
      expect(received).to.deep.equal(['HTTP/', 'hello']);
    });
  });

  describe('with a certificate', () => {
    before(function () {
      requirePeer(this, 'openssl');
    });

    it('speaks ldaps', async () => {
      const { ca, ...tls } = await makeCertificate();
      const { directory } = await start({ tls });
      const client = new Client({ url: directory.url, tlsOptions: { ca }, timeout: 5000 });
      cleanups.push(() => client.unbind());
      expect(directory.url).to.match(/^ldaps:/);
      expect(await outcome(client.bind(ADA, 'lovelace'))).to.equal('done');
      expect(directory.operations[0]?.tls).to.equal(true);
    });

    it('speaks StartTLS', async () => {
      const { ca, ...tls } = await makeCertificate();
      const { directory, client } = await start({ tls, startTls: true });
      await client.startTLS({ ca, host: 'localhost' });
      expect(await outcome(client.bind(ADA, 'lovelace'))).to.equal('done');
      expect(directory.operations.map((operation) => [operation.kind, operation.tls])).to.deep.equal([
        ['startTls', false],
        ['bind', true],
      ]);
    });

    it('refuses StartTLS if it has none', async () => {
      const { client } = await start();
      expect(await outcome(client.startTLS())).to.match(/0x2/);
    });
  });
});

function change(operation: 'add' | 'delete' | 'replace', type: string, ...values: string[]): Change {
  return new Change({ operation, modification: new Attribute({ type, values }) });
}

/** `done`, or the error's message, which ends in ldapts' result code. */
async function outcome(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? error.message : 'no Error'),
  );
}
