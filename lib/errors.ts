/** HTTP status by error code: the whole list of what can go wrong in a request. */
const STATUS = {
  INVALID_CREDENTIALS: 401,
  SIGN_IN_REQUIRED: 401,
  SMS_OTP_REQUIRED: 401,
  INVALID_CODE: 401,
  CODE_EXPIRED: 410,
  NO_CHALLENGE: 409,
  CONFLICT: 409,
  TOO_MANY_ATTEMPTS: 429,
  TOO_MANY_SENDS: 429,
  FACTOR_LOCKED: 403,
  NO_PHONE_NUMBER: 403,
  SEND_REFUSED: 403,
  PHONE_NOT_ACCEPTED: 422,
  CROSS_ORIGIN: 403,
  BAD_REQUEST: 400,
  METHOD_NOT_ALLOWED: 405,
  UNSUPPORTED_MEDIA_TYPE: 415,
  SMS_UNAVAILABLE: 503,
  DIRECTORY_UNAVAILABLE: 503,
  STATE_UNAVAILABLE: 503,
  SHUTTING_DOWN: 503,
  SESSION_MISSING: 500,
  MISCONFIGURED: 500,
} as const;

/** The name of an outcome or a fault; stable between major versions. */
export type SmsOtpErrorCode = keyof typeof STATUS;

/** Details of an error. All but `cause` go into its answer. */
export interface SmsOtpErrorDetails {
  /** Seconds after which the same request works. */
  readonly retryAfterSeconds?: number;
  /** Codes that may still be tried on this challenge. */
  readonly attemptsRemaining?: number;
  /** Where the sign-in stands. */
  readonly stage?: string;
  /** The page on which the sign-in goes on, as a public path. */
  readonly location?: string;
  /** The value of a `WWW-Authenticate` header (RFC 9470). */
  readonly wwwAuthenticate?: string;
  /** The app's own words, which a page shows in place of ours. */
  readonly text?: string;
  /** Which of the pages' words fit better than those of the code. */
  readonly words?: 'alreadyYours' | 'chooseNumberFirst' | 'cookiesNeeded' | 'enterNumberFirst' | 'noUsableNumber';
  /** The method that a 405 allows. */
  readonly allow?: string;
  /** The error beneath a 5xx; for logs, never shown. */
  readonly cause?: unknown;
}

/** An outcome (4xx: the person was wrong or must wait) or a fault (5xx: a dependency cannot say). */
export class SmsOtpError extends Error {
  /** To tell it from other errors even if the package is there twice. */
  override readonly name = 'SmsOtpError';
  /** The code to branch on; the message is for people. */
  readonly code: SmsOtpErrorCode;
  /** The HTTP status; Express' own error handler reads it, too. */
  readonly status: number;
  /** The fields of the answer beside the code. */
  readonly details: SmsOtpErrorDetails;

  constructor(code: SmsOtpErrorCode, message: string, details: SmsOtpErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.status = STATUS[code];
    this.details = details;
  }
}

/** The options are wrong. Thrown at once, with all problems; no value is in it. */
export class SmsOtpConfigError extends Error {
  /** To tell it from other errors even if the package is there twice. */
  override readonly name = 'SmsOtpConfigError';
  /** A sentence each, which begins with the option's name. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`express-sms-otp cannot start:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}
