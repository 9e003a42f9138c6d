import type { RequestHandler } from 'express';
import type { SignIn } from '../domain/sign-in.ts';
import { SmsOtpError } from '../errors.ts';
import { badRequest } from './body.ts';
import type { Destination } from './send.ts';
import { sendingPart } from './sending-part.ts';
import { purposeOf, type SignedIn } from './standing.ts';
import type { Wiring } from './wiring.ts';

/** Sends to one of several numbers, which is named by its place in the list that was shown. */
export function chooseNumber(wiring: Wiring): RequestHandler {
  return sendingPart(wiring, 'chooseNumber', ({ standing, body }) => {
    const number = shownNumber(standing.signIn, body.number);
    if (number !== undefined && standing.numbers.includes(number)) return chosenDestination(standing, number);
    throw new SmsOtpError('CONFLICT', 'The list of numbers has changed. Please choose again.');
  });
}

/**
 * The number at a place in the list that this session was shown last; `undefined` where there is none.
 *
 * @throws SmsOtpError `BAD_REQUEST`
 */
export function shownNumber({ shown }: SignIn, place: unknown): string | undefined {
  const index = typeof place === 'string' && /^\d{1,3}$/.test(place) ? Number(place) : place;
  if (typeof index === 'number' && Number.isSafeInteger(index) && index >= 0) return shown?.[index];
  throw badRequest('The field number must be one place in the list, from 0.');
}

/** A pending change goes on with another of the user's phones; a number that is being added is left behind. */
function chosenDestination(standing: SignedIn, number: string): Destination {
  const { challenge, ...rest } = standing;
  if (challenge?.purpose === 'change') {
    const { change } = challenge;
    if (change !== undefined && 'remove' in change && change.remove === number) {
      throw new SmsOtpError('CONFLICT', 'The code must go to a number that stays.');
    }
    return { number, purpose: 'change', change };
  }
  return { number, purpose: purposeOf({ ...rest, stage: 'send' }) };
}
