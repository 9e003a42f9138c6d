import type { Request, RequestHandler } from 'express';
import type { Purpose } from '../domain/challenge.ts';
import type { FullStanding, SignIn } from '../domain/sign-in.ts';
import { localeOf, type User, wishesOf } from '../domain/user.ts';
import { SmsOtpError } from '../errors.ts';
import { badRequest, readBody } from './body.ts';
import { giveExemption, isExempt } from './exemption.ts';
import { part } from './part.ts';
import { readReturnTo } from './return-to.ts';
import type { Visitor } from './visitor.ts';
import type { Wiring } from './wiring.ts';

/** A standing with a first factor. */
type SignedIn = FullStanding & { readonly user: User; readonly signIn: SignIn };

/** Sends the code: the first, or the pending one again. */
export function sendCode(wiring: Wiring): RequestHandler {
  return part(wiring, 'sendCode', async (req, res) => {
    const visitor = await wiring.visitors.of(req);
    const standing = assertSignedIn(await wiring.visitors.fullStanding(visitor));
    const returnTo = readReturnTo((await readBody(req, res)).returnTo);
    const exempt = await exemption(wiring, req, visitor, standing, returnTo);
    await wiring.sessions.write(req, exempt ?? (await send(wiring, visitor, standing, pickNumber(standing), returnTo)));
  });
}

/** Sends to one of several numbers, which is named by its place in the list that was shown. */
export function chooseNumber(wiring: Wiring): RequestHandler {
  return part(wiring, 'chooseNumber', async (req, res) => {
    const visitor = await wiring.visitors.of(req);
    const standing = assertSignedIn(await wiring.visitors.fullStanding(visitor));
    const body = await readBody(req, res);
    const returnTo = readReturnTo(body.returnTo);
    const exempt = await exemption(wiring, req, visitor, standing, returnTo);
    if (exempt !== undefined) return wiring.sessions.write(req, exempt);
    const number = standing.signIn.shown?.[readIndex(body.number)];
    if (number === undefined || !standing.numbers.includes(number)) {
      throw new SmsOtpError('CONFLICT', 'The list of numbers has changed. Please choose again.');
    }
    await wiring.sessions.write(req, await send(wiring, visitor, standing, number, returnTo));
  });
}

/** @returns the sign-in with its pending challenge, for the session to hold */
export async function send(
  wiring: Wiring,
  visitor: Visitor,
  standing: SignedIn,
  number: string,
  returnTo: string | undefined,
): Promise<SignIn> {
  const { user, signIn, challenge, grant } = standing;
  const purpose: Purpose = grant?.acr === undefined ? 'sign-in' : 'step-up';
  const { ip, address, token } = visitor;
  const languages = wishesOf(localeOf(user), visitor.languages);
  const payer = await wiring.payers.of(user.id, token);
  const order = { user, number, purpose, signIn: signIn.id, challengeId: challenge?.id, payer, ip, address, languages };
  const { id } = await wiring.dispatch.send(order);
  // A step-up goes where it was asked for, not where the sign-in once led.
  const isContinued = purpose === 'sign-in' || challenge !== undefined;
  return { ...signIn, challengeId: id, number, returnTo: returnTo ?? (isContinued ? signIn.returnTo : undefined) };
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

function assertSignedIn(standing: FullStanding): SignedIn {
  const { user, signIn } = standing;
  if (user !== undefined && signIn !== undefined) return { ...standing, user, signIn };
  throw new SmsOtpError('SIGN_IN_REQUIRED', 'Please sign in first.');
}

/** The number that the code goes to where none is named: the pending one's, the chosen one, or the only one. */
export function pickNumber({ numbers, challenge, signIn }: FullStanding): string {
  const [only, ...others] = numbers;
  if (only === undefined) {
    throw new SmsOtpError('NO_PHONE_NUMBER', 'There is no phone number for this account. Please ask an administrator.');
  }
  const known = [challenge?.number, signIn?.number].find((number) => number !== undefined && numbers.includes(number));
  if (known === undefined && others.length > 0) throw new SmsOtpError('CONFLICT', 'Please choose a number first.');
  return known ?? only;
}

function readIndex(value: unknown): number {
  const index = typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : value;
  if (typeof index === 'number' && Number.isSafeInteger(index) && index >= 0) return index;
  throw badRequest('The field number must be one place in the list, from 0.');
}
