/// <reference lib="dom" />
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { type TestApp, type TestAppSetup, testApp } from './app.ts';
import { type TestBrowser, useBrowser } from './browser.ts';

/** A test app under an address of its own, and a phone's browser in front of it. */
export interface Site extends TestApp {
  readonly url: string;
  /** The browser's complaints: scripts that failed, and policies that were broken. */
  readonly complaints: string[];
  /** A browser without cookies. */
  visit(path: string, options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

/** @param host a name of this machine; plain http is no secure context unless it is loopback */
export async function openSite(browser: TestBrowser, setup: TestAppSetup = {}, host = '127.0.0.1'): Promise<Site> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://${host}:${(server.address() as AddressInfo).port}`;
  const options = { origin: url, appName: 'Example Bank', afterSignInUrl: '/home', ...setup.options };
  const app = testApp({
    ...setup,
    options,
    routes: (app) => app.get('/home', (_req, res) => void res.send('<h1>Welcome</h1>')),
  });
  server.on('request', app.app);
  const complaints: string[] = [];
  return {
    ...app,
    url,
    complaints,
    async visit(path, contextOptions) {
      const page = await browser.newPage(contextOptions);
      page.on('pageerror', ({ message }) => complaints.push(message));
      page.on('console', (message) => {
        if (/Content Security Policy|violation/i.test(message.text())) complaints.push(message.text());
      });
      await page.addInitScript(() =>
        addEventListener('securitypolicyviolation', (event) => console.error(`violation: ${event.violatedDirective}`)),
      );
      await page.goto(url + path);
      return page;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * Starts a browser for the suite that calls this. Each site is closed after its test, and the browser must not have complained.
 *
 * @returns a function as `openSite`
 */
export function useSites(): (setup?: TestAppSetup, host?: string) => Promise<Site> {
  const browser = useBrowser();
  const sites: Site[] = [];
  afterEach(async () => {
    const opened = sites.splice(0);
    for (const site of opened) await site.close();
    expect(opened.flatMap(({ complaints }) => complaints)).to.deep.equal([]);
  });
  return async (setup, host) => {
    const site = await openSite(browser, setup, host);
    sites.push(site);
    return site;
  };
}

/** The first factor, as a person gives it. */
export async function typePassword(page: Page, username: string, password: string): Promise<void> {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** The second factor, likewise. */
export async function typeCode(page: Page, code: string): Promise<void> {
  await page.getByLabel('Code').fill(code);
  await page.getByRole('button', { name: 'Continue' }).click();
}
