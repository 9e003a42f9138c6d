import type { Request, RequestHandler } from 'express';
import type { Challenge, Purpose } from '../domain/challenge.ts';
import type { DeliveryState } from '../domain/delivery.ts';
import type { Grant } from '../domain/grant.ts';
import type { Masks } from '../domain/masked-number.ts';
import { numbersToChoose, pickNumber } from '../domain/next-code.ts';
import { type PendingCode, purposeOf, type SignInFlow } from '../domain/sign-in-flow.ts';
import type { Stage } from '../domain/sign-in-record.ts';
import { SmsOtpError } from '../errors.ts';
import type { BrowserChoice, NumberChoice } from '../views.ts';
import { type Deps, handler } from './action.ts';
import { keptMark } from './marks.ts';
import { pathIn, withQuery } from './paths.ts';
import { prefersHtml } from './request.ts';
import type { Visitor } from './visitor.ts';

/** The facts of a grant that an app may see. */
export interface GrantFacts {
  /** The user who signed in; no number is in it. */
  readonly user: { readonly id: string; readonly username: string; readonly displayName?: string };
  /** The authentication context class; absent if no code by SMS was entered. */
  readonly acr?: string;
  /**
   * Authentication methods of both factors (RFC 8176); `trusted-browser`, `help-code`, `recovery-code` stand in place
   * of a code.
   */
  readonly amr: readonly string[];
  /** Seconds since 1970. */
  readonly authTime: number;
}

/** `req.smsOtp`: who is there. */
export interface SmsOtpFacts extends Partial<GrantFacts> {
  /** Where the sign-in stands. */
  readonly stage: Stage;
}

declare global {
  namespace Express {
    interface Request {
      /** The user who is there; set by `smsOtp()`. */
      smsOtp: SmsOtpFacts;
    }
  }
}

/** Facts of a pending code. */
export interface PendingFacts {
  /** Masked, as `••• 0605`. */
  readonly phone: string;
  /** Until the code dies; 0 if it has. */
  readonly expiresInSeconds: number;
  /** Until it may be sent again; 0 if it may. */
  readonly resendInSeconds: number;
  /** Absent if no limit is set. */
  readonly attemptsRemaining?: number;
  /** The delivery state of the last SMS. */
  readonly delivery: DeliveryState;
}

/** The state as JSON: what every success answers. */
export interface StateFacts extends Partial<PendingFacts>, Partial<GrantFacts> {
  /** Where the sign-in stands. */
  readonly stage: Stage;
  /** The purpose of the code; absent at `none` and `verified`. */
  readonly purpose?: Purpose;
  /** To choose from, at `number` only. */
  readonly numbers?: readonly NumberChoice[];
  /** Digits of the pending code; absent if none is. */
  readonly codeLength?: number;
  /** Where the sign-in goes on. */
  readonly location: string;
}

export function showState(deps: Deps): RequestHandler {
  return handler(deps, 'showState', async (req, res) => {
    const visitor = await deps.visitors.resolve(req);
    deps.setupWatch.lookForCookie(req, res);
    res.json(await stateFacts(deps, visitor, await deps.domain.flows.look(visitor, 'for the stage')));
  });
}

/** After an action has done its work: the state, or the page on which it goes on. */
export function answerState(deps: Deps): RequestHandler {
  return answerWith(deps, (visitor) => deps.domain.flows.look(visitor, 'for the stage'));
}

/** The same after a sign-out. */
export function answerSignOut(deps: Deps): RequestHandler {
  return answerWith(deps, (visitor) => flowAfterEnd(deps, visitor));
}

/** A sign-out that is done is told without the directory, too, if that is down. */
async function flowAfterEnd({ domain: { flows } }: Deps, visitor: Visitor): Promise<SignInFlow> {
  try {
    return await flows.look(visitor, 'for the stage');
  } catch (error) {
    if (!(error instanceof SmsOtpError && error.code === 'DIRECTORY_UNAVAILABLE')) throw error;
    return flows.look(visitor, 'never');
  }
}

function answerWith(deps: Deps, look: (visitor: Visitor) => Promise<SignInFlow>): RequestHandler {
  return handler(deps, 'answerState', async (req, res) => {
    const visitor = await deps.visitors.resolve(req);
    const flow = deps.visitors.noted(visitor) ?? (await look(visitor));
    if (!prefersHtml(req)) return void res.json(await stateFacts(deps, visitor, flow));
    const location = locationOf(visitor, flow);
    // A browser that keeps no cookie must not be led to an empty form, and to another SMS.
    const isOurs = isLogin(req) && location.startsWith(`${visitor.paths.base}/`);
    res.redirect(303, isOurs ? withQuery(location, 'kept', keptMark(deps)) : location);
  });
}

