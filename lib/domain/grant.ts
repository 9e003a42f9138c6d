import type { User } from './user.ts';

/** The ways to pass without a code by SMS, each with its authentication method (`amr`). */
export const WITHOUT_CODE = {
  trustedBrowser: 'trusted-browser',
  helpCode: 'help-code',
  recoveryCode: 'recovery-code',
} as const;

/** A way to pass without a code by SMS: never as much as such a code. */
export type WithoutCode = keyof typeof WITHOUT_CODE;

/** How long after its factor a grant allows changes of the factors themselves. */
const FRESH_SECONDS = 5 * 60;

/** The fact that a sign-in has passed: after a right code, by something in place of it, or for a user who needs none. */
export interface Grant {
  readonly username: string;
  readonly displayName?: string | undefined;
  /** Absent if it was not reached by a code. */
  readonly acr?: string | undefined;
  /**
   * Authentication methods (RFC 8176): the first factor's, and after a code `sms`, `otp`, `mfa`; else what came in
   * place of it.
   */
  readonly amr: readonly string[];
  /** Seconds since 1970 of the last factor. */
  readonly authTime: number;
  /** The methods that it was reached by. */
  readonly by: 'code' | 'exempt' | WithoutCode;
  /** With `trustedBrowser`: the browser, and the keyed hash of the person as they were when it was trusted. */
  readonly trust?: { readonly id: string; readonly fingerprint: string };
  /** Whether the numbers may be changed once without a code to an old one, for a while after it was given. */
  readonly mayReplaceNumber?: boolean;
  /** With `exempt`: as the directory knew the user last, for the rule that is asked on each request. */
  readonly user?: User;
}

/** Authentication methods (RFC 8176) after a right code. */
export function methodsAfterCode(amr: readonly string[]): readonly string[] {
  return [...new Set([...amr, 'sms', 'otp', 'mfa'])];
}

/** @param now milliseconds since 1970 */
export function grantByCode(user: User, firstFactor: readonly string[], acr: string, now: number): Grant {
  const amr = methodsAfterCode(firstFactor);
  return { ...namesOf(user), acr, amr, authTime: Math.floor(now / 1000), by: 'code' };
}

/** @param now milliseconds since 1970 */
export function grantByExemption(user: User, firstFactor: readonly string[], now: number): Grant {
  return { ...namesOf(user), amr: firstFactor, authTime: Math.floor(now / 1000), by: 'exempt', user };
}

/**
 * Neither an acr nor `otp`, `sms` or `mfa`: it says honestly what happened.
 *
 * @param now milliseconds since 1970
 */
export function grantWithout(by: WithoutCode, user: User, firstFactor: readonly string[], now: number): Grant {
  const amr = [...new Set([...firstFactor, WITHOUT_CODE[by]])];
  return { ...namesOf(user), amr, authTime: Math.floor(now / 1000), by };
}

/** Whether such methods (RFC 8176) tell of something in place of a code. */
export function isWithoutCode(amr: readonly string[]): boolean {
  return Object.values<string>(WITHOUT_CODE).some((method) => amr.includes(method));
}

/** Whether the sign-in is done: only of somebody who is exempt a code may still come as part of it. */
export function isDoneBy(grant: Grant | undefined): grant is Grant {
  return grant !== undefined && grant.by !== 'exempt';
}

/** Whether a code by SMS, and nothing in place of it, has led to this grant. */
export function isByCode(grant: Grant | undefined): boolean {
  return grant?.acr !== undefined;
}

/** @param now milliseconds since 1970 */
export function mayReplaceNumber(grant: Grant | undefined, now: number): boolean {
  return grant?.mayReplaceNumber === true && now / 1000 - grant.authTime <= FRESH_SECONDS;
}

/**
 * Whether a code by SMS has led to it a moment ago: what it allows is worth more than a session.
 *
 * @param now milliseconds since 1970
 */
export function isFreshByCode(grant: Grant | undefined, now: number): boolean {
  return grant !== undefined && isByCode(grant) && now / 1000 - grant.authTime <= FRESH_SECONDS;
}

function namesOf({ username, displayName }: User): Pick<Grant, 'username' | 'displayName'> {
  return { username, ...(displayName !== undefined && { displayName }) };
}
