import { EventEmitter, once } from 'node:events';
import { expect } from 'chai';
import session from 'express-session';
import { getPage, postJson, sessionCookie, type TestAppSetup, testApp } from '../support/app.ts';
import { SlowSessions } from '../support/slow-sessions.ts';

/** As connect-redis 9 and 10: a touch leaves the written end as it was, and what is saved with an end that is over is deleted. */
class ProlongedBeside extends session.MemoryStore {
  override get(id: string, callback: (error: unknown, data?: session.SessionData | null) => void): void {
    super.get(id, (error, data) => {
      if (data?.cookie) data.cookie.expires = new Date(0);
      callback(error, data);
    });
  }

  override set(id: string, data: session.SessionData, callback?: (error?: unknown) => void): void {
    if (Number(data.cookie.expires) > Date.now()) super.set(id, data, callback);
    else this.destroy(id, callback);
  }
}

describe('the session', () => {
  it('has a new id after the password and after the code, and the old ones are worth nothing', async () => {
    const { agent, transport } = testApp({ session: { saveUninitialized: true } });
    const jar = agent();
    const planted = sessionCookie(await jar.get('/auth/session')) ?? '';
    const login = await postJson(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
    const half = sessionCookie(login) ?? '';
    const code = await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    const full = sessionCookie(code) ?? '';
    expect(new Set([planted, half, full])).to.have.length(3);
    for (const cookie of [planted, half]) {
      expect((await agent().get('/auth/session').set('Cookie', cookie)).body.stage).to.equal('none');
      await agent().get('/secret').set('Cookie', cookie).expect(401);
    }
    await agent().get('/secret').set('Cookie', full).expect(200);
  });

  const basket: TestAppSetup = {
    options: { keepSession: ['basket'] },
    before(app) {
      app.get('/fill', (req, res) => {
        Object.assign(req.session, { basket: ['tea'], tracking: 'x' });
        res.end();
      });
      app.get('/basket', (req, res) => {
        const { basket, tracking } = req.session as unknown as Record<string, unknown>;
        res.json({ basket, tracking });
      });
    },
  };

  it('keeps what keepSession names at a sign-in, and nothing else', async () => {
    const { agent, transport } = testApp(basket);
    const jar = agent();
    await jar.get('/fill');
    await postJson(jar, '/auth/login', { username: 'ada', password: 'lovelace' });
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    expect((await jar.get('/basket')).body).to.deep.equal({ basket: ['tea'] });
  });

  it('keeps everything at a step-up', async () => {
    const { signedIn, transport } = testApp(basket);
    const jar = await signedIn('ada');
    await jar.get('/fill');
    await postJson(jar, '/auth/code/send').expect(200);
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    expect((await jar.get('/basket')).body).to.deep.equal({ basket: ['tea'], tracking: 'x' });
  });

  it('is saved before the answer goes out, even if its store is slow', async () => {
    const sessions = new SlowSessions();
    const { agent, transport } = testApp({ sessions });
    for (let run = 0; run < 20; run++) {
      const jar = agent();
      await postJson(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
      await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
      await jar.get('/secret').expect(200);
    }
  });

  it('survives a list of numbers after longer than its maxAge, if its store prolongs it beside what is written', async () => {
    const { agent } = testApp({
      sessions: new ProlongedBeside(),
      session: { cookie: { maxAge: 600_000 } },
      options: {
        currentUser: (req) => (req.session as unknown as { who?: { username: string } }).who,
        loginUrl: '/login',
      },
      before(app) {
        app.get('/as/grace', (req, res) => {
          Object.assign(req.session, { who: { username: 'grace' } });
          res.end();
        });
      },
    });
    const jar = agent();
    await jar.get('/as/grace');
    await getPage(jar, '/auth/number').expect(200);
    expect((await jar.get('/auth/session')).body.stage).to.equal('number');
  });

  it('is not written by a request that is refused', async () => {
    const sessions = new SlowSessions();
    const { agent, signedIn, transport } = testApp({ sessions });
    const jar = await signedIn('ada', 'password');
    const before = sessions.writes;
    await postJson(jar, '/auth/code', { code: transport.lastCode() === '000000' ? '000001' : '000000' }).expect(401);
    await postJson(jar, '/auth/code/send').expect(429);
    await postJson(jar, '/auth/number', { number: 0 }).expect(409);
    await postJson(agent(), '/auth/login', { username: 'ada', password: 'wrong' }).expect(401);
    await getPage(jar, '/secret').expect(303);
    expect(sessions.writes).to.equal(before);
  });

  it('cannot be brought back by a slow request of before', async () => {
    const { signedIn, app } = testApp({
      routes: (app) => {
        app.get('/slow', async (req, res) => {
          app.emit('waiting');
          await once(app, 'go on');
          Object.assign(req.session, { seen: Date.now() });
          res.end();
        });
      },
    });
    const jar = await signedIn('ada');
    const cookie = ((await jar.get('/secret').expect(200)) as unknown as { request: { cookies: string } }).request
      .cookies;
    const waiting = once(app, 'waiting');
    const slow = jar.get('/slow').then((response) => response);
    await waiting;
    await postJson(jar, '/auth/logout').expect(200);
    app.emit('go on');
    await slow;
    await jar.get('/secret').set('Cookie', cookie).expect(401);
  });

  for (const moment of ['before the new one is saved', 'while the new one is saved'] as const) {
    it(`is not followed by another one if the app destroys it in the moment of a right code, ${moment}`, async () => {
      const { signedIn, sessions, transport } = testApp({ session: { saveUninitialized: false } });
      const jar = await signedIn('ada', 'password');
      const [old = ''] = Object.keys(storedIn(sessions));
      const { set } = sessions;
      const destroyed: string[] = [];
      // The app's own sign-out: it comes with the old cookie, and our answer is not there yet.
      sessions.set = (id, data, callback) => {
        const write = (): void => set.call(sessions, id, data, callback);
        if (moment === 'before the new one is saved') sessions.destroy(old, write);
        else set.call(sessions, id, data, () => sessions.destroy(old, () => callback?.()));
        destroyed.push(old);
      };
      const answer = await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(401);
      expect(answer.body.code).to.equal('SIGN_IN_REQUIRED');
      expect(sessionCookie(answer)).to.equal(undefined);
      expect(destroyed).to.deep.equal([old]);
      expect(storedIn(sessions)).to.deep.equal({});
      sessions.set = set;
      await jar.get('/secret').expect(401);
      expect((await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(409)).body.code).to.equal(
        'NO_CHALLENGE',
      );
    });
  }

  it('is worth nothing once it was signed out, and a slow send does not write it again', async () => {
    const { signedIn, transport, clock, agent } = testApp();
    const jar = await signedIn('ada', 'password');
    const cookie = ((await jar.get('/auth/session')) as unknown as { request: { cookies: string } }).request.cookies;
    clock.advance(30);
    const signal = new EventEmitter();
    transport.send = async () => {
      signal.emit('sending');
      await once(signal, 'go on');
      return { status: 'accepted' };
    };
    const sending = once(signal, 'sending');
    const slow = postJson(agent(), '/auth/code/send')
      .set('Cookie', cookie)
      .then((response) => response);
    await sending;
    await postJson(jar, '/auth/logout').expect(200);
    signal.emit('go on');
    expect((await slow).status).to.equal(401);
    const ghost = await agent().get('/auth/session').set('Cookie', cookie).expect(200);
    expect(ghost.body.stage).to.equal('none');
    await postJson(agent(), '/auth/code/send').set('Cookie', cookie).expect(401);
    await agent().get('/secret').set('Cookie', cookie).expect(401);
  });

  it('is a 503 if it cannot be saved', async () => {
    const broken = new SlowSessions();
    const { agent } = testApp({ sessions: broken });
    broken.isBroken = true;
    const { body } = await postJson(agent(), '/auth/login', { username: 'ada', password: 'lovelace' }).expect(503);
    expect(body.code).to.equal('STATE_UNAVAILABLE');
  });

  it('is a 503 if its store throws, and the code lives', async () => {
    const sessions = new session.MemoryStore();
    const { signedIn, transport } = testApp({ sessions });
    const jar = await signedIn('ada', 'password');
    const { set } = sessions;
    sessions.set = () => {
      throw new Error('a store that throws');
    };
    const { body } = await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(503);
    expect(body.code).to.equal('STATE_UNAVAILABLE');
    sessions.set = set;
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
  });

  for (const [what, property] of [
    ['is none', 'session'],
    ['is one of another package, as cookie-session, without a store', 'sessionStore'],
  ] as const) {
    it(`is a 500 that names express-session if there ${what}`, async () => {
      const { agent } = testApp({
        before(app) {
          app.use((req, _res, next) => {
            Reflect.deleteProperty(req, property);
            next();
          });
        },
      });
      const login = postJson(agent(), '/auth/login', { username: 'ada', password: 'lovelace' });
      for (const answer of [await agent().get('/secret').expect(500), await login.expect(500)]) {
        expect(answer.body.code).to.equal('SESSION_MISSING');
        expect(answer.body.detail).to.contain('express-session');
      }
    });
  }

  for (const left of [
    1,
    'x',
    [],
    { subject: 5 },
    { subject: 'id-ada' },
    { id: 'a', subject: 'id-ada', startedAt: 1, amr: [], challengeId: {} },
  ]) {
    it(`starts again if it holds ${JSON.stringify(left)}`, async () => {
      const { agent } = testApp({
        before(app) {
          app.get('/leave', (req, res) => {
            Object.assign(req.session, { smsOtp: left });
            res.end();
          });
        },
      });
      const jar = agent();
      await jar.get('/leave').expect(200);
      expect((await jar.get('/auth/session').expect(200)).body.stage).to.equal('none');
      await jar.get('/secret').expect(401);
    });
  }

  it('ends with a sign-out', async () => {
    const { signedIn } = testApp();
    const jar = await signedIn('ada');
    const { body } = await postJson(jar, '/auth/logout').expect(200);
    expect(body).to.deep.equal({ stage: 'none', location: '/auth/login' });
    await jar.get('/secret').expect(401);
  });
});

function storedIn(sessions: object): Record<string, unknown> {
  return (sessions as { sessions: Record<string, unknown> }).sessions;
}
