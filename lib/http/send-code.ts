import type { RequestHandler } from 'express';
import { SmsOtpError } from '../errors.ts';
import { changeOver, isChangeOver, withoutChange } from './pending-change.ts';
import type { Destination } from './send.ts';
import { sendingPart } from './sending-part.ts';
import { pickNumber, purposeOf, type SignedIn } from './standing.ts';
import type { Wiring } from './wiring.ts';

/** Sends the code: the first, or the pending one again. */
export function sendCode(wiring: Wiring): RequestHandler {
  return sendingPart(wiring, 'sendCode', ({ visitor, standing, returnTo }) => {
    const wanted = withoutChange(visitor, standing, returnTo);
    if (isChangeOver(wanted)) throw changeOver(visitor);
    return impliedDestination(wiring, wanted, visitor.paths.of('number', returnTo));
  });
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
