import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { Client } from '../support/client.ts';
import { requirePeer } from '../support/peers.ts';
import { startPostgres } from '../support/postgres.ts';

/** A new connection: the next process. */
const NEXT = { Connection: 'close' };

describe("the cluster demo's command", () => {
  it('signs ada in over several processes, one of which is killed, and ends cleanly on Ctrl-C', async function () {
    this.timeout(240_000);
    requirePeer(this, 'redis-server');
    const demo = start({ PORT: '0', INBOX_PORT: '0' });
    const complained = text(demo.stderr);
    const said = new Listener(demo.stdout);
    const [, url = '', inbox = '', pids = ''] = await said.wait(/app +(\S+)\s+The phone +(\S+)\s+Processes +([\d ]+)/);
    const [first, ...others] = pids.split(' ').map(Number);
    expect(others).to.have.length(3);

    const jar = new Client(url);
    expect(await jar.post('/auth/login', { username: 'ada', password: 'lovelace' }, NEXT)).to.include({ status: 200 });
    process.kill(first ?? 0, 'SIGKILL');
    await said.wait(new RegExp(`Process ${first} is gone`));
    const messages = (await (await fetch(`${inbox}/messages`)).json()) as { text: string }[];
    const code = /#(\d{6})$/.exec(messages.at(-1)?.text ?? '')?.[1];
    expect((await jar.post('/auth/code', { code }, NEXT)).body).to.include({ stage: 'verified' });
    for (let request = 0; request < 8; request++) {
      expect((await jar.get('/auth/session', NEXT)).body).to.include({ stage: 'verified' });
    }

    demo.kill('SIGINT');
    expect(await once(demo, 'exit')).to.deep.equal([0, null]);
    expect(await complained).to.equal('');
  });

  it('has sessions and shared state in the PostgreSQL of DATABASE_URL', async function () {
    this.timeout(240_000);
    const postgres = await startPostgres(this);
    const DATABASE_URL = `postgres://postgres@127.0.0.1:${postgres.port}/postgres`;
    const demo = start({ PORT: '0', INBOX_PORT: '0', WORKERS: '2', PATH: '/nowhere', DATABASE_URL });
    const complained = text(demo.stderr);
    const [, url = '', inbox = ''] = await new Listener(demo.stdout).wait(/app +(\S+)\s+The phone +(\S+)\s+Processes/);
    const jar = new Client(url);
    expect(await jar.post('/auth/login', { username: 'ada', password: 'lovelace' }, NEXT)).to.include({ status: 200 });
    const messages = (await (await fetch(`${inbox}/messages`)).json()) as { text: string }[];
    const code = /#(\d{6})$/.exec(messages.at(-1)?.text ?? '')?.[1];
    expect((await jar.post('/auth/code', { code }, NEXT)).body).to.include({ stage: 'verified' });
    for (let request = 0; request < 4; request++) {
      expect((await jar.get('/auth/session', NEXT)).body).to.include({ stage: 'verified' });
    }
    const { rows } = await postgres.pool().query('SELECT count(*)::int AS sessions FROM session');
    expect(rows).to.deep.equal([{ sessions: 1 }]);
    demo.kill('SIGINT');
    expect(await once(demo, 'exit')).to.deep.equal([0, null]);
    expect(await complained).to.equal('');
    await postgres.close();
  });

  it('says what is missing if no Redis can be started', async () => {
    const demo = start({ PORT: '0', INBOX_PORT: '0', PATH: '/nowhere' });
    const complained = text(demo.stderr);
    expect(await once(demo, 'exit')).to.deep.equal([1, null]);
    expect(await complained).to.match(/^Redis cannot be started here\. .*REDIS_URL.*\n$/);
  });
});

/** The demo's output so far, and to come. */
class Listener {
  #text = '';
  readonly #stream: Readable;

  constructor(stream: Readable) {
    this.#stream = stream.on('data', (chunk) => (this.#text += chunk));
  }

  async wait(words: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = words.exec(this.#text);
      if (found !== null) return found;
      await once(this.#stream, 'data');
    }
  }
}

function start(environment: Record<string, string>): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, ['--import', 'tsx', 'example-app/cluster.ts'], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
