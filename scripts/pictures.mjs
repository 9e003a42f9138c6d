// Takes the pictures of docs/images: every page on a phone and on a desk, in light and in dark, one from right to left, and
// the demo's second skin. They are drawn with the fonts of this system: `npm run pictures [-- folder]`. With languages, every
// page in every state on a phone, in each of them: `npm run pictures -- folder it pl`.
import { mkdirSync } from 'node:fs';
import { basename } from 'node:path';
import { chromium } from 'playwright-core';
import { ar } from '../lib/locales/ar.ts';
import { en } from '../lib/locales/en.ts';
import { account } from '../lib/pages/account.ts';
import { ASSETS } from '../lib/pages/assets.ts';
import { code } from '../lib/pages/code.ts';
import { enroll } from '../lib/pages/enroll.ts';
import { error } from '../lib/pages/error.ts';
import { login } from '../lib/pages/login.ts';
import { number } from '../lib/pages/number.ts';
import { withoutPhone } from '../lib/pages/without-phone.ts';
import {
  ACCOUNT,
  CODE,
  COMMON,
  ENROLL,
  LOGIN,
  NUMBER,
  PAPER,
  samplesIn,
  WITHOUT_PHONE,
} from '../test/pages/sample-pages.ts';

const [folder = 'docs/images', ...tags] = process.argv.slice(2);
const PLACES = { phone: { width: 390, height: 720 }, desktop: { width: 960, height: 720 } };

const pending = { expiresInSeconds: 287, resendInSeconds: 17, attemptsRemaining: 5, delivery: 'delivered' };
const waiting = { ...CODE, pending };
const wrong = { ...CODE, error: { code: 'INVALID_CODE' }, pending: { ...pending, attemptsRemaining: 4 } };
const lost = { ...CODE, otherNumber: '/auth/number', pending: { ...pending, resendInSeconds: 0, delivery: 'failed' } };
const dressed = { ...waiting, urls: { ...CODE.urls, styles: '/public/dark-blue.css' } };
const down = { ...COMMON, error: { code: 'DIRECTORY_UNAVAILABLE', retryAfterSeconds: 5 } };

const PAGES = {
  login: login(LOGIN, en),
  number: number(NUMBER, en),
  code: code(waiting, en),
  'wrong-code': code(wrong, en),
  'lost-sms': code(lost, en),
  enroll: enroll(ENROLL, en),
  withoutPhone: withoutPhone(WITHOUT_PHONE, en),
  account: account(ACCOUNT, en),
  error: error(down, en),
};

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
if (tags.length === 0) await takeAll();
else await takeIn(tags);
await browser.close();

async function takeIn(languages) {
  const context = await browser.newContext({ viewport: PLACES.phone, colorScheme: 'light', reducedMotion: 'reduce' });
  for (const tag of languages) {
    for (const [name, html] of Object.entries(await samplesIn(tag))) {
      await take(context, `${tag}-${name.replaceAll(/\W+/g, '-')}`, html);
    }
  }
  await context.close();
}

async function takeAll() {
  for (const [place, viewport] of Object.entries(PLACES)) {
    for (const colorScheme of ['light', 'dark']) {
      const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
      for (const [name, html] of Object.entries(PAGES)) await take(context, `${name}-${place}-${colorScheme}`, html);
      if (place === 'phone' && colorScheme === 'light') {
        await take(context, 'code-right-to-left', code(waiting, ar));
        await take(context, 'second-skin', code(dressed, en));
        await take(context, 'recovery-codes-phone-light', account(PAPER, en));
        await take(context, 'recovery-codes-printed', account(PAPER, en), 'print');
        await take(context, 'recovery-codes-right-to-left', account(PAPER, ar));
      }
      await context.close();
    }
  }
}

async function take(context, name, html, media = 'screen') {
  const page = await context.newPage();
  await page.emulateMedia({ media });
  // Else the countdowns would go on meanwhile.
  await page.clock.install({ time: 0 });
  await page.clock.pauseAt(3_600_000);
  await page.route('**/*', (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/') return route.fulfill({ body: html, contentType: 'text/html' });
    const name = basename(pathname);
    const contentType = name.endsWith('.css') ? 'text/css' : 'text/javascript';
    if (name in ASSETS) return route.fulfill({ body: ASSETS[name], contentType });
    return route.fulfill({ path: `example-app/public/${name}` });
  });
  await page.goto('http://example.test/');
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
  await page.close();
}
