import type { EventEmitter } from 'node:events';
import { expect } from 'chai';
import type { SmsOtpEvents } from '../../lib/index.ts';
import { type Agent, getPage, postForm, postJson, type TestApp, type TestAppSetup, testApp } from '../support/app.ts';

const PAGE = '/auth/without-phone';
const WRONG = '0000000000';
/** In the letters of a code, in groups, as somebody may type what was read out. */
const spelled = (code: string): string => ` ${code.slice(0, 5).toLowerCase()}–${code.slice(5)} `;

/** Sends do not matter here. */
const MANY = { sendsPerUserPerHour: false, sendsPerNumberPerHour: false } as const;

function withCodes(setup: TestAppSetup = {}): TestApp {
  return testApp({ ...setup, options: { recoveryCodes: true, limits: MANY, ...setup.options } });
}

/** The codes of a person who has signed in with the phone. */
async function paper(app: TestApp, username: 'ada' | 'grace' = 'ada'): Promise<readonly string[]> {
  const { body } = await postJson(await app.signedIn(username), '/auth/account/recovery-codes').expect(200);
  return body.recoveryCodes;
}

function told<Name extends keyof SmsOtpEvents>({ otp }: TestApp, name: Name): unknown[] {
  const events: unknown[] = [];
  const emitter: EventEmitter = otp.events;
  emitter.on(name, (facts: unknown) => events.push(facts));
  return events;
}

async function enter(jar: Agent, code: string, status: number): Promise<Record<string, unknown>> {
  const { body } = await postJson(jar, PAGE, { code }).expect(status);
  return body;
}

