import { expect } from 'chai';
import type { RequestHandler } from 'express';
import { type Agent, getPage, postJson, type TestApp, testApp, withoutMarks } from '../support/app.ts';

/** An app that signs people in by itself: `/as/NAME` is its whole login. */
function appWithLogin(named: (name: string) => object = (username) => ({ username })): TestApp {
  return testApp({
    options: {
      currentUser: (req) => {
        const name = (req.session as unknown as { who?: string }).who;
        return name === undefined ? undefined : (named(name) as { id: string } & { amr?: string[] });
      },
      loginUrl: '/login',
    },
    before(app) {
      app.get('/as/:name', (req, res) => {
        Object.assign(req.session, { who: req.params.name, theme: 'dark' });
        res.end();
      });
      app.get('/off', (req, res) => {
        Reflect.deleteProperty(req.session, 'who');
        res.end();
      });
      app.get('/end', (req, res) => void req.session.destroy(() => res.end()));
      app.get('/theme', (req, res) => void res.json((req.session as unknown as { theme: string }).theme));
    },
    routes(app, otp) {
      const renew: RequestHandler = (req, _res, next) => {
        const kept = Object.entries(req.session).filter(([key]) => key !== 'cookie');
        req.session.regenerate(() => {
          Object.assign(req.session, Object.fromEntries(kept));
          next();
        });
      };
      app.post('/login/again', renew, otp.sendCode(), (req, res) => void res.json(req.smsOtp));
      app.all('/login', (_req, res) => void res.send('the login of the app'));
    },
  });
}

async function verify(jar: Agent, { transport }: TestApp): Promise<void> {
  await postJson(jar, '/auth/code/send').expect(200);
  await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
}

interface Hold {
  (): void;
  readonly reached: Promise<void>;
}

/** The next call of a method waits until it is told to go on. */
function hold<Name extends string>(object: Record<Name, (...args: never[]) => Promise<unknown>>, name: Name): Hold {
  const method = object[name];
  let goOn = (): void => undefined;
  const told = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const reached = new Promise<void>((resolve) => {
    object[name] = async (...args) => {
      object[name] = method;
      resolve();
      await told;
      return method.apply(object, args);
    };
  });
  return Object.assign(() => goOn(), { reached });
}

