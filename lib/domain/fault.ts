import { SmsOtpError, type SmsOtpErrorCode } from '../errors.ts';

/** Long enough for a restart, short enough for a person who waits. */
const RETRY_AFTER_SECONDS = 5;

/** A dependency that cannot say: 503, whatever it was that failed beneath. */
export function fault(code: SmsOtpErrorCode, message: string, cause: unknown): SmsOtpError {
  return new SmsOtpError(code, message, { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
}

export function isFault(error: unknown): boolean {
  return error instanceof SmsOtpError && error.status === 503;
}
