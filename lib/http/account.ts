import type { Request, RequestHandler } from 'express';
import type { PhoneChange } from '../domain/challenge.ts';
import { isByCode, isDoneBy, isFreshByCode, mayReplaceNumber } from '../domain/grant.ts';
import { changeCode, shownNumber } from '../domain/next-code.ts';
import type { SignInFlow } from '../domain/sign-in-flow.ts';
import type { StoredSignIn } from '../domain/sign-in-record.ts';
import type { StartedFlow } from '../domain/sign-in-start.ts';
import { SmsOtpError } from '../errors.ts';
import { action, type Deps, eventFacts, handler } from './action.ts';
import { pressMark } from './marks.ts';
import { isVerified, sendPage } from './pages.ts';
import { withQuery } from './paths.ts';
import { prefersHtml, readBody, readText } from './request.ts';
import { assertStarted, changeConflict, MAX_PHONE_LENGTH, readPlace } from './send-code.ts';
import { stateFacts } from './state.ts';
import type { Visitor } from './visitor.ts';

/** Asks for a code to a phone that the user has; after it the new number gets one of its own. */
export function addPhone(deps: Deps): RequestHandler {
  const { flows, enrollment } = deps.domain;
  return action(deps, 'addPhone', async (req, res) => {
    const body = await readBody(req, res);
    const visitor = await deps.visitors.resolve(req);
    const look = await flows.look(visitor, 'always');
    const isReplacement = mayReplaceNumber(look.grant, look.now);
    const flow = isReplacement ? assertVerified(visitor, look) : assertByCode(visitor, look);
    const typed = readText(body, 'phone', MAX_PHONE_LENGTH);
    const number = enrollment.accept(typed, flow.user.country);
    if (flow.numbers.includes(number)) {
      throw changeConflict(visitor, 'You have this number already.', { words: 'alreadyYours' });
    }
    if (!enrollment.mayAdd(flow.numbers)) throw changeConflict(visitor, 'You have as many numbers as you may have.');
    if (isReplacement) return startReplacement(deps, visitor, flow, number);
    await startChange(deps, visitor, flow, { add: number });
  });
}

/** Asks for a code to a phone that stays; after it the number is removed. */
export function removePhone(deps: Deps): RequestHandler {
  return action(deps, 'removePhone', async (req, res) => {
    const body = await readBody(req, res);
    const visitor = await deps.visitors.resolve(req);
    const flow = assertByCode(visitor, await deps.domain.flows.look(visitor, 'always'));
    const number = shownNumber(flow, readPlace(body.number));
    if (number === undefined) throw changeConflict(visitor, 'The list of numbers has changed. Please choose again.');
    if (flow.numbers.length === 1) throw changeConflict(visitor, 'The last number cannot be removed.');
    await startChange(deps, visitor, flow, { remove: number });
  });
}

/** Asks for a code in that browser again. */
export function removeBrowser(deps: Deps): RequestHandler {
  const { trustedSignIns } = deps.domain;
  return action(deps, 'removeBrowser', async (req, res) => {
    const body = await readBody(req, res);
    const visitor = await deps.visitors.resolve(req);
    const { record } = await verifiedSignIn(deps, visitor);
    const place = readPlace(body.browser, 'browser');
    const id = record.shownBrowsers?.[place];
    const words = { stage: 'verified', location: visitor.paths.account };
    if (id === undefined)
      throw new SmsOtpError('CONFLICT', 'The list of browsers has changed. Please choose again.', words);
    await trustedSignIns.end(record.subject, id, visitor.client);
  });
}

/** Ends every grant of the user, and this session. */
export function signOutEverywhere(deps: Deps): RequestHandler {
  const { ends } = deps.domain;
  return action(deps, 'signOutEverywhere', async (req) => {
    const visitor = await deps.visitors.resolve(req);
    const { subject } = (await verifiedSignIn(deps, visitor)).record;
    await ends.endAll(subject);
    await ends.signOut(visitor.ref, true);
    await deps.sessions.end(req, undefined);
    deps.notify('signedOutEverywhere', eventFacts(deps, visitor, subject));
  });
}

/** Ends the pending challenge, the grant and the session. */
export function signOut(deps: Deps): RequestHandler {
  return action(deps, 'signOut', async (req) => {
    const visitor = await deps.visitors.resolve(req);
    const { ref, currentUser } = visitor;
    const { subject, ref: kept } = await deps.domain.ends.signOut(ref, currentUser !== undefined);
    // Without a sign-in there is nothing to end, and nothing to write.
    if (subject === undefined && currentUser === undefined) return;
    await deps.sessions.end(req, kept);
    deps.notify('signedOut', eventFacts(deps, visitor, subject));
  });
}

/** After a spare code the new number alone must be proven. */
async function startReplacement(deps: Deps, visitor: Visitor, flow: StartedFlow, number: string): Promise<void> {
  const change = { add: number, isReplacement: true } as const;
  const facts = { number, purpose: 'enroll', change } as const;
  deps.visitors.note(visitor, await deps.domain.start.send(visitor, flow, facts, visitor.paths.account));
}

async function startChange(deps: Deps, visitor: Visitor, flow: StartedFlow, change: PhoneChange): Promise<void> {
  const facts = changeCode(flow, change);
  if (facts === undefined) throw changeConflict(visitor, 'There is no phone that the code could go to.');
  deps.visitors.note(visitor, await deps.domain.start.send(visitor, flow, facts, visitor.paths.account));
}

/** To end what one has needs no directory, which may be down; only a refusal asks it where the person stands. */
async function verifiedSignIn({ domain }: Deps, visitor: Visitor): Promise<StoredSignIn> {
  const { signIn, grant } = await domain.flows.look(visitor, 'never');
  if (signIn !== undefined && isDoneBy(grant)) return signIn;
  throw codeNeeded(visitor, assertStarted(visitor, await domain.flows.look(visitor, 'always')));
}

function assertVerified(visitor: Visitor, flow: SignInFlow): StartedFlow {
  const started = assertStarted(visitor, flow);
  if (isVerified(flow)) return started;
  throw codeNeeded(visitor, flow);
}

/** For changes of numbers nothing stands in place of a code by SMS. */
function assertByCode(visitor: Visitor, flow: SignInFlow): StartedFlow {
  const started = assertVerified(visitor, flow);
  if (isByCode(flow.grant)) return started;
  throw codeNeeded(visitor, flow);
}

function codeNeeded({ paths }: Visitor, flow: SignInFlow): SmsOtpError {
  const stage = flow.stage === 'verified' ? 'send' : flow.stage;
  const location = paths.of(stage, paths.account);
  return new SmsOtpError('SMS_OTP_REQUIRED', { stage, location });
}

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
    await readBody(req, res);
    const visitor = await deps.visitors.resolve(req);
    const flow = await deps.domain.flows.look(visitor, 'always');
    assertVerified(visitor, flow);
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
