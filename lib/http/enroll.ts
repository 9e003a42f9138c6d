import type { RequestHandler } from 'express';
import type { FullStanding } from '../domain/sign-in.ts';
import { SmsOtpError } from '../errors.ts';
import { readBody, readText } from './body.ts';
import { part } from './part.ts';
import { readReturnTo } from './return-to.ts';
import { assertSignedIn, exemption, send } from './send-code.ts';
import type { Wiring } from './wiring.ts';

/** As long as any way to write a number. */
export const MAX_PHONE_LENGTH = 64;

/** Sends a code to a number that a user without any has typed; only that code will write it to the user store. */
export function enroll(wiring: Wiring): RequestHandler {
  return part(wiring, 'enroll', async (req, res) => {
    const visitor = await wiring.visitors.of(req);
    const standing = assertSignedIn(await wiring.visitors.fullStanding(visitor));
    const body = await readBody(req, res);
    const returnTo = readReturnTo(body.returnTo);
    const exempt = await exemption(wiring, req, visitor, standing, returnTo);
    if (exempt !== undefined) return wiring.sessions.write(req, exempt);
    if (!canEnroll(wiring, standing)) {
      throw new SmsOtpError('CONFLICT', 'A number can be entered here only where there is none.');
    }
    const number = wiring.enrollment.accept(readText(body, 'phone', MAX_PHONE_LENGTH));
    await wiring.sessions.write(req, await send(wiring, visitor, standing, { number, purpose: 'enroll' }, returnTo));
  });
}

/** Only during a sign-in: with both factors numbers are changed on the account page. */
export function canEnroll(wiring: Wiring, { user, grant }: FullStanding): boolean {
  return user !== undefined && grant?.acr === undefined && wiring.enrollment.mayEnroll(user);
}
