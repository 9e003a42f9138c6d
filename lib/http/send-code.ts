import type { Request, RequestHandler } from 'express';
import type { PhoneChange, Purpose } from '../domain/challenge.ts';
import type { SignIn } from '../domain/sign-in.ts';
import { localeOf, wishesOf } from '../domain/user.ts';
import { SmsOtpError } from '../errors.ts';
import { readBody } from './body.ts';
import { giveExemption, isExempt } from './exemption.ts';
import { part } from './part.ts';
import { changeOver, isChangeOver, withoutChange } from './pending-change.ts';
import { readReturnTo } from './return-to.ts';
import { assertSignedIn, pickNumber, purposeOf, type SignedIn } from './standing.ts';
import type { Visitor } from './visitor.ts';
import type { Wiring } from './wiring.ts';

/** Where a code goes, and what for. */
export interface Destination {
  /** E.164. */
  readonly number: string;
  readonly purpose: Purpose;
  readonly change?: PhoneChange | undefined;
}

/** Who asks for a code, and with what. */
export interface Ask {
  readonly visitor: Visitor;
  readonly standing: SignedIn;
  readonly body: Readonly<Record<string, unknown>>;
  readonly returnTo: string | undefined;
}

/** A part that sends a code, but for those who need none: they get their grant. */
export function sendingPart(wiring: Wiring, name: string, choose: (ask: Ask) => Destination): RequestHandler {
  return part(wiring, name, async (req, res) => {
    const visitor = await wiring.visitors.of(req);
    const standing = assertSignedIn(await wiring.visitors.fullStanding(visitor));
    const body = await readBody(req, res);
    const returnTo = readReturnTo(body.returnTo);
    const exempt = await exemption(wiring, req, visitor, standing, returnTo);
    if (exempt !== undefined) return wiring.sessions.renew(req, exempt);
    const destination = choose({ visitor, standing, body, returnTo });
    await wiring.sessions.write(req, await send(wiring, visitor, standing, destination, returnTo));
  });
}

/** Sends the code: the first, or the pending one again. */
export function sendCode(wiring: Wiring): RequestHandler {
  return sendingPart(wiring, 'sendCode', ({ visitor, standing, returnTo }) => {
    const wanted = withoutChange(visitor, standing, returnTo);
    if (isChangeOver(wanted)) throw changeOver(visitor);
    return impliedDestination(wiring, wanted, visitor.paths.of('number', returnTo));
  });
}

/** @returns the sign-in with its pending challenge, for the session to hold */
export async function send(
  wiring: Wiring,
  visitor: Visitor,
  { user, signIn, challenge, grant }: SignedIn,
  destination: Destination,
  returnTo: string | undefined,
): Promise<SignIn> {
  const { number, purpose, change } = destination;
  const { ip, requestId, address, token } = visitor;
  const languages = wishesOf(localeOf(user), visitor.languages);
  const payer = await wiring.payers.of(user.id, token);
  const client = { payer, ip, requestId, address, languages };
  const order = { user, number, purpose, change, signIn: signIn.id, challengeId: challenge?.id, ...client };
  const { id } = await wiring.dispatch.send(order);
  // A step-up goes where it was asked for, not where the sign-in once led.
  const isContinued = grant?.acr === undefined || challenge !== undefined;
  return {
    ...signIn,
    challengeId: id,
    purpose,
    // A number that is not proven is nobody's choice yet.
    number: purpose === 'enroll' ? signIn.number : number,
    returnTo: returnTo ?? (isContinued ? signIn.returnTo : undefined),
  };
}

/** The sign-in with the grant of somebody who needs no code, and has none yet; `undefined` for everybody else. */
async function exemption(
  wiring: Wiring,
  req: Request,
  visitor: Visitor,
  { user, signIn, grant }: SignedIn,
  returnTo: string | undefined,
): Promise<SignIn | undefined> {
  if (grant !== undefined || !(await isExempt(wiring, req, user))) return undefined;
  return giveExemption(wiring, visitor, user, { ...signIn, returnTo: returnTo ?? signIn.returnTo });
}

/** What is pending is repeated; else the sign-in, or the step-up, begins. */
function impliedDestination(wiring: Wiring, standing: SignedIn, choice: string): Destination {
  const { challenge, user } = standing;
  if (challenge?.purpose !== 'enroll') {
    return { number: pickNumber(standing, choice), purpose: purposeOf(standing), change: challenge?.change };
  }
  if (wiring.policy.isStillMeant(challenge, user)) return challenge;
  throw new SmsOtpError('CONFLICT', 'The phone numbers were changed meanwhile. Please sign in again.');
}
