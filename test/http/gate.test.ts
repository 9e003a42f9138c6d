import { EventEmitter, once } from 'node:events';
import { expect } from 'chai';
import express from 'express';
import {
  type Agent,
  getPage,
  postForm,
  postJson,
  type TestApp,
  type TestAppSetup,
  testApp,
  withoutMarks,
} from '../support/app.ts';

const STEP_UP =
  'Bearer error="insufficient_user_authentication", error_description="A fresh code is needed", ' +
  'acr_values="smpp", max_age="60"';

describe('the gate in front of everything', () => {
  for (const method of ['get', 'post', 'put', 'patch', 'delete', 'options'] as const) {
    it(`refuses ${method.toUpperCase()} to whoever has typed only the password`, async () => {
      const { signedIn, agent } = testApp();
      const half = await (await signedIn('ada', 'password'))[method]('/secret').expect(401);
      expect(half.body).to.include({ code: 'SMS_OTP_REQUIRED', stage: 'code' });
      const none = await agent()[method]('/secret').expect(401);
      expect(none.body).to.include({ code: 'SIGN_IN_REQUIRED', stage: 'none' });
      expect(none.headers['cache-control']).to.equal('no-store');
    });
  }

  it('leads a browser that reads to the page that opens it, and answers one that posts', async () => {
    const { agent, signedIn } = testApp();
    await getPage(agent(), '/secret').expect(303).expect('Location', '/auth/login?returnTo=%2Fsecret');
    await agent().head('/secret').set('Accept', 'text/html').expect(303);
    const jar = await signedIn('ada', 'password');
    await getPage(jar, '/secret').expect(303).expect('Location', '/auth/code?returnTo=%2Fsecret');
    const { text } = await postForm(jar, '/secret').expect(401);
    expect(text).to.include('<html').and.include('href="/auth/code"');
  });

  for (const path of [
    '//secret',
    '/secret/',
    '/SECRET',
    '/%73ecret',
    '/secret;a',
    '/auth/../secret',
    '/auth/%2e%2e/secret',
    '/auth/none',
    '/AUTH/LOGIN',
    '/auth//login',
    '/auth/assets/none',
    '/auth/assets/..%2fsms-otp.css',
  ]) {
    it(`is not got round by ${path}`, async () => {
      const { signedIn, agent } = testApp();
      for (const jar of [agent(), await signedIn('ada', 'password')]) {
        const response = await jar.get(path).set('Accept', 'application/json');
        expect(response.status).to.equal(401);
      }
    });
  }

  for (const path of ['/file.txt', '/../file.txt', '/%66ile.txt', '//file.txt', '/auth/../file.txt', '/./file.txt']) {
    it(`stands before static files for ${path}`, async () => {
      const { signedIn } = testApp({ routes: (app) => void app.use(express.static('test/support')) });
      const half = await signedIn('ada', 'password');
      await half.get(path.replace('file.txt', 'app.ts')).set('Accept', 'application/json').expect(401);
    });
  }

  it('knows no stage but what the shared state says', async () => {
    const { signedIn, shared } = testApp();
    const jar = await signedIn('ada');
    await jar.get('/secret').expect(200);
    await shared.close?.();
    await jar.get('/secret').expect(200);
  });
});

