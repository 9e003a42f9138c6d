import { format } from 'node:util';
import { expect } from 'chai';
import debug from 'debug';
import type { RequestHandler } from 'express';
import session from 'express-session';
import type { Response } from 'supertest';
import { SmsOtpConfigError } from '../../lib/errors.ts';
import { sessionGuard } from '../../lib/http/session-guard.ts';
import { ASSETS } from '../../lib/pages/assets.ts';
import { type Agent, postJson, type TestApp, type TestAppSetup, testApp } from '../support/app.ts';

type Done = (error?: unknown, value?: unknown) => void;
type Call = (done: Done) => unknown;

const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', address: '127.0.0.1' });
const noSocket = Object.assign(new Error('connect ENOENT'), { code: 'ENOENT', address: '/run/store.sock' });
const noFile = Object.assign(new Error('no such file'), { code: 'ENOENT', path: '/sessions/x.json' });

const MOODS: Readonly<Record<string, Call>> = {
  'does not answer': () => undefined,
  'calls back with an error': (done) => setImmediate(done, refused),
  'calls back with an error that is no Error': (done) => setImmediate(done, 'gone'),
  throws: () => {
    throw refused;
  },
  rejects: () => Promise.reject(refused),
  'rejects with false': () => Promise.reject(false),
  'has no socket any more': (done) => setImmediate(done, noSocket),
};

/** A store of which each call can go wrong. */
class MoodyStore extends session.MemoryStore {
  mood: Call | undefined;
  /** The calls that have it; absent: all. */
  only: string | undefined;

  override get(id: string, done: (error: unknown, data?: session.SessionData | null) => void): unknown {
    return this.#call('get', done as Done, () => super.get(id, done));
  }

  override set(id: string, data: session.SessionData, done?: Done): unknown {
    return this.#call('set', done, () => super.set(id, data, done));
  }

  override touch(id: string, data: session.SessionData, done?: () => void): unknown {
    return this.#call('touch', done, () => super.touch(id, data, done));
  }

  override destroy(id: string, done?: Done): unknown {
    return this.#call('destroy', done, () => super.destroy(id, done));
  }

  #call(name: string, done: Done | undefined, work: () => unknown): unknown {
    const mood = this.only === undefined || this.only === name ? this.mood : undefined;
    return mood === undefined ? work() : mood(done ?? (() => undefined));
  }
}

class AnswersTwice extends session.MemoryStore {
  override get(id: string, done: (error: unknown, data?: session.SessionData | null) => void): void {
    super.get(id, (error, data) => {
      done(error, data);
      done(error, data);
    });
  }
}

/** A store that says `false` in place of no error. */
class FalseErrors extends session.MemoryStore {
  override set(id: string, data: session.SessionData, done?: Done): void {
    super.set(id, data, () => done?.(false));
  }

  override destroy(id: string, done?: Done): void {
    super.destroy(id, () => done?.(0));
  }
}

