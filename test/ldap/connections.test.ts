import { createSecureContext } from 'node:tls';
import { expect } from 'chai';
import { Deadline } from '../../lib/deadline.ts';
import { ConnectionPool } from '../../lib/ldap/connections.ts';
import { ConnectionLost, DirectoryFault } from '../../lib/ldap/directory-fault.ts';
import { Servers } from '../../lib/ldap/servers.ts';
import { type DirectorySimulator, startDirectory } from '../../lib/simulator/directory/directory.ts';

const ADA = 'uid=ada,ou=people,dc=example,dc=org';

describe('ConnectionPool', () => {
  let directory: DirectorySimulator;
  let pool: ConnectionPool;

  beforeEach(async () => {
    directory = await startDirectory();
    pool = poolFor(directory.url, 2);
  });

  afterEach(async () => {
    await pool.close();
    await directory.close();
  });

  function bind(password = 'lovelace', deadline = new Deadline(5000)): Promise<string> {
    const binding = pool.run((client) => client.bind(ADA, password), deadline);
    return binding.then(
      () => 'done',
      (error: unknown) => (error instanceof Error ? error.message : 'no Error'),
    );
  }

  it('opens no more connections than it may, and uses them again', async () => {
    const results = await Promise.all(Array.from({ length: 40 }, () => bind()));
    expect(new Set(results)).to.deep.equal(new Set(['done']));
    expect(connections(directory)).to.deep.equal([1, 2]);
  });

  it('goes on with a connection on which the directory refused something', async () => {
    expect(await bind('wrong')).to.match(/\(49\)/);
    expect(await bind()).to.equal('done');
    expect(connections(directory)).to.deep.equal([1]);
  });

  it('takes a fresh connection for one that was closed while nobody used it', async () => {
    await Promise.all([bind(), bind()]);
    directory.dropConnections();
    // The next two begin before the end of the old connections is known, or after: both are fine, a third is sure.
    await Promise.all([bind(), bind()]);
    expect(await bind()).to.equal('done');
  });

  it('lets 64 wait, turns away the rest at once, and loses no connection by those who gave up', async () => {
    directory.behave({ at: 'bind', do: 'silence' });
    const results = await Promise.all(Array.from({ length: 70 }, () => bind('lovelace', new Deadline(300))));
    const counts = new Map<string, number>();
    for (const result of results) counts.set(kindOf(result), (counts.get(kindOf(result)) ?? 0) + 1);
    expect(counts.get('Too many operations wait for the directory')).to.equal(4);
    // One that waited may get a connection in the moment in which its time is over.
    expect(counts.get('did not answer in time')).to.be.at.least(2);
    expect([...counts.values()].reduce((sum, count) => sum + count)).to.equal(70);
    expect(counts.size).to.equal(3);
    directory.behave();
    expect(await Promise.all([bind(), bind(), bind()])).to.deep.equal(['done', 'done', 'done']);
  });

  it('tells those who waited in vain why no connection could be opened', async () => {
    const down = poolFor('ldap://127.0.0.1:1', 1);
    const tries = Array.from({ length: 5 }, () =>
      down.run((client) => client.bind(ADA, 'x'), new Deadline(120)).catch((error: Error) => error.message),
    );
    for (const message of await Promise.all(tries)) expect(message).to.match(/ECONNREFUSED/);
    await down.close();
  });

  it('waits for what runs when it is closed, and rejects what waits or comes later', async () => {
    directory.behave({ at: 'bind', do: 'slow', milliseconds: 50 });
    const running = [bind(), bind()];
    const waiting = bind();
    while (directory.operations.length < 2) await new Promise(setImmediate);
    await pool.close();
    expect(await Promise.all(running)).to.deep.equal(['done', 'done']);
    expect([await waiting, await bind()]).to.deep.equal(Array(2).fill('The user store is closed.'));
  });
});

describe('Servers', () => {
  it('trust the connections of one server after a loss at another', async () => {
    const [first, second] = [await startDirectory(), await startDirectory()];
    const servers = serversFor(first.url, second.url);
    const [lost, alsoOld] = [await servers.open(new Deadline(5000)), await servers.open(new Deadline(5000))];
    servers.markFailed(lost, new DirectoryFault('The first is tried last from now on.'));
    const other = await servers.open(new Deadline(5000));
    servers.markFailed(lost, new ConnectionLost('The connection was lost.'));
    expect(other.server).to.not.equal(lost.server);
    expect([lost, alsoOld, other].map((each) => servers.isTrusted(each))).to.deep.equal([false, false, true]);
    for (const each of [lost, alsoOld, other]) each.close();
    await Promise.all([first.close(), second.close()]);
  });
});

function poolFor(url: string, size: number): ConnectionPool {
  return new ConnectionPool(serversFor(url), { size, openingMilliseconds: 3000 });
}

function serversFor(...urls: readonly string[]): Servers {
  const servers = urls.map((url) => {
    const { host, hostname, port } = new URL(url);
    return { name: host, host: hostname, port: Number(port), security: 'none' } as const;
  });
  return new Servers(servers, { secureContext: createSecureContext(), servername: undefined });
}

function connections({ operations }: DirectorySimulator): readonly number[] {
  return [...new Set(operations.map(({ connection }) => connection))].sort();
}

function kindOf(result: string): string {
  return (
    ['Too many operations wait for the directory', 'did not answer in time', 'were busy'].find((kind) =>
      result.includes(kind),
    ) ?? result
  );
}
