import { isIPv4, isIPv6 } from 'node:net';
import express, { type Request, type Response } from 'express';
import type { RequestFacts } from '../domain/event-facts.ts';
import { SmsOtpError } from '../errors.ts';

const MEDIA_TYPES = ['application/json', 'application/x-www-form-urlencoded'];
const PARSERS = [
  express.json({ limit: '16kb' }),
  express.urlencoded({ extended: false, limit: '16kb', parameterLimit: 20 }),
];

/**
 * The fields of a form or a JSON object; parsed here only if the app has not.
 *
 * @throws SmsOtpError `UNSUPPORTED_MEDIA_TYPE`, `BAD_REQUEST`
 */
export async function readBody(req: Request, res: Response): Promise<Readonly<Record<string, unknown>>> {
  // Browsers send an empty body with a length and without a type.
  if (req.get('content-length') !== '0' && req.is(MEDIA_TYPES) === false) {
    throw new SmsOtpError('UNSUPPORTED_MEDIA_TYPE');
  }
  if (isUnparsed(req)) for (const parse of PARSERS) await run(parse, req, res);
  const body: unknown = req.body ?? {};
  if (typeof body !== 'object' || body === null || Array.isArray(body) || body instanceof Uint8Array)
    throw badRequest('Send a form or a JSON object.');
  return { ...body };
}

/** The parsers of body-parser 1 leave an empty object if the type is not theirs; nobody has read the request then. */
function isUnparsed({ body, readableDidRead }: Request): boolean {
  return body === undefined || (!readableDidRead && Object.keys(body ?? {}).length === 0);
}

/**
 * One text field; empty if it is missing.
 *
 * @throws SmsOtpError `BAD_REQUEST` if it is no text, or too long
 */
export function readText(body: Readonly<Record<string, unknown>>, name: string, maxLength: number): string {
  const value = body[name] ?? '';
  if (typeof value !== 'string') throw badRequest(`The field ${name} must be one text.`);
  if (value.length > maxLength) throw badRequest(`The field ${name} is too long.`);
  return value;
}

export function badRequest(message: string): SmsOtpError {
  return new SmsOtpError('BAD_REQUEST', message);
}

function run(parse: express.RequestHandler, req: Request, res: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    // The parser's own error holds the body: it goes no further.
    parse(req, res, (error?: unknown) =>
      error === undefined ? resolve() : reject(badRequest('The body cannot be read.')),
    );
  });
}

/** Whether a person reads the answer. A client that asks for anything, or sends JSON, is a program. */
export function prefersHtml(req: Request): boolean {
  return req.accepts(['json', 'html']) === 'html' && !req.is('application/json');
}

/** No quote, no blank and no line break: in a log it stays what it is. */
const WELL_FORMED = /^[\w.:-]{1,64}$/;

/** Where a request came from, and what it is called. */
export function requestFacts(req: Request): RequestFacts {
  const { ip } = req;
  const requestId = readRequestId(req);
  return { ...(ip !== undefined && { address: ip }), ...(requestId !== undefined && { requestId }) };
}

/**
 * The app's id of this request (`req.id`), else the header `X-Request-Id`; `undefined` if that is not well-formed.
 */
function readRequestId(req: Request): string | undefined {
  const id: unknown = 'id' in req && req.id !== undefined ? req.id : req.get('x-request-id');
  if (typeof id !== 'string' && typeof id !== 'number') return undefined;
  return WELL_FORMED.test(String(id)) ? String(id) : undefined;
}

/**
 * The counter key of an address: the whole of IPv4, the first 64 bits of IPv6, which is what one customer has (RFC
 * 6177); in one spelling. IPv4 in IPv6 is IPv4.
 */
export function addressBlockOf(ip: string | undefined): string {
  const address = withoutPort(ip ?? '').split('%', 1)[0] ?? '';
  if (!isIPv6(address)) return address;
  const parts = hextets(address);
  return isMapped(parts) ? dotted(parts) : `${parts.slice(0, 4).join(':')}::/64`;
}

/** Some proxies, as those of Azure, write the client's port into X-Forwarded-For: each connection would be an address. */
function withoutPort(text: string): string {
  const [, address = '', inBrackets = ''] = /^(?:([\d.]+):\d{1,5}|\[([^\]]+)\](?::\d{1,5})?)$/.exec(text) ?? [];
  if (isIPv4(address)) return address;
  return isIPv6(inBrackets) ? inBrackets : text;
}

/** ::ffff:0:0/96 (RFC 4291, 2.5.5.2). */
function isMapped(parts: readonly string[]): boolean {
  return parts.slice(0, 5).every((part) => part === '0') && parts[5] === 'ffff';
}

function dotted(parts: readonly string[]): string {
  const numbers = parts.slice(6).map((part) => Number.parseInt(part, 16));
  return numbers.flatMap((number) => [number >> 8, number & 255]).join('.');
}

/** The eight parts of an IPv6 address. */
function hextets(address: string): readonly string[] {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail = ''] = canonical.split('::');
  const before = partsOf(head);
  const after = partsOf(tail);
  // The two colons stand for the zeros that are left out (RFC 4291, 2.2).
  return [...before, ...new Array<string>(8 - before.length - after.length).fill('0'), ...after];
}

function partsOf(half: string): readonly string[] {
  return half === '' ? [] : half.split(':');
}

/** Those that are named after another one come before it. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\b(?:OPR|Opera|OPiOS|OPT|OPX)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\bYaBrowser\//, 'Yandex Browser'],
  [/\b(?:DuckDuckGo|Ddg)\//, 'DuckDuckGo'],
  [/\bHuaweiBrowser\//, 'Huawei Browser'],
  [/\bMiuiBrowser\//, 'Mi Browser'],
  [/\bUC(?:Browser|WEB)\b/, 'UC Browser'],
  [/\bSilk\//, 'Silk'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:(?:Headless)?Chrome|CriOS|Chromium)\//, 'Chrome'],
  // Nearly all call themselves Safari, too: it runs on Apple's systems, and ends with its own name.
  [/\((?:Macintosh|iPhone|iPad|iPod)\b.* Version\/\S+ (?:Mobile\/\w+ )?Safari\/\S+$/, 'Safari'],
];
/** Longer than what any browser sends. */
const MOST_AGENT = 512;
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:iPhone|iPod)\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/** By names that we have written here, so that nothing of the request is kept: `Firefox, Linux`. */
export function browserLabel(req: Request): string {
  const agent = (req.get('user-agent') ?? '').slice(0, MOST_AGENT);
  const known = [BROWSERS, SYSTEMS].flatMap((names) => names.find(([pattern]) => pattern.test(agent))?.[1] ?? []);
  return known.join(', ');
}
