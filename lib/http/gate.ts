import type { RequestHandler } from 'express';
import { z } from 'zod';
import { type Grant, isByCode, WITHOUT_CODE, type WithoutCode } from '../domain/grant.ts';
import type { SignInFlow } from '../domain/sign-in-flow.ts';
import { SmsOtpError, type SmsOtpErrorDetails } from '../errors.ts';
import { checkOptions } from '../schema/check-options.ts';
import { type Deps, handler, isExempt } from './action.ts';
import { answerErrors } from './answer-errors.ts';
import { ownReferer } from './headers.ts';
import { pressMark } from './marks.ts';
import { readReturnTo, withQuery } from './paths.ts';
import { prefersHtml } from './request.ts';
import { factsOf, flowByRecord } from './state.ts';
import type { Visitor } from './visitor.ts';

/** The options of `requireSmsOtp()`. */
export interface GateOptions {
  /**
   * Seconds, from 1; refuses a code that was entered longer ago, and asks for a fresh one. Always looked up anew.
   *
   * @default any age
   */
  readonly maxAgeSeconds?: number | undefined;
  /**
   * Lets people pass who have signed in by something in place of a code by SMS: `'trustedBrowser'`, `'helpCode'`,
   * `'recoveryCode'`. If an age is given, only a code passes.
   *
   * @default none
   */
  readonly without?: readonly WithoutCode[] | undefined;
}

/** The demands of one gate. */
interface GateRule extends Pick<GateOptions, 'maxAgeSeconds'> {
  /** The ways to a grant that pass, beside a code. */
  readonly passes: ReadonlySet<Grant['by']>;
}

const ALL_WAYS = Object.keys(WITHOUT_CODE) as WithoutCode[];
/** Users who need no code (`requiredFor`) pass, too. */
export const DEFAULT_RULE: GateRule = { passes: new Set<Grant['by']>(['exempt', ...ALL_WAYS]) };

const gateOptions = z.strictObject({
  maxAgeSeconds: z.int('must be a whole number of seconds').min(1, 'must be at least 1').optional(),
  without: z.array(z.enum(ALL_WAYS, "must be 'trustedBrowser', 'helpCode' or 'recoveryCode'")).readonly().optional(),
} satisfies Record<keyof GateOptions, z.ZodType>);

/**
 * The gate for a route: it answers by itself.
 *
 * @throws SmsOtpConfigError
 */
export function requireSmsOtp(deps: Deps, options: GateOptions = {}): RequestHandler {
  const { maxAgeSeconds, without = [] } = checkOptions(gateOptions, options, 'requireSmsOtp');
  const pass = gate(deps, { maxAgeSeconds, passes: new Set(maxAgeSeconds === undefined ? without : []) });
  const answer = answerErrors(deps);
  return function requireSmsOtp(req, res, next) {
    return pass(req, res, (error?: unknown) => (error === undefined ? next() : answer(error, req, res, next)));
  };
}

/** Lets only those through who have both factors; a browser is sent to the page that opens it. */
export function gate(deps: Deps, rule: GateRule): RequestHandler {
  const ask = askingGate(deps, rule);
  return function requireSmsOtp(req, res, next) {
    // Most requests are of somebody whom this process looked up a moment ago: they wait for nothing.
    const flow = rule.maxAgeSeconds === undefined ? deps.visitors.cached(req) : undefined;
    if (flow === undefined || !passesAtOnce(rule, flow.grant)) return ask(req, res, next);
    req.smsOtp = factsOf(flow);
    next();
  };
}

/** Of somebody who is exempt the app's own rule is asked first. */
function passesAtOnce({ passes: ways }: GateRule, grant: Grant | undefined): boolean {
  if (grant === undefined || grant.by === 'exempt') return false;
  return grant.by === 'code' || ways.has(grant.by);
}

function askingGate(deps: Deps, rule: GateRule): RequestHandler {
  return handler(deps, 'requireSmsOtp', async (req, res, next) => {
    const visitor = await deps.visitors.resolve(req);
    const flow = await flowByRecord(deps, visitor, rule.maxAgeSeconds !== undefined);
    req.smsOtp = factsOf(flow);
    if (flow.grant !== undefined && (await passes(deps, rule, flow, visitor))) return next();
    const isPage = req.method === 'GET' || req.method === 'HEAD';
    // Only GET and HEAD can be repeated after sign-in.
    const returnTo = isPage ? readReturnTo(visitor.paths.publicPath + req.originalUrl) : wayBack(deps, visitor);
    const location = locationFrom(deps, visitor, flow, returnTo);
    const isRead = prefersHtml(req);
    if (!isPage || !isRead) throw refusal(deps, rule, flow, { location, isForm: isRead });
    res.set('Cache-Control', 'no-store').redirect(303, location);
  });
}

