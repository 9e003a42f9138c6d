import { expect } from 'chai';
import type { SessionOptions } from 'express-session';
import { getPage, postJson, sessionCookie, type TestApp, type TestAppSetup, testApp } from '../support/app.ts';

interface Watched extends TestApp {
  readonly warnings: readonly string[];
}

function watchedApp(
  session: Partial<SessionOptions> = {},
  options: object = {},
  before: NonNullable<TestAppSetup['before']> = () => undefined,
): Watched {
  const warnings: string[] = [];
  const logger = { debug() {}, info() {}, error() {}, warn: (message: string) => void warnings.push(message) };
  return { ...testApp({ session, before, options: { logger, appName: 'Example', ...options } }), warnings };
}

describe('what is noticed of the session cookie', () => {
  it('is nothing where it is set for a sign-in only', async () => {
    const { signedIn, agent, warnings } = watchedApp();
    await getPage(agent(), '/auth/login').expect(200);
    const jar = await signedIn();
    await jar.get('/auth/session').expect(200);
    await getPage(jar, '/auth/account').expect(200);
    expect(warnings).to.deep.equal([]);
  });

  it('is nothing where it has an end, nor where the app has something to keep of a visitor', async () => {
    const { signedIn, agent, warnings } = watchedApp({ cookie: { maxAge: 60_000 } }, {}, (app) => {
      app.use((req, _res, next) => {
        if (req.query.basket !== undefined) Object.assign(req.session, { basket: req.query.basket });
        next();
      });
    });
    const jar = await signedIn();
    await jar.get('/auth/session').expect(200);
    const answer = await getPage(agent(), '/auth/login?basket=tea').expect(200);
    expect(sessionCookie(answer)).to.be.a('string');
    expect(warnings).to.deep.equal([]);
  });

  it('is told once, if answers that change nothing set it again', async () => {
    const { signedIn, warnings } = watchedApp({ rolling: true });
    const jar = await signedIn();
    for (let poll = 0; poll < 3; poll++) await jar.get('/auth/session').expect(200);
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.contain('rolling: true').and.contain('signed out').and.contain('Set rolling: false.');
  });

  it('is told once, if it is set for visitors of whom there is nothing to keep', async () => {
    const { agent, warnings } = watchedApp({ saveUninitialized: true });
    for (let visit = 0; visit < 3; visit++) await getPage(agent(), '/auth/login').expect(200);
    await agent().get('/auth/session').expect(200);
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.contain('saveUninitialized: true').and.contain('signed out');
  });
});

describe('a person whom the app has signed in and the directory does not know', () => {
  function appThatNames(username = 'eve'): Watched {
    return watchedApp({}, { currentUser: () => ({ username }), loginUrl: '/login' });
  }

  const OWN_WORDS = 'our directory does not know you under this name';

  it('is told so in words of its own, on each page and by each form', async () => {
    const { agent } = appThatNames();
    for (const path of ['/auth', '/auth/code', '/auth/number', '/auth/account']) {
      const { text } = await getPage(agent(), path).expect(403);
      expect(text, path).to.contain(OWN_WORDS).and.not.contain('no phone number');
    }
    const posted = await agent().post('/auth/code/send').set('Accept', 'text/html').type('form').send({}).expect(401);
    expect(posted.text).to.contain(OWN_WORDS);
    const { body } = await postJson(agent(), '/auth/code/send').expect(401);
    expect(body).to.include({ code: 'SIGN_IN_REQUIRED' });
    expect(body.detail).to.contain('does not know the person');
  });

  it('is named to the operator once an hour', async () => {
    const app = appThatNames();
    for (let visit = 0; visit < 3; visit++) await getPage(app.agent(), '/auth/code').expect(403);
    expect(app.warnings).to.have.length(1);
    expect(app.warnings[0]).to.contain('username "eve"').and.contain('the user store does not find');
    app.clock.advance(3599);
    await postJson(app.agent(), '/auth/code/send').expect(401);
    expect(app.warnings).to.have.length(1);
    app.clock.advance(1);
    await postJson(app.agent(), '/auth/code/send').expect(401);
    expect(app.warnings).to.have.length(2);
  });

  it('is named in one line of limited length, whatever the name', async () => {
    const app = appThatNames(`eve\n${'x'.repeat(5000)}`);
    await getPage(app.agent(), '/auth/code').expect(403);
    expect(app.warnings.join('')).to.match(/^currentUser names the username "eve\\nx{76}", which/);
  });
});
