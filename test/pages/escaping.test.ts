/// <reference lib="dom" />
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { useBrowser } from '../support/browser.ts';
import { nodesOf, PAYLOADS } from '../support/markup.ts';
import { ACCOUNT, CODE, COMMON, ENROLL, LOGIN, NUMBER, render, SEND } from './sample-pages.ts';

describe('what comes from outside', function () {
  this.timeout(60_000);

  const browser = useBrowser();
  let page: Page;

  beforeEach(async () => {
    page = await browser.newPage();
  });

  for (const [where, show] of Object.entries<(value: string) => string | Promise<string>>({
    'a username': (username) => render('login', { ...LOGIN, username }),
    'the name of the app': (appName) => render('login', { ...LOGIN, username: 'ada', appName }),
    'a place to return to': (returnTo) => render('code', { ...CODE, returnTo }),
    'a phone number of the list': (phone) => render('number', { ...NUMBER, numbers: [{ number: 0, phone }] }),
    'the phone number of a code': (phone) => render('code', { ...CODE, phone }),
    'the phone number of the send button': (phone) => render('code', { ...SEND, phone }),
    'a phone number that was typed': (phone) => render('enroll', { ...ENROLL, phone }),
    'the same on the account': (phone) => render('account', { ...ACCOUNT, phone }),
    'a phone number of the account': (phone) =>
      render('account', { ...ACCOUNT, numbers: [{ number: 0, phone }, ...NUMBER.numbers] }),
    'the way to another number': (otherNumber) => render('code', { ...CODE, otherNumber }),
    'an address to go to': (url) => render('error', { ...COMMON, urls: { ...COMMON.urls, login: url, assets: url } }),
  })) {
    it(`adds no node and no attribute to a page: ${where}, ${PAYLOADS.length} payloads`, async () => {
      const harmless = await nodesOf(page, await show('harmless'));
      for (const payload of PAYLOADS) expect(await nodesOf(page, await show(payload)), payload).to.deep.equal(harmless);
    });
  }

  it('stays readable as it was typed', async () => {
    await page.setContent(await render('login', { ...LOGIN, username: `<b>&amp; "O'Neil"</b>` }));
    expect(await page.getByLabel('Username').inputValue()).to.equal(`<b>&amp; "O'Neil"</b>`);
  });
});
