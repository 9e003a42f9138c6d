import { expect } from 'chai';
import { type Agent, getPage, postForm, postJson, type TestApp, testApp, withoutMarks } from '../support/app.ts';

const PASSWORDS = { ada: 'lovelace', grace: 'hopper', alan: 'turing' } as const;
type Name = keyof typeof PASSWORDS;
/** Pages of an app whose own pages all need a code. */
const PATHS = [
  '/',
  '/sms',
  '/auth',
  '/auth/login',
  '/auth/login?returnTo=/sms',
  '/auth/code',
  '/auth/code?returnTo=/sms',
  '/auth/number',
  '/auth/number?returnTo=/sms',
  '/auth/enroll',
  '/auth/without-phone',
  '/auth/without-phone?returnTo=/sms',
  '/auth/account',
] as const;

type Enrollment = 'with' | 'without';

function gatedApp(enrollment: Enrollment): TestApp {
  return testApp({
    options: {
      authRequired: false,
      trustBrowser: {},
      recoveryCodes: true,
      ...(enrollment === 'with' && { enrollment: { when: 'always', allowedCountries: ['SE'] } }),
    },
    routes: (app, otp) => app.get(['/', '/sms'], otp.requireSmsOtp(), (_req, res) => void res.send('in')),
  });
}

interface Arrival {
  readonly address: string;
  readonly status: number;
  readonly text: string;
}

/** Follows redirects as a browser does, until an address would come again. */
async function follow(jar: Agent, path: string): Promise<Arrival> {
  const seen = new Set<string>();
  for (let address = path; ; ) {
    const { status, headers, text } = await getPage(jar, address).redirects(0);
    if (status !== 303) return { address, status, text };
    seen.add(withoutMarks(address));
    address = String(headers.location);
    expect(seen.has(withoutMarks(address)), [...seen, address].join(' → ')).to.equal(false);
  }
}

async function typePassword(jar: Agent, username: Name): Promise<void> {
  await postForm(jar, '/auth/login', { username, password: PASSWORDS[username] });
}

/** Somebody who is in without a code, by a way of their own. */
const WAYS = {
  async 'a help code'(app: TestApp, name: Name): Promise<Agent> {
    const jar = app.agent();
    await typePassword(jar, name);
    const code = await app.otp.issueHelpCode(`id-${name}`);
    await postForm(jar, '/auth/without-phone', { code, returnTo: '/sms' }).expect(303).expect('Location', '/sms');
    return jar;
  },
  async 'a recovery code'(app: TestApp, name: Name): Promise<Agent> {
    const { body } = await postJson(await app.signedIn('ada'), '/auth/account/recovery-codes').expect(200);
    const jar = app.agent();
    await typePassword(jar, name);
    const [code] = body.recoveryCodes;
    await postForm(jar, '/auth/without-phone', { code, returnTo: '/sms' }).expect(303).expect('Location', '/sms');
    return jar;
  },
  async 'a trusted browser'(app: TestApp, name: Name): Promise<Agent> {
    const jar = app.agent();
    await typePassword(jar, name);
    if (name === 'grace') await postForm(jar, '/auth/number', { number: '0' }).expect(303);
    await postForm(jar, '/auth/code', { code: app.transport.lastCode(), trustBrowser: 'true' }).expect(303);
    await postForm(jar, '/auth/logout').expect(303);
    await typePassword(jar, name);
    return jar;
  },
} as const;

/** The page at which a gate ends. */
const ENDS: Readonly<Record<Name, Readonly<Record<Enrollment, string>>>> = {
  ada: { with: '/auth/code', without: '/auth/code' },
  grace: { with: '/auth/number', without: '/auth/number' },
  alan: { with: '/auth/enroll', without: '/auth/code' },
};

