import type { Challenge } from '../domain/challenge.ts';
import type { DeliveryState } from '../domain/delivery.ts';
import type { Grant } from '../domain/grant.ts';
import { maskPhoneNumber } from '../domain/phone-number.ts';
import type { FullStanding, Stage, Standing } from '../domain/sign-in.ts';
import type { NumberChoice } from '../views.ts';
import { pickNumber } from './send-code.ts';
import type { Visitor } from './visitor.ts';
import type { Wiring } from './wiring.ts';

/** The facts of a grant that an app may see. */
export interface GrantFacts {
  readonly user: { readonly id: string; readonly username: string; readonly displayName?: string };
  readonly acr?: string;
  readonly amr: readonly string[];
  /** Seconds since 1970. */
  readonly authTime: number;
}

/** `req.smsOtp`: who is there. */
export interface SmsOtpFacts extends Partial<GrantFacts> {
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
  readonly phone: string;
  readonly expiresInSeconds: number;
  readonly resendInSeconds: number;
  /** Absent where no limit is set. */
  readonly attemptsRemaining?: number;
  readonly delivery: DeliveryState;
}

/** The state as JSON: what every success answers. */
export interface StateFacts extends Partial<PendingFacts>, Partial<GrantFacts> {
  readonly stage: Stage;
  readonly purpose?: Challenge['purpose'];
  readonly numbers?: readonly NumberChoice[];
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
    ...(stage === 'number' ? { numbers: numberChoices(numbers) } : {}),
    ...(stage === 'send' && numbers.length > 0 ? { phone: maskPhoneNumber(pickNumber(standing)) } : {}),
    ...(challenge === undefined ? {} : { codeLength: wiring.codeLength, ...(await pendingFacts(wiring, challenge)) }),
    ...(grant === undefined ? {} : grantFacts(grant)),
    location: locationOf(visitor, standing, returnTo),
  };
}

/** The directory is asked only where the stage depends on it: whoever is signed in goes on without. */
export async function settledStanding(wiring: Wiring, visitor: Visitor): Promise<FullStanding> {
  const standing = await wiring.visitors.standing(visitor);
  const needsDirectory = standing.stage === 'send' && standing.grant === undefined;
  return needsDirectory ? wiring.visitors.fullStanding(visitor) : { ...standing, numbers: [] };
}

export async function pendingFacts(wiring: Wiring, challenge: Challenge): Promise<PendingFacts> {
  const [attemptsRemaining, resendInSeconds, delivery] = await Promise.all([
    wiring.guesses.remaining(challenge),
    wiring.cooldown.secondsLeft(challenge),
    wiring.deliveries.state(challenge.id),
  ]);
  return {
    phone: maskPhoneNumber(challenge.number),
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

export function numberChoices(numbers: readonly string[]): readonly NumberChoice[] {
  return numbers.map((number, index) => ({ number: index, phone: maskPhoneNumber(number) }));
}

/** What the pending code is for, or the one that would be sent now. */
export function purposeOf({ stage, challenge, grant }: Standing): Challenge['purpose'] {
  if (challenge !== undefined) return challenge.purpose;
  if (stage === 'enroll') return 'enroll';
  return grant?.acr === undefined ? 'sign-in' : 'step-up';
}

/** Whoever has a grant goes where the sign-in was to lead, unless a code is pending. */
export function locationOf({ paths }: Visitor, standing: Standing, returnTo = standing.signIn?.returnTo): string {
  const { stage, grant } = standing;
  if (stage === 'verified' || (stage === 'send' && grant !== undefined)) return returnTo ?? paths.afterSignIn;
  return paths.of(stage, returnTo);
}
