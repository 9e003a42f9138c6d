import type { RequestHandler } from 'express';
import type { Guess } from '../domain/guess.ts';
import type { StoredSignIn } from '../domain/sign-in-record.ts';
import { SmsOtpError } from '../errors.ts';
import { action, type Deps } from './action.ts';
import { mayGoWithoutPhone } from './pages.ts';
import { readReturnTo } from './paths.ts';
import { badRequest, prefersHtml, readBody, readText } from './request.ts';
import { assertStarted } from './send-code.ts';
import { locationOf } from './state.ts';
import type { Visitor } from './visitor.ts';

/** As long as any way to write a code in groups. */
const MAX_CODE_LENGTH = 64;

/** Checks the code: if it is right, the session has a grant, under a new session id. */
export function verifyCode(deps: Deps): RequestHandler {
  return action(deps, 'verifyCode', async (req, res) => {
    const body = await readBody(req, res);
    const visitor = await deps.visitors.resolve(req);
    // If the code was sent for another page, its sign-in still leads to the page that asks now.
    const returnTo = readReturnTo(body.returnTo);
    const guess: Guess = {
      ref: visitor.ref,
      client: visitor.client,
      // Whether anything is pending is told before the shape of what was typed is looked at.
      get code() {
        assertTick(body.trustBrowser);
        return readText(body, 'code', MAX_CODE_LENGTH);
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
function withWayOn({ paths }: Visitor, error: unknown, returnTo: string | undefined): unknown {
  if (!(error instanceof SmsOtpError) || error.details.words !== 'codeUsed') return error;
  return new SmsOtpError(error.code, { ...error.details, location: paths.landing(returnTo) });
}

/** Checks a code of the help desk or a recovery code: if it is right, the session has a grant, under a new session id. */
export function signInWithoutPhone(deps: Deps): RequestHandler {
  return action(deps, 'signInWithoutPhone', async (req, res) => {
    const body = await readBody(req, res);
    const visitor = await deps.visitors.resolve(req);
    const returnTo = readReturnTo(body.returnTo);
    const typed = readText(body, 'code', MAX_CODE_LENGTH);
    try {
      const signIn = await openSignIn(deps, visitor);
      const { client } = visitor;
      deps.visitors.note(visitor, await deps.domain.withoutPhone.enter({ signIn, typed, returnTo, client }));
    } catch (error) {
      throw withWayOn(visitor, error, returnTo);
    }
  });
}

/** @throws SmsOtpError `SIGN_IN_REQUIRED`, `CODE_EXPIRED`, `CONFLICT` */
async function openSignIn(deps: Deps, visitor: Visitor): Promise<StoredSignIn> {
  const { flows, start, withoutPhone } = deps.domain;
  const flow = await flows.look(visitor, 'never');
  if (flow.stage === 'none') {
    // The same form, sent twice: the first request has won, and the session of before is gone.
    const wasUsed = await withoutPhone.wasJustUsed(visitor.client);
    throw wasUsed ? new SmsOtpError('CODE_EXPIRED', { words: 'codeUsed' }) : new SmsOtpError('SIGN_IN_REQUIRED');
  }
  if (!mayGoWithoutPhone(flow)) {
    throw new SmsOtpError('CONFLICT', { stage: flow.stage, location: locationOf(visitor, flow) });
  }
  if (flow.signIn !== undefined) return flow.signIn;
  // Under the app's own login nothing has begun yet.
  const begun = await start.noteList(visitor, assertStarted(visitor, await flows.look(visitor, 'always')));
  if (begun.signIn === undefined) throw new SmsOtpError('SIGN_IN_REQUIRED');
  return begun.signIn;
}
