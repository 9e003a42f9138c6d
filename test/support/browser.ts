/// <reference lib="dom" />
// The declarations of playwright-core and axe name the DOM's types.
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { requirePeer } from './peers.ts';

const PHONE = { width: 390, height: 844 };

/** A browser for all tests of a suite. Each test finds it without pages and without cookies. */
export interface TestBrowser {
  /** A page with cookies of its own, on a phone's screen unless told otherwise; closed after the test. */
  newPage(options?: BrowserContextOptions): Promise<Page>;
}

/** Starts Debian's Chromium for the suite that calls this; skips the suite if there is none. */
export function useBrowser(): TestBrowser {
  let browser: Browser;
  before(async function () {
    requirePeer(this, 'chromium');
    browser = await launch();
  });
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
  after(() => browser?.close());
  return { newPage: (options) => browser.newPage({ viewport: PHONE, ...options }) };
}

function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      // Hosts that a browser does not trust as it does localhost.
      '--host-resolver-rules=MAP *.example.test 127.0.0.1',
    ],
  });
}

/** Collects what a page says on its console from now on, and the errors of its scripts. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  return complaints;
}

/** The objections of axe: the rule, and the elements that break it. @param rules all of them unless named */
export async function violationsOn(page: Page, ...rules: string[]): Promise<readonly [string, ...string[]][]> {
  // No page here has a frame: so axe can do without the second page that puts the findings together.
  const axe = new AxeBuilder({ page }).setLegacyMode();
  if (rules.length > 0) axe.withRules(rules);
  const { violations } = await axe.analyze();
  return violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
}