/** After a change that the account shows: back to it. This sign-in may have ended with it, as by a sign-out. */
export function answerAccount(deps: Deps): RequestHandler {
  return handler(deps, 'answerAccount', async (req, res) => {
    const visitor = await deps.visitors.resolve(req);
    const { account } = visitor.paths;
    if (prefersHtml(req)) return void res.redirect(303, account);
    res.json(await stateFacts(deps, visitor, await flowAfterEnd(deps, visitor), account));
  });
}

/** @param returnTo as the request names it, before what the sign-in says */
export async function stateFacts(
  deps: Deps,
  visitor: Visitor,
  flow: SignInFlow,
  returnTo?: string,
): Promise<StateFacts> {
  const { stage, challenge, grant, numbers } = flow;
  const { masks } = deps.domain;
  const pending = challenge === undefined ? undefined : await deps.domain.flows.pendingOf(flow);
  return {
    stage,
    ...(stage !== 'none' && stage !== 'verified' && { purpose: purposeOf(flow) }),
    ...(stage === 'number' && { numbers: numberChoices(flow, masks) }),
    ...(stage === 'send' &&
      grant === undefined &&
      numbers.length > 0 && { phone: masks.of(pickNumber(flow), numbers) }),
    ...(challenge !== undefined &&
      pending !== undefined && {
        codeLength: deps.config.codeLength,
        ...pendingFacts(flow, challenge, pending, masks),
      }),
    ...grantFacts(flow),
    location: locationOf(visitor, flow, returnTo),
  };
}

export function pendingFacts(
  { signIn, now }: SignInFlow,
  challenge: Challenge,
  { guessesLeft, delivery }: PendingCode,
  masks: Masks,
): PendingFacts {
  return {
    // The number may have been chosen from the list last shown.
    phone: masks.of(challenge.number, signIn?.record.shown),
    expiresInSeconds: secondsUntil(challenge.endsAt, now),
    resendInSeconds: secondsUntil(challenge.resendAt, now),
    ...(Number.isFinite(guessesLeft) && { attemptsRemaining: guessesLeft }),
    delivery,
  };
}

/** Where a sign-in stands by its record alone; under the app's own login one may begin. */
export async function flowByRecord({ domain }: Deps, visitor: Visitor, isFresh = false): Promise<SignInFlow> {
  const flow = await domain.flows.byRecord(visitor.ref, isFresh);
  return flow.stage === 'none' && visitor.currentUser !== undefined ? { ...flow, stage: 'send' } : flow;
}

export function factsOf(flow: SignInFlow): SmsOtpFacts {
  return { stage: flow.stage, ...grantFacts(flow) };
}

/** By their places in the list that the sign-in was shown last. */
export function numberChoices(flow: SignInFlow, masks: Masks): readonly NumberChoice[] {
  const shown = flow.signIn?.record.shown ?? flow.numbers;
  return numbersToChoose(flow).map(({ place, number }) => ({ number: place, phone: masks.of(number, shown) }));
}

/** By their places in the list that was shown last; nothing if no browser is trusted here. */
export function browserChoices({ browsers, signIn }: SignInFlow): readonly BrowserChoice[] | undefined {
  const shown = signIn?.record.shownBrowsers ?? [];
  return browsers?.flatMap(({ id, label, lastUsed }) => {
    const browser = shown.indexOf(id);
    return browser < 0 ? [] : [{ browser, label, lastUsed: Math.floor(lastUsed / 1000) }];
  });
}

/** With a grant it leads to where the sign-in was to lead, unless a code is pending. */
export function locationOf({ paths }: Visitor, flow: SignInFlow, returnTo = flow.signIn?.record.returnTo): string {
  const { stage, grant } = flow;
  if (stage === 'verified' || (stage === 'send' && grant !== undefined)) return paths.landing(returnTo);
  return paths.of(stage, returnTo);
}

function grantFacts({ signIn, grant }: SignInFlow): Partial<GrantFacts> {
  if (signIn === undefined || grant === undefined) return {};
  const { username, displayName, acr, amr, authTime }: Grant = grant;
  const user = { id: signIn.record.subject, username, ...(displayName !== undefined && { displayName }) };
  return { user, ...(acr !== undefined && { acr }), amr, authTime };
}

function secondsUntil(end: number, now: number): number {
  return Math.max(0, Math.ceil((end - now) / 1000));
}

function isLogin(req: Request): boolean {
  return pathIn(req) === '/login';
}
