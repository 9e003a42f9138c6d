import { SmsOtpError } from '../errors.ts';

/** @param retryAfterSeconds rounded up to 1 */
export function tooManyAttempts(retryAfterSeconds: number): SmsOtpError {
  const details = { attemptsRemaining: 0, retryAfterSeconds: Math.max(1, retryAfterSeconds) };
  return new SmsOtpError('TOO_MANY_ATTEMPTS', 'Too many wrong codes. Please wait before you try again.', details);
}

export function factorLocked(): SmsOtpError {
  return new SmsOtpError('FACTOR_LOCKED', 'Sign-in by SMS is locked for this account. Please ask an administrator.');
}
