import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { type Inbox, startInbox } from '../../../lib/simulator/inbox/inbox.ts';
import { MessageLog, type ReceivedMessage } from '../../../lib/simulator/smsc/messages.ts';
import { complaintsOf, useBrowser } from '../../support/browser.ts';

const MESSAGE: ReceivedMessage = {
  id: 'a1',
  to: '+46701740605',
  from: 'Example',
  text: 'Order 99999999: your code is 123456. Do not share it.\n\n@example.org #123456',
  receivedAt: '2026-01-02T03:04:05.000Z',
  status: 'accepted',
};

describe('the inbox page', () => {
  const browser = useBrowser();
  let page: Page;
  let log: MessageLog;
  let inbox: Inbox;
  let complaints: string[];

  beforeEach(async () => {
    log = new MessageLog();
    inbox = await startInbox({
      smsc: { messages: log.all, onMessage: (listener) => log.onMessage(listener), behaviours: [], behave() {} },
    });
    const permissions = ['clipboard-read', 'clipboard-write'];
    page = await browser.newPage({ viewport: { width: 320, height: 640 }, permissions });
    complaints = complaintsOf(page);
    await page.goto(inbox.url);
    await page.getByText('Live', { exact: true }).waitFor();
  });

  afterEach(async () => {
    expect(complaints).to.deep.equal([]);
    await inbox.close();
  });

  it('shows what arrives on top, with its code, and says so to screen readers', async () => {
    log.add(MESSAGE);
    log.add({ ...MESSAGE, id: 'a2', text: '87654321 is your code' });
    await page.locator('#message-a2').waitFor();
    expect(await page.locator('[data-slot=code]').allTextContents()).to.deep.equal(['87654321', '123456']);
    expect(await page.locator('[aria-live]').textContent()).to.include('8 7 6 5 4 3 2 1');
  });

  it('shows the text of a message as text', async () => {
    log.add({ ...MESSAGE, from: '<b>x</b>', text: '<img src=x onerror=alert(1)><script>alert(2)</script>' });
    await page.locator('#message-a1').waitFor();
    expect(await page.locator('#message-a1').innerText())
      .to.include('<b>x</b>')
      .and.include('<script>alert(2)</script>');
    expect(await page.locator('main img, main script, main b').count()).to.equal(0);
  });

  it('follows the status, and shows no code that did not arrive', async () => {
    log.add(MESSAGE);
    log.setStatus('a1', 'failed');
    await page.getByRole('article').getByText('Not delivered').waitFor();
    expect(await page.locator('li').count()).to.equal(1);
    expect(await page.locator('[data-slot=code]').isVisible()).to.equal(false);
  });

  it('tells screen readers of a message that was lost, and not its code', async () => {
    const heard = (text: string) =>
      page.locator('[aria-live]').filter({ hasText: text }).waitFor({ state: 'attached' });
    log.add(MESSAGE);
    await heard('The code is 1 2 3 4 5 6.');
    log.setStatus('a1', 'failed');
    await heard('Message from Example to +46701740605. Not delivered.');
    log.add({ ...MESSAGE, id: 'a2', status: 'refused' });
    await heard('Message from Example to +46701740605. Refused by the SMSC.');
    log.add({ ...MESSAGE, id: 'a3' });
    await heard('The code is');
    log.setStatus('a3', 'delivered');
    await page.getByRole('article').getByText('Delivered', { exact: true }).waitFor();
    expect(await page.locator('[aria-live]').textContent()).to.include('The code is');
  });

  it('copies the code', async () => {
    log.add(MESSAGE);
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).to.equal('123456');
  });

  it('shows what came before it was opened', async () => {
    log.add(MESSAGE);
    await page.reload();
    await page.getByText('Do not share it').waitFor();
  });

  it('fits a screen of 320 pixels', async () => {
    log.add({ ...MESSAGE, from: 'W'.repeat(40), text: `${'long'.repeat(40)} 12345678` });
    await page.locator('#message-a1').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).to.equal(320);
  });
});
