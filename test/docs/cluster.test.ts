import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { Client } from '../support/client.ts';
import { SHARED_SERVERS, type SharedServer } from '../support/shared-server.ts';

const LOGIN = { username: 'ada', password: 'lovelace' };
const EXTENSION = extname(import.meta.url);
const SCRIPT = fileURLToPath(new URL(`../support/cluster-listing${EXTENSION}`, import.meta.url));

/** Every route that asks the session, and that is all of them. */
const ROUTES = [
  ['GET', '/'],
  ['GET', '/auth/session'],
  ['GET', '/auth/login'],
  ['GET', '/auth/code'],
  ['POST', '/auth/login'],
  ['POST', '/auth/number'],
  ['POST', '/auth/code'],
  ['POST', '/auth/code/send'],
  ['POST', '/auth/logout'],
] as const;

for (const [name, listing] of [
  ['Redis', 'cluster'],
  ['PostgreSQL', 'postgres'],
] as const)
  describe(`the listing for several processes with ${name}`, function () {
    this.timeout(60_000);
    let server: SharedServer;
    const children: ChildProcess[] = [];
    const urls: string[] = [];
    const messages: string[] = [];

    before(async function () {
      const startServer = SHARED_SERVERS[name];
      if (startServer === undefined) throw new Error('There is no such server.');
      server = await startServer(this);
      // One after the other: each writes the listing before it runs it.
      for (const _ of ['one', 'another']) {
        const child = start(server.url, listing);
        children.push(child);
        const [{ url }] = await once(child, 'message');
        urls.push(url);
        child.on('message', ({ text }: { text: string }) => void messages.push(text));
      }
    });

    after(async () => {
      await Promise.all(children.map(end));
      await server?.close();
    });

    beforeEach(async () => {
      await server.flush();
      messages.length = 0;
    });

    afterEach(() => server?.resume());

    it('lets a person who signs in at one process into the other', async () => {
      const jar = new Client(urls);
      expect((await jar.post('/auth/login', LOGIN)).status).to.equal(200);
      expect((await jar.post('/auth/code', { code: code() })).status).to.equal(200);
      for (const _ of urls) expect(await statusOf('GET', '/', jar)).to.equal(200);
    });

    it('answers every route with 503 in good time while the server hangs, and then goes on', async () => {
      const jar = new Client(urls);
      await jar.post('/auth/login', LOGIN);
      await jar.post('/auth/code', { code: wrong(code()) });
      server.stop();
      const answers = await Promise.all(ROUTES.map(([method, path]) => statusOf(method, path, jar)));
      expect(answers).to.deep.equal(ROUTES.map(() => 503));
      server.resume();
      await works(jar);
      expect((await jar.get('/auth/session')).body).to.include({ stage: 'code', attemptsRemaining: 4 });
      expect((await jar.post('/auth/code', { code: code() })).status).to.equal(200);
      expect(messages).to.have.length(1);
    });

    it('answers every route with 503 while the server is gone, and works again without a restart', async () => {
      const jar = new Client(urls);
      await jar.post('/auth/login', LOGIN);
      await server.kill();
      const answers = await Promise.all(ROUTES.map(([method, path]) => statusOf(method, path, jar)));
      expect(answers).to.deep.equal(ROUTES.map(() => 503));
      await server.start();
      await works(jar);
      expect((await jar.post('/auth/login', LOGIN)).status).to.equal(200);
    });

    it('says to a program which of its parts is down, and shows nobody a stack trace', async () => {
      const jar = new Client(urls);
      await jar.post('/auth/login', LOGIN);
      await server.kill();
      try {
        const program = await jar.get('/');
        expect(program).to.include({ status: 503, code: 'STATE_UNAVAILABLE' });
        expect(program.headers.get('retry-after')).to.equal('5');
        const page = await fetch(`${urls[0]}/`, { headers: { Accept: 'text/html', Cookie: jar.cookie } });
        expect(page.status).to.equal(503);
        expect(page.headers.get('retry-after')).to.equal('5');
        expect(await page.text()).to.not.match(/(?<!<title>)Error:|node_modules/);
      } finally {
        await server.start();
      }
      await works(jar);
    });

    it('signs everybody out if the server is flushed', async () => {
      const jar = new Client(urls);
      await jar.post('/auth/login', LOGIN);
      await server.flush();
      expect(await jar.post('/auth/code', { code: code() })).to.include({ status: 409, code: 'NO_CHALLENGE' });
      expect((await jar.get('/auth/session')).body).to.include({ stage: 'none' });
    });

    function code(): string {
      return /\d{6}/.exec(messages.at(-1) ?? '')?.[0] ?? '';
    }

    /** Each process finds its own way back; mocha's time-out is the deadline. */
    async function works(jar: Client): Promise<void> {
      for (const url of urls) {
        while ((await fetch(`${url}/auth/session`, { headers: { Cookie: jar.cookie } })).status !== 200)
          await pause(20);
      }
    }

    async function statusOf(method: string, path: string, { cookie }: Client): Promise<number> {
      const signal = AbortSignal.timeout(10_000);
      const headers = { Accept: 'application/json', Cookie: cookie };
      return (await fetch(urls[0] + path, { method, headers, signal, redirect: 'manual' })).status;
    }
  });

function start(url: string, listing: string): ChildProcess {
  const execArgv = ['--unhandled-rejections=strict', ...(EXTENSION === '.ts' ? ['--import=tsx'] : [])];
  return fork(SCRIPT, [url, listing], { execArgv, silent: true });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = once(child, 'exit');
  child.disconnect();
  await exit;
}

function wrong(code: string): string {
  return code === '000000' ? '000001' : '000000';
}
