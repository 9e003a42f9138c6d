import { expect } from 'chai';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { useBrowser, violationsOn } from '../support/browser.ts';
import { type Demo, startDemo } from '../support/demo.ts';
import { typeCode, typePassword } from '../support/site.ts';

describe('the demo in a browser', () => {
  const browser = useBrowser();
  let demo: Demo;

  beforeEach(async () => {
    demo = await startDemo();
  });

  afterEach(() => demo.close());

  async function open(options?: BrowserContextOptions): Promise<Page> {
    const page = await browser.newPage(options);
    await page.goto(`${demo.url}/dashboard`);
    return page;
  }

  /** In another browser, as on another device. */
  async function readCode(): Promise<string> {
    const phone = await browser.newPage();
    await phone.goto(demo.inboxUrl ?? '');
    return phone.getByRole('listitem').first().getByRole('strong').innerText();
  }

  for (const javaScriptEnabled of [true, false]) {
    it(`reads the code on the phone's page and comes to the dashboard, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
      const page = await open({ javaScriptEnabled });
      await typePassword(page, 'ada', 'lovelace');
      await page.getByLabel('Code').waitFor();
      const code = await readCode();
      await typeCode(page, ` ${code.slice(0, 3)} ${code.slice(3)} `);
      await page.getByRole('heading', { name: 'Hello Ada Lovelace' }).waitFor();
    });
  }

  it('signs in from one page, by fetch only', async () => {
    const page = await open();
    await page.goto(`${demo.url}/public/spa.html`);
    await typePassword(page, 'grace', 'wrong');
    await page.getByText('Incorrect username or password.').waitFor();
    await typePassword(page, 'grace', 'hopper');
    await page.getByRole('button', { name: '0607' }).click();
    await page.getByText('Enter the code that we sent to ••• 0607.').waitFor();
    await typeCode(page, await demo.newestCode());
    await page.getByText('you are signed in with both factors').waitFor();
    await page.goto(`${demo.url}/dashboard`);
    await page.getByRole('heading', { name: 'Hello Grace Hopper' }).waitFor();
  });

  it('shows what became of the SMS without being loaded again', async () => {
    const page = await open();
    await typePassword(page, 'ada', 'lovelace');
    await page.getByText('The text message was delivered to your phone.').waitFor();
  });

  it('leads on by a link to the page for a code that somebody has made, and sends nothing', async () => {
    const page = await open();
    await typePassword(page, 'ada', 'lovelace');
    const code = await demo.newestCode();
    await typeCode(page, code);
    await page.getByRole('heading', { name: 'Hello Ada Lovelace' }).waitFor();
    await page.goto(`${demo.url}/auth/code?returnTo=/transfer`);
    await page.getByRole('heading', { name: 'Transfer money' }).waitFor();
    expect(await demo.messages()).to.have.length(1);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has no page that axe objects to, in ${colorScheme}`, async () => {
      const page = await open({ colorScheme });
      const problems: unknown[] = [];
      const look = async () => {
        problems.push(...(await violationsOn(page)).map((violation) => [page.url(), ...violation]));
      };
      await look();
      await typePassword(page, 'grace', 'wrong');
      await page.getByRole('alert').waitFor();
      await look();
      await typePassword(page, 'grace', 'hopper');
      await page.getByRole('button', { name: '0 6 0 6' }).waitFor();
      await look();
      await page.getByRole('button', { name: '0 6 0 6' }).click();
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