describe('sessionGuard()', () => {
  const print = debug.log;
  const lines: string[] = [];
  let store: MoodyStore;
  let site: TestApp;
  let insider: Agent;

  const start = async (setup: TestAppSetup = {}): Promise<void> => {
    store = new MoodyStore();
    const guard = (middleware: RequestHandler) => sessionGuard(middleware, 400);
    site = testApp({ sessions: store, guard, ...setup });
    insider = await site.signedIn();
  };

  before(() => {
    debug.log = (...parts: unknown[]) => void lines.push(format(...parts));
  });

  after(() => {
    debug.log = print;
  });

  beforeEach(() => start({ routes: (app, otp) => void app.use(otp.answerErrors()) }));

  for (const [what, mood] of Object.entries(MOODS)) {
    it(`makes a store that ${what} a 503 that says when to come back, and goes on afterwards`, async () => {
      store.mood = mood;
      expectOutage(await insider.get('/secret'));
      expectOutage(await postJson(insider, '/auth/code', { code: '123456' }));
      expectOutage(await postJson(site.agent(), '/auth/login', { username: 'ada', password: 'lovelace' }));
      const page = await insider.get('/secret').set('Accept', 'text/html').expect(503);
      expect(page.text).to.contain('/auth/assets/sms-otp.css');
      store.mood = undefined;
      await insider.get('/secret').expect(200);
      await postJson(site.agent(), '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
    });
  }

  it('has Express itself say when to come back, in an app that answers no errors', async () => {
    await start();
    store.mood = MOODS.throws;
    const answer = await insider.get('/secret').expect(503);
    expect(answer.headers).to.include({ 'retry-after': '5', 'cache-control': 'no-store' });
  });

  it('lets the files of the error page come, from the first request on', async () => {
    for (const mood of [MOODS['does not answer'], MOODS.throws]) {
      store.mood = mood;
      for (const name of Object.keys(ASSETS)) {
        await insider.get(`/auth/assets/${name}?v=1`).expect(200);
        await insider.head(`/auth/assets/${name}`).expect(200);
      }
      store.mood = undefined;
      await insider.get('/secret').expect(200);
    }
  });

  it('lets nobody in where a page behind the gate ends like such a file', async () => {
    await start({
      options: { styles: { accent: '#b00020' } },
      routes: (app) => void app.get('/secret/assets/own.css', (_req, res) => void res.send('inside')),
    });
    await insider.get('/secret/assets/own.css').expect(200);
    store.mood = MOODS.throws;
    for (const _ of ['first', 'second']) {
      const answer = await insider.get('/secret/assets/own.css').ok(() => true);
      expect(answer.status).to.be.at.least(500);
      expect(answer.text).to.not.equal('inside');
    }
    await insider.get('/auth/assets/own.css').expect(200, /#b00020/);
    await insider.post('/auth/assets/own.css').expect(503);
  });

  it('goes on once if a store calls back twice: Express would skip the gate', async () => {
    const sessions = new AnswersTwice();
    const { signedIn } = testApp({ sessions, guard: sessionGuard });
    const jar = await signedIn('ada', 'password');
    for (let time = 0; time < 3; time++) await jar.get('/secret').expect(401);
  });

  it('takes ENOENT of a file for a session that is not there', async () => {
    store.mood = (done) => setImmediate(done, noFile);
    for (const only of ['get', 'touch', 'destroy']) {
      store.only = only;
      expect(
        (await site.agent().get('/auth/session').set('Cookie', 'connect.sid=unknown').expect(200)).body,
      ).to.include({ stage: 'none' });
      const { status } = await insider.get('/secret');
      expect(status, only).to.equal(only === 'get' ? 401 : 200);
    }
    store.only = 'set';
    expectOutage(await postJson(site.agent(), '/auth/login', { username: 'grace', password: 'hopper' }));
  });

  it('takes an error that is false for none, as express-session does, and so does an app without the guard', async () => {
    for (const setup of [{ sessions: new FalseErrors() }, { sessions: new FalseErrors(), guard: sessionGuard }]) {
      const jar = await testApp(setup).signedIn();
      await jar.get('/secret').expect(200);
      await postJson(jar, '/auth/logout', {}).expect(200);
      await jar.get('/secret').expect(401);
    }
  });

  it('tells operators once that the store fails, and once that it works again, without what it says', async () => {
    lines.length = 0;
    store.mood = MOODS.throws;
    for (let request = 0; request < 3; request++) await insider.get('/secret').expect(503);
    store.mood = undefined;
    for (let request = 0; request < 3; request++) await insider.get('/secret').expect(200);
    expect(lines).to.have.length(2);
    expect(lines[0]).to.contain('fails (ECONNREFUSED)').and.not.contain('connect ECONNREFUSED');
    expect(lines[1]).to.contain('works again');
  });

  it('tells once that a store only reads, not at each request, and says what else fails', async () => {
    lines.length = 0;
    store.mood = (done) => setImmediate(done, new Error('READONLY no writes here'));
    store.only = 'touch';
    for (let request = 0; request < 3; request++) await insider.get('/secret').expect(200);
    expect(lines).to.have.length(1);
    expect(lines[0]).to.contain('takes no writes (READONLY): sign-ins, and all else that must be saved,');
    store.only = 'get';
    await insider.get('/secret').expect(503);
    expect(lines[1]).to.contain('fails (READONLY): requests that need a session get 503');
    store.only = 'touch';
    await insider.get('/secret').expect(200);
    store.mood = undefined;
    await insider.get('/secret').expect(200);
    expect(lines).to.have.length(3);
    expect(lines[2]).to.contain('works again');
  });

  it('says that a store does not answer', async () => {
    lines.length = 0;
    store.mood = MOODS['does not answer'];
    await insider.get('/secret').expect(503);
    expect(lines[0]).to.contain('fails (no-answer)');
  });

  it('is 503 while a store says that it is disconnected', async () => {
    store.emit('disconnect');
    expectOutage(await insider.get('/secret'));
    await insider.get('/auth/assets/sms-otp.css').expect(200);
    store.emit('connect');
    await insider.get('/secret').expect(200);
  });

  it('leaves an answer whole that is out before its session is written', async () => {
    for (const mood of [MOODS['does not answer'], MOODS.throws, MOODS['calls back with an error']]) {
      store.only = 'touch';
      store.mood = mood;
      expect((await insider.get('/secret').expect(200)).body).to.have.property('stage', 'verified');
    }
  });

  it('leaves alone what an app asks its store without a callback, and a session that is there already', async () => {
    await start({
      before(app) {
        app.use(sessionGuard(session({ secret: 'another', resave: false, saveUninitialized: false })));
        app.get('/destroy', (req, res) => {
          req.sessionStore.destroy(req.sessionID);
          res.end();
        });
      },
    });
    await insider.get('/secret').expect(200);
    await insider.get('/destroy').expect(200);
    await insider.get('/secret').expect(401);
  });

  it('hands on what is no fault of the store', async () => {
    await start({ guard: () => sessionGuard((_req, _res, next) => next(new Error('no secret'))) }).catch(
      () => undefined,
    );
    await site.agent().get('/secret').expect(500);
  });

  it('refuses at start what is no middleware, and a deadline that is none', () => {
    for (const wrong of [undefined, null, {}, 'session', session]) {
      expect(() => sessionGuard(wrong as unknown as RequestHandler)).to.throw(
        SmsOtpConfigError,
        'needs the middleware',
      );
    }
    for (const wrong of [0, -1, Number.NaN]) {
      expect(() => sessionGuard((_req, _res, next) => next(), wrong)).to.throw(SmsOtpConfigError, 'needs a deadline');
    }
  });

  it('ends no process by an answer that comes too late', async () => {
    const late: Done[] = [];
    store.mood = (done) => void late.push(done);
    expectOutage(await insider.get('/secret'));
    store.mood = undefined;
    for (const done of late) done(refused);
    await insider.get('/secret').expect(200);
  });
});

function expectOutage(answer: Response): void {
  expect({ status: answer.status, code: answer.body.code }).to.deep.equal({ status: 503, code: 'STATE_UNAVAILABLE' });
  expect(answer.headers).to.include({ 'retry-after': '5' });
}
