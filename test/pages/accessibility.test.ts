/// <reference lib="dom" />
import { AxeBuilder } from '@axe-core/playwright';
import { expect } from 'chai';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { type PageServer, startPageServer } from './page-server.ts';
import { SAMPLES } from './sample-pages.ts';

describe('the pages in a browser', () => {
  let browser: Browser;
  let context: BrowserContext;
  let server: PageServer;
  let complaints: string[];

  before(async function () {
    browser = await launchBrowser(this);
    server = await startPageServer();
  });

  after(async () => {
    await browser?.close();
    await server?.close();
  });

  afterEach(async () => {
    await context.close();
    expect(complaints).to.deep.equal([]);
  });

  async function open(html: string, options: Parameters<Browser['newContext']>[0]): Promise<Page> {
    context = await browser.newContext({ viewport: { width: 390, height: 844 }, ...options });
    const page = await context.newPage();
    complaints = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    server.html = html;
    await page.goto(server.url);
    return page;
  }

  for (const [name, html] of Object.entries(SAMPLES)) {
    it(`give axe nothing to object to with ${name}, in light and in dark`, async () => {
      const page = await open(html, { colorScheme: 'light' });
      const light = await new AxeBuilder({ page }).analyze();
      await page.emulateMedia({ colorScheme: 'dark' });
      const dark = await new AxeBuilder({ page }).withRules('color-contrast').analyze();
      const violations = [...light.violations, ...dark.violations];
      expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).to.deep.equal([]);
    });
  }

  for (const [name, html] of Object.entries(SAMPLES)) {
    it(`fit 320 pixels, also with text twice as large and words that are long, with ${name}`, async () => {
      const page = await open(html.replaceAll('Example Bank', 'W'.repeat(40)), {
        viewport: { width: 320, height: 640 },
      });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.equal(320);
      await page.evaluate(() => {
        document.documentElement.style.fontSize = '200%';
      });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.equal(320);
    });
  }

  it('are walked through by keyboard in the order that they are read in', async () => {
    const page = await open(SAMPLES['a wrong code'] ?? '', {});
    const focused = () => page.evaluate(() => document.activeElement?.textContent || document.activeElement?.id);
    const order = [await focused()];
    for (let step = 0; step < 3; step += 1) {
      await page.keyboard.press('Tab');
      order.push(await focused());
    }
    expect(order).to.deep.equal(['code', 'Continue', 'Send the code again', 'Start over']);
  });

  it('show their buttons where the system chooses the colours, and nothing that moves where it must not', async () => {
    const page = await open(SAMPLES['a code on its way'] ?? '', { forcedColors: 'active', reducedMotion: 'reduce' });
    const styles = await page.evaluate(() => ({
      border: getComputedStyle(document.querySelector('button') as Element).borderTopColor,
      animation: getComputedStyle(document.querySelector('.delivery') as Element, '::before').animationName,
    }));
    expect(styles.border).to.not.equal('rgba(0, 0, 0, 0)');
    expect(styles.animation).to.equal('none');
  });
});
