import { once } from 'node:events';
import { expect } from 'chai';
import type { Express, RequestHandler } from 'express';
import { wrongCode } from '../support/attack.ts';
import type { Answer, Client } from '../support/client.ts';
import { startTarget, type Target } from '../support/target.ts';

const FRESH = { maxAgeSeconds: 60 };

describe('an attacker with sessions of different standing', function () {
  this.timeout(240_000);

  let app: Target;

  beforeEach(async () => {
    app = await startTarget({
      routes(express, otp) {
        express.get('/fresh', otp.requireSmsOtp(FRESH), (req, res) => void res.json(req.smsOtp));
        express.get('/slow', slowHandler(express));
      },
    });
  });

  afterEach(() => app.close());

  /** Writes the session that it was given when it began, once it is let go. */
  function slowHandler(express: Express): RequestHandler {
    return async (req, res) => {
      express.emit('waiting');
      await once(express, 'go on');
      Object.assign(req.session, { seen: 'by a slow handler' });
      res.json({});
    };
  }

  async function slowRequest(jar: Client): Promise<{ finish(): Promise<Answer> }> {
    const waiting = once(app.app, 'waiting');
    const answer = jar.get('/slow');
    await waiting;
    return {
      finish() {
        app.app.emit('go on');
        return answer;
      },
    };
  }

  async function signedIn(): Promise<Client> {
    const jar = await app.halfSignedIn();
    await jar.post('/auth/code', { code: app.transport.lastCode() });
    return jar;
  }

  const post = (jar: Client, code: string): Promise<Answer> => jar.post('/auth/code', { code });

  it('passes no code of one purpose for another, nor of one session for another: all are wrong, and counted', async () => {
    const full = await signedIn();
    expect(await full.post('/auth/code/send')).to.include({ status: 200 });
    const stepUp = app.transport.lastCode();
    const half = await app.halfSignedIn();
    const signIn = app.transport.lastCode();
    if (stepUp === signIn) return;
    expect((await post(half, stepUp)).body).to.include({ code: 'INVALID_CODE', attemptsRemaining: 4 });
    expect((await post(full, signIn)).body).to.include({ code: 'INVALID_CODE', attemptsRemaining: 4 });
    expect((await half.get('/secret')).status).to.equal(401);
    app.clock.advance(61);
    expect((await full.get('/fresh')).status).to.equal(401);
    expect(await post(full, stepUp)).to.include({ status: 200 });
    expect((await full.get('/fresh')).status).to.equal(200);
  });

  it('passes no code of one user for another', async () => {
    const ada = await app.halfSignedIn();
    const ofAda = app.transport.lastCode();
    const grace = app.client();
    await grace.post('/auth/login', { username: 'grace', password: 'hopper' });
    await grace.post('/auth/number', { number: 0 });
    const ofGrace = app.transport.lastCode();
    if (ofAda === ofGrace) return;
    expect((await post(ada, ofGrace)).body).to.include({ code: 'INVALID_CODE', attemptsRemaining: 4 });
    expect((await post(grace, ofAda)).body).to.include({ code: 'INVALID_CODE', attemptsRemaining: 4 });
    for (const jar of [ada, grace]) expect((await jar.get('/secret')).status).to.equal(401);
  });

  it('raises nothing but the session that stepped up', async () => {
    const [one, other] = [await signedIn(), await signedIn()];
    app.clock.advance(61);
    await one.post('/auth/code/send');
    await post(one, app.transport.lastCode());
    expect((await one.get('/fresh')).status).to.equal(200);
    expect((await other.get('/fresh')).status).to.equal(401);
  });

  it('brings nothing back by a slow handler that writes a session which was signed out meanwhile', async () => {
    const jar = await signedIn();
    const { cookie } = jar;
    const slow = await slowRequest(jar);
    await jar.post('/auth/logout');
    expect(await slow.finish()).to.include({ status: 200 });
    const ghost = { Cookie: cookie };
    expect((await app.client().get('/auth/session', ghost)).body.stage).to.equal('none');
    expect((await app.client().get('/secret', ghost)).status).to.equal(401);
    expect((await app.client().post('/auth/code/send', {}, ghost)).status).to.equal(401);
  });

  it('brings nothing back by a slow handler that writes a session which stepped up meanwhile', async () => {
    const jar = await signedIn();
    const { cookie } = jar;
    app.clock.advance(61);
    const slow = await slowRequest(jar);
    await jar.post('/auth/code/send');
    await post(jar, app.transport.lastCode());
    await slow.finish();
    expect((await app.client().get('/secret', { Cookie: cookie })).status).to.equal(401);
    expect((await jar.get('/fresh')).status).to.equal(200);
  });

  it('gains no code of before by a slow handler that writes the session over a later send', async () => {
    const jar = await signedIn();
    await jar.post('/auth/code/send');
    const before = app.transport.lastCode();
    const slow = await slowRequest(jar);
    app.clock.advance(200);
    expect(await jar.post('/auth/code/send')).to.include({ status: 200 });
    await slow.finish();
    const now = app.transport.lastCode();
    if (before !== now) expect((await post(jar, before)).code).to.equal('INVALID_CODE');
    expect(await post(jar, now)).to.include({ status: 200 });
  });

  it('gets no guess more out of copies of one cookie', async () => {
    const { cookie } = await app.halfSignedIn();
    const right = app.transport.lastCode();
    const copies = Array.from({ length: 30 }, (_, index) =>
      app.client().post('/auth/code', { code: wrongCode(right, index) }, { Cookie: cookie }),
    );
    const answers = await Promise.all(copies);
    expect(answers.filter(({ code }) => code === 'INVALID_CODE')).to.have.length(5);
    expect(app.comparisons()).to.equal(5);
  });
});
