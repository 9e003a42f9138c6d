/// <reference lib="dom" />
import { AxeBuilder } from '@axe-core/playwright';
import { expect } from 'chai';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { type Demo, startDemo } from '../support/demo.ts';

const PHONE = { width: 390, height: 844 };

describe('the demo in a browser', () => {
  let browser: Browser;
  let demo: Demo;
  let context: BrowserContext;

  before(async function () {
    browser = await launchBrowser(this);
  });

  after(() => browser?.close());

  beforeEach(async () => {
    demo = await startDemo();
  });

  afterEach(async () => {
    await context.close();
    await demo.close();
  });

  async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    context = await browser.newContext({ viewport: PHONE, ...options });
    const page = await context.newPage();
    await page.goto(`${demo.url}/dashboard`);
    return page;
  }

  async function typePassword(page: Page, username: string, password: string): Promise<void> {
    await page.getByLabel('Username').fill(username);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  /** In another browser, as on another device. */
  async function readCode(): Promise<string> {
    const phone = await browser.newPage({ viewport: PHONE });
    await phone.goto(demo.inboxUrl ?? '');
    const code = await phone.getByRole('listitem').first().getByRole('strong').innerText();
    await phone.close();
    return code;
  }

  for (const javaScriptEnabled of [true, false]) {
    it(`reads the code on the phone's page and comes to the dashboard, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
      const page = await open({ javaScriptEnabled });
      await typePassword(page, 'ada', 'lovelace');
      const field = page.getByLabel('Code');
      await field.waitFor();
      const code = await readCode();
      await field.fill(` ${code.slice(0, 3)} ${code.slice(3)} `);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('heading', { name: 'Hello Ada Lovelace' }).waitFor();
    });
  }

  it('signs in from one page, by fetch only', async () => {
    const page = await open();
    await page.goto(`${demo.url}/public/spa.html`);
    await typePassword(page, 'grace', 'wrong');
    await page.getByText('This username or password is not right.').waitFor();
    await typePassword(page, 'grace', 'hopper');
    await page.getByRole('button', { name: '0607' }).click();
    await page.getByText('Enter the code that we sent to ••• 0607.').waitFor();
    await page.getByLabel('Code').fill(await demo.newestCode());
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('you are signed in with both factors').waitFor();
    await page.goto(`${demo.url}/dashboard`);
    await page.getByRole('heading', { name: 'Hello Grace Hopper' }).waitFor();
  });

  it('shows what became of the SMS without being loaded again', async () => {
    const page = await open();
    await typePassword(page, 'ada', 'lovelace');
    await page.getByText('The SMS was delivered to your phone.').waitFor();
  });

  it('sends the code of a step-up by itself, once', async () => {
    const page = await open();
    await typePassword(page, 'ada', 'lovelace');
    await page.getByLabel('Code').fill(await demo.newestCode());
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: 'Hello Ada Lovelace' }).waitFor();
    await page.goto(`${demo.url}/auth/code?returnTo=/transfer`);
    await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor();
    await page.getByLabel('Code').fill(await demo.newestCode());
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: 'Transfer money' }).waitFor();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has no page that axe objects to, in ${colorScheme}`, async () => {
      const page = await open({ colorScheme });
      const problems: unknown[] = [];
      const look = async () => {
        const { violations } = await new AxeBuilder({ page }).analyze();
        problems.push(...violations.map(({ id, nodes }) => [page.url(), id, nodes.map(({ html }) => html)]));
      };
      await look();
      await typePassword(page, 'grace', 'wrong');
      await page.getByRole('alert').waitFor();
      await look();
      await typePassword(page, 'grace', 'hopper');
      await page.getByRole('button', { name: '0606' }).waitFor();
      await look();
      await page.getByRole('button', { name: '0606' }).click();
      await page.getByLabel('Code').fill('000 000');
      await look();
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('alert').waitFor();
      await look();
      expect(problems).to.deep.equal([]);
    });
  }

  it('breaks no rule of its own content security policy, and runs no script of a visitor', async () => {
    const page = await open();
    const broken: string[] = [];
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) broken.push(message.text());
    });
    await typePassword(page, '"><script>document.title = "hacked"</script>', 'x');
    await page.getByRole('alert').waitFor();
    await typePassword(page, 'ada', 'lovelace');
    await page.getByLabel('Code').waitFor();
    expect(broken).to.deep.equal([]);
    expect(await page.title()).to.equal('Enter your code – Example Bank');
  });
});
