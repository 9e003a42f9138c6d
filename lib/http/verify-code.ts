import type { RequestHandler } from 'express';
import type { Guess } from '../domain/guess.ts';
import { SmsOtpError } from '../errors.ts';
import { action, type Deps } from './action.ts';
import { badRequest, readBody, readText } from './body.ts';
import { prefersHtml } from './headers.ts';
import { readReturnTo } from './paths.ts';
import type { Visitor } from './visitor.ts';

/** Checks the code: if it is right, the session has a grant, under a new session id. */
export function verifyCode(deps: Deps): RequestHandler {
  return action(deps, 'verifyCode', async (req, res) => {
    const visitor = await deps.visitors.resolve(req);
    const body = await readBody(req, res);
    // If the code was sent for another page, its sign-in still leads to the page that asks now.
    const returnTo = readReturnTo(body.returnTo);
    const guess: Guess = {
      ref: visitor.ref,
      client: visitor.client,
      // Whether anything is pending is told before the shape of what was typed is looked at.
      get code() {
        assertTick(body.trustBrowser);
        return readText(body, 'code', 64);
      },
      returnTo,
      trusts: isTicked(body.trustBrowser),
      isForm: prefersHtml(req),
    };
    const { flow, token } = await deps.domain.codes.check(guess).catch((error: unknown) => {
      throw withWayOn(visitor, error, returnTo);
    });
    if (token !== undefined) deps.browserCookie.write(req, res, token);
    if (flow.trust !== undefined) deps.trustCookie.write(req, res, flow.trust);
    deps.visitors.note(visitor, flow);
  });
}

/** A box of a form, or a field of JSON. */
function isTicked(value: unknown): boolean {
  return value === true || value === 'true' || value === 'on';
}

/** @throws SmsOtpError `BAD_REQUEST` */
function assertTick(value: unknown): void {
  if (value === undefined || isTicked(value) || value === false || value === 'false' || value === '') return;
  throw badRequest('The field trustBrowser must be true or false.');
}

/** A code that was sent twice: the gate of the page that it was for knows who is in, and asks others to sign in. */
export function withWayOn({ paths }: Visitor, error: unknown, returnTo: string | undefined): unknown {
  if (!(error instanceof SmsOtpError) || error.details.words !== 'codeUsed') return error;
  return new SmsOtpError(error.code, { ...error.details, location: paths.landing(returnTo) });
}
