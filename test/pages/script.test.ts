/// <reference lib="dom" />
import { expect } from 'chai';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { type PageServer, startPageServer } from './page-server.ts';
import { CODE, LOGIN, NUMBER, PENDING, render, SEND } from './sample-pages.ts';

const RETURN_TO = '/dashboard?tab=1';
const SENT = ['/auth/code/send', { returnTo: RETURN_TO }];

describe('the script of the pages', () => {
  let browser: Browser;
  let context: BrowserContext;
  let server: PageServer;
  let page: Page;

  before(async function () {
    browser = await launchBrowser(this);
  });

  after(() => browser?.close());

  beforeEach(async () => {
    server = await startPageServer();
    context = await browser.newContext();
    page = await context.newPage();
  });

  afterEach(async () => {
    await context.close();
    await server.close();
  });

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
      await page.clock.pauseAt(1000);
    });

    it('counts down the life of the code', async () => {
      await openCode({ expiresInSeconds: 125 });
      await page.getByText('The code is valid for 2:05.').waitFor();
      await page.clock.runFor(6000);
      await page.getByText('The code is valid for 1:59.').waitFor();
    });

    it('tells a screen reader of it twice: a minute before the end, and at the end', async () => {
      await openCode({ expiresInSeconds: 90 });
      await page.clock.runFor(29_000);
      expect(await news()).to.equal('');
      await page.clock.runFor(1000);
      expect(await news()).to.equal('The code is valid for 60 seconds.');
      await page.clock.runFor(59_000);
      expect(await news()).to.equal('The code is valid for 60 seconds.');
      await page.clock.runFor(1000);
      expect(await news()).to.equal('The code is no longer valid. Ask for a new one.');
    });

    it('knows how late it is after a sleep', async () => {
      await openCode({ expiresInSeconds: 300 });
      await page.clock.fastForward(400_000);
      await page.getByText('The code is no longer valid.').first().waitFor();
    });

    it('frees the button that sends again when its time has come', async () => {
      await openCode({ resendInSeconds: 30 });
      const button = page.getByRole('button', { name: 'Send the code again' });
      await page.getByText('You can send it again in 0:30.').waitFor();
      await page.clock.runFor(29_000);
      expect(await button.isDisabled()).to.equal(true);
      await page.clock.runFor(1000);
      expect(await button.isEnabled()).to.equal(true);
      expect(await page.getByText('You can send it again').isVisible()).to.equal(false);
    });

    it('asks what became of the SMS until that is known', async () => {
      await openCode({ delivery: 'queued' });
      await page.clock.runFor(1000);
      await page.getByText('The SMS is on its way.').waitFor();
      server.delivery = 'failed';
      await page.clock.runFor(1300);
      await page.getByText('Your operator could not deliver the SMS.').waitFor();
      await page.clock.runFor(300_000);
      expect(server.questions).to.equal(2);
    });

    it('asks less and less often', async () => {
      await openCode({ delivery: 'queued' });
      for (const [delivery, pause, text] of [
        ['accepted', 1000, 'The SMS is on its way.'],
        ['queued', 1300, 'The SMS is being sent.'],
        ['accepted', 1690, 'The SMS is on its way.'],
      ] as const) {
        const { questions } = server;
        server.delivery = delivery;
        await page.clock.runFor(pause - 1);
        expect(server.questions).to.equal(questions);
        await page.clock.runFor(2);
        await page.getByText(text).waitFor();
      }
    });
  });

  it('sends a form once, however often its button is pressed', async () => {
    await open(render('login', { ...LOGIN, username: 'ada' }));
    await page.getByLabel('Password').fill('lovelace');
    await page.getByRole('button', { name: 'Sign in' }).dblclick();
    await nextPage();
    const fields = { returnTo: RETURN_TO, username: 'ada', password: 'lovelace' };
    expect(server.posts).to.deep.equal([['/auth/login', fields]]);
  });

  it('sends the number that was pressed', async () => {
    await open(render('number', NUMBER));
    await press('0607');
    await nextPage();
    expect(server.posts).to.deep.equal([['/auth/number', { returnTo: RETURN_TO, number: '1' }]]);
  });

  it('takes spaces and hyphens out of a code', async () => {
    await openCode();
    await page.getByLabel('Code').fill(' 123-456 ');
    await press('Continue');
    await nextPage();
    expect(server.posts).to.deep.equal([['/auth/code', { returnTo: RETURN_TO, code: '123456' }]]);
  });

  it('leaves the button that sends again alone where there is nothing to wait for', async () => {
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

    it('once, where that leads back to the same page, or somebody goes back or loads it again', async () => {
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

    it('stops to wait for one where the code is typed, and does not complain', async () => {
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      await offer(`({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => {
        sessionStorage.setItem('aborted', 'yes');
        reject(signal.reason);
      }))`);
      await openCode();
      await page.getByLabel('Code').fill('123456');
      await press('Continue');
      await nextPage();
      expect(await page.evaluate(() => sessionStorage.getItem('aborted'))).to.equal('yes');
      expect(complaints).to.deep.equal([]);
    });
  });
});
