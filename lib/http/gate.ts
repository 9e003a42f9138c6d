import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Grant } from '../domain/grant.ts';
import type { Standing } from '../domain/sign-in.ts';
import { SmsOtpError } from '../errors.ts';
import { checkOptions } from '../schema/check-options.ts';
import { answerErrors } from './answer-errors.ts';
import { prefersHtml } from './negotiation.ts';
import { handler } from './part.ts';
import { readReturnTo } from './return-to.ts';
import { factsOf } from './state.ts';
import type { Wiring } from './wiring.ts';

/** What `requireSmsOtp()` takes. */
export interface GateOptions {
  /**
   * [any age] Seconds, from 1; refuses a code that was entered longer ago, and asks for a fresh one. Always looked up
   * anew.
   */
  readonly maxAgeSeconds?: number | undefined;
}

/** What one gate asks for. */
interface GateRule extends GateOptions {
  /** Whether users who need no code (`requiredFor`) pass. */
  readonly letsExemptPass: boolean;
}

const gateOptions = z.strictObject({
  maxAgeSeconds: z.int('must be a whole number of seconds').min(1, 'must be at least 1').optional(),
} satisfies Record<keyof GateOptions, z.ZodType>);

/**
 * The gate for a route: it answers by itself.
 *
 * @throws SmsOtpConfigError
 */
export function requireSmsOtp(wiring: Wiring, options: GateOptions = {}): RequestHandler {
  const rule = checkOptions(gateOptions, options, 'requireSmsOtp');
  const pass = gate(wiring, { ...rule, letsExemptPass: false });
  const answer = answerErrors(wiring);
  return function requireSmsOtp(req, res, next) {
    return pass(req, res, (error?: unknown) => (error === undefined ? next() : answer(error, req, res, next)));
  };
}

/** Lets only those through who have both factors; a browser is sent to the page that opens it. */
export function gate(wiring: Wiring, rule: GateRule): RequestHandler {
  const ask = askingGate(wiring, rule);
  return function requireSmsOtp(req, res, next) {
    // Most requests are of somebody whom this process looked up a moment ago: they wait for nothing.
    const cached = rule.maxAgeSeconds === undefined ? wiring.visitors.cached(req) : undefined;
    if (cached?.grant === undefined || !passes(wiring, rule, cached.grant)) return ask(req, res, next);
    req.smsOtp = factsOf(cached);
    next();
  };
}

function askingGate(wiring: Wiring, rule: GateRule): RequestHandler {
  return handler(wiring, 'requireSmsOtp', async (req, res, next) => {
    const visitor = await wiring.visitors.of(req);
    const standing = await wiring.visitors.standing(visitor);
    req.smsOtp = factsOf(standing);
    const grant = rule.maxAgeSeconds === undefined ? standing.grant : await grantNow(wiring, standing);
    if (grant !== undefined && passes(wiring, rule, grant)) return next();
    const isPage = req.method === 'GET' || req.method === 'HEAD';
    // Only what was to be read can be come back to.
    const returnTo = isPage ? readReturnTo(visitor.paths.publicPath + req.originalUrl) : undefined;
    const location = visitor.paths.of(standing.stage === 'verified' ? 'send' : standing.stage, returnTo);
    if (!isPage || !prefersHtml(req)) throw refusal(wiring, rule, standing, location);
    res.set('Cache-Control', 'no-store').redirect(303, location);
  });
}

async function grantNow(wiring: Wiring, { signIn, grant }: Standing): Promise<Grant | undefined> {
  return grant === undefined || signIn?.grantId === undefined ? undefined : wiring.grants.findNow(signIn.grantId);
}

function passes(wiring: Wiring, { letsExemptPass, maxAgeSeconds }: GateRule, grant: Grant): boolean {
  const isYoung = maxAgeSeconds === undefined || wiring.clock() / 1000 - grant.authTime <= maxAgeSeconds;
  return isYoung && (letsExemptPass || grant.acr !== undefined);
}

function refusal(
  wiring: Wiring,
  { maxAgeSeconds }: GateRule,
  { stage, grant }: Standing,
  location: string,
): SmsOtpError {
  if (stage === 'none') return new SmsOtpError('SIGN_IN_REQUIRED', 'Please sign in first.', { stage, location });
  if (maxAgeSeconds === undefined || grant?.acr === undefined) {
    return new SmsOtpError('SMS_OTP_REQUIRED', 'Please enter a code first.', { stage, location });
  }
  const parameters = {
    error: 'insufficient_user_authentication',
    error_description: 'A fresh code is needed',
    acr_values: wiring.acr,
    max_age: String(maxAgeSeconds),
  };
  const wwwAuthenticate = `Bearer ${Object.entries(parameters)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}`;
  return new SmsOtpError('SMS_OTP_REQUIRED', 'Please enter a fresh code first.', { stage, location, wwwAuthenticate });
}
