import { expect } from 'chai';
import {
  type Agent,
  getPage,
  postForm,
  postJson,
  sessionCookie,
  type TestApp,
  testApp,
  withoutMarks,
} from '../support/app.ts';

/** `/transfer` wants a code that is not older than a minute, and answers with its own name. */
function app(options = {}): TestApp {
  return testApp({
    options,
    routes: (app, otp) =>
      app.get('/transfer', otp.requireSmsOtp({ maxAgeSeconds: 60 }), (_req, res) => void res.send('transfer')),
  });
}

/** Ada with both factors, the code a while ago, and where the gate leads her. */
async function asked(setup = app()): Promise<TestApp & { readonly jar: Agent; readonly location: string }> {
  const jar = await setup.signedIn();
  setup.clock.advance(61);
  const { headers } = await getPage(jar, '/transfer').expect(303);
  return { ...setup, jar, location: String(headers.location) };
}

describe('the page for a code that nobody has asked for', () => {
  for (const [page, leadsTo] of [
    ['/auth/code', '/'],
    ['/auth/code?returnTo=/secret', '/secret'],
    ['/auth/code?press=x&returnTo=/secret', '/secret'],
    ['/auth/number?returnTo=/secret', '/secret'],
    ['/auth/login', '/'],
  ] as const) {
    it(`leads on somebody who is signed in: ${page}`, async () => {
      for (const username of ['ada', 'grace'] as const) {
        const { signedIn, transport } = app();
        const jar = await signedIn(username);
        await getPage(jar, page).expect(303).expect('Location', leadsTo);
        expect(transport.messages).to.have.length(1);
      }
    });
  }

  it('leads on in any other browser than the one that the gate has asked', async () => {
    const { location, signedIn } = await asked();
    await getPage(await signedIn('grace'), location)
      .expect(303)
      .expect('Location', '/transfer');
  });

  it('leads on after the fresh code: by going back nobody is asked once more', async () => {
    const { jar, location, transport } = await asked();
    await postForm(jar, '/auth/code/send', { returnTo: '/transfer' }).expect(303);
    await postForm(jar, '/auth/code', { code: transport.lastCode() }).expect(303);
    await getPage(jar, location).expect(303).expect('Location', '/transfer');
    await getPage(jar, '/transfer').expect(200, 'transfer');
  });

  it('leads on after an hour, from where the gate asks anew, and never in a circle', async () => {
    const { jar, location, clock } = await asked();
    clock.advance(59 * 60);
    await getPage(jar, location).expect(200);
    clock.advance(3 * 60);
    await getPage(jar, location).expect(303).expect('Location', '/transfer');
    const { headers } = await getPage(jar, '/transfer').expect(303);
    await getPage(jar, String(headers.location)).expect(200);
  });

  it('is shown for a step-up though a change of numbers is pending', async () => {
    const { jar, ...rest } = await asked(app({ enrollment: { when: 'always', allowedCountries: ['SE'] } }));
    await postJson(jar, '/auth/account/phones', { phone: '+46701740699' }).expect(200);
    const { headers } = await getPage(jar, '/transfer').expect(303);
    expect(withoutMarks(headers.location)).to.equal('/auth/code?returnTo=%2Ftransfer');
    const { text } = await getPage(jar, String(headers.location)).expect(200);
    expect(text).to.include('Confirm that it is you');
    expect(rest.transport.messages).to.have.length(2);
  });
});

describe('the script of the page for a code', () => {
  async function mayPress(headers: Readonly<Record<string, string>>, options = {}, seconds = 0): Promise<boolean> {
    const { jar, location, clock } = await asked(app(options));
    clock.advance(seconds);
    const { text } = await getPage(jar, location).set(headers).expect(200);
    return text.includes(' data-press');
  }

  for (const site of ['same-origin', 'none']) {
    it(`presses the button where the gate has led there and the browser says ${site}`, async () => {
      expect(await mayPress({ 'Sec-Fetch-Site': site })).to.equal(true);
    });
  }

  for (const site of ['same-site', 'cross-site', 'nonsense', '']) {
    it(`does not where the browser says ${site || 'nothing'}`, async () => {
      expect(await mayPress({ 'Sec-Fetch-Site': site, Referer: 'http://127.0.0.1/x' })).to.equal(false);
    });
  }

  for (const [referer, may] of [
    ['http://127.0.0.1/transfer', true],
    ['http://127.0.0.1:81/', false],
    ['https://127.0.0.1/', false],
    ['http://evil.example/', false],
    ['http://127.0.0.1.evil.example/', false],
    ['nonsense', false],
  ] as const) {
    it(`${may ? 'does' : 'does not'} on plain http, where another page has led there: ${referer}`, async () => {
      expect(await mayPress({ Referer: referer })).to.equal(may);
    });
  }

  it('does not where nothing tells from where somebody comes', async () => {
    expect(await mayPress({})).to.equal(false);
  });

  it('knows its own host where it knows no origin', async () => {
    const host = { Host: 'app.example' };
    expect(await mayPress({ ...host, Referer: 'http://app.example/x' }, { origin: undefined })).to.equal(true);
    expect(await mayPress({ ...host, Referer: 'http://evil.example/x' }, { origin: undefined })).to.equal(false);
  });

  it('does not some minutes later', async () => {
    expect(await mayPress({ 'Sec-Fetch-Site': 'none' }, {}, 181)).to.equal(false);
  });
});

