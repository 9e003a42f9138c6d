/// <reference lib="dom" />
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { ar } from '../../lib/locales/ar.ts';
import { en } from '../../lib/locales/en.ts';
import { zhHans } from '../../lib/locales/zh-Hans.ts';
import { useBrowser, violationsOn } from '../support/browser.ts';
import { READABLE, UNREADABLE } from '../support/typed-codes.ts';
import { type PageServer, startPageServer } from './page-server.ts';
import { CODE, LOGIN, NUMBER, PENDING, render, SEND } from './sample-pages.ts';

const RETURN_TO = '/dashboard?tab=1';
const SENT = ['/auth/code/send', { returnTo: RETURN_TO }];

describe('the script of the pages', function () {
  this.timeout(60_000);

  const browser = useBrowser();
  let server: PageServer;
  let page: Page;

  beforeEach(async () => {
    server = await startPageServer();
    page = await browser.newPage();
  });

  afterEach(() => server.close());

  async function open(html: string | Promise<string>): Promise<void> {
    server.html = await html;
    await page.goto(server.url);
  }

  function openCode(pending: Partial<typeof PENDING> = {}): Promise<void> {
    return open(render('code', { ...CODE, pending: { ...PENDING, ...pending } }));
  }

  const press = (name: string) => page.getByRole('button', { name }).click();
  const nextPage = () => page.getByText('The next page').waitFor();

  describe('on a clock that only we move', () => {
    const news = () => page.locator('[data-news]').textContent();

    beforeEach(async () => {
      await page.clock.install({ time: 0 });
      await page.clock.pauseAt(3_600_000);
    });

    it('counts down the life of the code', async () => {
      await openCode({ expiresInSeconds: 125 });
      await page.getByText('The code is valid for 2:05.').waitFor();
      await page.clock.runFor(6000);
      await page.getByText('The code is valid for 1:59.').waitFor();
    });

    it('does so in a browser without BroadcastChannel, too', async () => {
      await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'BroadcastChannel'));
      await openCode({ expiresInSeconds: 125 });
      await page.clock.runFor(6000);
      await page.getByText('The code is valid for 1:59.').waitFor();
    });

    it('tells a screen reader of it, and shows it, a minute and 20 seconds before the end', async () => {
      await openCode({ expiresInSeconds: 90 });
      const line = page.getByText('The code is valid for');
      await page.clock.runFor(29_000);
      expect(await news()).to.equal('');
      expect(await page.locator('[data-soon]').count()).to.equal(0);
      await page.clock.runFor(1000);
      expect(await news()).to.equal('The code is valid for 60 seconds.');
      expect(await line.first().getAttribute('data-soon')).to.equal('');
      await page.clock.runFor(39_000);
      expect(await news()).to.equal('The code is valid for 60 seconds.');
      await page.clock.runFor(1000);
      expect(await news()).to.equal('The code is valid for 20 seconds.');
    });

    it('leaves at the end only what helps, and leads whoever was about to type to where that is said', async () => {
      await openCode({ expiresInSeconds: 60, resendInSeconds: 30 });
      await page.locator('#code:focus').waitFor();
      await page.clock.runFor(60_000);
      const over = page.getByText('The code is no longer valid. Ask for a new one.').first();
      expect(await over.evaluate((it) => it === document.activeElement)).to.equal(true);
      for (const gone of ['Continue', 'Send the code again']) {
        expect(await page.getByRole('button', { name: gone }).count(), gone).to.equal(0);
      }
      for (const gone of [
        page.locator('#code'),
        page.getByText('attempts left'),
        page.getByText('The text message is on its way'),
      ]) {
        expect(await gone.isVisible()).to.equal(false);
      }
      await page.keyboard.press('Enter');
      expect(server.posts).to.deep.equal([]);
      await press('Send a new code');
      await nextPage();
      expect(server.posts).to.deep.equal([SENT]);
    });

    it('leaves the focus at the end if it is, and tells a screen reader, with somebody who is not about to type', async () => {
      await openCode({ expiresInSeconds: 60, resendInSeconds: 0 });
      const button = page.getByRole('button', { name: 'Start over' });
      await button.focus();
      await page.clock.runFor(60_000);
      expect(await button.evaluate((it) => it === document.activeElement)).to.equal(true);
      expect(await news()).to.equal('The code is no longer valid. Ask for a new one.');
    });

    it('knows how late it is after a sleep', async () => {
      await openCode({ expiresInSeconds: 300 });
      await page.clock.fastForward(400_000);
      await page.getByText('The code is no longer valid.').first().waitFor();
      expect(await page.locator('#code').isVisible()).to.equal(false);
    });

    it('frees the button that sends again when its time has come', async () => {
      await openCode({ resendInSeconds: 30 });
      const button = page.getByRole('button', { name: 'Send the code again' });
      await page.getByText('You can send it again in 0:30.').waitFor();
      await page.clock.runFor(29_000);
      expect(await button.isDisabled()).to.equal(true);
      const heard = page.locator('[data-ready]');
      expect(await heard.textContent()).to.equal('');
      await page.clock.runFor(1000);
      expect(await button.isEnabled()).to.equal(true);
      expect(await heard.textContent()).to.equal('You can send the code again now.');
      expect(await heard.getAttribute('role')).to.equal('status');
      expect(await page.getByText('You can send it again').isVisible()).to.equal(false);
    });

    it('asks what became of the SMS until that is known', async () => {
      await openCode({ delivery: 'queued' });
      await page.clock.runFor(1000);
      await page.getByText('The text message is on its way.').waitFor();
      server.delivery = 'failed';
      await page.clock.runFor(1300);
      await page.getByText('Your operator could not deliver the text message.').waitFor();
      await page.clock.runFor(300_000);
      expect(server.questions).to.equal(2);
    });

    it('asks less and less often', async () => {
      await openCode({ delivery: 'queued' });
      for (const [delivery, pause, text] of [
        ['accepted', 1000, 'The text message is on its way.'],
        ['queued', 1300, 'The text message is being sent.'],
        ['accepted', 1690, 'The text message is on its way.'],
      ] as const) {
        const { questions } = server;
        server.delivery = delivery;
        await page.clock.runFor(pause - 1);
        expect(server.questions).to.equal(questions);
        await page.clock.runFor(2);
        await page.getByText(text).waitFor();
      }
    });

    it('asks nothing while the page is hidden, and at once when it is shown again', async () => {
      await openCode({ delivery: 'queued' });
      await show(false);
      await page.clock.runFor(60_000);
      expect(server.questions).to.equal(0);
      await show(true);
      await page.getByText('The text message is on its way.').waitFor();
      server.delivery = 'delivered';
      await show(false);
      await show(true);
      await page.getByText('The text message was delivered to your phone.').waitFor();
      await page.clock.runFor(300_000);
      expect(server.questions).to.equal(2);
    });

    it('leads on where the code is used or gone, but never in a circle', async () => {
      await openCode({ delivery: 'queued' });
      server.stage = 'send';
      server.facts = { location: '/page?led' };
      await page.clock.runFor(1000);
      await page.waitForURL('**/page?led');
      const { questions } = server;
      const answer = page.waitForResponse('**/auth/session');
      await page.clock.runFor(1000);
      await (await answer).finished();
      await page.clock.runFor(300_000);
      expect(page.url()).to.match(/\?led$/);
      expect(server.questions).to.equal(questions + 1);
    });

    for (const [purpose, stage, way] of [
      ['sign-in', 'send', 'Send a new code'],
      ['step-up', 'send', 'Send a new code'],
      ['enroll', 'enroll', 'Continue'],
      ['change', 'verified', 'Continue'],
    ] as const) {
      it(`says that a code is over to somebody who comes back later, and leads nowhere by itself: ${purpose}`, async () => {
        await open(render('code', { ...CODE, purpose, pending: { ...PENDING, delivery: 'delivered' } }));
        await show(false);
        server.stage = stage;
        await page.clock.fastForward(400_000);
        const answer = page.waitForResponse('**/auth/session');
        await show(true);
        await (await answer).finished();
        await page.clock.runFor(1000);
        expect(page.url()).to.equal(server.url);
        await page.getByText('The code is no longer valid. Ask for a new one.').first().waitFor();
        await page.getByText(way, { exact: true }).filter({ visible: true }).waitFor();
        expect(await page.locator('[data-ready]').textContent()).to.equal('');
        server.stage = 'none';
        await show(true);
        await nextPage();
      });
    }

    it('leads on where somebody looks again at a tab whose code another tab has used', async () => {
      await openCode({ delivery: 'delivered' });
      await page.clock.runFor(300_000);
      expect(server.questions).to.equal(0);
      server.stage = 'verified';
      await show(false);
      await show(true);
      await nextPage();
    });

    it('leads on where a code for something else is pending', async () => {
      await openCode({ delivery: 'queued' });
      server.purpose = 'change';
      await page.clock.runFor(1000);
      await nextPage();
    });

    it('asks no more once a form is sent, and takes no answer that is still on its way', async () => {
      await page.route('**/auth/code', (route) => route.fulfill({ status: 204 }));
      await openCode({ delivery: 'queued' });
      const asked = page.waitForRequest('**/auth/session');
      const failed = page.waitForEvent('requestfailed');
      await page.route('**/auth/session', () => undefined);
      await page.clock.runFor(1000);
      await asked;
      await page.getByLabel('Code').fill('123456');
      await press('Continue');
      expect((await failed).url()).to.match(/session$/);
      await page.clock.runFor(300_000);
      expect(server.questions).to.equal(0);
    });

    it('asks again if an answer failed', async () => {
      await openCode({ delivery: 'queued' });
      await page.route('**/auth/session', (route) => route.abort(), { times: 1 });
      while (server.questions === 0) await page.clock.runFor(1000);
      await page.getByText('The text message is on its way.').waitFor();
    });

    it('lets a form be sent again if nothing came of it', async () => {
      await page.route('**/auth/code', (route) => route.fulfill({ status: 204 }));
      await openCode();
      await page.getByLabel('Code').fill('123456');
      await press('Continue');
      await page.clock.runFor(19_000);
      expect(await page.locator('[data-busy]').count()).to.equal(1);
      await page.clock.runFor(1000);
      expect(await page.locator('[data-busy]').count()).to.equal(0);
    });

    /** As if another tab were looked at. */
    async function show(isShown: boolean): Promise<void> {
      await page.evaluate((hidden) => {
        Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, !isShown);
    }
  });

  it('lets the buttons be pressed again on a page that comes back out of memory', async () => {
    await page.route('**/auth/login', (route) => route.fulfill({ status: 204 }));
    await open(render('login', { ...LOGIN, username: 'ada' }));
    await page.getByLabel('Password').fill('lovelace');
    await press('Sign in');
    await page.locator('[data-busy]').waitFor();
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
    expect(await page.locator('[data-busy]').count()).to.equal(0);
  });

  it('sends a form once, however often its button is pressed', async () => {
    await open(render('login', { ...LOGIN, username: 'ada' }));
    await page.getByLabel('Password').fill('lovelace');
    await page.getByRole('button', { name: 'Sign in' }).dblclick();
    await nextPage();
    const fields = { returnTo: RETURN_TO, form: LOGIN.form, username: 'ada', password: 'lovelace' };
    expect(server.posts).to.deep.equal([['/auth/login', fields]]);
  });

  it('sends the number that was pressed', async () => {
    await open(render('number', NUMBER));
    await press('ending in 0 6 0 7');
    await nextPage();
    expect(server.posts).to.deep.equal([['/auth/number', { returnTo: RETURN_TO, number: '1' }]]);
  });

  it('reads a code as the server does, however it is typed', async () => {
    for (const [how, typed] of Object.entries(READABLE)) {
      await openCode();
      await page.getByLabel('Code').fill(typed);
      await press('Continue');
      await nextPage();
      expect(server.posts, how).to.deep.equal([['/auth/code', { returnTo: RETURN_TO, code: '012345' }]]);
      server.posts.length = 0;
    }
  });

  it('takes the code out of a whole SMS that is pasted', async () => {
    const texts = [en, ar, zhHans].map(({ sms }) => sms['sign-in'].full);
    for (const text of [...texts, '\uff10\uff11\uff12\uff13\uff14\uff15\u662f 2026']) {
      await openCode();
      await page.getByLabel('Code').focus();
      await page.keyboard.insertText(text.replace('{code}', '012345').replace('{minutes}', '5'));
      await press('Continue');
      await nextPage();
      expect(server.posts, text).to.deep.equal([['/auth/code', { returnTo: RETURN_TO, code: '012345' }]]);
      server.posts.length = 0;
    }
  });

  it('does not guess which of several numbers is the code', async () => {
    await openCode();
    await page.getByLabel('Code').fill('012345 or 543210');
    await press('Continue');
    await page.getByText('The code has 6 digits. Please check what you typed.').waitFor();
    expect(server.posts).to.deep.equal([]);
  });

  it('does not send what the server would not read: it says how many digits there are, and leaves it to be mended', async () => {
    await openCode();
    const field = page.getByLabel('Code');
    for (const [what, typed] of Object.entries(UNREADABLE)) {
      await page.locator('#mistake').evaluate((it) => it.replaceChildren());
      await field.fill(typed);
      await page.keyboard.press('Enter');
      const alert = page.getByRole('alert');
      expect(await alert.textContent(), what).to.equal('The code has 6 digits. Please check what you typed.');
      expect(await field.inputValue(), what).to.equal(typed);
      expect(await field.evaluate((it) => it === document.activeElement)).to.equal(true);
      expect(await field.getAttribute('aria-describedby')).to.equal('mistake hint');
    }
    expect(server.posts).to.deep.equal([]);
    expect(await violationsOn(page)).to.deep.equal([]);
    await field.fill('012345');
    await page.keyboard.press('Enter');
    await nextPage();
  });

  it('leads on from the code of a change that is over, which must begin anew', async () => {
    for (const purpose of ['enroll', 'change'] as const) {
      await open(render('code', { ...CODE, purpose, pending: { ...PENDING, expiresInSeconds: 0 } }));
      const way = page.getByRole('link', { name: 'Continue' });
      await way.waitFor();
      expect(await way.getAttribute('href')).to.equal('/auth/code');
      expect(await page.locator('form:visible').count()).to.equal(1);
    }
  });

  it('gives axe nothing to object to when a code is over', async () => {
    await openCode({ expiresInSeconds: 0 });
    await page.getByRole('button', { name: 'Send a new code' }).waitFor();
    expect(await violationsOn(page)).to.deep.equal([]);
  });

  it('leaves the button that sends again alone if there is nothing to wait for', async () => {
    await openCode({ resendInSeconds: 0 });
    await press('Send the code again');
    await nextPage();
    expect(server.posts).to.deep.equal([SENT]);
  });

  describe('presses the send button', () => {
    /** A form that was sent is busy from that moment on. */
    const isBusy = () => page.locator('[data-busy]').count();

    it('by itself', async () => {
      await open(render('code', SEND));
      await nextPage();
      expect(server.posts).to.deep.equal([SENT]);
    });

    it('once, if that leads back to the same page, or somebody goes back or loads it again', async () => {
      server.next = (await render('code', SEND)).replace('</h1>', ' again</h1>');
      await open(render('code', SEND));
      await page.getByRole('heading', { name: 'again' }).waitFor();
      for (const move of [() => page.reload(), () => page.goto(server.url), () => page.goBack()]) {
        await move();
        expect(await isBusy()).to.equal(0);
      }
      expect(server.posts).to.deep.equal([SENT]);
    });

    it('anew after a while', async () => {
      await open(render('code', SEND));
      await nextPage();
      await page.evaluate(() => sessionStorage.setItem('sms-otp-pressed', String(Date.now() - 30_000)));
      await page.goto(server.url);
      await nextPage();
      expect(server.posts).to.deep.equal([SENT, SENT]);
    });

    it('never after an error', async () => {
      await open(render('code', { ...SEND, error: { code: 'SMS_UNAVAILABLE' } }));
      expect(await isBusy()).to.equal(0);
      expect(server.posts).to.deep.equal([]);
    });
  });

  describe('with WebOTP', () => {
    async function offer(get: string): Promise<void> {
      await page.addInitScript(`window.OTPCredential = class {}; navigator.credentials.get = ${get}`);
    }

    it('fills in the code of the SMS, and sends it', async () => {
      await offer('async ({ otp }) => ({ code: otp.transport[0] === "sms" ? "012345" : "" })');
      await openCode();
      await nextPage();
      expect(server.posts).to.deep.equal([['/auth/code', { returnTo: RETURN_TO, code: '012345' }]]);
    });

    const PENDING_REQUEST = `({ signal }) => new Promise((_, reject) => {
      window.requests = (window.requests ?? 0) + 1;
      signal.addEventListener('abort', () => {
        sessionStorage.setItem('aborted', 'yes');
        reject(signal.reason);
      });
    })`;
    const wasAborted = () => page.evaluate(() => sessionStorage.getItem('aborted'));

    it('stops to wait for one if the code is typed, and does not complain', async () => {
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      await offer(PENDING_REQUEST);
      await openCode();
      await page.getByLabel('Code').fill('123456');
      await press('Continue');
      await nextPage();
      expect(await wasAborted()).to.equal('yes');
      expect(complaints).to.deep.equal([]);
    });

    it('stops to wait for one if the page is left, and waits again if it comes back', async () => {
      await offer(PENDING_REQUEST);
      await openCode();
      expect(await wasAborted()).to.equal(null);
      await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
      expect(await wasAborted()).to.equal('yes');
      await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
      expect(await page.evaluate('window.requests')).to.equal(2);
    });

    it('asks for none on a page that has no field for it', async () => {
      await offer(PENDING_REQUEST);
      await open(render('login', LOGIN));
      expect(await page.evaluate('window.requests')).to.equal(undefined);
    });
  });
});
