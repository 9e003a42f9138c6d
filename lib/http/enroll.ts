import type { RequestHandler } from 'express';
import type { FullStanding } from '../domain/sign-in.ts';
import { SmsOtpError } from '../errors.ts';
import { readText } from './body.ts';
import { sendingPart } from './sending-part.ts';
import type { Wiring } from './wiring.ts';

/** As long as any way to write a number. */
export const MAX_PHONE_LENGTH = 64;

/** Sends a code to a number that a user without any has typed; only that code will write it to the user store. */
export function enroll(wiring: Wiring): RequestHandler {
  return sendingPart(wiring, 'enroll', ({ standing, body }) => {
    if (!canEnroll(wiring, standing)) {
      throw new SmsOtpError('CONFLICT', 'A number can be entered here only where there is none.');
    }
    return {
      number: wiring.enrollment.accept(readText(body, 'phone', MAX_PHONE_LENGTH), standing.user?.country),
      purpose: 'enroll',
    };
  });
}

/** Only during a sign-in: with both factors numbers are changed on the account page. */
export function canEnroll(wiring: Wiring, { user, grant }: FullStanding): boolean {
  return user !== undefined && grant?.acr === undefined && wiring.enrollment.mayEnroll(user);
}
