import { type ErrorRequestHandler, type Request, type RequestHandler, Router } from 'express';
import type { SmsOtpError } from '../errors.ts';
import { type Deps, toNextError } from './action.ts';
import { answerErrors } from './answer-errors.ts';
import { DEFAULT_RULE, gate, setFacts } from './gate.ts';
import { badRequest } from './request.ts';
import { createRouter } from './router.ts';
import { checkMount, checkSession } from './setup.ts';

export interface HandlerOptions {
  readonly authRequired: boolean;
  readonly basePath: string;
  readonly hasOwnLogin: boolean;
  /** The app's own login page, which is never gated. */
  readonly loginUrl?: string | undefined;
  readonly allowInsecure: readonly string[];
}

/** The whole of it: the routes under `basePath`, then the gate in front of everything that comes after. */
export function createHandler(deps: Deps, options: HandlerOptions): RequestHandler {
  const { basePath, hasOwnLogin, authRequired, loginUrl } = options;
  const router = Router({ caseSensitive: true });
  router.use(basePath, createRouter(deps, hasOwnLogin));
  const defaultGate = gate(deps, DEFAULT_RULE);
  const noGate = setFacts(deps);
  const own: RequestHandler = (req, res, next) => {
    const problem = checkMount(req, basePath) ?? attach(deps, options.allowInsecure, req);
    if (problem !== undefined) return next(toNextError(deps, req, problem));
    // To be told by the router that a path is none of ours takes longer than all the rest.
    return req.url.includes(basePath) ? router(req, res, next) : next();
  };
  const others: RequestHandler = (req, res, next) => {
    const isOpen = !authRequired || (loginUrl !== undefined && pathOf(req) === loginUrl);
    return (isOpen ? noGate : defaultGate)(req, res, next);
  };
  return Object.defineProperty(inTurn(own, others, answerErrors(deps)), 'name', { value: 'smsOtp' });
}

/** One after the other; the first error ends it. */
function inTurn(first: RequestHandler, second: RequestHandler, onError: ErrorRequestHandler): RequestHandler {
  return (req, res, next) => {
    const fail = (error: unknown): void => void onError(error, req, res, next);
    const end = (error?: unknown): unknown => (isNothing(error) ? next() : fail(error));
    return first(req, res, (error?: unknown) => (isNothing(error) ? second(req, res, end) : fail(error)));
  };
}

/** As in Express, null is no error. */
function isNothing(error: unknown): boolean {
  return error === undefined || error === null;
}

/** Each time: `secure: 'auto'` means another thing for each request. */
function attach(deps: Deps, allowed: readonly string[], req: Request): SmsOtpError | undefined {
  // `OPTIONS *` (RFC 9110, 9.3.7) asks for no path, and express-session gives it no session.
  if (req.originalUrl === '*') return badRequest('This request names no path.');
  const problem = checkSession(req, allowed);
  if (problem === undefined) {
    deps.setupWatch.lookForProxy(req);
    deps.visitors.attach(req);
  }
  return problem;
}

function pathOf(req: Request): string {
  return req.originalUrl.split('?', 1)[0] ?? '';
}
