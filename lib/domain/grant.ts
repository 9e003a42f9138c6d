import type { User } from './user.ts';

/** The fact that a sign-in has passed: only after a right code, or for a user who needs none. */
export interface Grant {
  readonly username: string;
  readonly displayName?: string | undefined;
  /** Absent if it was not reached by a code. */
  readonly acr?: string | undefined;
  /** Authentication methods (RFC 8176): the first factor's, and `sms`, `otp`, `mfa` after a code. */
  readonly amr: readonly string[];
  /** Seconds since 1970 of the last factor. */
  readonly authTime: number;
  /** The methods that it was reached by. */
  readonly by: 'code' | 'exempt';
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

function namesOf({ username, displayName }: User): Pick<Grant, 'username' | 'displayName'> {
  return { username, ...(displayName === undefined ? {} : { displayName }) };
}