/** Where a form leads that is refused: as it says itself, if the app has parsed it, or else to the page that it is on. */
function wayBack({ config }: Deps, { req, paths }: Visitor): string | undefined {
  const named = readReturnTo(req.query.returnTo) ?? readReturnTo(req.body?.returnTo);
  if (named !== undefined) return named;
  const page = readReturnTo(ownReferer(req, config));
  return page === undefined || paths.isOurs(page) ? undefined : page;
}

/** The page that opens the gate. Its script sends a code only for a link with this gate's mark. */
function locationFrom(
  deps: Deps,
  visitor: Visitor,
  { stage, grant }: SignInFlow,
  returnTo: string | undefined,
): string {
  const next = stage === 'verified' ? 'send' : stage;
  const location = visitor.paths.of(next, returnTo);
  // Somebody who is in is shown a page for a code only if a gate asks for one; a pending change of numbers is left out.
  return next === 'send' || grant !== undefined ? withQuery(location, 'press', pressMark(deps, visitor)) : location;
}

async function passes(
  deps: Deps,
  { passes: ways, maxAgeSeconds }: GateRule,
  { now, grant }: SignInFlow,
  { req }: Visitor,
): Promise<boolean> {
  if (grant === undefined) return false;
  if (maxAgeSeconds !== undefined && now / 1000 - grant.authTime > maxAgeSeconds) return false;
  if (grant.by === 'code') return isByCode(grant);
  if (!ways.has(grant.by)) return false;
  // The rule is asked again on each request: a person who was exempt inside the office may be outside now.
  return grant.by !== 'exempt' || (grant.user !== undefined && isExempt(deps, grant.user, req));
}

function refusal(
  { config }: Deps,
  { maxAgeSeconds }: GateRule,
  { stage, grant }: SignInFlow,
  { location, isForm }: { readonly location: string; readonly isForm: boolean },
): SmsOtpError {
  const details: SmsOtpErrorDetails = { stage, location, ...(isForm && { words: 'formNotKept' }) };
  if (stage === 'none') return new SmsOtpError('SIGN_IN_REQUIRED', details);
  if (maxAgeSeconds === undefined || !isByCode(grant)) {
    return new SmsOtpError('SMS_OTP_REQUIRED', details);
  }
  const parameters = {
    error: 'insufficient_user_authentication',
    error_description: 'A fresh code is needed',
    acr_values: config.acr,
    max_age: String(maxAgeSeconds),
  };
  const wwwAuthenticate = `Bearer ${Object.entries(parameters)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}`;
  return new SmsOtpError('SMS_OTP_REQUIRED', 'Please enter a fresh code first.', { ...details, wwwAuthenticate });
}

/** Tells the app who is there. If nobody can say just now, nobody is: only a gate refuses for that. */
export function setFacts(deps: Deps): RequestHandler {
  return handler(deps, 'setFacts', async (req, _res, next) => {
    try {
      const cached = deps.visitors.cached(req);
      req.smsOtp = factsOf(cached ?? (await knownOrRead(deps, await deps.visitors.resolve(req))));
    } catch (error) {
      if (!(error instanceof SmsOtpError) || error.status !== 503) throw error;
      req.smsOtp = { stage: 'none' };
    }
    next();
  });
}

/** An action for the app's own routes, after which `req.smsOtp` says what it has changed. */
export function thenSetFacts(deps: Deps, action: RequestHandler): RequestHandler {
  const set = setFacts(deps);
  const both: RequestHandler = (req, res, next) =>
    action(req, res, (error?: unknown) => (error === undefined ? set(req, res, next) : next(error)));
  return Object.defineProperty(both, 'name', { value: action.name });
}

async function knownOrRead(deps: Deps, visitor: Visitor): Promise<SignInFlow> {
  return deps.visitors.noted(visitor) ?? flowByRecord(deps, visitor);
}
