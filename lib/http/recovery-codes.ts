import type { Request, RequestHandler } from 'express';
import { isFreshByCode } from '../domain/grant.ts';
import type { SignInFlow } from '../domain/sign-in-flow.ts';
import type { StoredSignIn } from '../domain/sign-in-record.ts';
import { SmsOtpError } from '../errors.ts';
import { assertVerified } from './account.ts';
import { action, type Deps, handler } from './action.ts';
import { readBody } from './body.ts';
import { prefersHtml } from './headers.ts';
import { pressMark } from './marks.ts';
import { sendPage } from './pages.ts';
import { withQuery } from './paths.ts';
import { stateFacts } from './state.ts';
import type { Visitor } from './visitor.ts';

/** The new codes of one request, and where its sign-in stands. */
interface Made {
  readonly visitor: Visitor;
  readonly flow: SignInFlow;
  readonly codes: readonly string[];
}

/** Makes a new set of recovery codes and shows it: the one POST that answers with a page. */
export function makeRecoveryCodes(deps: Deps): readonly RequestHandler[] {
  const made = new WeakMap<Request, Made>();
  const make = action(deps, 'makeRecoveryCodes', async (req, res) => {
    const visitor = await deps.visitors.resolve(req);
    const flow = await deps.domain.flows.look(visitor, 'always');
    assertVerified(visitor, flow);
    await readBody(req, res);
    const signIn = assertFresh(deps, visitor, flow);
    const codes = await deps.domain.spares.makeRecoveryCodes(signIn, visitor.client);
    made.set(req, { visitor, flow: await deps.domain.flows.noteShown(flow), codes });
  });
  const show = handler(deps, 'showRecoveryCodes', async (req, res, next) => {
    const result = made.get(req);
    if (result === undefined) return next();
    const { visitor, flow, codes } = result;
    if (prefersHtml(req)) return sendPage(res, 'account', { deps, visitor, flow, codes, error: undefined });
    res.json({ ...(await stateFacts(deps, visitor, flow)), recoveryCodes: codes });
  });
  return [make, show];
}

/** Codes on paper are worth as much as the phone: a session alone gets none. */
function assertFresh(deps: Deps, visitor: Visitor, { grant, signIn, now }: SignInFlow): StoredSignIn {
  if (signIn !== undefined && isFreshByCode(grant, now)) return signIn;
  const { paths } = visitor;
  const location = withQuery(paths.of('send', paths.account), 'press', pressMark(deps, visitor));
  throw new SmsOtpError('SMS_OTP_REQUIRED', { stage: 'send', location, words: 'formNotKept' });
}
