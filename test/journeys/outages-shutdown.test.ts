import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { type SmscSimulator, startSmsc } from '../../lib/simulator/smsc/smsc.ts';
import { Client } from '../support/client.ts';
import { freePort } from '../support/free-port.ts';

const LOGIN = JSON.stringify({ username: 'ada', password: 'lovelace' });
const ADA = '+46701740605';

describe('the demo on SIGTERM, with an SMSC that takes its time', () => {
  let smsc: SmscSimulator;
  let url: string;
  let demo: ChildProcessByStdio<null, Readable, Readable>;

  beforeEach(async () => {
    smsc = await startSmsc();
    const port = await freePort();
    url = `http://localhost:${port}`;
    demo = spawn(process.execPath, ['--unhandled-rejections=strict', '--import', 'tsx', 'example-app/main.ts'], {
      env: { PATH: process.env.PATH, PORT: String(port), SMPP_URL: smsc.url },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  });

  afterEach(async () => {
    demo.kill('SIGKILL');
    await smsc.close();
  });

  it('refuses new work with 503, lets the SMS that is under way have its answer, unbinds and ends', async function () {
    this.timeout(60_000);
    const [exit, complained] = [once(demo, 'exit'), text(demo.stderr)];
    await once(demo.stdout, 'data');
    const { host, hostname, port } = new URL(url);
    smsc.behave({ answerAfterMilliseconds: 2000, receipt: 'none' });
    const late = connect(Number(port), hostname);
    const answer = text(late);
    // A request that has begun keeps its connection.
    late.write(`POST /auth/login HTTP/1.1\r\nHost: ${host}\r\nAccept: application/json\r\nConnection: close\r\n`);
    const underWay = new Client(url).post('/auth/login', JSON.parse(LOGIN));
    await smsc.nextMessage(ADA, 20_000);

    demo.kill('SIGTERM');
    await untilRefused(url);
    late.write(`Content-Type: application/json\r\nContent-Length: ${LOGIN.length}\r\n\r\n${LOGIN}`);
    expect(await answer)
      .to.match(/^HTTP\/1\.1 503 /)
      .and.match(/^Retry-After: 5\r$/m)
      .and.include('"code":"SHUTTING_DOWN"');
    expect((await underWay).body).to.include({ stage: 'code', delivery: 'accepted' });
    expect(smsc.submits).to.have.length(1);
    expect(await exit).to.deep.equal([0, null]);
    expect(await complained).to.match(/^\S+ express-sms-otp:core error: SHUTTING_DOWN: [^\n]+\n$/);
  });

  it('waits no longer than it must for an SMSC that never answers', async function () {
    this.timeout(60_000);
    const exit = once(demo, 'exit');
    await once(demo.stdout, 'data');
    smsc.behave({ reaction: 'silence' });
    const underWay = new Client(url).post('/auth/login', JSON.parse(LOGIN));
    await smsc.nextMessage(ADA, 20_000);
    const startedAt = performance.now();
    demo.kill('SIGTERM');
    expect((await underWay).body).to.include({ stage: 'code', delivery: 'unknown' });
    expect(await exit).to.deep.equal([0, null]);
    // 5 seconds for the answer, 2 for that to the unbind; the rest is the machine's.
    expect(performance.now() - startedAt).to.be.lessThan(12_000);
  });
});

async function untilRefused(url: string): Promise<void> {
  const { port, hostname } = new URL(url);
  for (;;) {
    const socket = connect(Number(port), hostname);
    try {
      await once(socket, 'connect');
    } catch {
      return;
    } finally {
      socket.destroy();
    }
  }
}