describe('requireSmsOtp()', () => {
  const setup: TestAppSetup = {
    options: { authRequired: false },
    routes(app, otp) {
      app.get('/public', (req, res) => void res.json(req.smsOtp));
      app.get('/private', otp.requireSmsOtp(), (req, res) => void res.json(req.smsOtp));
      app.use('/transfer', otp.requireSmsOtp({ maxAgeSeconds: 60 }), (_req, res) => void res.send('done'));
    },
  };

  it('gates its own route only', async () => {
    const { agent, signedIn } = testApp(setup);
    expect((await agent().get('/public').expect(200)).body).to.deep.equal({ stage: 'none' });
    await agent().get('/private').expect(401);
    expect((await (await signedIn('ada', 'password')).get('/public').expect(200)).body).to.deep.equal({
      stage: 'code',
    });
    await (await signedIn('ada')).get('/private').expect(200);
  });

  it('asks for a fresh code if the last is too old', async () => {
    const { signedIn, transport, clock } = testApp(setup);
    const jar = await signedIn('ada');
    await jar.get('/transfer').expect(200);
    clock.advance(61);
    const { body, headers } = await jar.get('/transfer').expect(401);
    expect({ ...body, location: withoutMarks(body.location) }).to.include({
      code: 'SMS_OTP_REQUIRED',
      stage: 'verified',
      location: '/auth/code?returnTo=%2Ftransfer',
    });
    expect(headers['www-authenticate']).to.equal(STEP_UP);
    const page = await getPage(jar, '/transfer').expect(303);
    expect(withoutMarks(page.headers.location)).to.equal('/auth/code?returnTo=%2Ftransfer');
    await jar.get('/private').expect(200);
    const sent = await postJson(jar, '/auth/code/send', { returnTo: '/transfer' }).expect(200);
    expect(sent.body).to.deep.include({ stage: 'code', purpose: 'step-up', acr: 'smpp' });
    await jar.get('/private').expect(200);
    await jar.get('/transfer').expect(401);
    const done = await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    expect(done.body).to.include({ stage: 'verified', location: '/transfer' });
    await jar.get('/transfer').expect(200);
  });

  it('raises this session only, and only for that time', async () => {
    const { signedIn, transport, clock } = testApp(setup);
    const [jar, other] = [await signedIn('ada'), await signedIn('ada')];
    clock.advance(61);
    await postJson(jar, '/auth/code/send').expect(200);
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    await other.get('/transfer').expect(401);
    clock.advance(60);
    await jar.get('/transfer').expect(200);
    clock.advance(1);
    await jar.get('/transfer').expect(401);
  });

  it('opens nothing with the code of a step-up whose grant was revoked', async () => {
    const { signedIn, transport, clock, otp } = testApp(setup);
    const jar = await signedIn('ada');
    await postJson(jar, '/auth/code/send').expect(200);
    await otp.signOutEverywhere('id-ada');
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(409);
    await jar.get('/private').expect(401);
    clock.advance(1);
  });

  it('makes no grant of a step-up that was revoked in another process a moment ago', async () => {
    const here = testApp(setup);
    const there = testApp({ ...setup, options: { ...setup.options, shared: here.shared }, clock: here.clock });
    const jar = await here.signedIn('ada');
    await postJson(jar, '/auth/code/send').expect(200);
    await jar.get('/private').expect(200);
    await there.otp.signOutEverywhere('id-ada');
    here.clock.advance(3);
    await postJson(jar, '/auth/code', { code: here.transport.lastCode() }).expect(409);
    here.clock.advance(5);
    await jar.get('/private').expect(401);
  });

  it('refuses options that are wrong', () => {
    const { otp } = testApp();
    expect(() => otp.requireSmsOtp({ maxAgeSeconds: 0 })).to.throw('requireSmsOtp.maxAgeSeconds');
    expect(() => otp.requireSmsOtp({ maxAge: 1 } as object)).to.throw('requireSmsOtp.maxAge');
  });

  it('leaves to Express what it cannot answer, as the app has answered meanwhile', async () => {
    let answerFirst = (): void => {};
    let calls = 0;
    const app = new EventEmitter();
    const { agent } = testApp({
      options: {
        authRequired: false,
        loginUrl: '/login',
        // Once for the app, once for the gate, and once for the page of the error.
        currentUser: () => {
          calls += 1;
          if (calls === 3) answerFirst();
          return undefined;
        },
      },
      routes(routes, otp) {
        routes.use((_req, res, next) => {
          answerFirst = () => void res.status(504).send('too late');
          next();
        });
        routes.post('/strict', otp.requireSmsOtp(), (_req, res) => void res.send('in'));
        routes.use(((error, _req, _res, _next) => void app.emit('hears', error.code)) as express.ErrorRequestHandler);
      },
    });
    const heard = once(app, 'hears');
    await postForm(agent(), '/strict').expect(504, 'too late');
    expect(calls).to.equal(3);
    expect(await heard).to.deep.equal(['ERR_HTTP_HEADERS_SENT']);
  });
});