describe('an app whose every route asks for a code by SMS', () => {
  const PEOPLE: readonly (readonly [keyof typeof WAYS, Name])[] = [
    ['a help code', 'ada'],
    ['a help code', 'grace'],
    ['a help code', 'alan'],
    ['a recovery code', 'ada'],
    ['a trusted browser', 'ada'],
    ['a trusted browser', 'grace'],
  ];
  for (const enrollment of ['with', 'without'] as const) {
    for (const [way, name] of PEOPLE) {
      it(`leads ${name} in no circle after ${way}, ${enrollment} enrolment`, async () => {
        const app = gatedApp(enrollment);
        const jar = await WAYS[way](app, name);
        for (const path of PATHS) {
          const { status, address } = await follow(jar, path);
          const isNoPage = path === '/auth/enroll' && enrollment === 'without';
          expect([path, status]).to.deep.equal([path, isNoPage ? 404 : 200]);
          expect(address.startsWith('/auth/')).to.equal(true);
        }
        for (const path of ['/', '/sms'])
          expect((await follow(jar, path)).address).to.include(`${ENDS[name][enrollment]}?`);
      });
    }
  }

  for (const way of Object.keys(WAYS) as (keyof typeof WAYS)[]) {
    it(`says that a code is needed, and lets in after it: ${way}`, async () => {
      const app = gatedApp('without');
      const jar = await WAYS[way](app, 'ada');
      expect((await follow(jar, '/sms')).text)
        .to.include('is not enough here')
        .and.include('Send a code');
      await postForm(jar, '/auth/code/send', { returnTo: '/sms' }).expect(303);
      expect(await follow(jar, '/sms')).to.deep.include({ status: 200 });
      await postForm(jar, '/auth/code', { code: app.transport.lastCode(), returnTo: '/sms' })
        .expect(303)
        .expect('Location', '/sms');
      for (const path of ['/', '/sms', '/auth', '/auth/login']) expect((await follow(jar, path)).text).to.equal('in');
    });
  }

  it('says to somebody without a number that a code is needed and nobody can be sent one, and ends there', async () => {
    const app = gatedApp('without');
    const jar = await WAYS['a help code'](app, 'alan');
    const { text } = await postForm(jar, '/auth/code/send', { returnTo: '/sms' }).expect(403);
    const { text: page } = await follow(jar, '/sms');
    for (const each of [text, page]) {
      expect(each).to.include('There is no phone number for your account').and.include('is not enough here');
      expect(each).not.to.include('action="/auth/code/send"').and.not.include('Send a code');
    }
    expect(page).to.include('Back to the site');
    expect(app.transport.messages).to.deep.equal([]);
  });

  it('shows no button that sends a code to nowhere after the password, and no empty list on the account', async () => {
    const app = testApp();
    const jar = app.agent();
    const login = await postForm(jar, '/auth/login', { username: 'alan', password: 'turing' }).expect(403);
    const page = await getPage(jar, '/auth/code').expect(200);
    for (const { text } of [login, page]) {
      expect(text).to.include('There is no phone number').and.include('/auth/without-phone');
      expect(text).not.to.include('action="/auth/code/send"');
    }
    app.people.change('id-alan', { phoneNumbers: ['call me'] });
    expect((await getPage(jar, '/auth/code')).text)
      .to.include('that we can use')
      .and.not.include('/auth/code/send"');
    await postJson(jar, '/auth/without-phone', { code: await app.otp.issueHelpCode('id-alan') }).expect(200);
    const account = await getPage(jar, '/auth/account').expect(200);
    expect(account.text).to.include('There is no phone number for your account').and.not.include('<ul');
    app.people.change('id-alan', { phoneNumbers: ['+46701740633'] });
    expect((await getPage(jar, '/auth/account')).text)
      .to.include('<ul class="numbers"')
      .and.include('0633');
  });

  it('leads somebody who can enter a number to that page from an account without any', async () => {
    const app = gatedApp('with');
    const jar = await WAYS['a help code'](app, 'alan');
    const { text } = await getPage(jar, '/auth/account').expect(200);
    expect(text).to.not.include('<ul').and.not.include('There is no phone number');
    expect((await follow(jar, '/auth/code?returnTo=%2Fauth%2Faccount')).address).to.include('/auth/enroll');
  });
});
