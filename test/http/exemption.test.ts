import { expect } from 'chai';
import { getPage, postForm, postJson, sessionCookie, type TestAppSetup, testApp } from '../support/app.ts';

const PILOT: TestAppSetup = {
  options: { requiredFor: ({ username }) => username === 'grace' },
  routes: (app, otp) => void app.get('/strict', otp.requireSmsOtp(), (_req, res) => void res.send('in')),
};

describe('requiredFor', () => {
  it('lets those in without a code who need none, and says so honestly', async () => {
    const { agent, transport, otp } = testApp(PILOT);
    const exempted: unknown[] = [];
    otp.events.on('userExempt', (event) => exempted.push(event.userId));
    const jar = agent();
    const login = { username: 'ada', password: 'lovelace', returnTo: '/secret' };
    const { body } = await postJson(jar, '/auth/login', login).expect(200);
    expect(body).to.include({ stage: 'send', location: '/secret' });
    expect(body.acr).to.equal(undefined);
    expect(body.amr).to.deep.equal(['pwd']);
    await jar.get('/secret').expect(200);
    expect(transport.messages).to.deep.equal([]);
    expect(exempted).to.deep.equal(['id-ada']);
  });

  it('still refuses them if a code is asked for, and takes one', async () => {
    const { agent, transport } = testApp(PILOT);
    const jar = agent();
    await postForm(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(303).expect('Location', '/');
    await jar.get('/strict').expect(401);
    await postJson(jar, '/auth/code/send').expect(200);
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    await jar.get('/strict').expect(200);
  });

  it("sends nothing to those exempt who come with the app's own login, with many numbers or none", async () => {
    for (const [username, path] of [
      ['grace', '/auth/number'],
      ['alan', '/auth/code/send'],
    ] as const) {
      const options = { requiredFor: () => false, currentUser: () => ({ username }), loginUrl: '/login' };
      const { agent, transport } = testApp({ options });
      const jar = agent();
      await getPage(jar, '/auth/number');
      await postForm(jar, path, { number: '0' }).expect(303).expect('Location', '/');
      await jar.get('/secret').expect(200);
      expect(transport.messages).to.deep.equal([]);
    }
  });

  it('opens the gate under a new session id only', async () => {
    const options = { requiredFor: () => false, currentUser: () => ({ username: 'ada' }), loginUrl: '/login' };
    const app = testApp({
      options,
      before: (routes) =>
        routes.post('/cart', (req, res) => {
          Object.assign(req.session, { cart: 'full' });
          res.end();
        }),
      routes: (routes) => routes.get('/cart', (req, res) => void res.json(req.session)),
    });
    const jar = app.agent();
    const planted = await jar.post('/cart').expect(200);
    const answer = await postJson(jar, '/auth/code/send').expect(200);
    expect(sessionCookie(answer)).to.be.a('string').and.not.equal(sessionCookie(planted));
    expect((await jar.get('/cart').expect(200)).body).to.include({ cart: 'full' });
    const cookie = sessionCookie(planted) ?? '';
    await app.agent().get('/secret').set('Cookie', cookie).expect(401);
  });

  it('brings no session back that the app destroyed while it was asked', async () => {
    let isPilot = true;
    const app = testApp({
      options: {
        requiredFor: async (_user, { sessionStore, sessionID }) => {
          if (!isPilot) await new Promise((resolve) => sessionStore.destroy(sessionID, resolve));
          return isPilot;
        },
      },
    });
    const jar = await app.signedIn('ada', 'password');
    isPilot = false;
    const { body } = await postJson(jar, '/auth/code/send').expect(401);
    expect(body.code).to.equal('SIGN_IN_REQUIRED');
    expect(app.sessions).to.have.property('sessions').that.deep.equals({});
  });

  it('is asked again on each request: the laptop that goes home passes no longer', async () => {
    const { agent, clock, transport } = testApp({
      options: { requiredFor: (_user, req) => req.get('x-inside') === undefined },
      routes: (app, otp) => app.get('/step-up', otp.requireSmsOtp({ maxAgeSeconds: 60 }), (_req, res) => res.end()),
    });
    const jar = agent();
    await postJson(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).set('X-Inside', 'yes').expect(200);
    for (const seconds of [0, 1, 10, 3600]) {
      clock.advance(seconds);
      await jar.get('/secret').set('X-Inside', 'yes').expect(200);
      const { body } = await jar.get('/secret').expect(401);
      expect(body.code).to.equal('SMS_OTP_REQUIRED');
      await getPage(jar, '/secret').expect(303, /\/auth\/code\?returnTo=/);
      await jar.get('/step-up').set('X-Inside', 'yes').expect(401);
    }
    expect(transport.messages).to.deep.equal([]);
    await postJson(jar, '/auth/code/send').expect(200);
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    await jar.get('/secret').expect(200);
  });

  it('exempts nobody by saying nothing', async () => {
    const { agent } = testApp({ options: { requiredFor: () => undefined as unknown as boolean } });
    const jar = agent();
    await postJson(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
    await jar.get('/secret').expect(401);
  });

  it('asks the others for a code', async () => {
    const { agent } = testApp(PILOT);
    const jar = agent();
    await postJson(jar, '/auth/login', { username: 'grace', password: 'hopper' }).expect(200);
    await jar.get('/secret').expect(401);
  });

  it('refuses if it throws', async () => {
    const { agent } = testApp({
      options: {
        requiredFor: () => {
          throw new Error('no group');
        },
      },
    });
    const jar = agent();
    await postJson(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(500);
    await jar.get('/secret').expect(401);
  });
});

describe('beforeSend', () => {
  for (const [what, beforeSend, detail] of [
    ['false', () => false, 'No code can be sent to this number now.'],
    ['a text', async () => 'This SIM was swapped.', 'This SIM was swapped.'],
    [
      'a throw',
      () => {
        throw new Error('secret reason');
      },
      'No code can be sent to this number now.',
    ],
  ] as const) {
    it(`refuses by ${what}, and nothing is counted`, async () => {
      const { agent, transport } = testApp({ options: { beforeSend } });
      for (let login = 0; login < 7; login++) {
        const { body } = await postJson(agent(), '/auth/login', { username: 'ada', password: 'lovelace' }).expect(403);
        expect(body).to.include({ code: 'SEND_REFUSED', detail });
      }
      expect(transport.messages).to.deep.equal([]);
    });
  }

  it('is told who, where to, what for and from where', async () => {
    const asked: unknown[] = [];
    const { signedIn } = testApp({ options: { beforeSend: (request) => void asked.push(request) } });
    await signedIn('ada', 'password');
    expect(asked).to.have.length(1);
    expect(asked[0]).to.deep.include({ to: '+46701740605', purpose: 'sign-in' });
  });
});
