import type { RequestHandler } from 'express';
import type { SignIn } from '../domain/sign-in.ts';
import { SmsOtpError } from '../errors.ts';
import { badRequest, readBody } from './body.ts';
import { part } from './part.ts';
import { readReturnTo } from './return-to.ts';
import { assertSignedIn, type Destination, exemption, type SignedIn, send } from './send-code.ts';
import { purposeOf } from './state.ts';
import type { Wiring } from './wiring.ts';

/** Sends to one of several numbers, which is named by its place in the list that was shown. */
export function chooseNumber(wiring: Wiring): RequestHandler {
  return part(wiring, 'chooseNumber', async (req, res) => {
    const visitor = await wiring.visitors.of(req);
    const standing = assertSignedIn(await wiring.visitors.fullStanding(visitor));
    const body = await readBody(req, res);
    const returnTo = readReturnTo(body.returnTo);
    const exempt = await exemption(wiring, req, visitor, standing, returnTo);
    if (exempt !== undefined) return wiring.sessions.write(req, exempt);
    const number = shownNumber(standing.signIn, body.number);
    if (number === undefined || !standing.numbers.includes(number)) {
      throw new SmsOtpError('CONFLICT', 'The list of numbers has changed. Please choose again.');
    }
    await wiring.sessions.write(req, await send(wiring, visitor, standing, destinationOf(standing, number), returnTo));
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
function destinationOf(standing: SignedIn, number: string): Destination {
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
