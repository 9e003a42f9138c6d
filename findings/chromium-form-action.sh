#!/bin/sh
# Chromium (seen with 156.0.8078): `form-action 'self'` is applied to each redirect that follows a form.
#
# A sign-in form on a page with `Content-Security-Policy: form-action 'self'` posts to its own origin, as allowed. If the
# answer redirects to another origin, even by a second page, the browser stays where it is, and only its console says why. The CSP
# Level 3 draft lets browsers differ here. Redirects by a page's script or by `<meta http-equiv="refresh">` are followed.
#
# Needs /usr/bin/chromium, or another one that is named by CHROMIUM.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund playwright-core@1.65.1 >/dev/null
cat >browse.mjs <<'JS'
import { once } from 'node:events';
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';

async function serve(handler) {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, origin: `http://127.0.0.1:${server.address().port}` };
}

const other = await serve((_req, res) => res.setHeader('Content-Type', 'text/html').end('<h1>the other site</h1>'));
const form = (path) => `<form method="post" action="${path}"><button>${path}</button></form>`;
const ANSWERS = {
  '/form': (res) => res.end(['/directly', '/by-a-page', '/by-refresh'].map(form).join('')),
  '/directly': (res) => res.writeHead(303, { Location: other.origin }).end(),
  '/by-a-page': (res) => res.writeHead(303, { Location: '/page' }).end(),
  '/page': (res) => res.writeHead(302, { Location: other.origin }).end(),
  '/by-refresh': (res) => res.end(`<meta http-equiv="refresh" content="0; url=${other.origin}">`),
};
const site = await serve((req, res) => {
  res.setHeader('Content-Type', 'text/html').setHeader('Content-Security-Policy', "form-action 'self'");
  (ANSWERS[req.url] ?? ((unknown) => unknown.writeHead(404).end()))(res);
});
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
});
console.error(`Chromium ${browser.version()}`);
for (const path of ['/directly', '/by-a-page', '/by-refresh']) {
  const page = await browser.newPage();
  await page.goto(`${site.origin}/form`);
  const end = new Promise((resolve) => {
    page.on('console', (message) => message.text().includes('form-action') && resolve('blocked'));
    page.on('framenavigated', (frame) => frame.url().startsWith(other.origin) && resolve('followed'));
  });
  await page.getByRole('button', { name: path }).click({ noWaitAfter: true });
  console.log(`${path}: ${await end}`);
  await page.close();
}
await browser.close();
for (const { server } of [site, other]) {
  server.close();
  server.closeAllConnections();
}
JS
node browse.mjs | tee seen
cat >expected <<'TXT'
/directly: blocked
/by-a-page: blocked
/by-refresh: followed
TXT
diff expected seen && echo 'As described.'
