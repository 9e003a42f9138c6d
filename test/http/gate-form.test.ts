import { expect } from 'chai';
import { urlencoded } from 'express';
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

const setup: TestAppSetup = {
  options: { authRequired: false },
  routes(app, otp) {
    app.post('/transfer', otp.requireSmsOtp({ maxAgeSeconds: 60 }), (_req, res) => void res.send('done'));
  },
};

describe('a gate in front of a form', () => {
  const ORIGIN = 'http://127.0.0.1';

  async function stale(more: TestAppSetup = {}): Promise<{ readonly app: TestApp; readonly jar: Agent }> {
    const app = testApp({ ...setup, ...more, options: { ...setup.options, ...more.options } });
    const jar = await app.signedIn('ada');
    app.clock.advance(61);
    return { app, jar };
  }

  function linkIn(text: string): string {
    return withoutMarks(rawLinkIn(text));
  }

  function rawLinkIn(text: string): string {
    return /class="button" href="([^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  }

  it('says in words of its own that a code is needed and the form is not kept, and leads back to its page', async () => {
    const { app, jar } = await stale();
    const { text } = await postForm(jar, '/transfer', { amount: '10' })
      .set('Referer', `${ORIGIN}/accounts?of=ada`)
      .expect(401);
    expect(text).to.contain('<h1>Confirm that it is you</h1>').and.contain('were not kept');
    expect(text).to.contain('<title>Confirm that it is you – ');
    expect(text).to.not.contain('That did not work').and.not.contain('role="alert"');
    const back = '/accounts?of=ada';
    const link = linkIn(text);
    expect(link).to.equal(`/auth/code?${new URLSearchParams({ returnTo: back })}`);
    // Without the gate's mark the page would lead on: nobody but a gate asks for a fresh code.
    const page = await getPage(jar, rawLinkIn(text)).expect(200);
    expect(page.text).to.contain(`name="returnTo" value="${back}"`);
    await postForm(jar, '/auth/code/send', { returnTo: back }).expect(303);
    const code = app.transport.lastCode();
    await postForm(jar, '/auth/code', { code, returnTo: back }).expect(303).expect('Location', back);
  });

  it('lets the script send the code, since a form has asked for it', async () => {
    const { jar } = await stale();
    const { text } = await postForm(jar, '/transfer').expect(401);
    const page = getPage(jar, rawLinkIn(text)).set('Sec-Fetch-Site', 'same-origin');
    expect((await page.expect(200)).text).to.contain('data-press');
  });

  it('leads where the form says, before the page that it is on', async () => {
    const { jar } = await stale({ before: (app) => app.use(urlencoded({ extended: false })) });
    const from = { Referer: `${ORIGIN}/accounts` };
    const inBody = await postForm(jar, '/transfer', { returnTo: '/from-form' }).set(from).expect(401);
    expect(linkIn(inBody.text)).to.equal('/auth/code?returnTo=%2Ffrom-form');
    const inQuery = await postForm(jar, '/transfer?returnTo=/from-query', { returnTo: '/from-form' }).set(from);
    expect(linkIn(inQuery.text)).to.equal('/auth/code?returnTo=%2Ffrom-query');
  });

  for (const [what, referer] of [
    ['another site', 'http://evil.example/accounts'],
    ['another scheme of the site', 'https://127.0.0.1/accounts'],
    ['another port of the site', 'http://127.0.0.1:81/accounts'],
    ['a page of ours', `${ORIGIN}/auth/account?x=1`],
    ['the first of our pages', `${ORIGIN}/auth`],
    ['a path that leaves the site', `${ORIGIN}//evil.example/`],
    ['no URL', 'accounts'],
    ['a URL without an origin', 'data:text/html,x'],
    ['a URL within another', `blob:${ORIGIN}/accounts`],
  ] as const) {
    it(`leads to the site, not to ${what}`, async () => {
      const { jar } = await stale();
      const { text } = await postForm(jar, '/transfer').set('Referer', referer).expect(401);
      expect(linkIn(text)).to.equal('/auth/code');
    });
  }

  it('takes the page for one of the site by the host, if no origin is set', async () => {
    const none: object = { origin: undefined };
    const { jar } = await stale({ options: none });
    const { text } = await postForm(jar, '/transfer').set('Host', 'a.example').set('Referer', 'https://a.example/x');
    expect(linkIn(text)).to.equal('/auth/code?returnTo=%2Fx');
    const other = await postForm(jar, '/transfer').set('Host', 'a.example').set('Referer', 'https://b.example/x');
    expect(linkIn(other.text)).to.equal('/auth/code');
  });

  it('leads somebody whose sign-in has ended through the login and back', async () => {
    const { agent } = testApp(setup);
    const { text } = await postForm(agent(), '/transfer').set('Referer', `${ORIGIN}/accounts`).expect(401);
    expect(text).to.contain('<h1>Sign in</h1>').and.contain('were not kept');
    expect(linkIn(text)).to.equal('/auth/login?returnTo=%2Faccounts');
  });

  it('tells a program the same way back', async () => {
    const { jar } = await stale();
    const { body } = await postJson(jar, '/transfer').set('Referer', `${ORIGIN}/accounts`).expect(401);
    expect(withoutMarks(body.location)).to.equal('/auth/code?returnTo=%2Faccounts');
  });
});
