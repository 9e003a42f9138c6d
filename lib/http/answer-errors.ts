import type { ErrorRequestHandler, Request, Response } from 'express';
import type { FullStanding } from '../domain/sign-in.ts';
import { SmsOtpError } from '../errors.ts';
import type { PageName } from '../views.ts';
import { canEnroll } from './enroll.ts';
import { prefersHtml } from './negotiation.ts';
import { sendPage } from './page.ts';
import { isChangeOver } from './pending-change.ts';
import { sendProblem, setErrorHead } from './problem.ts';
import { isVerified } from './standing.ts';
import { locationOf } from './state.ts';
import type { Visitor } from './visitor.ts';
import type { Wiring } from './wiring.ts';

/** On which page an error is shown: where it happened, or wherever the sign-in stands. */
export type ErrorPlace = 'login' | 'enroll' | 'account' | 'error' | 'current';

/**
 * Answers an SmsOtpError, as a page or as problem+json; other errors go on.
 *
 * @param placeOf for our own routes, where an error is also told where the sign-in goes on
 */
export function answerErrors(
  wiring: Wiring,
  placeOf?: (req: Request, error: SmsOtpError) => ErrorPlace,
): ErrorRequestHandler {
  const answer = async (req: Request, res: Response, error: SmsOtpError): Promise<void> => {
    if (prefersHtml(req)) return answerPage({ wiring, req, res, error }, placeOf?.(req, error) ?? 'error');
    const told = placeOf === undefined ? error : await withLocation(wiring, req, error);
    setErrorHead(res, told);
    sendProblem(res, told);
  };
  return async function answerErrors(error, req, res, next) {
    if (!(error instanceof SmsOtpError) || res.headersSent) return next(error);
    // A time-out of the app's may answer meanwhile, and not everybody who calls this waits for its promise.
    await answer(req, res, error).catch(next);
  };
}

async function answerPage({ wiring, req, res, error }: Failure, place: ErrorPlace): Promise<void> {
  setErrorHead(res, error);
  const known = await wiring.visitors.of(req).catch(() => undefined);
  const visitor = known ?? wiring.visitors.stranger(req);
  const show = ({ name, standing }: Page, render = wiring.render): Promise<void> =>
    sendPage(res, name, { wiring: { ...wiring, render }, req, visitor, standing, error });
  try {
    await show(known === undefined ? NOBODYS_PAGE : await pageOf(wiring, known, place));
  } catch {
    // What the page needs cannot be had just now either, or a view of the app's fails; the error can still be told.
    await show(NOBODYS_PAGE).catch(() => show(NOBODYS_PAGE, wiring.renderOurs));
  }
}

interface Failure {
  readonly wiring: Wiring;
  readonly req: Request;
  readonly res: Response;
  readonly error: SmsOtpError;
}

interface Page {
  readonly name: PageName;
  readonly standing: FullStanding;
}

/** It needs neither a session nor a dependency. */
const NOBODYS_PAGE: Page = { name: 'error', standing: { stage: 'none', numbers: [] } };

async function pageOf(wiring: Wiring, visitor: Visitor, place: ErrorPlace): Promise<Page> {
  if (place === 'login') return { ...NOBODYS_PAGE, name: place };
  if (place === 'error') {
    const standing = await wiring.visitors.standing(visitor);
    return { name: place, standing: { ...standing, numbers: [] } };
  }
  if (place === 'current') return currentPage(await wiring.visitors.pageStanding(visitor));
  const standing = await wiring.visitors.fullStanding(visitor);
  const fits = place === 'enroll' ? canEnroll(wiring, standing) : isVerified(standing);
  return fits ? { name: place, standing } : currentPage(await wiring.visitors.pageStanding(visitor));
}

/** Where the sign-in stands; a change that is over leads back to the account. */
function currentPage(standing: FullStanding): Page {
  const pages = {
    none: 'error',
    number: 'number',
    enroll: 'enroll',
    send: 'code',
    code: 'code',
    verified: 'code',
  } as const;
  return { name: isChangeOver(standing) ? 'account' : pages[standing.stage], standing };
}

/** Errors that alone do not tell where the sign-in goes on. */
const NEEDS_PLACE: readonly string[] = ['SMS_UNAVAILABLE', 'CONFLICT', 'SIGN_IN_REQUIRED', 'PHONE_NOT_ACCEPTED'];

/** Tells a program where its sign-in goes on, where the error alone does not. */
async function withLocation(wiring: Wiring, req: Request, error: SmsOtpError): Promise<SmsOtpError> {
  if (error.details.location !== undefined || !NEEDS_PLACE.includes(error.code)) return error;
  try {
    const visitor = await wiring.visitors.of(req);
    const standing = await wiring.visitors.settledStanding(visitor);
    const place = { stage: standing.stage, location: locationOf(visitor, standing) };
    return new SmsOtpError(error.code, error.message, { ...error.details, ...place });
  } catch {
    return error;
  }
}
