import { expect } from 'chai';
import { type Agent, getPage, postForm, postJson, type TestApp, type TestAppSetup, testApp } from '../support/app.ts';
import { wrongCode } from '../support/attack.ts';

const LOGIN = { username: 'ada', password: 'lovelace' };
const DAY = 24 * 60 * 60;
const SETUP: TestAppSetup = {
  options: { trustBrowser: {} },
  routes(app, otp) {
    app.get('/sms', otp.requireSmsOtp(), (_req, res) => void res.send('in'));
    app.get('/any', otp.requireSmsOtp({ without: ['trustedBrowser'] }), (_req, res) => void res.send('in'));
    app.get('/other', otp.requireSmsOtp({ without: ['helpCode', 'recoveryCode'] }), (_req, res) => void res.send('in'));
    app.get(
      '/fresh',
      otp.requireSmsOtp({ maxAgeSeconds: 60, without: ['trustedBrowser'] }),
      (_req, res) => void res.send('in'),
    );
  },
};

/** The cookie that an answer sets, as a browser sends it. */
function cookieOf({ headers }: { readonly headers: Readonly<Record<string, unknown>> }): string | undefined {
  const all = [headers['set-cookie'] ?? []].flat().map(String);
  return all.find((cookie) => cookie.includes('.trusted='))?.split(';')[0];
}

