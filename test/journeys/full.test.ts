import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import debug from 'debug';
import express from 'express';
import session from 'express-session';
import { type SharedState, sessionGuard, smsOtp } from '../../lib/index.ts';
import { type Answer, Client, listen } from '../support/client.ts';
import { useClosing } from '../support/closing.ts';
import { CROWD_PASSWORD, Crowd, crowdNumber } from '../support/crowd.ts';
import { RecordingTransport } from '../support/recording-transport.ts';
import { connectShared } from '../support/shared-client.ts';
import { SHARED_SERVERS, type SharedServer } from '../support/shared-server.ts';

const SECRET = 'a secret of the tests that is long enough';
/** A full Redis still removes; a PostgreSQL that takes no writes removes nothing. */
const SIGN_OUT: Readonly<Record<string, number>> = { Redis: 200, PostgreSQL: 503 };

for (const [name, startServer] of Object.entries(SHARED_SERVERS))
  describe(`while ${name} takes no writes`, function () {
    this.timeout(60_000);

    const keep = useClosing();
    const print = debug.log;
    let server: SharedServer;
    let app: App;
    let people = 0;

    // The guard of the sessions tells each fault.
    before(() => {
      debug.log = () => undefined;
    });

    after(() => {
      debug.log = print;
    });

    beforeEach(async function () {
      server = keep(await startServer(this));
      app = keep(await startApp(server));
    });

    it(`a sign-out is ${SIGN_OUT[name]}, and tells the truth: what it says has ended has ended, and nothing else`, async () => {
      const { jar } = await signIn();
      const thief = jar.copy();
      await takesNoWrites(true);
      const answer = await jar.post('/auth/logout');
      expect(answer.status).to.equal(SIGN_OUT[name]);
      const isOut = answer.status === 200;
      if (!isOut) expectOutage(answer);
      // A process that remembers nothing.
      const other = keep(await startApp(server));
      for (const one of [jar, thief]) expect(await standing(one, other)).to.equal(isOut ? 401 : 200);
      await takesNoWrites(false);
      for (const one of [jar, thief]) expect(await standing(one, other)).to.equal(isOut ? 401 : 200);
      expect((await jar.post('/auth/logout')).status).to.equal(200);
      for (const one of [jar, thief]) expect(await standing(one, other)).to.equal(401);
    });

    it('a sign-out everywhere and a start over are 503, and end nothing', async () => {
      const [{ jar }, begun] = [await signIn(), await typePassword()];
      await takesNoWrites(true);
      expectOutage(await jar.post('/auth/account/sign-out-everywhere'));
      expectOutage(await begun.jar.post('/auth/logout'));
      expect((await jar.get('/secret')).status).to.equal(200);
      expect((await begun.jar.get('/auth/session')).body).to.include({ stage: 'code', attemptsRemaining: 5 });
      await takesNoWrites(false);
      expect((await begun.jar.post('/auth/code', { code: codeOf(begun) })).status).to.equal(200);
      expect((await jar.post('/auth/account/sign-out-everywhere')).status).to.equal(200);
      expect((await jar.get('/secret')).status).to.equal(401);
    });

    it('people who are signed in go on, also at a process that has just started and when the directory is due', async () => {
      const { jar } = await signIn();
      await app.forgetLooks();
      await takesNoWrites(true);
      const other = keep(await startApp(server));
      for (const one of [app, other]) expect(await standing(jar, one)).to.equal(200);
      expectOutage(await new Client(other.url).post('/auth/login', { username: 'user99', password: CROWD_PASSWORD }));
    });

    async function signIn(): Promise<Visit> {
      const visit = await typePassword();
      expect((await visit.jar.post('/auth/code', { code: codeOf(visit) })).status).to.equal(200);
      return visit;
    }

    async function typePassword(): Promise<Visit> {
      const visit = { place: people++, jar: new Client(app.url) };
      const { status } = await visit.jar.post('/auth/login', {
        username: `user${visit.place}`,
        password: CROWD_PASSWORD,
      });
      expect(status).to.equal(200);
      return visit;
    }

    function codeOf({ place }: Visit): string {
      return app.transport.lastCode(crowdNumber(place));
    }

    /** A server hears of its new settings a moment after it was told. */
    async function takesNoWrites(isFull: boolean): Promise<void> {
      await server.fill(isFull);
      const write = { write: 'smsOtp:probe', value: 'value', ttlSeconds: 60 } as const;
      const isRefused = () =>
        app.shared.commit([write]).then(
          () => false,
          () => true,
        );
      while ((await isRefused()) !== isFull) await pause(10);
    }
  });

interface Visit {
  readonly place: number;
  readonly jar: Client;
}

interface App {
  readonly url: string;
  readonly shared: SharedState;
  readonly transport: RecordingTransport;
  /** As if five minutes were over: the next look at a grant wants to ask the directory. */
  forgetLooks(): Promise<void>;
  close(): Promise<void>;
}

async function startApp(server: SharedServer): Promise<App> {
  const client = connectShared(server.url);
  const [shared, transport] = [client.shared(), new RecordingTransport()];
  const looks = new Set<string>();
  const watched: SharedState = {
    commit(steps) {
      for (const step of steps) if ('write' in step && step.write.includes(':lk:')) looks.add(step.write);
      return shared.commit(steps);
    },
  };
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const otp = smsOtp({
    ...{ secret: SECRET, origin: 'http://127.0.0.1', userStore: new Crowd(), transport, shared: watched, logger },
  });
  const app = express().set('env', 'test');
  app.use(sessionGuard(session({ secret: SECRET, resave: false, saveUninitialized: false, store: client.store })));
  app.use(otp);
  app.get('/secret', otp.requireSmsOtp({ maxAgeSeconds: 86_400 }), (_req, res) => void res.json({}));
  app.use(otp.answerErrors());
  while (!(await shared.commit([]).catch(() => undefined))) await pause(10);
  const { url, close } = await listen(app);
  return {
    ...{ url, shared, transport },
    async forgetLooks() {
      for (const key of looks) await shared.commit([{ remove: key }]);
    },
    async close() {
      await close();
      await otp.close();
      await shared.close?.();
      await client.close();
    },
  };
}

async function standing(jar: Client, { url }: App): Promise<number> {
  return (await fetch(`${url}/secret`, { headers: { Accept: 'application/json', Cookie: jar.cookie } })).status;
}

function expectOutage({ status, code, headers }: Answer): void {
  expect({ status, code }).to.deep.equal({ status: 503, code: 'STATE_UNAVAILABLE' });
  expect(headers.get('retry-after')).to.equal('5');
}
