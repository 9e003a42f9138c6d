import type { ErrorRequestHandler, Request, Response } from 'express';
import { isChangeOver } from '../domain/next-code.ts';
import type { SignInFlow } from '../domain/sign-in-flow.ts';
import { SmsOtpError } from '../errors.ts';
import type { PageName } from '../views.ts';
import type { Deps } from './action.ts';
import { canEnroll, isVerified, mayGoWithoutPhone, sendPage } from './pages.ts';
import { readReturnTo } from './paths.ts';
import { prefersHtml } from './request.ts';
import { flowByRecord, locationOf } from './state.ts';
import type { Visitor } from './visitor.ts';

/**
 * On which page an error is shown: where it happened, or wherever the sign-in stands; or on the page of a redirect, which
 * costs nothing if it is loaded again.
 */
export type ErrorPlace = 'login or current' | 'enroll' | 'withoutPhone' | 'account' | 'error' | 'current' | 'redirect';

/**
 * Answers an SmsOtpError, as a page or as problem+json; other errors go on.
 *
 * @param placeOf for our own routes, whose errors also tell where the sign-in goes on
 */
export function answerErrors(
  deps: Deps,
  placeOf?: (req: Request, error: SmsOtpError) => ErrorPlace,
): ErrorRequestHandler {
  const answer = async (req: Request, res: Response, error: SmsOtpError): Promise<void> => {
    if (prefersHtml(req)) return answerPage({ deps, req, res, error }, placeOf?.(req, error) ?? 'error');
    const told = placeOf === undefined ? error : await withLocation(deps, req, error);
    setErrorHead(res, told);
    sendProblem(res, told);
  };
  return async function answerErrors(error, req, res, next) {
    if (!(error instanceof SmsOtpError) || res.headersSent) return next(error);
    // A time-out of the app's may answer meanwhile, and not everybody who calls this waits for its promise.
    await answer(req, res, error).catch(next);
  };
}

interface Failure {
  readonly deps: Deps;
  readonly req: Request;
  readonly res: Response;
  readonly error: SmsOtpError;
}

interface Page {
  readonly name: PageName;
  readonly flow: SignInFlow;
}

/** It needs neither a session nor a dependency. */
const NOBODYS_PAGE: Page = { name: 'error', flow: { stage: 'none', now: 0, numbers: [] } };

async function answerPage({ deps, req, res, error }: Failure, place: ErrorPlace): Promise<void> {
  const known = await deps.visitors.resolve(req).catch(() => undefined);
  if (place === 'redirect' && known !== undefined) return redirectToCode(res, known, req);
  setErrorHead(res, error);
  const visitor = known ?? deps.visitors.anonymous(req);
  const show = ({ name, flow }: Page, render = deps.render): Promise<void> =>
    sendPage(res, name, { deps: { ...deps, render }, visitor, flow, error });
  let page = NOBODYS_PAGE;
  try {
    if (known !== undefined) page = await pageOf(deps, known, place);
    await show(page);
  } catch {
    // The data that the page needs cannot be had just now either, or a view of the app's fails; the error can still be told.
    const plain = { ...page, name: 'error' } as const;
    await show(plain).catch(() => show(plain, deps.renderOurs));
  }
}

/** The record keeps what was wrong until the next form is sent. */
function redirectToCode(res: Response, { paths }: Visitor, req: Request): void {
  res.set('Cache-Control', 'no-store').redirect(303, paths.of('code', readReturnTo(req.body?.returnTo)));
}

async function pageOf(deps: Deps, visitor: Visitor, place: ErrorPlace): Promise<Page> {
  const { flows, enrollment } = deps.domain;
  if (place === 'error') return { name: place, flow: await flowByRecord(deps, visitor) };
  if (place === 'login or current') {
    // The password was right if the session holds a sign-in now.
    const flow = await flows.look(visitor, 'unless pending');
    return flow.stage === 'none' ? { ...NOBODYS_PAGE, name: 'login' } : currentPage(flow);
  }
  if (place === 'current' || place === 'redirect') return currentPage(await flows.look(visitor, 'unless pending'));
  if (place === 'withoutPhone') {
    const flow = await flows.look(visitor, 'for the stage');
    return mayGoWithoutPhone(flow) ? { name: place, flow } : currentPage(flow);
  }
  const flow = await flows.look(visitor, 'always');
  const fits = place === 'enroll' ? canEnroll(enrollment, flow) : isVerified(flow);
  return fits ? { name: place, flow } : currentPage(await flows.look(visitor, 'unless pending'));
}

/** Where the sign-in stands; a change that is over leads back to the account. */
function currentPage(flow: SignInFlow): Page {
  const pages = {
    none: 'error',
    number: 'number',
    enroll: 'enroll',
    send: 'code',
    code: 'code',
    verified: 'code',
  } as const;
  return { name: isChangeOver(flow) ? 'account' : pages[flow.stage], flow };
}

/** Tells a program where its sign-in goes on, if the error alone does not. */
async function withLocation(deps: Deps, req: Request, error: SmsOtpError): Promise<SmsOtpError> {
  if (error.details.location !== undefined || !TOLD.has(error.code)) return error;
  try {
    const visitor = await deps.visitors.resolve(req);
    const flow = await deps.domain.flows.look(visitor, 'for the stage');
    if (flow.stage === 'none' && error.code !== 'SIGN_IN_REQUIRED') return error;
    const place = { stage: flow.stage, location: locationOf(visitor, flow) };
    return new SmsOtpError(error.code, error.message, { ...error.details, ...place });
  } catch {
    return error;
  }
}

/** Refusals after a right password, and what a program cannot go on from without a word. */
const TOLD: ReadonlySet<string> = new Set([
  'SMS_UNAVAILABLE',
  'CONFLICT',
  'SIGN_IN_REQUIRED',
  'TOO_MANY_SENDS',
  'FACTOR_LOCKED',
  'NO_PHONE_NUMBER',
  'SEND_REFUSED',
  'PHONE_NOT_ACCEPTED',
]);

/** Answers with an error as `application/problem+json` (RFC 9457). */
function sendProblem(res: Response, { code, status, message, details }: SmsOtpError): void {
  const name = code.toLowerCase().replaceAll('_', '-');
  const { attemptsRemaining, stage, location } = details;
  const type = `urn:express-sms-otp:${name}`;
  const problem = { type, title: titleOf(name), status, code, detail: message, attemptsRemaining, stage, location };
  res.type('application/problem+json').send(JSON.stringify(problem));
}

function titleOf(name: string): string {
  const words = name
    .replaceAll('-', ' ')
    .replace(/^sms\b/, 'SMS')
    .replace(/\botp\b/, 'OTP');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The status and the headers of an error, whatever its body is. */
export function setErrorHead(res: Response, { status, details }: SmsOtpError): void {
  res.status(status).set('Cache-Control', 'no-store');
  if (details.retryAfterSeconds !== undefined) res.set('Retry-After', String(Math.ceil(details.retryAfterSeconds)));
  if (details.wwwAuthenticate !== undefined) res.set('WWW-Authenticate', details.wwwAuthenticate);
  if (details.allow !== undefined) res.set('Allow', details.allow);
}