describe('a trusted browser', () => {
  let app: TestApp;

  beforeEach(() => {
    app = testApp(SETUP);
  });

  async function trust(jar: Agent = app.agent(), login: object = LOGIN): Promise<{ jar: Agent; cookie: string }> {
    await postJson(jar, '/auth/login', login).expect(200);
    const answer = await postJson(jar, '/auth/code', { code: app.transport.lastCode(), trustBrowser: true });
    expect(answer.status).to.equal(200);
    const cookie = cookieOf(answer) ?? '';
    expect(cookie).to.match(/^smsOtp\.trusted=[\w-]{16}\.[\w-]{22}$/);
    return { jar, cookie };
  }

  /** In a browser that has this cookie and no other. */
  async function signIn(cookie: string, login: object = LOGIN): Promise<{ stage: string; cookie: string; jar: Agent }> {
    const jar = app.agent();
    const answer = await postJson(jar, '/auth/login', login).set('Cookie', cookie);
    return { stage: String(answer.body.stage ?? answer.body.code), cookie: cookieOf(answer) ?? '', jar };
  }

  it('needs the password alone, and says so', async () => {
    const { cookie } = await trust();
    const sent = app.transport.messages.length;
    const jar = app.agent();
    const { body } = await postJson(jar, '/auth/login', { ...LOGIN, returnTo: '/secret' }).set('Cookie', cookie);
    expect(body).to.deep.include({ stage: 'verified', amr: ['pwd', 'trusted-browser'], location: '/secret' });
    expect(body).to.not.have.property('acr');
    expect((await jar.get('/secret').expect(200)).body).to.deep.include({ stage: 'verified', amr: body.amr });
    expect(app.transport.messages).to.have.length(sent);
  });

  it('opens the default gate and those that name it, and no other, until a code was entered', async () => {
    const { jar } = await signIn((await trust()).cookie);
    await jar.get('/any').expect(200);
    for (const path of ['/sms', '/other', '/fresh']) {
      const { body } = await jar.get(path).expect(401);
      expect(body).to.deep.include({ code: 'SMS_OTP_REQUIRED', stage: 'verified' });
      const location = decodeURIComponent((await getPage(jar, path).expect(303)).headers.location ?? '');
      expect(location).to.include(`/auth/code?returnTo=${path}&press=`);
    }
    const page = await getPage(jar, '/auth/code?returnTo=/sms').expect(200);
    expect(page.text).to.include('A trusted browser, a code from the help desk').and.include('Back to the site');
    await postJson(jar, '/auth/code/send', { returnTo: '/sms' }).expect(200);
    const { body } = await postJson(jar, '/auth/code', { code: app.transport.lastCode() }).expect(200);
    expect(body).to.deep.include({ acr: 'smpp', amr: ['pwd', 'sms', 'otp', 'mfa'], location: '/sms' });
    for (const path of ['/sms', '/any', '/other', '/fresh']) await jar.get(path).expect(200);
  });

  it('shows the account, and lets no number be changed without a code', async () => {
    const enrollment = { when: 'always', allowedCountries: ['SE'] } as const;
    app = testApp({ options: { trustBrowser: {}, enrollment } });
    const { jar } = await signIn((await trust()).cookie);
    const page = await getPage(jar, '/auth/account').expect(200);
    expect(page.text).to.include('Trusted browsers').and.include('/auth/code?returnTo=%2Fauth%2Faccount');
    const sent = app.transport.messages.length;
    for (const [path, body] of [
      ['/auth/account/phones', { phone: '+46701740650' }],
      ['/auth/account/phones/remove', { number: 0 }],
    ] as const) {
      const answer = await postJson(jar, path, body).expect(401);
      expect(answer.body).to.include({ code: 'SMS_OTP_REQUIRED', location: '/auth/code?returnTo=%2Fauth%2Faccount' });
    }
    expect(app.transport.messages).to.have.length(sent);
    await getPage(jar, '/auth/code?returnTo=/auth/account').expect(200, /Send a code to/);
  });

  it('is worth nothing without the password, or with a wrong one', async () => {
    const { cookie } = await trust();
    await app.agent().get('/secret').set('Cookie', cookie).expect(401);
    expect((await signIn(cookie, { ...LOGIN, password: 'wrong' })).stage).to.equal('INVALID_CREDENTIALS');
    expect((await signIn(cookie)).stage).to.equal('verified');
  });

  it("is nobody else's", async () => {
    const { cookie } = await trust();
    expect((await signIn(cookie, { username: 'grace', password: 'hopper' })).stage).to.equal('number');
    const all = cookie.replace('=', `=${'A'.repeat(16)}.${'B'.repeat(22)}~x~~`);
    expect((await signIn(all)).stage).to.equal('verified');
  });

  it('can be trusted by several people, each with a token of their own', async () => {
    const { jar } = await trust();
    await postJson(jar, '/auth/logout').expect(200);
    await postJson(jar, '/auth/login', { username: 'grace', password: 'hopper' }).expect(200);
    await postJson(jar, '/auth/number', { number: 0 }).expect(200);
    await postJson(jar, '/auth/code', { code: app.transport.lastCode(), trustBrowser: true }).expect(200);
    for (const login of [LOGIN, { username: 'grace', password: 'hopper' }, LOGIN]) {
      await postJson(jar, '/auth/logout').expect(200);
      expect((await postJson(jar, '/auth/login', login).expect(200)).body.stage).to.equal('verified');
    }
  });

  it('ends with its days, though the client keeps the token', async () => {
    const { cookie } = await trust();
    app.clock.advance(30 * DAY - 1);
    const { jar, cookie: next } = await signIn(cookie);
    await jar.get('/secret').expect(200);
    app.clock.advance(2);
    await jar.get('/secret').expect(401);
    expect((await signIn(next)).stage).to.equal('code');
  });

  it('is not begun by a step-up, by an exemption or without the option', async () => {
    const jar = await app.signedIn();
    await postJson(jar, '/auth/code/send').expect(200);
    const again = await postJson(jar, '/auth/code', { code: app.transport.lastCode(), trustBrowser: true }).expect(200);
    expect(cookieOf(again)).to.equal(undefined);
    app = testApp();
    const other = await app.signedIn('ada', 'password');
    expect((await getPage(other, '/auth/code')).text).to.not.include('trustBrowser');
    const answer = await postJson(other, '/auth/code', { code: app.transport.lastCode(), trustBrowser: true });
    expect(cookieOf(answer)).to.equal(undefined);
    await postJson(other, '/auth/account/browsers/remove', { browser: 0 }).expect(404);
  });

  it('is offered by a box, and begun by it only', async () => {
    const jar = app.agent();
    await postForm(jar, '/auth/login', LOGIN).expect(303);
    expect((await getPage(jar, '/auth/code')).text).to.include('Trust this browser for 30\u00a0days');
    await postJson(jar, '/auth/code', { code: '000000', trustBrowser: ['x'] }).expect(400);
    const fields = { code: app.transport.lastCode(), trustBrowser: 'true' };
    const answer = await postForm(jar, '/auth/code', fields).expect(303);
    expect(answer.headers['set-cookie']).to.satisfy((cookies: string[]) =>
      cookies.some((cookie) => /^smsOtp\.trusted=.*; Max-Age=2592000; Path=\/;.* HttpOnly; SameSite=Lax$/.test(cookie)),
    );
    await postForm(jar, '/auth/logout').expect(303);
    await postForm(jar, '/auth/login', { ...LOGIN, returnTo: '/secret' })
      .expect(303)
      .expect('Location', '/secret');
  });

  it('keeps the tick of its box after a code that was wrong, or was none; and sets none by itself', async () => {
    const jar = await app.signedIn('ada', 'password');
    const box = async () => /<input id="trust"[^>]*>/.exec((await getPage(jar, '/auth/code').expect(200)).text)?.[0];
    expect(await box()).not.to.include('checked');
    const wrong = wrongCode(app.transport.lastCode());
    for (const code of [wrong, '12']) {
      await postForm(jar, '/auth/code', { code, trustBrowser: 'true' }).expect(303);
      expect(await box(), code).to.include(' checked>');
      await postForm(jar, '/auth/code', { code }).expect(303);
      expect(await box(), code).not.to.include('checked');
    }
  });

  it('is one of ten at most: the one that was used least lately makes room', async () => {
    const cookies: string[] = [];
    for (let browser = 0; browser < 10; browser++) {
      cookies.push((await trust()).cookie);
      app.clock.advance(60 * 60);
    }
    const [first = '', second = ''] = cookies;
    const again = await signIn(first);
    expect(again.stage).to.equal('verified');
    app.clock.advance(60);
    await trust();
    expect(await app.otp.trustedBrowsers.list('id-ada')).to.have.length(10);
    expect((await signIn(second)).stage).to.equal('code');
    expect((await signIn(again.cookie)).stage).to.equal('verified');
  });

  it('has opened twenty sign-ins at most that go on: the oldest makes room', async () => {
    let { cookie } = await trust();
    const jars: Agent[] = [];
    for (let turn = 0; turn < 21; turn++) {
      const next = await signIn(cookie);
      expect(next.stage).to.equal('verified');
      jars.push(next.jar);
      cookie = next.cookie;
      app.clock.advance(1);
    }
    app.clock.advance(6);
    const [first, second] = jars;
    await first?.get('/secret').expect(401);
    for (const jar of [second, jars.at(-1)]) await jar?.get('/secret').expect(200);
    await app.otp.trustedBrowsers.end('id-ada');
    app.clock.advance(6);
    for (const jar of jars) await jar.get('/secret').expect(401);
  });

  describe('whose token was replaced', () => {
    it('goes on with the new one, and with the old one as long as nobody has presented the new one', async () => {
      const { cookie } = await trust();
      const lost = await signIn(cookie);
      app.clock.advance(DAY);
      // The answer with the new token was lost.
      const second = await signIn(cookie);
      app.clock.advance(DAY);
      const third = await signIn(second.cookie);
      for (const { stage } of [lost, second, third]) expect(stage).to.equal('verified');
      expect((await signIn(third.cookie)).stage).to.equal('verified');
    });

    it('keeps the trust of two tabs that sign in at once, whichever answer is the last', async () => {
      for (const last of [0, 1] as const) {
        app = testApp(SETUP);
        const { cookie } = await trust();
        const tabs = await Promise.all([signIn(cookie), signIn(cookie)]);
        expect(tabs.map(({ stage }) => stage)).to.deep.equal(['verified', 'verified']);
        app.clock.advance(DAY);
        expect((await signIn(tabs[last].cookie)).stage).to.equal('verified');
      }
    });

    it('keeps the trust if three sign-ins overlap, and the answer of the earlier one comes last', async () => {
      for (const last of [0, 1] as const) {
        app = testApp(SETUP);
        const { cookie } = await trust();
        const tabs = [await signIn(cookie), await signIn(cookie)] as const;
        expect((await signIn(tabs[last === 0 ? 1 : 0].cookie)).stage).to.equal('verified');
        app.clock.advance(DAY);
        expect((await signIn(tabs[last].cookie)).stage).to.equal('verified');
      }
    });

    it('takes the copy of a thief who came in the same moment for a day and a half, and no longer', async () => {
      for (const [hours, stage] of [
        [35, 'verified'],
        [37, 'code'],
      ] as const) {
        app = testApp(SETUP);
        const { cookie } = await trust();
        const own = await signIn(cookie);
        app.clock.advance(10);
        const copied = await signIn(cookie);
        app.clock.advance(10);
        expect((await signIn(own.cookie)).stage).to.equal('verified');
        app.clock.advance(hours * 60 * 60);
        expect((await signIn(copied.cookie)).stage).to.equal(stage);
      }
    });

    it('takes an old one for a minute, whatever was presented', async () => {
      const { cookie } = await trust();
      const second = await signIn(cookie);
      const third = await signIn(second.cookie);
      app.clock.advance(59);
      const late = await signIn(cookie);
      expect([third.stage, late.stage]).to.deep.equal(['verified', 'verified']);
      expect((await signIn(late.cookie)).stage).to.equal('verified');
    });

    it('ends with a copy that comes later: its sign-ins, too, and the person is told', async () => {
      const { cookie } = await trust();
      const second = await signIn(cookie);
      const third = await signIn(second.cookie);
      app.clock.advance(61);
      const ended: unknown[] = [];
      app.otp.events.on('trustedBrowserEnded', ({ userId, reason }) => ended.push([userId, reason]));
      expect((await signIn(cookie)).stage).to.equal('code');
      expect(ended).to.deep.equal([['id-ada', 'copied']]);
      const texts = app.transport.messages.map(({ text }) => text);
      expect(texts.filter((text) => text.includes('was used at this site'))).to.have.length(1);
      expect((await signIn(third.cookie)).stage).to.equal('code');
      for (const { jar } of [second, third]) await jar.get('/secret').expect(401);
    });

    it('ends with a copy that is used in turns with it, whoever comes first', async () => {
      for (const isOwnerFirst of [true, false]) {
        app = testApp(SETUP);
        const { cookie } = await trust();
        let [owner, copy] = [cookie, cookie];
        const stages: string[] = [];
        for (const isOwner of isOwnerFirst ? [true, false, true, false] : [false, true, false, true]) {
          app.clock.advance(DAY);
          const answer = await signIn(isOwner ? owner : copy);
          stages.push(answer.stage);
          if (isOwner) owner = answer.cookie;
          else copy = answer.cookie;
        }
        expect(stages).to.deep.equal(['verified', 'verified', 'verified', 'code']);
        for (const left of [owner, copy]) expect((await signIn(left)).stage).to.not.equal('verified');
      }
    });
  });

  describe('ends', () => {
    const WAYS: Readonly<Record<string, (app: TestApp) => Promise<unknown>>> = {
      'by a sign-out everywhere': ({ otp }) => otp.signOutEverywhere('id-ada'),
      'by an unlock': ({ otp }) => otp.unlock('id-ada'),
      'by an administrator': ({ otp }) => otp.trustedBrowsers.end('id-ada'),
      'when a number is added': ({ otp }) => otp.phones.add('id-ada', '+46701740650'),
      'when the person is forgotten': ({ otp }) => otp.forget('id-ada'),
    };
    for (const [way, end] of Object.entries(WAYS)) {
      it(`${way}, with the sign-ins that it has opened`, async () => {
        const { jar, cookie } = await signIn((await trust()).cookie);
        await jar.get('/secret').expect(200);
        await end(app);
        await jar.get('/secret').expect(401);
        expect((await signIn(cookie)).stage).to.be.oneOf(['code', 'number']);
        expect(await app.otp.trustedBrowsers.list('id-ada')).to.deep.equal([]);
      });
    }

    it('if the password or a number was changed in the directory, or is not told any more', async () => {
      const person = { id: 'id-ada', username: 'ada', password: 'lovelace', phoneNumbers: ['+46701740605'] };
      for (const change of [
        { passwordChangedAt: new Date('2026-01-02') },
        {},
        { passwordChangedAt: new Date('2026-01-01'), phoneNumbers: ['+46701740651'] },
      ]) {
        app = testApp(SETUP);
        app.people.change('id-ada', { passwordChangedAt: new Date('2026-01-01') });
        const { jar, cookie } = await signIn((await trust()).cookie);
        await jar.get('/secret').expect(200);
        app.people.add({ ...person, ...change });
        app.clock.advance(301);
        await jar.get('/secret').expect(200);
        await new Promise((resolve) => setImmediate(resolve));
        app.clock.advance(6);
        await jar.get('/secret').expect(401);
        expect((await signIn(cookie)).stage).to.equal('code');
      }
    });
  });

  it('is listed on the account, by its name, and each is ended there', async () => {
    const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
    const jar = app.agent();
    await postJson(jar, '/auth/login', LOGIN).expect(200);
    const code = app.transport.lastCode();
    await postJson(jar, '/auth/code', { code, trustBrowser: true }).set('User-Agent', agent).expect(200);
    const { cookie } = await trust();
    const seen = await jar.get('/auth/account').set('Accept', 'application/json').expect(200);
    const lastUsed = Math.floor(app.clock.now() / 1000);
    expect(seen.body.browsers).to.have.deep.members([
      { browser: 0, label: seen.body.browsers[0].label, lastUsed },
      { browser: 1, label: seen.body.browsers[1].label, lastUsed },
    ]);
    expect(seen.body.browsers.map(({ label }: { label: string }) => label)).to.have.members(['Firefox, Linux', '']);
    const place = seen.body.browsers.findIndex(({ label }: { label: string }) => label === '');
    await postJson(jar, '/auth/account/browsers/remove', { browser: 7 }).expect(409);
    await postJson(jar, '/auth/account/browsers/remove', { browser: 'x' }).expect(400);
    app.people.isDown = true;
    await postForm(jar, '/auth/account/browsers/remove', { browser: String(place) })
      .expect(303)
      .expect('Location', '/auth/account');
    app.people.isDown = false;
    await postJson(jar, '/auth/account/browsers/remove', { browser: place }).expect(409);
    expect((await signIn(cookie)).stage).to.equal('code');
    const [left, ...others] = await app.otp.trustedBrowsers.list('id-ada');
    expect([left?.label, others]).to.deep.equal(['Firefox, Linux', []]);
  });

  it('is ended by somebody whom the app names, with the sign-in that it has opened, while the directory is down', async () => {
    const options = { ...SETUP.options, currentUser: () => ({ username: 'ada' }), loginUrl: '/login' };
    app = testApp({ ...SETUP, options });
    const first = app.agent();
    await postJson(first, '/auth/code/send').expect(200);
    const cookie = cookieOf(
      await postJson(first, '/auth/code', { code: app.transport.lastCode(), trustBrowser: true }).expect(200),
    );
    const jar = app.agent();
    await postJson(jar, '/auth/code/send').set('Cookie', String(cookie)).expect(200);
    const seen = await jar.get('/auth/account').set('Accept', 'application/json').expect(200);
    expect(seen.body).to.deep.include({ stage: 'verified', amr: ['trusted-browser'] });
    app.people.isDown = true;
    const { body } = await postJson(jar, '/auth/account/browsers/remove', { browser: 0 }).expect(200);
    expect(body).to.deep.include({ stage: 'send', location: '/auth/code?returnTo=%2Fauth%2Faccount' });
    expect(await app.otp.trustedBrowsers.list('id-ada')).to.deep.equal([]);
  });
});
