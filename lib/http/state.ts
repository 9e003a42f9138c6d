import type { Challenge, Purpose } from '../domain/challenge.ts';
import type { DeliveryState } from '../domain/delivery-state.ts';
import type { Grant } from '../domain/grant.ts';
import type { Masks } from '../domain/masked-number.ts';
import type { FullStanding, Stage, Standing } from '../domain/sign-in.ts';
import type { NumberChoice } from '../views.ts';
import { pickNumber, purposeOf } from './standing.ts';
import type { Visitor } from './visitor.ts';
import type { Wiring } from './wiring.ts';

/** The facts of a grant that an app may see. */
export interface GrantFacts {
  /** Whoever signed in; no number is in it. */
  readonly user: { readonly id: string; readonly username: string; readonly displayName?: string };
  /** The authentication context class; absent for users who needed no code (`requiredFor`). */
  readonly acr?: string;
  /** Authentication methods of both factors (RFC 8176). */
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
      /** Who is there; set by `smsOtp()`. */
      smsOtp: SmsOtpFacts;
    }
  }
}

/** What is known of a pending code. */
export interface PendingFacts {
  /** Masked, as `••• 0605`. */
  readonly phone: string;
  /** Until the code dies; 0 where it has. */
  readonly expiresInSeconds: number;
  /** Until it may be sent again; 0 where it may. */
  readonly resendInSeconds: number;
  /** Absent where no limit is set. */
  readonly attemptsRemaining?: number;
  /** What became of the last SMS. */
  readonly delivery: DeliveryState;
}

/** The state as JSON: what every success answers. */
export interface StateFacts extends Partial<PendingFacts>, Partial<GrantFacts> {
  /** Where the sign-in stands. */
  readonly stage: Stage;
  /** What the code is for; absent at `none` and `verified`. */
  readonly purpose?: Purpose;
  /** To choose from, at `number` only. */
  readonly numbers?: readonly NumberChoice[];
  /** Digits of the pending code; absent where none is. */
  readonly codeLength?: number;
  /** Where the sign-in goes on. */
  readonly location: string;
}

/** @param returnTo as the request names it, before what the sign-in says */
export async function stateFacts(
  wiring: Wiring,
  visitor: Visitor,
  standing: FullStanding,
  returnTo?: string,
): Promise<StateFacts> {
  const { stage, challenge, grant, numbers } = standing;
  return {
    stage,
    ...(stage === 'none' || stage === 'verified' ? {} : { purpose: purposeOf(standing) }),
    ...(stage === 'number' ? { numbers: numberChoices(standing, wiring.masks) } : {}),
    ...(stage === 'send' && grant === undefined && numbers.length > 0
      ? { phone: wiring.masks.of(pickNumber(standing), numbers) }
      : {}),
    ...(challenge === undefined
      ? {}
      : { codeLength: wiring.codeLength, ...(await pendingFacts(wiring, challenge, standing.signIn?.shown)) }),
    ...(grant === undefined ? {} : grantFacts(grant)),
    location: locationOf(visitor, standing, returnTo),
  };
}

/** @param shown the list last shown, from which the number may have been chosen */
export async function pendingFacts(
  wiring: Wiring,
  challenge: Challenge,
  shown: readonly string[] = [],
): Promise<PendingFacts> {
  const [attemptsRemaining, resendInSeconds, delivery] = await Promise.all([
    wiring.guesses.remaining(challenge),
    wiring.cooldown.secondsLeft(challenge),
    wiring.deliveries.state(challenge.id),
  ]);
  return {
    phone: wiring.masks.of(challenge.number, shown),
    expiresInSeconds: wiring.challenges.secondsLeft(challenge),
    resendInSeconds,
    ...(Number.isFinite(attemptsRemaining) ? { attemptsRemaining } : {}),
    delivery,
  };
}

function grantFacts({ subject, username, displayName, acr, amr, authTime }: Grant): GrantFacts {
  const user = { id: subject, username, ...(displayName === undefined ? {} : { displayName }) };
  return { user, ...(acr === undefined ? {} : { acr }), amr, authTime };
}

export function factsOf({ stage, grant }: Standing): SmsOtpFacts {
  return { stage, ...(grant === undefined ? {} : grantFacts(grant)) };
}

/**
 * By their places in the list that the session was shown last; what is gone meanwhile is left out, and while one is to be
 * removed that one, too: the code must go to another.
 */
export function numberChoices({ signIn, numbers, challenge }: FullStanding, masks: Masks): readonly NumberChoice[] {
  const change = challenge?.change;
  const leaving = change !== undefined && 'remove' in change ? change.remove : undefined;
  const shown = signIn?.shown ?? numbers;
  return shown.flatMap((number, place) =>
    numbers.includes(number) && number !== leaving ? [{ number: place, phone: masks.of(number, shown) }] : [],
  );
}

/** Whoever has a grant goes where the sign-in was to lead, unless a code is pending. */
export function locationOf({ paths }: Visitor, standing: Standing, returnTo = standing.signIn?.returnTo): string {
  const { stage, grant } = standing;
  if (stage === 'verified' || (stage === 'send' && grant !== undefined)) return paths.landing(returnTo);
  return paths.of(stage, returnTo);
}