describe('currentUser', () => {
  it("leaves the app's own login open with any method, and has no login of ours", async () => {
    const { agent } = appWithLogin();
    await agent().get('/login').expect(200);
    await agent().post('/login?x=1').expect(200);
    await agent().get('/login/').set('Accept', 'application/json').expect(401);
    await postJson(agent(), '/auth/login', { username: 'ada', password: 'lovelace' }).expect(401);
    await getPage(agent(), '/secret').expect(303).expect('Location', '/login?returnTo=%2Fsecret');
  });

  it('adds the code to a sign-in of the app, and keeps what the app keeps in the session', async () => {
    const app = appWithLogin();
    const jar = app.agent();
    await jar.get('/as/ada');
    expect((await jar.get('/auth/session')).body).to.include({
      stage: 'send',
      phone: '••• 0605',
      location: '/auth/code',
    });
    expect(app.transport.messages).to.deep.equal([]);
    await jar.get('/secret').expect(401);
    await verify(jar, app);
    const { body } = await jar.get('/secret').expect(200);
    expect(body).to.deep.include({ stage: 'verified', amr: ['sms', 'otp', 'mfa'] });
    expect((await jar.get('/theme')).body).to.equal('dark');
  });

  it("says the app's own methods, if it tells them", async () => {
    const app = appWithLogin((username) => ({ username, amr: ['hwk'] }));
    const jar = app.agent();
    await jar.get('/as/ada');
    await verify(jar, app);
    expect((await jar.get('/secret').expect(200)).body.amr).to.deep.equal(['hwk', 'sms', 'otp', 'mfa']);
  });

  it('takes an id as well as a name', async () => {
    const app = appWithLogin((name) => ({ id: `id-${name}` }));
    const jar = app.agent();
    await jar.get('/as/ada');
    await verify(jar, app);
    await jar.get('/secret').expect(200);
  });

  it('ends grant and pending code if somebody else is named, for good', async () => {
    const app = appWithLogin();
    const jar = app.agent();
    await jar.get('/as/ada');
    await verify(jar, app);
    await jar.get('/as/grace');
    await jar.get('/secret').expect(401);
    await jar.get('/as/ada');
    await jar.get('/secret').expect(401);
    app.clock.advance(60);
    await postJson(jar, '/auth/code/send').expect(200);
    const code = app.transport.lastCode();
    await jar.get('/as/grace');
    await postJson(jar, '/auth/code', { code }).expect(409);
    await jar.get('/as/ada');
    const { status } = await postJson(jar, '/auth/code', { code });
    expect(status).to.be.oneOf([409, 410]);
    await jar.get('/secret').expect(401);
  });

  it('is not brought back by a code that is checked while the app destroys the session', async () => {
    const app = appWithLogin();
    const jar = app.agent();
    await jar.get('/as/ada');
    await postJson(jar, '/auth/code/send').expect(200);
    const goOn = hold(app.people, 'findUser');
    const slow = postJson(jar, '/auth/code', { code: app.transport.lastCode() }).then((response) => response);
    await goOn.reached;
    await jar.get('/end');
    goOn();
    expect((await slow).body.code).to.equal('SIGN_IN_REQUIRED');
    expect(app.sessions).to.have.property('sessions').that.deep.equals({});
    await jar.get('/secret').expect(401);
  });

  it('is not brought back by a send that is on its way while the app destroys the session', async () => {
    const app = appWithLogin();
    const jar = app.agent();
    await jar.get('/as/ada');
    await verify(jar, app);
    const goOn = hold(app.transport, 'send');
    const slow = postJson(jar, '/auth/code/send').then((response) => response);
    await goOn.reached;
    await jar.get('/end');
    goOn();
    expect((await slow).body.code).to.equal('SIGN_IN_REQUIRED');
    expect(app.sessions).to.have.property('sessions').that.deep.equals({});
    await jar.get('/secret').expect(401);
  });

  it("takes a session that the app's login has made in the same request", async () => {
    const app = appWithLogin();
    const jar = app.agent();
    await jar.get('/as/ada');
    await verify(jar, app);
    expect((await postJson(jar, '/login/again').expect(200)).body.stage).to.equal('code');
  });

  it("ends with the app's own sign-out", async () => {
    const app = appWithLogin();
    const jar = app.agent();
    await jar.get('/as/ada');
    await verify(jar, app);
    await jar.get('/off');
    const { body } = await jar.get('/secret').expect(401);
    expect(body.code).to.equal('SIGN_IN_REQUIRED');
    await jar.get('/as/ada');
    await jar.get('/secret').expect(401);
  });

  for (const nobody of [
    undefined,
    null,
    false,
    '',
    0,
    {},
    { id: '' },
    { username: undefined },
    { id: null },
    'ada',
    ['ada'],
  ]) {
    it(`is nobody if it answers ${JSON.stringify(nobody)}`, async () => {
      const { agent } = testApp({ options: { currentUser: () => nobody as undefined, loginUrl: '/login' } });
      const { body } = await agent().get('/secret').expect(401);
      expect(body.code).to.equal('SIGN_IN_REQUIRED');
    });
  }

  it('says so if it answers an id that is no text', async () => {
    const { agent } = testApp({
      options: { currentUser: () => ({ id: 42 }) as unknown as undefined, loginUrl: '/login' },
    });
    const { body } = await agent().get('/secret').expect(500);
    expect(body.detail).to.include('currentUser must answer');
  });

  it('asks for a code again if the grant is over, though the app still names the same person', async () => {
    const app = appWithLogin();
    const jar = app.agent();
    await jar.get('/as/ada');
    await verify(jar, app);
    app.clock.advance(43_201);
    const { body } = await jar.get('/secret').expect(401);
    expect(body.code).to.equal('SMS_OTP_REQUIRED');
    expect(withoutMarks(body.location)).to.equal('/auth/code?returnTo=%2Fsecret');
    await verify(jar, app);
    await jar.get('/secret').expect(200);
  });

  it('sends one message for parallel requests of one session', async () => {
    const app = appWithLogin();
    const jar = app.agent();
    await jar.get('/as/ada');
    const answers = await Promise.all(Array.from({ length: 10 }, () => postJson(jar, '/auth/code/send')));
    // A double press is one SMS, and both presses lead to its code.
    const sent = answers.filter(({ status }) => status === 200);
    expect(sent).to.not.be.empty;
    for (const { body } of sent) expect(body.stage).to.equal('code');
    expect(app.transport.messages).to.have.length(1);
  });

  it('is nobody if the user store does not know the name', async () => {
    const app = appWithLogin();
    const jar = app.agent();
    await jar.get('/as/eve');
    expect((await jar.get('/auth/session')).body.stage).to.equal('none');
    await postJson(jar, '/auth/code/send').expect(401);
  });

  it('lets the public pages of the app live while the directory is down', async () => {
    const app = appWithLogin();
    const jar = app.agent();
    await jar.get('/as/ada');
    app.people.isDown = true;
    await jar.get('/login').expect(200);
    await postJson(jar, '/auth/code/send').expect(503);
  });

  for (const thrown of [undefined, null, '', 'route', 'router']) {
    it(`opens nothing if it throws ${JSON.stringify(thrown)}`, async () => {
      const { agent } = testApp({
        options: {
          currentUser: () => {
            throw thrown;
          },
          loginUrl: '/login',
        },
      });
      await agent().get('/secret').expect(500);
      await postJson(agent(), '/auth/code/send').expect(500);
    });
  }

  it('does not send somebody whom the directory does not know round in a circle', async () => {
    const { agent } = testApp({
      options: { currentUser: () => ({ username: 'nobody' }), loginUrl: '/login' },
    });
    const page = await getPage(agent(), '/auth/code').expect(403);
    expect(page.text).to.include('our directory does not know you');
  });
});
