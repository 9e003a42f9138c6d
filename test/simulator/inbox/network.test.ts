import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { type Inbox, startInbox } from '../../../lib/simulator/inbox/inbox.ts';
import { type SmscSimulator, startSmsc } from '../../../lib/simulator/smsc/smsc.ts';
import { complaintsOf, useBrowser, violationsOn } from '../../support/browser.ts';
import { Client, TO } from '../smsc/smsc-client.ts';

describe('the network on the inbox page', () => {
  const browser = useBrowser();
  let page: Page;
  let smsc: SmscSimulator;
  let inbox: Inbox;
  let client: Client;
  let complaints: string[];

  beforeEach(async () => {
    smsc = await startSmsc();
    inbox = await startInbox({ smsc });
    client = new Client(smsc);
    await client.ask('bind_transceiver');
    await client.submit('The first.');
    await open();
  });

  afterEach(async () => {
    expect(complaints).to.deep.equal([]);
    client.destroy();
    await inbox.close();
    await smsc.close();
  });

  async function open(colorScheme: 'light' | 'dark' = 'light'): Promise<void> {
    page = await browser.newPage({ viewport: { width: 320, height: 640 }, colorScheme });
    complaints = complaintsOf(page);
    await page.goto(inbox.url);
    await page.getByText('Live', { exact: true }).waitFor();
  }

  async function set(fate: string, number = ''): Promise<void> {
    await page.getByLabel('Next message to').fill(number);
    await page.getByLabel('What becomes of it').selectOption(fate);
    await page.getByRole('button', { name: 'Set' }).click();
    await page
      .getByRole('status')
      .filter({ hasText: `${number || 'any number'}: ${fate}.` })
      .waitFor();
  }

  it('does with the next message what was chosen, and with the one after nothing', async () => {
    for (const [fate, status, shown] of [
      ['Throttled', 0x58, 'Refused by the SMSC'],
      ['Number refused', 0x0b, 'Refused by the SMSC'],
      ['Undeliverable', 0, 'Not delivered'],
    ] as const) {
      await set(fate);
      expect(await page.getByLabel('What is set').innerText()).to.equal(`Next to any number: ${fate}`);
      expect(await client.submit(fate), fate).to.include({ status });
      await page.getByRole('article').first().getByText(shown).waitFor();
      await page.getByLabel('What is set').getByRole('listitem').waitFor({ state: 'detached' });
    }
    expect(await client.submit('The last.')).to.include({ status: 0 });
    await page.getByRole('article').first().getByText('Delivered').waitFor();
  });

  it('leaves a message without an answer', async () => {
    await set('No answer');
    client.submit('one').catch(() => undefined);
    await page.getByRole('article').first().getByText('Accepted by the SMSC').waitFor();
    await client.ask('enquire_link');
    expect(client.received.filter(({ command }) => command === 'submit_sm_resp')).to.have.lengthOf(1);
  });

  it('keeps choices for several numbers, of which it offers those that it knows', async () => {
    await set('Undeliverable', '+46 70 174 06 06'.replaceAll(' ', ''));
    await set('Throttled');
    await set('Number refused', `+${TO}`);
    await set('Delivered');
    expect(smsc.behaviours).to.deep.equal([
      { to: `+${TO}`, submits: 1, submitStatus: 0x0b },
      { to: '+46701740606', submits: 1, receipt: 'failed', receiptAfterMilliseconds: 500 },
    ]);
    const offered = await page
      .locator('datalist option')
      .evaluateAll((options) => options.map((option) => option.getAttribute('value')));
    expect(offered).to.deep.equal([`+${TO}`]);
  });

  it('takes the SMSC down and up again, and keeps what was chosen', async () => {
    await set('Undeliverable');
    await page.getByRole('button', { name: 'Take the SMSC down' }).click();
    await client.closed();
    await page.getByRole('status').filter({ hasText: 'The SMSC is down.' }).waitFor();
    await page.getByRole('button', { name: 'Bring the SMSC up again' }).click();
    await page.getByRole('button', { name: 'Take the SMSC down' }).waitFor();
    client = new Client(smsc);
    expect(await client.ask('bind_transceiver')).to.include({ status: 0 });
    expect(smsc.behaviours).to.have.lengthOf(1);
  });

  it('shows what a program has set, too', async () => {
    smsc.behave({ submitStatus: 0x14, submits: 3 }, { to: `+${TO}`, receipt: 'none' });
    await page.reload();
    await page.getByText(`All to +${TO}`).waitFor();
    expect((await page.getByLabel('What is set').innerText()).split('\n')).to.deep.equal([
      'Next 3 to any number: {"submitStatus":20}',
      `All to +${TO}: {"receipt":"none"}`,
    ]);
  });

  it('says so if a number is none', async () => {
    await page.getByLabel('Next message to').fill('0701740605');
    await page.getByRole('button', { name: 'Set' }).click();
    await page.getByRole('status').filter({ hasText: 'A number looks like' }).waitFor();
    expect(smsc.behaviours).to.deep.equal([]);
    expect(complaints.splice(0).join()).to.include('400');
  });

  it('is one press away on a narrow screen, however many messages there are, and beside them on a wide one', async () => {
    for (let message = 0; message < 5; message++) await client.submit('One of many.');
    await page.getByRole('article').nth(5).waitFor();
    const way = page.getByRole('link', { name: 'The network' });
    expect(await isInView()).to.equal(false);
    await way.click();
    expect(await isInView()).to.equal(true);
    await page.setViewportSize({ width: 1280, height: 800 });
    expect(await way.isVisible()).to.equal(false);
    expect(await isInView()).to.equal(true);
  });

  function isInView(): Promise<boolean> {
    return page.locator('#to').evaluate((field) => {
      const { top, bottom } = field.getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    });
  }

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has nothing that axe objects to, and fits 320 pixels, in ${colorScheme}`, async () => {
      await page.context().close();
      await open(colorScheme);
      await set('Undeliverable', `+${TO}`);
      expect(await violationsOn(page)).to.deep.equal([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).to.equal(320);
    });
  }
});
