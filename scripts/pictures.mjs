// Takes the pictures of docs/images: every page on a phone and on a desk, in light and in dark, and one from right to
// left. It draws with the fonts of this system: `node --import tsx scripts/pictures.mjs [folder]`.
import { mkdirSync, rmSync } from 'node:fs';
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

const folder = process.argv[2] ?? 'docs/images';
const PLACES = { phone: { width: 390, height: 720 }, desktop: { width: 960, height: 720 } };

const common = {
  appName: 'Example Bank',
  urls: { login: '', number: '', code: '', send: '', enroll: '', account: '', phones: '', removePhone: '' },
};
Object.assign(common.urls, { signOutEverywhere: '', logout: '', session: '/session', assets: '/assets' });
const numbers = ['••• 0606', '••• 0607'].map((phone, index) => ({ number: index, phone }));
const sent = { expiresInSeconds: 287, resendInSeconds: 17, attemptsRemaining: 5, delivery: 'delivered' };
const pending = { ...common, purpose: 'sign-in', phone: '••• 0605', codeLength: 6, pending: sent };
const wrong = { ...pending, error: { code: 'INVALID_CODE' }, pending: { ...sent, attemptsRemaining: 4 } };
const lost = { ...pending, otherNumber: '/number', pending: { ...sent, resendInSeconds: 0, delivery: 'failed' } };
const down = { ...common, error: { code: 'DIRECTORY_UNAVAILABLE', retryAfterSeconds: 5 } };

const pages = {
  login: login({ ...common, username: '' }, en),
  number: number({ ...common, numbers }, en),
  code: code(pending, en),
  'wrong-code': code(wrong, en),
  'lost-sms': code(lost, en),
  enroll: enroll({ ...common, phone: '' }, en),
  account: account({ ...common, numbers, phone: '', mayChange: true, mayAdd: true }, en),
  error: error(down, en),
};

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
for (const [place, viewport] of Object.entries(PLACES)) {
  for (const colorScheme of ['light', 'dark']) {
    const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
    for (const [name, html] of Object.entries(pages)) await take(context, `${name}-${place}-${colorScheme}`, html);
    if (place === 'phone' && colorScheme === 'light') await take(context, 'code-right-to-left', code(pending, ar));
    await context.close();
  }
}
await browser.close();

async function take(context, name, html) {
  const page = await context.newPage();
  // Else the countdowns would go on meanwhile.
  await page.clock.install({ time: 0 });
  await page.clock.pauseAt(3_600_000);
  await page.route('**/*', (route) => {
    const path = ASSETS[route.request().url().split('/').at(-1)];
    return route.fulfill(path === undefined ? { body: html, contentType: 'text/html' } : { path });
  });
  await page.goto('http://example.test/');
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
  await page.close();
}
