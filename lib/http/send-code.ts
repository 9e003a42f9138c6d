import type { RequestHandler } from 'express';
import type { ChallengeFacts } from '../domain/challenge.ts';
import { chosenCode, impliedCode, isChangeOver, shownNumber, withoutChange } from '../domain/next-code.ts';
import { conflict } from '../domain/phone-book.ts';
import type { SignInFlow } from '../domain/sign-in-flow.ts';
import type { StartedFlow } from '../domain/sign-in-start.ts';
import { SmsOtpError, type SmsOtpErrorDetails } from '../errors.ts';
import { action, type Deps, isExempt } from './action.ts';
import { canEnroll, isElsewhere, unknownPerson } from './pages.ts';
import { readReturnTo } from './paths.ts';
import { badRequest, readBody, readText } from './request.ts';
import type { Visitor } from './visitor.ts';

/** As long as any way to write a number. */
export const MAX_PHONE_LENGTH = 64;

/** The request for a code, and its user. */
interface Ask {
  readonly visitor: Visitor;
  readonly flow: StartedFlow;
  readonly body: Readonly<Record<string, unknown>>;
  readonly returnTo: string | undefined;
}

/** The plan of a send, and the state that it starts from. */
interface Send {
  readonly flow: StartedFlow;
  readonly facts: ChallengeFacts;
}

/** Sends the code: the first, or the pending one again. */
export function sendCode(deps: Deps): RequestHandler {
  return sendAction(deps, 'sendCode', ({ visitor, flow, returnTo }) => {
    const wanted = isElsewhere(visitor, returnTo) ? withoutChange(flow) : flow;
    if (isChangeOver(wanted)) throw changeConflict(visitor, 'The change is over. Please begin again.');
    try {
      return { flow: wanted, facts: impliedCode(wanted, deps.domain.enrollment) };
    } catch (error) {
      throw withChoice(visitor, error, returnTo);
    }
  });
}

/** Sends to one of several numbers, which is named by its place in the list that was shown. */
export function chooseNumber(deps: Deps): RequestHandler {
  return sendAction(deps, 'chooseNumber', ({ flow, body }) => {
    const number = shownNumber(flow, readPlace(body.number));
    if (number === undefined) throw conflict('The list of numbers has changed. Please choose again.');
    return { flow, facts: chosenCode(flow, number) };
  });
}

/** Sends a code to a number that a user without any has typed; only that code will write it to the user store. */
export function enroll(deps: Deps): RequestHandler {
  const { enrollment } = deps.domain;
  return sendAction(deps, 'enroll', ({ flow, body }) => {
    if (!canEnroll(enrollment, flow)) throw conflict('A number can be entered here only if there is none.');
    const number = enrollment.accept(readText(body, 'phone', MAX_PHONE_LENGTH), flow.user.country);
    return { flow, facts: { number, purpose: 'enroll' } };
  });
}

/** @throws SmsOtpError `BAD_REQUEST` */
export function readPlace(place: unknown, field = 'number'): number {
  const index = typeof place === 'string' && /^\d{1,3}$/.test(place) ? Number(place) : place;
  if (typeof index === 'number' && Number.isSafeInteger(index) && index >= 0) return index;
  throw badRequest(`The field ${field} must be one place in the list, from 0.`);
}

/** @throws SmsOtpError `SIGN_IN_REQUIRED` */
export function assertStarted({ currentUser }: Visitor, flow: SignInFlow): StartedFlow {
  const { user } = flow;
  if (user !== undefined) return { ...flow, user };
  if (currentUser === undefined) throw new SmsOtpError('SIGN_IN_REQUIRED');
  throw unknownPerson('SIGN_IN_REQUIRED');
}

/** The request does not fit the numbers that there are. */
export function changeConflict(
  { paths }: Visitor,
  message: string,
  details: Pick<SmsOtpErrorDetails, 'words'> = {},
): SmsOtpError {
  return new SmsOtpError('CONFLICT', message, { stage: 'verified', location: paths.account, ...details });
}

/** An action that sends a code, but for those who need none: they get their grant. */
function sendAction(deps: Deps, name: string, choose: (ask: Ask) => Send): RequestHandler {
  const { flows, start } = deps.domain;
  return action(deps, name, async (req, res) => {
    // A slow body must not make old news of what is looked up.
    const body = await readBody(req, res);
    const visitor = await deps.visitors.resolve(req);
    const flow = assertStarted(visitor, await flows.look(visitor, 'always'));
    const returnTo = readReturnTo(body.returnTo);
    if (flow.grant === undefined) {
      if (await isExempt(deps, flow.user, req)) {
        return deps.visitors.note(visitor, await start.exempt(visitor, flow, returnTo));
      }
      const trusted = await start.trusted(visitor, flow, returnTo);
      if (trusted?.trust !== undefined) deps.trustCookie.write(req, res, trusted.trust);
      if (trusted !== undefined) return deps.visitors.note(visitor, trusted);
    }
    const send = choose({ visitor, flow, body, returnTo });
    deps.visitors.note(visitor, await start.send(visitor, send.flow, send.facts, returnTo));
  });
}

/** Leads to where one of several numbers can be chosen. */
function withChoice({ paths }: Visitor, error: unknown, returnTo: string | undefined): unknown {
  if (!(error instanceof SmsOtpError) || error.details.words !== 'chooseNumberFirst') return error;
  const place = { stage: 'number', location: paths.of('number', returnTo) };
  return new SmsOtpError(error.code, error.message, { ...error.details, ...place });
}
