/// <reference lib="dom" />
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { ACCOUNT, CODE, COMMON, ENROLL, LOGIN, NUMBER, render, SEND } from './sample-pages.ts';

const BREAKOUTS = ['', '"', "'", '">', "'>", '</title>', '</p>', '</script>', '-->', '\u0000"'];
const MARKUP = [
  '<script>document.title = "hacked"</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)><a href="javascript:alert(1)">x</a></svg>',
  ' autofocus onfocus=alert(1) x=',
  '&lt;b&gt;<b>&#60;i&#62;',
];
const PAYLOADS = BREAKOUTS.flatMap((breakout) => MARKUP.map((markup) => breakout + markup));

describe('what comes from outside', () => {
  let browser: Browser;
  let page: Page;

  before(async function () {
    browser = await launchBrowser(this);
    page = await browser.newPage();
  });

  after(() => browser?.close());

  /** Elements with the names of their attributes: what must be the same whatever the values are. */
  async function nodes(html: string): Promise<readonly string[]> {
    return page.evaluate((source) => {
      const elements = new DOMParser().parseFromString(source, 'text/html').querySelectorAll('*');
      return Array.from(elements, (it) => `${it.localName} ${it.getAttributeNames().join(' ')}`);
    }, html);
  }

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
      const harmless = await nodes(await show('harmless'));
      for (const payload of PAYLOADS) expect(await nodes(await show(payload)), payload).to.deep.equal(harmless);
    });
  }

  it('stays readable as it was typed', async () => {
    await page.setContent(await render('login', { ...LOGIN, username: `<b>&amp; "O'Neil"</b>` }));
    expect(await page.getByLabel('Username').inputValue()).to.equal(`<b>&amp; "O'Neil"</b>`);
  });
});
