import { type ErrorRequestHandler, type Request, type RequestHandler, Router } from 'express';
import { answerErrors } from './answer-errors.ts';
import { badRequest } from './body.ts';
import { gate } from './gate.ts';
import { noticeVisitor } from './notice.ts';
import { heardOf } from './part.ts';
import { createRouter } from './router.ts';
import { checkSession } from './session-check.ts';
import type { Wiring } from './wiring.ts';

export interface HandlerOptions {
  readonly authRequired: boolean;
  readonly basePath: string;
  readonly hasOwnLogin: boolean;
  /** The app's own login page, which is never gated. */
  readonly loginUrl?: string | undefined;
  readonly allowInsecure: readonly string[];
}

/** The whole of it: the routes under `basePath`, then the gate in front of everything that comes after. */
export function createHandler(wiring: Wiring, options: HandlerOptions): RequestHandler {
  const { basePath, hasOwnLogin, authRequired, loginUrl } = options;
  const router = Router({ caseSensitive: true });
  router.use(basePath, createRouter(wiring, hasOwnLogin));
  const defaultGate = gate(wiring, { letsExemptPass: true });
  const notice = noticeVisitor(wiring);
  const steps: RequestHandler[] = [
    enter(wiring, options.allowInsecure),
    // To be told by the router that a path is none of ours takes longer than all the rest.
    (req, res, next) => (req.url.includes(basePath) ? router(req, res, next) : next()),
    (req, res, next) => {
      const isOpen = !authRequired || (loginUrl !== undefined && pathOf(req) === loginUrl);
      return (isOpen ? notice : defaultGate)(req, res, next);
    },
  ];
  return Object.defineProperty(inTurn(steps, answerErrors(wiring)), 'name', { value: 'smsOtp' });
}

/** One after the other; the first error ends it. */
function inTurn(steps: readonly RequestHandler[], onError: ErrorRequestHandler): RequestHandler {
  return (req, res, next) => {
    const from = (place: number): unknown => {
      const step = steps[place];
      if (step === undefined) return next();
      return step(req, res, (error?: unknown) => {
        // As in Express, null is no error.
        if (error === undefined || error === null) from(place + 1);
        else Promise.resolve(onError(error, req, res, next)).catch(next);
      });
    };
    from(0);
  };
}

/** Each time: `secure: 'auto'` means another thing for each request. */
function enter(wiring: Wiring, allowed: readonly string[]): RequestHandler {
  return function enter(req, _res, next) {
    // `OPTIONS *` (RFC 9110, 9.3.7) asks for no path, and express-session gives it no session.
    if (req.originalUrl === '*') return next(badRequest('This request names no path.'));
    const problem = checkSession(req, allowed);
    if (problem !== undefined) return next(heardOf(wiring, req, problem));
    wiring.proxyWatch.look(req);
    wiring.visitors.enter(req);
    next();
  };
}

function pathOf(req: Request): string {
  return req.originalUrl.split('?', 1)[0] ?? '';
}