describe('a right code that is sent twice', () => {
  const SAID = 'This code was used a moment ago';

  it('is said to be used, with a session that is gone, to a program and on a page', async () => {
    const { jar, late, code } = await halfway(app());
    await postJson(jar, '/auth/code', { code }).expect(200);
    const { body } = await late(postJson, { code, returnTo: '/secret' }).expect(409);
    expect(body).to.include({ code: 'NO_CHALLENGE', location: '/secret' });
    expect(body.detail).to.include(SAID);
    const { text } = await late(postForm, { code, returnTo: '/secret' }).expect(409);
    expect(text).to.include(SAID).and.include('<a class="button" href="/secret">Continue</a>');
  });

  it('is said to be used in the session that it has opened', async () => {
    const { signedIn, transport, clock } = app();
    const jar = await signedIn('ada');
    const { body } = await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(409);
    expect(body).to.include({ code: 'NO_CHALLENGE', location: '/' });
    expect(body.detail).to.include(SAID);
    clock.advance(61);
    const later = await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(409);
    expect(later.body.detail).to.include('No code is pending');
  });

  it('is said to be used where the first is still under way', async () => {
    const { late, code } = await halfway(app());
    const answers = await Promise.all(Array.from({ length: 5 }, () => late(postJson, { code })));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused).to.have.length(4);
    for (const { body } of refused) {
      expect(body.code).to.be.oneOf(['CODE_EXPIRED', 'NO_CHALLENGE']);
      expect(body.detail).to.include(SAID);
    }
  });

  it('changes the answer of nobody else, and only for a minute', async () => {
    const { jar, agent, late, code, clock } = await halfway(app());
    await postJson(jar, '/auth/code', { code }).expect(200);
    for (const stranger of [
      postJson(agent(), '/auth/code', { code }),
      postJson(agent(), '/auth/code', { code }).set('Cookie', 'connect.sid=s%3Anobody.x; x=s:%E0%A4%A.y'),
    ]) {
      const { body } = await stranger.expect(409);
      expect(body.detail).to.include('No code is pending');
      expect(body).to.not.have.property('location');
    }
    clock.advance(61);
    expect((await late(postJson, { code }).expect(409)).body.detail).to.include('No code is pending');
  });

  it('is not said to be used where nothing came of it', async () => {
    const { jar, sessions, code } = await halfway(app());
    const { set } = sessions;
    sessions.set = (_id, _session, done) => done?.(new Error('The store is down.'));
    await postJson(jar, '/auth/code', { code }).expect(503);
    sessions.set = set;
    for (const id of Object.keys((sessions as unknown as { sessions: object }).sessions)) sessions.destroy(id);
    const { body } = await postJson(jar, '/auth/code', { code }).expect(409);
    expect(body.detail).to.include('No code is pending');
  });

  it('leaves no key of a person who is forgotten', async () => {
    const { jar, otp, late, code } = await halfway(app());
    await postJson(jar, '/auth/code', { code }).expect(200);
    await otp.forget('id-ada');
    expect((await late(postJson, { code: '123456' }).expect(409)).body.detail).to.include('No code is pending');
  });
});

/** Ada with her password, and the same browser with the cookie that it has then, whatever comes after. */
async function halfway(setup: TestApp) {
  const jar = setup.agent();
  const login = await postJson(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
  const cookie = sessionCookie(login) ?? '';
  const late = (post: typeof postJson | typeof postForm, fields: Record<string, string>) =>
    post(setup.agent(), '/auth/code', fields).set('Cookie', cookie);
  return { ...setup, jar, late, code: setup.transport.lastCode() };
}
