import { expect } from 'chai';
import helmet from 'helmet';
import type { Page } from 'playwright-core';
import { en } from '../../lib/locales/en.ts';
import type { TestAppSetup } from '../support/app.ts';
import { type Site, typeCode, typePassword, useSites } from '../support/site.ts';

const OFF_LOCALHOST = 'bank.example.test';

describe('a sign-in on a phone', function () {
  this.timeout(60_000);

  const openSite = useSites();
  let site: Site;

  /** As far as the page that waits for the code. */
  async function waiting(setup: TestAppSetup = {}, options: Parameters<Site['visit']>[1] = {}): Promise<Page> {
    site = await openSite(setup);
    const page = await site.visit('/home', options);
    await typePassword(page, 'ada', 'lovelace');
    await page.getByLabel('Code').waitFor();
    return page;
  }

  const isIn = (page: Page) => page.getByRole('heading', { name: 'Welcome' }).waitFor();
  const alert = (page: Page) => page.getByRole('alert').textContent();
  const press = (page: Page, name: string) => page.getByRole('button', { name }).click();

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'with' : 'without';

    it(`works on plain http off localhost, ${how} JavaScript`, async () => {
      site = await openSite({}, OFF_LOCALHOST);
      const page = await site.visit('/home', { javaScriptEnabled });
      await typePassword(page, 'ada', 'lovelace');
      const code = site.transport.lastCode();
      await typeCode(page, ` ${code.slice(0, 3)} - ${code.slice(3)}`);
      await isIn(page);
      expect(page.url()).to.equal(`${site.url}/home`);
    });

    it(`works by keyboard alone, ${how} JavaScript`, async () => {
      site = await openSite();
      const page = await site.visit('/home', { javaScriptEnabled });
      await page.locator('#username:focus').waitFor();
      await page.keyboard.type('ada');
      await page.keyboard.press('Tab');
      await page.keyboard.type('lovelace');
      await page.keyboard.press('Enter');
      await page.locator('#code:focus').waitFor();
      await page.keyboard.type(site.transport.lastCode());
      await page.keyboard.press('Enter');
      await isIn(page);
    });

    it(`says at the field that a code is wrong, and takes the right one then, ${how} JavaScript`, async () => {
      const page = await waiting({}, { javaScriptEnabled });
      const right = site.transport.lastCode();
      await typeCode(page, wrongCode(right));
      expect(await alert(page)).to.equal(en.errors.INVALID_CODE);
      const field = page.getByLabel('Code');
      expect(await field.getAttribute('aria-invalid')).to.equal('true');
      await field.and(page.locator(':focus')).waitFor();
      await page.getByText('4 attempts left').waitFor();
      await typeCode(page, right);
      await isIn(page);
    });

    it(`goes on with a new code if the first is too old, ${how} JavaScript`, async () => {
      const page = await waiting({}, { javaScriptEnabled });
      const old = site.transport.lastCode();
      site.clock.advance(301);
      await typeCode(page, old);
      expect(await alert(page)).to.equal(en.errors.CODE_EXPIRED);
      await press(page, 'Send a code to the number ending in 0 6 0 5');
      await page.getByLabel('Code').waitFor();
      await typeCode(page, site.transport.lastCode());
      await isIn(page);
    });

    it(`sends the code again once the pause is over, and says so before, ${how} JavaScript`, async () => {
      const page = await waiting({}, { javaScriptEnabled });
      const code = site.transport.lastCode();
      if (javaScriptEnabled) {
        await page.getByText('You can send it again in 0:').waitFor();
        expect(await page.getByRole('button', { name: 'Send the code again' }).isDisabled()).to.equal(true);
      } else {
        await press(page, 'Send the code again');
        expect(await alert(page)).to.include(en.errors.TOO_MANY_SENDS);
      }
      site.clock.advance(30);
      await page.goto(`${site.url}/auth/code`);
      await press(page, 'Send the code again');
      await page.getByText('You can send it again in').waitFor();
      expect(site.transport.messages).to.have.length(2);
      expect(site.transport.lastCode()).to.equal(code);
      await typeCode(page, code);
      await isIn(page);
    });

    it(`asks where the code should go if there are several numbers, ${how} JavaScript`, async () => {
      site = await openSite();
      const page = await site.visit('/home', { javaScriptEnabled });
      await typePassword(page, 'grace', 'hopper');
      await press(page, 'Send a code to the number ending in 0 6 0 7');
      await page.getByText('We sent a code by text message to ••• 0607.').waitFor();
      expect(site.transport.messages.map(({ to }) => to)).to.deep.equal(['+46701740607']);
      await typeCode(page, site.transport.lastCode());
      await isIn(page);
    });
  }

  it('types nothing if the phone hands the code over', async () => {
    site = await openSite();
    const page = await site.visit('/auth/login');
    await page.exposeFunction('readSms', () => site.transport.lastCode());
    await page.addInitScript(`
      window.OTPCredential = class {};
      navigator.credentials.get = async ({ otp }) => ({ code: await readSms(otp.transport) });
    `);
    await typePassword(page, 'ada', 'lovelace');
    await isIn(page);
  });

  it('works behind a helmet that forbids nearly everything', async () => {
    const directives = { defaultSrc: ["'none'"], formAction: ["'none'"], sandbox: [] };
    const contentSecurityPolicy = { useDefaults: false, directives };
    const page = await waiting({
      before: (app) => void app.use('/auth', helmet({ contentSecurityPolicy, crossOriginEmbedderPolicy: true })),
    });
    await page.getByText(/The code is valid for [45]:\d\d/).waitFor();
    await typeCode(page, site.transport.lastCode());
    await isIn(page);
  });

  it('hears that the SMS could not be delivered while the page is open', async () => {
    const page = await waiting();
    await page.getByText(en.pages.deliveryAccepted).waitFor();
    site.transport.receipt('failed');
    await page.getByText(en.pages.deliveryFailed).waitFor();
  });

  it('sees after loading again that the SMS could not be delivered, without JavaScript', async () => {
    const page = await waiting({}, { javaScriptEnabled: false });
    site.transport.receipt('failed');
    await page.reload();
    await page.getByText(en.pages.deliveryFailed).waitFor();
  });

  it('offers a new code if all tries are used up', async () => {
    const page = await waiting();
    const right = site.transport.lastCode();
    for (const left of [4, 3, 2, 1]) {
      await typeCode(page, wrongCode(right));
      await page.getByText(left === 1 ? '1 attempt left' : `${left} attempts left`).waitFor();
    }
    await typeCode(page, wrongCode(right));
    await page.getByText(en.pages.noAttemptsRemaining).waitFor();
    expect(await page.getByLabel('Code').count()).to.equal(0);
    await page.getByRole('button', { name: 'Send a new code' }).waitFor();
  });

  it('shows nothing of it by going back after the end', async () => {
    const page = await waiting();
    await press(page, 'Start over');
    await page.getByLabel('Username').waitFor();
    await page.goBack();
    await page.getByLabel('Username').waitFor();
    expect(await page.content()).to.not.include('0605');
  });
});

function wrongCode(right: string): string {
  return right === '000000' ? '000001' : '000000';
}
