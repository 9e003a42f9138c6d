import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

// In the package the text is in the code: the build puts it there.
const ASSETS = new Map([
  ['/', { text: readFileSync(new URL('./assets/inbox.html', import.meta.url), 'utf8'), type: 'text/html' }],
  ['/inbox.css', { text: readFileSync(new URL('./assets/inbox.css', import.meta.url), 'utf8'), type: 'text/css' }],
  ['/inbox.js', { text: readFileSync(new URL('./assets/inbox.js', import.meta.url), 'utf8'), type: 'text/javascript' }],
  [
    '/network.js',
    { text: readFileSync(new URL('./assets/network.js', import.meta.url), 'utf8'), type: 'text/javascript' },
  ],
  ['/inbox.svg', { text: readFileSync(new URL('./assets/inbox.svg', import.meta.url), 'utf8'), type: 'image/svg+xml' }],
]);

/** Answers with the inbox page or one of its files; false where there is none of that path. */
export function sendAsset(response: ServerResponse, path: string | undefined): boolean {
  const asset = ASSETS.get(path ?? '');
  if (asset === undefined) return false;
  response.setHeader('Content-Type', `${asset.type}; charset=utf-8`);
  response.setHeader('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  response.end(asset.text);
  return true;
}