describe('a help code', () => {
  it('is 10 letters and digits, and lets its user in without an acr', async () => {
    const app = testApp();
    const events = told(app, 'helpCodeUsed');
    const jar = await app.signedIn('ada', 'password');
    const code = await app.otp.issueHelpCode('id-ada');
    expect(code).to.match(/^[0-9A-HJKMNP-TV-Z]{10}$/);
    const body = await enter(jar, spelled(code), 200);
    expect(body).to.deep.include({ stage: 'verified', amr: ['pwd', 'help-code'], location: '/' });
    expect(body).to.not.have.property('acr');
    const { body: facts } = await jar.get('/secret').expect(200);
    expect(facts).to.deep.include({ stage: 'verified', amr: ['pwd', 'help-code'] });
    expect(events).to.have.length(1);
    expect(events[0]).to.deep.include({ userId: 'id-ada', amr: ['pwd', 'help-code'], mayReplaceNumber: false });
  });

  it('is told to the phones at issue and at use', async () => {
    const app = testApp();
    const jar = await app.signedIn('grace', 'password');
    app.transport.messages.length = 0;
    const code = await app.otp.issueHelpCode('id-grace', { issuedBy: 'desk 7' });
    await enter(jar, code, 200);
    await app.otp.close();
    const texts = app.transport.messages.map(({ to, text }) => `${to} ${text.slice(0, 16)}`);
    for (const number of ['+46701740606', '+46701740607']) {
      expect(texts.filter((text) => text.startsWith(number))).to.have.members([
        `${number} The help desk of`,
        `${number} A code of the he`,
      ]);
    }
    expect(app.transport.messages.every(({ text }) => !text.includes(code))).to.equal(true);
  });

  it('works once, for its user only, and until its time is over', async () => {
    const app = testApp();
    const code = await app.otp.issueHelpCode('id-ada', { minutes: 5 });
    await enter(await app.signedIn('grace', 'password'), code, 401);
    await enter(await app.signedIn('ada', 'password'), code, 200);
    await enter(await app.signedIn('ada', 'password'), code, 401);
    const late = await app.otp.issueHelpCode('id-ada', { minutes: 5 });
    app.clock.advance(301);
    await enter(await app.signedIn('ada', 'password'), late, 401);
  });

  it('takes the place of the one before', async () => {
    const app = testApp();
    const jar = await app.signedIn('ada', 'password');
    const [first, second] = [await app.otp.issueHelpCode('id-ada'), await app.otp.issueHelpCode('id-ada')];
    await enter(jar, first, 401);
    await enter(jar, second, 200);
  });

  it('gives 5 tries an hour over all codes and browsers, with one answer whether or not there is a code', async () => {
    const app = testApp({ options: { limits: MANY } });
    const answers: unknown[] = [];
    for (let tries = 1; tries <= 5; tries++) {
      if (tries === 3) await app.otp.issueHelpCode('id-ada');
      answers.push(await enter(await app.signedIn('ada', 'password'), WRONG, 401));
    }
    expect(answers.map((answer) => Object(answer).attemptsRemaining)).to.deep.equal([4, 3, 2, 1, 0]);
    expect(
      new Set(answers.map((answer) => JSON.stringify({ ...Object(answer), attemptsRemaining: 0 }))),
    ).to.have.length(1);
    const code = await app.otp.issueHelpCode('id-ada');
    const jar = await app.signedIn('ada', 'password');
    const response = await postJson(jar, PAGE, { code }).expect(429);
    expect(response.body.code).to.equal('TOO_MANY_ATTEMPTS');
    expect(Number(response.headers['retry-after'])).to.be.within(3590, 3600);
    app.clock.advance(3601);
    await enter(await app.signedIn('ada', 'password'), await app.otp.issueHelpCode('id-ada'), 200);
  });

  it('counts the tries of a known browser apart', async () => {
    const app = testApp();
    const owner = await app.signedIn('ada');
    await postJson(owner, '/auth/logout').expect(200);
    const thief = await app.signedIn('ada', 'password');
    for (let tries = 1; tries <= 5; tries++) await enter(thief, WRONG, 401);
    await enter(thief, WRONG, 429);
    await postJson(owner, '/auth/login', { username: 'ada', password: 'lovelace' });
    await enter(owner, await app.otp.issueHelpCode('id-ada'), 200);
  });

  it('needs the password first, and is not needed after a code by SMS', async () => {
    const app = testApp();
    const code = await app.otp.issueHelpCode('id-ada');
    await enter(app.agent(), code, 401);
    const done = await app.signedIn('ada');
    expect(await enter(done, code, 409)).to.deep.include({ stage: 'verified', location: '/' });
    await getPage(app.agent(), PAGE).expect(303).expect('Location', '/auth/login');
    await getPage(done, PAGE).expect(303).expect('Location', '/');
  });

  it('counts nothing that has not the shape of a code', async () => {
    const app = testApp();
    const jar = await app.signedIn('ada', 'password');
    for (const code of ['', '123456', 'ABCDEFGHJU', 'ABCDEFGHJKM', `3-${'A'.repeat(16)}`, '…'.repeat(10)]) {
      expect(await enter(jar, code, 400)).to.deep.include({ code: 'BAD_REQUEST' });
    }
    await postJson(jar, PAGE, { code: ['A'] }).expect(400);
    await enter(jar, await app.otp.issueHelpCode('id-ada'), 200);
  });

  it('refuses wrong options, and a user who is not there', async () => {
    const { otp } = testApp();
    for (const options of [
      { minutes: 0 },
      { minutes: 61 },
      { minutes: 1.5 },
      { mayReplaceNumber: true },
      { hours: 1 },
    ]) {
      const thrown = await otp.issueHelpCode('id-ada', options).catch((error: Error) => error.name);
      expect(thrown).to.equal('SmsOtpConfigError');
    }
    const missing = await otp.issueHelpCode('id-nobody').catch((error: Error) => error.message);
    expect(missing).to.equal('There is no such user.');
  });

  it('works under the login of the app, and for a user without a number', async () => {
    const app = testApp({
      options: {
        currentUser: (req) => (req.get('x-user') ? { username: String(req.get('x-user')), amr: ['pwd'] } : undefined),
        loginUrl: '/login',
      },
    });
    const jar = app.agent();
    jar.set('x-user', 'alan');
    const code = await app.otp.issueHelpCode('id-alan');
    await enter(jar, WRONG, 401);
    expect(await enter(jar, code, 200)).to.deep.include({ stage: 'verified', amr: ['pwd', 'help-code'] });
    await jar.get('/secret').expect(200);
  });

  it('is taken while codes by SMS are locked, and while no SMS may be sent', async () => {
    const app = testApp({ options: { limits: { failedCodesPerUserPerDay: 2, failedCodesPerUserPer30Days: 2 } } });
    const jar = await app.signedIn('ada', 'password');
    for (let tries = 0; tries < 3; tries++) await postJson(jar, '/auth/code', { code: '000000' });
    await postJson(jar, '/auth/code', { code: '000000' }).expect(403);
    await enter(jar, await app.otp.issueHelpCode('id-ada'), 200);
  });

  it('leads back to where the sign-in was to lead', async () => {
    const app = testApp();
    const jar = await app.signedIn('ada', 'password');
    const page = await getPage(jar, `${PAGE}?returnTo=%2Fsecret`).expect(200);
    expect(page.text).to.include('name="returnTo" value="/secret"').and.not.include('recovery codes');
    const code = await app.otp.issueHelpCode('id-ada');
    await postForm(jar, PAGE, { code, returnTo: '/secret' }).expect(303).expect('Location', '/secret');
  });

  it('shows on its page what was wrong, and keeps what was typed', async () => {
    const app = withCodes();
    const jar = await app.signedIn('ada', 'password');
    const wrong = await postForm(jar, PAGE, { code: WRONG }).expect(401);
    expect(wrong.text).to.include('no longer valid').and.include(`value="${WRONG}"`).and.include('recovery codes');
    const malformed = await postForm(jar, PAGE, { code: '12' }).expect(400);
    expect(malformed.text).to.include('This code is not complete.');
  });

  it('is linked from the pages of the code, the choice and the first number', async () => {
    const enrollment = { when: 'always', allowedCountries: ['SE'] } as const;
    const app = testApp({ options: { enrollment } });
    const link = `href="${PAGE}?returnTo=%2Fx"`;
    const pages = { ada: '/auth/code', grace: '/auth/number' } as const;
    for (const [name, path] of Object.entries(pages)) {
      const jar = await app.signedIn(name as keyof typeof pages, 'password');
      expect((await getPage(jar, `${path}?returnTo=%2Fx`).expect(200)).text).to.include(link);
    }
    const alan = app.agent();
    await postJson(alan, '/auth/login', { username: 'alan', password: 'turing' });
    expect((await getPage(alan, '/auth/enroll?returnTo=%2Fx').expect(200)).text).to.include(link);
    const done = await app.signedIn('ada');
    expect((await getPage(done, '/auth/account')).text).to.not.include(PAGE);
  });

  it('is linked from the page of a refusal after a right password', async () => {
    const app = testApp();
    const jar = app.agent();
    const form = { username: 'alan', password: 'turing' };
    const { text } = await postForm(jar, '/auth/login', form).expect(403);
    expect(text).to.include(`href="${PAGE}"`);
  });
});

