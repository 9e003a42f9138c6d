import type { RequestHandler } from 'express';
import type { PhoneChange } from '../domain/challenge.ts';
import type { FullStanding, SignIn } from '../domain/sign-in.ts';
import { SmsOtpError } from '../errors.ts';
import { readBody, readText } from './body.ts';
import { shownNumber } from './choose-number.ts';
import { MAX_PHONE_LENGTH } from './enroll.ts';
import { eventFacts } from './event-facts.ts';
import { part } from './part.ts';
import { changeConflict } from './pending-change.ts';
import { send } from './send.ts';
import { assertSignedIn, isVerified, type SignedIn } from './standing.ts';
import type { Visitor } from './visitor.ts';
import type { Wiring } from './wiring.ts';

/** Asks for a code to a phone that the user has; after it the new number gets one of its own. */
export function addPhone(wiring: Wiring): RequestHandler {
  return part(wiring, 'addPhone', async (req, res) => {
    const visitor = await wiring.visitors.of(req);
    const standing = assertVerified(visitor, await wiring.visitors.fullStanding(visitor));
    const { numbers } = standing;
    const typed = readText(await readBody(req, res), 'phone', MAX_PHONE_LENGTH);
    const number = wiring.enrollment.accept(typed, standing.user?.country);
    if (numbers.includes(number))
      throw changeConflict(visitor, 'You have this number already.', { words: 'alreadyYours' });
    if (!wiring.enrollment.mayAdd(numbers)) throw changeConflict(visitor, 'You have as many numbers as you may have.');
    await wiring.sessions.write(req, await startChange(wiring, visitor, standing, { add: number }));
  });
}

/** Asks for a code to a phone that stays; after it the number is removed. */
export function removePhone(wiring: Wiring): RequestHandler {
  return part(wiring, 'removePhone', async (req, res) => {
    const visitor = await wiring.visitors.of(req);
    const standing = assertVerified(visitor, await wiring.visitors.fullStanding(visitor));
    const number = shownNumber(standing.signIn, (await readBody(req, res)).number);
    if (number === undefined || !standing.numbers.includes(number)) {
      throw changeConflict(visitor, 'The list of numbers has changed. Please choose again.');
    }
    if (standing.numbers.length === 1) throw changeConflict(visitor, 'The last number cannot be removed.');
    await wiring.sessions.write(req, await startChange(wiring, visitor, standing, { remove: number }));
  });
}

/** Ends every grant of the user, and this session. */
export function signOutEverywhere(wiring: Wiring): RequestHandler {
  return part(wiring, 'signOutEverywhere', async (req) => {
    const visitor = await wiring.visitors.of(req);
    const { signIn } = assertVerified(visitor, await wiring.visitors.fullStanding(visitor));
    await wiring.grants.endAll(signIn.subject);
    await wiring.policy.end(signIn);
    await wiring.sessions.end(req);
    wiring.notify('signedOutEverywhere', eventFacts(wiring, visitor));
  });
}

/** The code of the sign-in does not count: it may have been read over a shoulder, or from a stolen session's page. */
function startChange(wiring: Wiring, visitor: Visitor, standing: SignedIn, change: PhoneChange): Promise<SignIn> {
  const { numbers, signIn } = standing;
  const staying = numbers.filter((number) => !('remove' in change) || number !== change.remove);
  const [number] = [...staying.filter((candidate) => candidate === signIn.number), ...staying];
  if (number === undefined) throw changeConflict(visitor, 'There is no phone that the code could go to.');
  return send(wiring, visitor, standing, { number, purpose: 'change', change }, visitor.paths.account);
}

function assertVerified(visitor: Visitor, standing: FullStanding): SignedIn {
  const signedIn = assertSignedIn(standing);
  if (isVerified(standing)) return signedIn;
  const stage = standing.stage === 'verified' ? 'send' : standing.stage;
  const location = visitor.paths.of(stage, visitor.paths.account);
  throw new SmsOtpError('SMS_OTP_REQUIRED', 'Please enter a code first.', { stage, location });
}
