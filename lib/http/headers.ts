import type { Request, Response } from 'express';
import { SmsOtpError } from '../errors.ts';
import { urlOf } from '../url.ts';

interface SameOriginRule {
  /** The site's public origin; without it, `Origin` must match `Host`. */
  readonly origin?: string | undefined;
  readonly trustedOrigins: readonly string[];
}

/**
 * Refuses what another site makes a browser send (Fetch Metadata, RFC 6454). A request with neither header does not come
 * from a browser and passes.
 *
 * @throws SmsOtpError `CROSS_ORIGIN`
 */
export function assertSameOrigin(req: Request, rule: SameOriginRule): void {
  const origin = req.get('origin');
  const site = req.get('sec-fetch-site');
  if (origin !== undefined && rule.trustedOrigins.includes(origin)) return;
  const isSame =
    site !== undefined
      ? site === 'same-origin' || site === 'none'
      : origin === undefined || origin === (rule.origin ?? originOfHost(req, origin));
  if (!isSame) throw new SmsOtpError('CROSS_ORIGIN');
}

/** The path of the page on this site that a request came from; `undefined` for any other, or if it says none. */
export function ownReferer(req: Request, rule: SameOriginRule): string | undefined {
  const referer = req.get('referer');
  const url = referer === undefined ? undefined : urlOf(referer);
  if (url === undefined) return undefined;
  const { origin, pathname, search } = url;
  return origin === (rule.origin ?? originOfHost(req, origin)) ? pathname + search : undefined;
}

/** Behind a proxy that ends TLS nobody but the browser knows the scheme: the host must match. */
function originOfHost(req: Request, origin: string): string | undefined {
  const host = urlOf(origin)?.host;
  return host !== undefined && host === req.get('host') ? origin : undefined;
}

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
