import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { useBrowser } from '../support/browser.ts';
import { type Demo, startDemo } from '../support/demo.ts';
import { typePassword } from '../support/site.ts';

describe('a failure rehearsed on the inbox page', () => {
  const browser = useBrowser();
  let demo: Demo;
  let inbox: Page;
  let page: Page;

  beforeEach(async () => {
    demo = await startDemo();
    inbox = await browser.newPage();
    await inbox.goto(demo.inboxUrl ?? '');
    page = await browser.newPage();
  });

  afterEach(() => demo.close());

  async function rehearse(fate: string): Promise<void> {
    await inbox.getByLabel('What becomes of it').selectOption(fate);
    await inbox.getByRole('button', { name: 'Set' }).click();
    await inbox.getByLabel('What is set').getByText(fate).waitFor();
  }

  async function signIn(): Promise<void> {
    await page.goto(`${demo.url}/dashboard`);
    await typePassword(page, 'ada', 'lovelace');
  }

  it('shows on the code page that the SMS could not be delivered, without a reload', async () => {
    await rehearse('Undeliverable');
    await signIn();
    await page.getByLabel('Code').waitFor();
    await page.evaluate("document.title = 'the same page'");
    await page.getByText('Your operator could not deliver the text message.').waitFor();
    expect(await page.title()).to.equal('the same page');
  });

  it('says that the number is refused, and sends the next SMS as always', async () => {
    await rehearse('Number refused');
    await signIn();
    await page.getByRole('alert').waitFor();
    // The password was right, and is not asked for again.
    await page.goto(`${demo.url}/dashboard`);
    await page.getByText('The text message was delivered to your phone.').waitFor();
  });

  it('says that no SMS can be sent while the SMSC is down, and sends when it is up again', async function () {
    this.timeout(60_000); // the transport tries again after pauses that grow
    await inbox.getByRole('button', { name: 'Take the SMSC down' }).click();
    await inbox.getByRole('button', { name: 'Bring the SMSC up again' }).waitFor();
    await signIn();
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').innerText()).to.include('We cannot send a text message');
    await inbox.getByRole('button', { name: 'Bring the SMSC up again' }).click();
    await inbox.getByRole('button', { name: 'Take the SMSC down' }).waitFor();
    while ((await demo.transport.health()).status !== 'ready') await pause(20);
    await page.getByRole('button', { name: /send/i }).click();
    await page.getByText('The text message was delivered to your phone.').waitFor();
  });
});
