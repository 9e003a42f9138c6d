/// <reference types="express-session" preserve="true" />
import type { Request } from 'express';
import { SmsOtpError } from '../errors.ts';

/**
 * What is wrong with the app's session for production.
 *
 * @returns the error to answer the request with, or `undefined`
 */
export function checkSession(req: Request, allowed: readonly string[]): SmsOtpError | undefined {
  if (process.env.NODE_ENV !== 'production') return undefined;
  // That there is no session of express-session is told by whoever needs it.
  if (!req.session || !req.sessionStore) return undefined;
  if (!allowed.includes('memorySessions') && req.sessionStore.constructor.name === 'MemoryStore') {
    return misconfigured(
      'express-session uses its MemoryStore, which leaks memory and knows one process only. Give it a store ' +
        "(connect-redis, for example), or allow it with allowInsecure: ['memorySessions'].",
    );
  }
  if (!allowed.includes('insecureCookie') && !req.session.cookie.secure) {
    return misconfigured(
      'The session cookie may travel in clear. Set cookie.secure to true or "auto" (behind a proxy with ' +
        "app.set('trust proxy', …)), or allow it with allowInsecure: ['insecureCookie'].",
    );
  }
  return undefined;
}

export function misconfigured(message: string): SmsOtpError {
  return new SmsOtpError('MISCONFIGURED', message);
}
