/// <reference types="express-session" preserve="true" />
import type { Request, Response } from 'express';
import session from 'express-session';
import type { SmsOtpError } from '../errors.ts';
import { hasCookieOf, misconfigured } from './session.ts';

/** First segments under `basePath`. */
const PAGES = ['login', 'number', 'code', 'enroll', 'account', 'without-phone', 'session', 'logout', 'assets'];
const SIGNS_OUT =
  'An answer that was asked for before a right code, and comes after it, then gives the browser another session: the person is signed out.';

/**
 * The defect in how the app runs the handler: nobody could sign in there.
 *
 * @returns the error to answer the request with, or `undefined`
 */
export function checkMount(req: Request, basePath: string): SmsOtpError | undefined {
  if (isExpress4(req)) {
    return misconfigured('This app is of Express 4; smsOtp() needs Express 5: npm install express@5.');
  }
  if (takesWholePaths(req, basePath)) {
    return misconfigured(
      'smsOtp() is mounted at a path that takes whole paths, as "/{*splat}" does, and its own pages are never found. ' +
        'Mount it without a path, app.use(otp), or at a fixed one. In NestJS, call app.use(otp) in main.ts.',
    );
  }
  return undefined;
}

/** An app of Express 4 makes its router when that is first needed; one of Express 5 has it from the start. */
function isExpress4({ app }: Request): boolean {
  return app !== undefined && 'lazyrouter' in app;
}

/** Express moves what a mount's path has matched from `url` to `baseUrl`, and the segments of a wildcard to `params`. */
function takesWholePaths(req: Request, basePath: string): boolean {
  const { baseUrl } = req;
  if (baseUrl === '' || req.path !== '/') return false;
  const isWildcard = Object.values<unknown>(req.params).some(
    (value) => Array.isArray(value) && endsWith(baseUrl, value),
  );
  // Other such paths, as regular expressions, are found when the browser follows the gate to our page.
  return isWildcard || PAGES.some((page) => `${baseUrl}/`.includes(`${basePath}/${page}/`));
}

/** @param segments decoded; a slash at the end of the path is one more that is empty */
function endsWith(baseUrl: string, segments: readonly string[]): boolean {
  const tail = `/${segments.join('/')}`.replace(/\/+$/, '');
  try {
    return decodeURIComponent(baseUrl).endsWith(tail);
  } catch {
    return baseUrl.endsWith(tail);
  }
}

/**
 * The defect in the app's session.
 *
 * @returns the error to answer the request with, or `undefined`
 */
export function checkSession(req: Request, allowed: readonly string[]): SmsOtpError | undefined {
  // If there is no session of express-session, the code that needs it throws SESSION_MISSING.
  if (!req.session || !req.sessionStore) return undefined;
  const { cookie } = req.session;
  const isInMemory = req.sessionStore instanceof session.MemoryStore;
  if (isInMemory && !allowed.includes('memorySessions') && isProduction()) {
    return misconfigured(
      'express-session uses its MemoryStore, which leaks memory and knows one process only. Give it a store ' +
        "(connect-redis, for example), or allow it with allowInsecure: ['memorySessions'].",
    );
  }
  if (cookie.secure === true && !isSecure(req)) {
    return misconfigured(
      'The session cookie is secure, but express-session takes this request for a plain one and sets no cookie. Behind a ' +
        "proxy that ends TLS, set app.set('trust proxy', …) and let the proxy send X-Forwarded-Proto; without TLS, set " +
        'cookie.secure to "auto".',
    );
  }
  if (!cookie.secure && !allowed.includes('insecureCookie') && isProduction()) {
    return misconfigured(
      'The session cookie may travel in clear. Set cookie.secure to true or "auto" (behind a proxy with ' +
        "app.set('trust proxy', …)), or allow it with allowInsecure: ['insecureCookie'].",
    );
  }
  return undefined;
}

/** Notices from requests what is wrong with how the app is set up; each is told once. */
export class SetupWatch {
  readonly #warn: (message: string) => void;
  readonly #told = new Set<string>();
  #proxyProblem: string | undefined;

  /** @param warn tells the operator */
  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  /** A proxy that the app does not know of: all clients then look like one, and share its limits. */
  get proxyProblem(): string | undefined {
    return this.#proxyProblem;
  }

  /** At its own `basePath` its pages are found all the same, so nobody sees that most of the app has no gate. */
  lookForMount({ baseUrl }: Request, basePath: string): void {
    if (!baseUrl.endsWith(basePath)) return;
    this.#tellOnce(
      `smsOtp() is mounted at ${basePath}, where its pages are anyway: they are now below ${basePath}${basePath}, and ` +
        `nothing outside ${basePath} has a gate. Mount it without a path: app.use(otp).`,
    );
  }

  lookForProxy(req: Request): void {
    const { 'x-forwarded-for': chain, forwarded } = req.headers;
    if ((chain ?? forwarded) === undefined || this.#proxyProblem !== undefined || req.app.get('trust proxy')) return;
    this.#proxyProblem =
      "Requests come through a proxy, but Express does not trust one: set app.set('trust proxy', …) to the number of " +
      'proxies, or all clients share the limits of one address.';
    this.#warn(this.#proxyProblem);
  }

  /** An answer that changes nothing in a session, and sets its cookie all the same. */
  lookForCookie(req: Request, res: Response): void {
    const known = hasCookieOf(req, req.sessionID);
    res.once('finish', () => {
      if (!setsCookie(res, req.sessionID)) return;
      if (known) {
        this.#tellOnce(
          'The session cookie is set again by answers that change nothing (rolling: true of express-session, or the app ' +
            `writes into each session). ${SIGNS_OUT} Set rolling: false.`,
        );
      } else if (isEmpty(req.session)) {
        this.#tellOnce(
          'The session cookie is set for visitors of whom there is nothing to keep (saveUninitialized: true, the default ' +
            `of express-session). ${SIGNS_OUT} Set saveUninitialized: false.`,
        );
      }
    });
  }

  #tellOnce(message: string): void {
    if (this.#told.has(message)) return;
    this.#told.add(message);
    this.#warn(message);
  }
}

function setsCookie(res: Response, sessionId: string): boolean {
  const cookies = [res.getHeader('set-cookie') ?? []].flat().map(String);
  return cookies.some((cookie) => cookie.includes(sessionId) || cookie.includes(encodeURIComponent(sessionId)));
}

function isEmpty(session: object | undefined): boolean {
  return Object.keys(session ?? {}).every((key) => key === 'cookie');
}

/** Asked last: Node looks into the environment of the process each time. */
function isProduction(): boolean {
  return process.env.NODE_ENV === 'production';
}

function isSecure(req: Request): boolean {
  return req.secure || ('encrypted' in req.socket && req.socket.encrypted === true);
}