describe('recovery codes', () => {
  it('are ten, numbered, each for one sign-in, and the account says how many are left', async () => {
    const app = withCodes();
    const codes = await paper(app);
    expect(codes.map((code) => code.split('-')[0])).to.deep.equal(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
    for (const code of codes) expect(code).to.match(/^\d+(-[0-9A-HJKMNP-TV-Z]{4}){4}$/);
    const events = told(app, 'recoveryCodeUsed');
    const jar = await app.signedIn('ada', 'password');
    const [, second = '', , , , , , , , tenth = ''] = codes;
    expect(await enter(jar, second, 200)).to.deep.include({ stage: 'verified', amr: ['pwd', 'recovery-code'] });
    await enter(await app.signedIn('ada', 'password'), second, 401);
    await enter(await app.signedIn('ada', 'password'), tenth.toLowerCase().replaceAll('-', ' '), 200);
    expect(events.map((event) => Object(event).codesLeft)).to.deep.equal([9, 8]);
    const { body } = await jar.get('/auth/account').set('Accept', 'application/json');
    expect(body.recoveryCodesLeft).to.equal(8);
  });

  it('need a code by SMS that is not older than 5 minutes', async () => {
    const app = withCodes();
    const jar = await app.signedIn('ada');
    app.clock.advance(301);
    const { body } = await postJson(jar, '/auth/account/recovery-codes').expect(401);
    expect(body).to.deep.include({ code: 'SMS_OTP_REQUIRED', stage: 'send' });
    const refused = await postForm(jar, '/auth/account/recovery-codes').expect(401);
    expect(refused.text).to.include('Confirm that it is you');
    const step = body.location as string;
    expect(step).to.match(/^\/auth\/code\?returnTo=%2Fauth%2Faccount&press=/);
    await getPage(jar, step).expect(200);
    await postForm(jar, '/auth/code/send', { returnTo: '/auth/account' }).expect(303);
    await postForm(jar, '/auth/code', { code: app.transport.lastCode() })
      .expect(303)
      .expect('Location', '/auth/account');
    const made = await postForm(jar, '/auth/account/recovery-codes').expect(200);
    expect(made.text.match(/<code dir="ltr">/g)).to.have.length(10);
    expect(made.headers['cache-control']).to.equal('no-store');
  });

  it('are not made with a spare code, or with the password alone', async () => {
    const app = withCodes();
    const [first = ''] = await paper(app);
    const half = await app.signedIn('ada', 'password');
    await postJson(half, '/auth/account/recovery-codes').expect(401);
    await enter(half, first, 200);
    await postJson(half, '/auth/account/recovery-codes').expect(401);
  });

  it('die with a new set, and if an administrator resets them', async () => {
    const app = withCodes();
    const [first = ''] = await paper(app);
    const [second = ''] = await paper(app);
    await enter(await app.signedIn('ada', 'password'), first, 401);
    await app.otp.resetRecoveryCodes('id-ada');
    await app.otp.resetRecoveryCodes('id-ada');
    await enter(await app.signedIn('ada', 'password'), second, 401);
    const { body } = await (await app.signedIn('ada')).get('/auth/account').set('Accept', 'application/json');
    expect(body.recoveryCodesLeft).to.equal(0);
  });

  it('are unknown without the option', async () => {
    const app = testApp();
    const jar = await app.signedIn('ada');
    await postJson(jar, '/auth/account/recovery-codes').expect(404);
    const { body } = await jar.get('/auth/account').set('Accept', 'application/json');
    expect(body).to.not.have.property('recoveryCodesLeft');
    expect((await getPage(jar, '/auth/account')).text).to.not.include('ecovery');
  });

  it('are made at most ten times a day', async () => {
    const app = withCodes();
    const jar = await app.signedIn('ada');
    for (let sets = 0; sets < 10; sets++) await postJson(jar, '/auth/account/recovery-codes').expect(200);
    const { body } = await postJson(jar, '/auth/account/recovery-codes').expect(429);
    expect(body.code).to.equal('TOO_MANY_ATTEMPTS');
  });
});

describe('a number that is replaced without the phone', () => {
  const enrollment = { when: 'always', allowedCountries: ['SE'], maxNumbers: 3 } as const;
  const NEW = '+46701740699';

  async function inWithout(app: TestApp, code: string): Promise<Agent> {
    const jar = await app.signedIn('ada', 'password');
    await enter(jar, code, 200);
    return jar;
  }

  it('is proven by its own code alone, told to the old one, and ends other sessions', async () => {
    const app = withCodes({ options: { enrollment } });
    const other = await app.signedIn('ada');
    const { body } = await postJson(other, '/auth/account/recovery-codes').expect(200);
    const jar = await inWithout(app, body.recoveryCodes[0]);
    expect((await getPage(jar, '/auth/account').expect(200)).text).to.include('for the next 5 minutes');
    const sent = await postJson(jar, '/auth/account/phones', { phone: NEW }).expect(200);
    expect(sent.body).to.deep.include({ stage: 'code', purpose: 'enroll' });
    expect(app.transport.messages.at(-1)?.to).to.equal(NEW);
    const done = await postJson(jar, '/auth/code', { code: app.transport.lastCode() }).expect(200);
    expect(done.body).to.deep.include({ stage: 'verified', acr: 'smpp' });
    await app.otp.close();
    expect(app.transport.messages.at(-1)).to.deep.include({ to: '+46701740605' });
    expect(app.transport.messages.at(-1)?.text).to.include('number was added');
    expect((await app.people.findUser({ id: 'id-ada' }))?.phoneNumbers).to.deep.equal(['+46701740605', NEW]);
    app.clock.advance(6);
    await other.get('/secret').expect(401);
  });

  it('needs a code to an old number after the change, and after 5 minutes', async () => {
    const app = withCodes({ options: { enrollment } });
    const [first = '', second = ''] = await paper(app);
    const jar = await inWithout(app, first);
    await postJson(jar, '/auth/account/phones', { phone: NEW }).expect(200);
    await postJson(jar, '/auth/code', { code: app.transport.lastCode() }).expect(200);
    const again = await postJson(jar, '/auth/account/phones', { phone: '+46701740698' }).expect(200);
    expect(again.body.purpose).to.equal('change');
    const late = await inWithout(app, second);
    app.clock.advance(301);
    await postJson(late, '/auth/account/phones', { phone: '+46701740697' }).expect(401);
  });

  it('needs a help code that was issued for it', async () => {
    const app = testApp({ options: { enrollment } });
    const plain = await inWithout(app, await app.otp.issueHelpCode('id-ada'));
    await postJson(plain, '/auth/account/phones', { phone: NEW }).expect(401);
    const jar = await inWithout(app, await app.otp.issueHelpCode('id-ada', { mayReplaceNumber: true }));
    const { body } = await postJson(jar, '/auth/account/phones', { phone: NEW }).expect(200);
    expect(body.purpose).to.equal('enroll');
  });
});

describe('a trusted browser of somebody who has not the phone', () => {
  /** Signs in by it once; both are to end. */
  async function trusting(app: TestApp): Promise<{ readonly trusted: Agent; readonly signIn: () => Promise<string> }> {
    const login = { username: 'ada', password: 'lovelace' };
    const trusted = await app.signedIn('ada', 'password');
    await postJson(trusted, '/auth/code', { code: app.transport.lastCode(), trustBrowser: true }).expect(200);
    await postJson(trusted, '/auth/logout').expect(200);
    const signIn = async (): Promise<string> => (await postJson(trusted, '/auth/login', login).expect(200)).body.stage;
    expect(await signIn()).to.equal('verified');
    return { trusted, signIn };
  }

  const CODES: Readonly<Record<string, (app: TestApp) => Promise<string>>> = {
    'a help code': ({ otp }) => otp.issueHelpCode('id-ada'),
    'a recovery code': async (app) => (await paper(app))[0] ?? '',
  };
  for (const [name, code] of Object.entries(CODES)) {
    it(`is trusted until ${name} is used, and ends with what it has opened`, async () => {
      const app = withCodes({ options: { trustBrowser: {} } });
      const other = await trusting(app);
      const { trusted, signIn } = await trusting(app);
      const typed = await code(app);
      await enter(await app.signedIn('ada', 'password'), WRONG, 401);
      await trusted.get('/secret').expect(200);
      expect(await app.otp.trustedBrowsers.list('id-ada')).to.have.length(2);
      await enter(await app.signedIn('ada', 'password'), typed, 200);
      expect(await app.otp.trustedBrowsers.list('id-ada')).to.deep.equal([]);
      app.clock.advance(6);
      for (const jar of [trusted, other.trusted]) await jar.get('/secret').expect(401);
      for (const again of [signIn, other.signIn]) expect(await again()).to.equal('code');
    });
  }
});
