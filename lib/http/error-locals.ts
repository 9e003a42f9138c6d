import type { SmsOtpError } from '../errors.ts';
import type { CommonLocals } from '../views.ts';

/** What a page is told of an error: neither its message, which may be advice for an administrator, nor its cause. */
export function errorLocals({ code, details }: SmsOtpError): NonNullable<CommonLocals['error']> {
  const { retryAfterSeconds, attemptsRemaining, text, words, location } = details;
  return {
    code,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(attemptsRemaining === undefined ? {} : { attemptsRemaining }),
    ...(text === undefined ? {} : { text }),
    ...(words === undefined ? {} : { words }),
    ...(location === undefined ? {} : { location }),
  };
}
