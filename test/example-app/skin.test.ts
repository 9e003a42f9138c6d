/// <reference lib="dom" />
import { AxeBuilder } from '@axe-core/playwright';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { type Demo, startDemo } from '../support/demo.ts';

describe("the demo's second skin", () => {
  let browser: Browser;
  let demo: Demo;

  before(async function () {
    browser = await launchBrowser(this);
    demo = await startDemo({ SKIN: 'dark-blue' });
  });

  after(async () => {
    await browser?.close();
    await demo?.close();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`colours the bank and the sign-in alike, and can be read by all, where ${colorScheme} is preferred`, async () => {
      const context = await browser.newContext({ colorScheme, viewport: { width: 1024, height: 800 } });
      const page = await context.newPage();
      await page.goto(demo.url);
      await expectSkin(page);
      await page.goto(`${demo.url}/dashboard`);
      await expectSkin(page);
      await page.fill('#username', 'ada');
      await page.fill('#password', 'wrong');
      await page.click('form button');
      await page.waitForSelector('.error');
      await expectSkin(page);
      await page.fill('#password', 'lovelace');
      await page.click('form button');
      await page.waitForSelector('#code');
      await expectSkin(page);
      await context.close();
    });
  }
});

async function expectSkin(page: Page): Promise<void> {
  const colour = await page.$eval('main', (element) => getComputedStyle(element).backgroundColor);
  expect(colour).to.equal('rgb(16, 36, 77)');
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).to.deep.equal([]);
}
