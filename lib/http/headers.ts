import type { Request, Response } from 'express';

const ANSWER_HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Opener-Policy': 'same-origin',
  // Under `no-referrer` browsers post `Origin: null`, and our own forms would be refused.
  'Referrer-Policy': 'same-origin',
};

const PAGE_HEADERS = {
  ...ANSWER_HEADERS,
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; " +
    "base-uri 'none'; frame-ancestors 'none'",
  // For browsers that do not know frame-ancestors.
  'X-Frame-Options': 'DENY',
};

/** The headers of every answer under `basePath`. Other headers of the app, as HSTS, stay. */
export function setAnswerHeaders(res: Response): void {
  res.set(ANSWER_HEADERS);
}

/**
 * The same for a page, with a policy of its own: under the app's its style, its script or its forms might be forbidden.
 */
export function setPageHeaders(res: Response): void {
  res.set(PAGE_HEADERS);
}

/** Whether a person reads the answer. A client that asks for anything, or sends JSON, is a program. */
export function prefersHtml(req: Request): boolean {
  return req.accepts(['json', 'html']) === 'html' && !req.is('application/json');
}
