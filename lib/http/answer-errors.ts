import type { ErrorRequestHandler, Request, Response } from 'express';
import type { FullStanding, Stage } from '../domain/sign-in.ts';
import { SmsOtpError } from '../errors.ts';
import type { PageName } from '../views.ts';
import { prefersHtml } from './negotiation.ts';
import { sendPage } from './page.ts';
import { sendProblem, setErrorHead } from './problem.ts';
import { pageStanding } from './show.ts';
import { locationOf, settledStanding } from './state.ts';
import type { Visitor } from './visitor.ts';
import type { Wiring } from './wiring.ts';

/** On which page an error is shown: where it happened, or wherever the sign-in stands. */
export type ErrorPlace = PageName | 'current';

const NO_STANDING: FullStanding = { stage: 'none', numbers: [] };
const CURRENT: Readonly<Record<Stage, PageName>> = {
  none: 'error',
  enroll: 'error',
  number: 'number',
  send: 'code',
  code: 'code',
  verified: 'code',
};

/**
 * Answers an SmsOtpError, as a page or as problem+json; other errors go on.
 *
 * @param placeOf for our own routes, where an error is also told where the sign-in goes on
 */
export function answerErrors(
  wiring: Wiring,
  placeOf?: (req: Request, error: SmsOtpError) => ErrorPlace,
): ErrorRequestHandler {
  return async function answerErrors(error, req, res, next) {
    if (!(error instanceof SmsOtpError) || res.headersSent) return next(error);
    if (prefersHtml(req)) return answerPage(wiring, req, res, error, placeOf?.(req, error) ?? 'error');
    const told = placeOf === undefined ? error : await withLocation(wiring, req, error);
    setErrorHead(res, told);
    sendProblem(res, told);
  };
}

async function answerPage(
  wiring: Wiring,
  req: Request,
  res: Response,
  error: SmsOtpError,
  place: ErrorPlace,
): Promise<void> {
  setErrorHead(res, error);
  try {
    const visitor = await wiring.visitors.of(req);
    const standing = place === 'current' ? await pageStanding(wiring, visitor) : NO_STANDING;
    const name = place === 'current' ? CURRENT[standing.stage] : place;
    await sendPage(res, name, { wiring, req, visitor, standing, error });
  } catch {
    // What the page needs cannot be had just now either; the error itself still can be told.
    if (place === 'error') sendProblem(res, error);
    else await answerPage(wiring, req, res, error, 'error');
  }
}

/** Tells a program where its sign-in goes on, where the error alone does not. */
async function withLocation(wiring: Wiring, req: Request, error: SmsOtpError): Promise<SmsOtpError> {
  const isTold =
    error.details.location !== undefined || !['SMS_UNAVAILABLE', 'CONFLICT', 'SIGN_IN_REQUIRED'].includes(error.code);
  if (isTold) return error;
  try {
    const visitor: Visitor = await wiring.visitors.of(req);
    const standing = await settledStanding(wiring, visitor);
    const place = { stage: standing.stage, location: locationOf(visitor, standing) };
    return new SmsOtpError(error.code, error.message, { ...error.details, ...place });
  } catch {
    return error;
  }
}
