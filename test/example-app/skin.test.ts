/// <reference lib="dom" />
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { useBrowser, violationsOn } from '../support/browser.ts';
import { type Demo, startDemo } from '../support/demo.ts';

describe("the demo's second skin", () => {
  const browser = useBrowser();
  let demo: Demo;

  before(async () => {
    demo = await startDemo({ SKIN: 'dark-blue' });
  });

  after(() => demo?.close());

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`colours the bank and the sign-in alike, and can be read by all, if ${colorScheme} is preferred`, async () => {
      const page = await browser.newPage({ colorScheme, viewport: { width: 1024, height: 800 } });
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
    });
  }
});

async function expectSkin(page: Page): Promise<void> {
  const colour = await page.$eval('main', (element) => getComputedStyle(element).backgroundColor);
  expect(colour).to.equal('rgb(16, 36, 77)');
  expect(await violationsOn(page)).to.deep.equal([]);
}
