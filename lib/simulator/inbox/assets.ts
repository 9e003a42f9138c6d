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

const ASSETS = new Map([
  ['/', { file: 'inbox.html', type: 'text/html; charset=utf-8' }],
  ['/inbox.css', { file: 'inbox.css', type: 'text/css; charset=utf-8' }],
  ['/inbox.js', { file: 'inbox.js', type: 'text/javascript; charset=utf-8' }],
  ['/network.js', { file: 'network.js', type: 'text/javascript; charset=utf-8' }],
  ['/inbox.svg', { file: 'inbox.svg', type: 'image/svg+xml' }],
]);

/** Answers with the inbox page or one of its files; false where there is none of that path. */
export function sendAsset(response: ServerResponse, path: string | undefined): boolean {
  const asset = ASSETS.get(path ?? '');
  if (asset === undefined) return false;
  response.setHeader('Content-Type', asset.type);
  response.setHeader('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  response.end(readFileSync(new URL(`./assets/${asset.file}`, import.meta.url)));
  return true;
}
