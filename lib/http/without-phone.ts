import type { RequestHandler } from 'express';
import type { StoredSignIn } from '../domain/sign-in-record.ts';
import { SmsOtpError } from '../errors.ts';
import { action, type Deps } from './action.ts';
import { readBody, readText } from './body.ts';
import { mayGoWithoutPhone } from './pages.ts';
import { readReturnTo } from './paths.ts';
import { assertStarted } from './send-code.ts';
import { locationOf } from './state.ts';
import { withWayOn } from './verify-code.ts';
import type { Visitor } from './visitor.ts';

/** As long as any way to write a code in groups. */
const MAX_CODE_LENGTH = 64;

/** Checks a code of the help desk or a recovery code: if it is right, the session has a grant, under a new session id. */
export function signInWithoutPhone(deps: Deps): RequestHandler {
  return action(deps, 'signInWithoutPhone', async (req, res) => {
    const visitor = await deps.visitors.resolve(req);
    const body = await readBody(req, res);
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
