import type { FullStanding } from '../domain/sign-in.ts';
import { SmsOtpError, type SmsOtpErrorDetails } from '../errors.ts';
import type { Visitor } from './visitor.ts';

/**
 * The standing of somebody who wants to go on to another page than the account. A change of numbers that is pending, or
 * that is over, is left out: else a step-up would confirm a change that somebody else began in this session.
 */
export function withoutChange<Place extends FullStanding>(
  visitor: Visitor,
  standing: Place,
  returnTo: string | undefined,
): Place {
  const { signIn, challenge } = standing;
  const isElsewhere = returnTo !== undefined && returnTo !== visitor.paths.account;
  const isAboutChange = challenge?.change !== undefined || isChangeOver(standing);
  if (!isElsewhere || !isAboutChange || signIn === undefined) return standing;
  return { ...standing, stage: 'verified', challenge: undefined, signIn: { ...signIn, purpose: undefined } };
}

/** A change whose code has died: a new code would not be for it. */
export function isChangeOver({ stage, challenge, signIn }: FullStanding): boolean {
  return (
    stage === 'verified' && challenge === undefined && (signIn?.purpose === 'change' || signIn?.purpose === 'enroll')
  );
}

/** The code of a change has died: it begins again, or not at all. */
export function changeOver(visitor: Visitor): SmsOtpError {
  return changeConflict(visitor, 'The change is over. Please begin again.');
}

/** What is asked for does not fit the numbers that there are. */
export function changeConflict(
  visitor: Visitor,
  message: string,
  details: Pick<SmsOtpErrorDetails, 'words'> = {},
): SmsOtpError {
  return new SmsOtpError('CONFLICT', message, { stage: 'verified', location: visitor.paths.account, ...details });
}
