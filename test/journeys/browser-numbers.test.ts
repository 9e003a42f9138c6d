import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { ar } from '../../lib/locales/ar.ts';
import { en } from '../../lib/locales/en.ts';
import { type Site, typeCode, typePassword, useSites } from '../support/site.ts';

const OPTIONS = { enrollment: { when: 'always', allowedCountries: ['SE'] } } as const;

describe('phone numbers on a phone', function () {
  this.timeout(60_000);

  const openSite = useSites();
  let site: Site;

  beforeEach(async () => {
    site = await openSite({ options: OPTIONS });
  });

  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
  const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true }).waitFor();
  const numbers = (page: Page) => page.getByRole('list', { name: en.pages.yourNumbers }).getByRole('listitem');
  const numbersOf = async (username: string) => (await site.people.findUser({ username }))?.phoneNumbers;

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'with' : 'without';

    it(`enters a first one, and another in its place, ${how} JavaScript`, async () => {
      const page = await site.visit('/home', { javaScriptEnabled });
      await typePassword(page, 'alan', 'turing');
      await heading(page, en.pages.enrollTitle);
      const field = page.getByLabel(en.pages.phone);
      await field.fill('+46 70 17');
      await press(page, en.pages.sendCode);
      expect(await page.getByRole('alert').textContent()).to.equal(en.errors.PHONE_NOT_ACCEPTED);
      expect(await field.inputValue()).to.equal('+46 70 17');
      await field.fill('+46 70 174 06 98');
      await press(page, en.pages.sendCode);
      await page.getByText('••• 0698').waitFor();
      await page.getByRole('link', { name: en.pages.anotherNumber }).click();
      await field.fill('+46 70 174 06 99');
      await press(page, en.pages.sendCode);
      await page.getByText('••• 0699').waitFor();
      expect(await numbersOf('alan')).to.deep.equal([]);
      await typeCode(page, site.transport.lastCode('+46701740699'));
      await heading(page, 'Welcome');
      expect(await numbersOf('alan')).to.deep.equal(['+46701740699']);
    });

    it(`adds one and removes one, each with a code to an old number, ${how} JavaScript`, async () => {
      const page = await signIn('ada', 'lovelace', javaScriptEnabled);
      await page.goto(`${site.url}/auth/account`);
      await page.getByText(en.pages.lastNumber).waitFor();
      await page.getByLabel(en.pages.phone, { exact: true }).fill('+46 70 174 06 99');
      await press(page, en.pages.add);
      await heading(page, en.pages.changeTitle);
      await typeCode(page, site.transport.lastCode('+46701740605'));
      await heading(page, en.pages.enrollTitle);
      await typeCode(page, site.transport.lastCode('+46701740699'));
      await heading(page, en.pages.accountTitle);
      expect(await numbers(page).count()).to.equal(2);
      site.clock.advance(31);
      await page.getByRole('button', { name: 'Remove the number ending in 0 6 0 5' }).click();
      await heading(page, en.pages.changeTitle);
      await page.getByText('••• 0699').waitFor();
      await typeCode(page, site.transport.lastCode('+46701740699'));
      await heading(page, en.pages.accountTitle);
      expect(await numbersOf('ada')).to.deep.equal(['+46701740699']);
    });

    it(`signs out everywhere, ${how} JavaScript`, async () => {
      const elsewhere = await site.signedIn('ada');
      site.clock.advance(31);
      const page = await signIn('ada', 'lovelace', javaScriptEnabled);
      await page.goto(`${site.url}/auth/account`);
      await press(page, en.pages.signOutEverywhere);
      await page.getByLabel('Username').waitFor();
      // Every process hears of it within five seconds.
      site.clock.advance(6);
      await elsewhere.get('/secret').expect(401);
    });
  }

  it('takes the other number if the SMS to one is lost', async () => {
    const page = await site.visit('/home');
    await typePassword(page, 'grace', 'hopper');
    await press(page, 'Send a code to the number ending in 0 6 0 6');
    await page.getByText(en.pages.deliveryAccepted).waitFor();
    site.transport.receipt('failed');
    await page.getByText('Send it again, or choose “Use another number”.').waitFor();
    await page.getByRole('link', { name: en.pages.anotherNumber }).click();
    await press(page, 'Send a code to the number ending in 0 6 0 7');
    await page.getByText('We sent a code by text message to ••• 0607.').waitFor();
    await typeCode(page, site.transport.lastCode('+46701740607'));
    await heading(page, 'Welcome');
  });

  it('signs in in Arabic, from right to left', async () => {
    const page = await site.visit('/home', { locale: 'ar' });
    await page.getByLabel(ar.pages.username).fill('grace');
    await page.getByLabel(ar.pages.password).fill('hopper');
    await press(page, ar.pages.signIn);
    expect(await page.locator('html').getAttribute('dir')).to.equal('rtl');
    await page.getByRole('button', { name: '0 6 0 7' }).click();
    await page.getByLabel(ar.pages.code).fill(site.transport.lastCode());
    await press(page, ar.pages.verify);
    await heading(page, 'Welcome');
  });

  async function signIn(username: string, password: string, javaScriptEnabled: boolean): Promise<Page> {
    const page = await site.visit('/home', { javaScriptEnabled });
    await typePassword(page, username, password);
    await page.getByLabel('Code').waitFor();
    await typeCode(page, site.transport.lastCode());
    await heading(page, 'Welcome');
    return page;
  }
});