describe('a grant', () => {
  it('ends with its time', async () => {
    const { signedIn, clock } = testApp({ options: { sessionMaxAgeSeconds: 3600 } });
    const jar = await signedIn('ada');
    clock.advance(3599);
    await jar.get('/secret').expect(200);
    clock.advance(6);
    await jar.get('/secret').expect(401);
  });

  it('ends everywhere at once, within 5 s', async () => {
    const { signedIn, otp, clock } = testApp();
    const jars = [await signedIn('ada'), await signedIn('ada')];
    const grace = await signedIn('grace');
    await otp.signOutEverywhere('id-ada');
    clock.advance(5);
    for (const jar of jars) await jar.get('/secret').expect(401);
    await grace.get('/secret').expect(200);
  });

  it('is not made by a code that was pending when its user was signed out everywhere', async () => {
    const { signedIn, otp, transport } = testApp();
    const jar = await signedIn('ada', 'password');
    await otp.signOutEverywhere('id-ada');
    expect((await jar.get('/auth/session')).body.stage).to.equal('none');
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(409);
    await postJson(jar, '/auth/code/send').expect(401);
    await signedIn('ada');
  });

  it('opens nothing if its user is signed out everywhere while the code is checked', async () => {
    const { signedIn, otp, transport, people } = testApp();
    const jar = await signedIn('ada', 'password');
    const { findUser } = people;
    people.findUser = async (key) => {
      await otp.signOutEverywhere('id-ada');
      return findUser.call(people, key);
    };
    // One record: the commit that would give the grant sees that the account has changed.
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(409);
    await jar.get('/secret').expect(401);
  });

  it('ends within five minutes for somebody who is removed from the directory', async () => {
    const { signedIn, people, clock } = testApp();
    const jars = [await signedIn('ada'), await signedIn('ada')];
    people.remove('id-ada');
    clock.advance(299);
    for (const jar of jars) await jar.get('/secret').expect(200);
    clock.advance(5);
    // This request makes the directory be asked, and does not wait for it.
    await jars[0]?.get('/secret');
    clock.advance(5);
    for (const jar of jars) await jar.get('/secret').expect(401);
  });

  it('goes on while the directory cannot be asked', async () => {
    const { signedIn, people, clock } = testApp();
    const jar = await signedIn('ada');
    people.isDown = true;
    for (let minutes = 0; minutes < 20; minutes++) {
      clock.advance(60);
      await jar.get('/secret').expect(200);
    }
  });

  it('ends with a number that is removed', async () => {
    const { signedIn, otp, clock } = testApp();
    const jar = await signedIn('grace');
    expect(await otp.phones.list('id-grace')).to.deep.equal(['+46701740606', '+46701740607']);
    await otp.phones.remove('id-grace', '+46701740606');
    clock.advance(5);
    await jar.get('/secret').expect(401);
  });

  it('of one instance opens no gate of another', async () => {
    const first = testApp({ options: { name: 'first' } });
    const second = testApp({
      options: { name: 'second', shared: first.shared },
      sessions: first.sessions,
      clock: first.clock,
    });
    const jar = await first.signedIn('ada');
    const cookie = await cookieOf(first, jar);
    await first.agent().get('/secret').set('Cookie', cookie).expect(200);
    await second.agent().get('/secret').set('Cookie', cookie).expect(401);
  });
});

/** The jar's session cookie, as somebody else could present it. */
async function cookieOf({ app }: TestApp, jar: Agent): Promise<string> {
  const { request } = (await jar.get('/secret').expect(200)) as unknown as { request: { cookies: string } };
  expect(app).to.be.a('function');
  return request.cookies;
}
