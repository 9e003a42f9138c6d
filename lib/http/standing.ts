import type { Purpose } from '../domain/challenge.ts';
import type { FullStanding, SignIn, Standing } from '../domain/sign-in.ts';
import type { User } from '../domain/user.ts';
import { SmsOtpError } from '../errors.ts';

/** A standing with a first factor. */
export type SignedIn = FullStanding & { readonly user: User; readonly signIn: SignIn };

/** @throws SmsOtpError `SIGN_IN_REQUIRED` */
export function assertSignedIn(standing: FullStanding): SignedIn {
  const { user, signIn } = standing;
  if (user !== undefined && signIn !== undefined) return { ...standing, user, signIn };
  throw new SmsOtpError('SIGN_IN_REQUIRED', 'Please sign in first.');
}

/** With both factors; somebody who was exempt from the code has only one. */
export function isVerified({ user, grant }: FullStanding): boolean {
  return user !== undefined && grant?.acr !== undefined;
}

/** What the pending code is for, or the one that would be sent now. */
export function purposeOf({ stage, challenge, grant }: Standing): Purpose {
  if (challenge !== undefined) return challenge.purpose;
  if (stage === 'enroll') return 'enroll';
  return grant?.acr === undefined ? 'sign-in' : 'step-up';
}

/**
 * The number that the code goes to where none is named: the pending one's, the chosen one, or the only one.
 *
 * @param choice where one of several can be chosen
 */
export function pickNumber({ stage, user, numbers, challenge, signIn }: FullStanding, choice?: string): string {
  const [only, ...others] = numbers;
  if (stage === 'enroll') {
    throw new SmsOtpError('CONFLICT', 'Please enter a phone number first.', { words: 'enterNumberFirst' });
  }
  if (only === undefined) throw noNumber(user);
  const known = [challenge?.number, signIn?.number].find((number) => number !== undefined && numbers.includes(number));
  if (known === undefined && others.length > 0) {
    const place = choice === undefined ? {} : { stage: 'number', location: choice };
    throw new SmsOtpError('CONFLICT', 'Please choose a number first.', { ...place, words: 'chooseNumberFirst' });
  }
  return known ?? only;
}

function noNumber(user: User | undefined): SmsOtpError {
  const hasValue = user !== undefined && user.phoneNumbers.length > 0;
  const problem = hasValue ? 'no phone number for this account that can be used' : 'no phone number for this account';
  const message = `There is ${problem}. Please ask an administrator.`;
  return new SmsOtpError('NO_PHONE_NUMBER', message, hasValue ? { words: 'noUsableNumber' } : {});
}
