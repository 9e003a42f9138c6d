import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { postJson, testApp } from '../support/app.ts';
import { listen } from '../support/client.ts';

const BODY = JSON.stringify({ username: 'ada', password: 'wrong' });
const LOGIN = [
  'POST /auth/login HTTP/1.1',
  'Host: app.example',
  'Content-Type: application/json',
  `Content-Length: ${BODY.length}`,
  '',
  BODY,
].join('\r\n');
/** A closing app has this much patience with answers. */
const PATIENCE_MILLISECONDS = 2_000;
/** An app that waits for nobody closes at once; the rest is the machine's. */
const WITHOUT_WAITING = PATIENCE_MILLISECONDS - 500;

describe('an app that closes', () => {
  it('waits for an answer that is still to come', async () => {
    const { milliseconds, answers } = await close({ hasLeft: false });
    expect(answers).to.equal(1);
    expect(milliseconds).to.be.lessThan(PATIENCE_MILLISECONDS - 100);
  });

  it('waits for no client that was gone before its request came so far', async () => {
    const { milliseconds } = await close({ hasLeft: true, middlewareMilliseconds: 100 });
    expect(milliseconds).to.be.lessThan(WITHOUT_WAITING);
  });

  it('waits for no client that left while answers waited for each other on its connection', async () => {
    const { milliseconds } = await close({ hasLeft: true, requests: 3 });
    expect(milliseconds).to.be.lessThan(WITHOUT_WAITING);
  });
});

describe('a request without a real socket, as on a serverless platform', () => {
  it('is answered', async () => {
    const { agent } = testApp({
      before: (app) =>
        app.use((req, _res, next) => {
          Object.defineProperty(req, 'socket', { value: { remoteAddress: '192.0.2.1' } });
          next();
        }),
    });
    await postJson(agent(), '/auth/code', { code: '123456' }).expect(409);
  });
});

interface Visit {
  readonly hasLeft: boolean;
  readonly requests?: number;
  /** The app's own work before it takes as long. */
  readonly middlewareMilliseconds?: number;
}

interface Closed {
  readonly milliseconds: number;
  /** How many the app had given by then. */
  readonly answers: number;
}

/** A refusal takes half a second: the app is closed in the midst of it, or after it if the client has left. */
async function close({ hasLeft, requests = 1, middlewareMilliseconds = 0 }: Visit): Promise<Closed> {
  let answers = 0;
  const { app, otp } = testApp({
    before: (app) =>
      app.use((_req, res, next) => {
        res.once('finish', () => answers++);
        setTimeout(() => {
          next();
          app.emit('begun');
        }, middlewareMilliseconds);
      }),
  });
  const begun = once(app, 'begun');
  const server = await listen(app);
  const client = connect(Number(new URL(server.url).port), '127.0.0.1');
  await once(client, 'connect');
  client.write(LOGIN.repeat(requests));
  if (hasLeft) setTimeout(() => client.destroy(), 20);
  await (hasLeft ? delay(900) : begun);
  const startedAt = performance.now();
  await otp.close();
  const closed = { milliseconds: performance.now() - startedAt, answers };
  client.destroy();
  await server.close();
  return closed;
}
