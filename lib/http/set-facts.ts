import type { RequestHandler } from 'express';
import { SmsOtpError } from '../errors.ts';
import { handler } from './part.ts';
import { factsOf } from './state.ts';
import type { Wiring } from './wiring.ts';

/** Tells the app who is there. Where nobody can say just now, nobody is: only a gate refuses for that. */
export function setFacts(wiring: Wiring): RequestHandler {
  return handler(wiring, 'setFacts', async (req, _res, next) => {
    try {
      const cached = wiring.visitors.cached(req);
      req.smsOtp = factsOf(cached ?? (await wiring.visitors.standing(await wiring.visitors.of(req))));
    } catch (error) {
      if (!(error instanceof SmsOtpError) || error.status !== 503) throw error;
      req.smsOtp = { stage: 'none' };
    }
    next();
  });
}

/** A part for the app's own routes, after which `req.smsOtp` says what it has changed. */
export function thenSetFacts(wiring: Wiring, part: RequestHandler): RequestHandler {
  const set = setFacts(wiring);
  const both: RequestHandler = (req, res, next) =>
    part(req, res, (error?: unknown) => (error === undefined ? set(req, res, next) : next(error)));
  return Object.defineProperty(both, 'name', { value: part.name });
}
