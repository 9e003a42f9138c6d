import type { Request, Response } from 'express';
import { setAnswerHeaders } from '../http/headers.ts';
import { prefersHtml } from '../http/negotiation.ts';
import { type Html, html } from '../pages/html.ts';

/**
 * Sends a browser on by a page that leads there by itself. The way began with one of our forms and ends at the
 * application: Chromium follows no redirect from a form to another site where the page says `form-action 'self'`.
 */
export function handOver(req: Request, res: Response, address: string): void {
  setAnswerHeaders(res);
  if (!prefersHtml(req)) return void res.redirect(303, address);
  res.set('Content-Security-Policy', "default-src 'none'; base-uri 'none'; frame-ancestors 'none'");
  res.send(String(page(address)));
}

function page(address: string): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url=${address}">
<title>One moment</title>
</head>
<body><a href="${address}">Continue</a></body>
</html>
`;
}
