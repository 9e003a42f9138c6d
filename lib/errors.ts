/** Status and message by error code: the whole list of what can go wrong in a request. Messages are safe to show. */
export const ERRORS = {
  INVALID_CREDENTIALS: { status: 401, message: 'Incorrect username or password.' },
  SIGN_IN_REQUIRED: { status: 401, message: 'Please sign in.' },
  SMS_OTP_REQUIRED: { status: 401, message: 'Please enter a code first.' },
  INVALID_CODE: { status: 401, message: 'This code is incorrect.' },
  CODE_EXPIRED: { status: 410, message: 'This code is no longer valid. Please ask for a new one.' },
  NO_CHALLENGE: { status: 409, message: 'No code is pending here. Please ask for one first.' },
  CONFLICT: { status: 409, message: 'Something has changed in the meantime. Please look again.' },
  TOO_MANY_ATTEMPTS: { status: 429, message: 'Too many attempts. Please wait before you try again.' },
  TOO_MANY_SENDS: { status: 429, message: 'A code was sent not long ago. Please wait before you ask for another.' },
  FACTOR_LOCKED: { status: 403, message: 'Sign-in by SMS is locked for this account. Please ask an administrator.' },
  NO_PHONE_NUMBER: { status: 403, message: 'There is no phone number for this account. Please ask an administrator.' },
  SEND_REFUSED: { status: 403, message: 'No code can be sent to this number now.' },
  PHONE_NOT_ACCEPTED: { status: 422, message: 'This phone number cannot be used.' },
  CROSS_ORIGIN: { status: 403, message: 'This request came from another site.' },
  BAD_REQUEST: { status: 400, message: 'This request cannot be read.' },
  METHOD_NOT_ALLOWED: { status: 405, message: 'This path does not know this method.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, message: 'Send a form or JSON.' },
  SMS_UNAVAILABLE: { status: 503, message: 'The code cannot be sent right now. Please try again in a moment.' },
  DIRECTORY_UNAVAILABLE: { status: 503, message: 'The directory is unavailable. Please try again in a moment.' },
  STATE_UNAVAILABLE: { status: 503, message: 'The sign-in cannot go on right now. Please try again in a moment.' },
  SHUTTING_DOWN: { status: 503, message: 'This server is shutting down. Please try again.' },
  SESSION_MISSING: {
    status: 500,
    message:
      'There is no session of express-session on this request: it is needed before smsOtp(), and no other will do.',
  },
  MISCONFIGURED: { status: 500, message: 'This app is not set up correctly.' },
} as const satisfies Record<string, { readonly status: number; readonly message: string }>;

/** Messages that fit better than that of the code, by `words`. */
const REASONS = {
  alreadyYours: 'You have this number already.',
  chooseNumberFirst: 'Please choose a number first.',
  codeUsed: 'This code was used a moment ago. Continue where you are signed in, or sign in again.',
  cookiesNeeded: 'This browser keeps no cookies.',
  enterNumberFirst: 'Please enter a phone number first.',
  formNotKept: 'Please confirm that it is you, and then send the form again.',
  noUsableNumber: 'There is no phone number for this account that can be used. Please ask an administrator.',
  withoutPhoneMalformed:
    'A code of the help desk has 10 letters and digits; a recovery code has its number and 16 more, as 3-ABCD-EFGH-JKMN-PQRS.',
  withoutPhoneWrong: 'This code is incorrect, or it is no longer valid.',
  unknownPerson: 'The directory does not know the person whom the app has signed in.',
} as const;

/** The name of an outcome or a fault; stable between major versions. */
export type SmsOtpErrorCode = keyof typeof ERRORS;

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
  readonly words?: keyof typeof REASONS;
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

  /** @param message fit to be shown. @default that of the code, or of `details.words` */
  constructor(code: SmsOtpErrorCode, message?: string, details?: SmsOtpErrorDetails);
  constructor(code: SmsOtpErrorCode, details?: SmsOtpErrorDetails);
  constructor(code: SmsOtpErrorCode, first: string | SmsOtpErrorDetails = {}, second: SmsOtpErrorDetails = {}) {
    const details = typeof first === 'string' ? second : { ...first, ...second };
    const { cause, words } = details;
    const standard = words === undefined ? ERRORS[code].message : REASONS[words];
    super(typeof first === 'string' ? first : standard, cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = ERRORS[code].status;
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

/** Long enough for a restart, short enough for a person who waits. */
const RETRY_AFTER_SECONDS = 5;

/** A dependency that cannot say: 503, whatever it was that failed beneath. */
export function fault(code: SmsOtpErrorCode, cause: unknown): SmsOtpError {
  return new SmsOtpError(code, { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
}

export function isFault(error: unknown): boolean {
  return error instanceof SmsOtpError && error.status === 503;
}

/** The shared state cannot say. */
export function stateUnavailable(cause: unknown): SmsOtpError {
  return fault('STATE_UNAVAILABLE', cause);
}

/**
 * An error of the app's own store or transport, as the log may have it: many quote the request that failed.
 *
 * @param secrets as a code or a number; empty ones are passed over
 */
export function withoutSecrets(error: unknown, secrets: readonly string[]): unknown {
  const quoted = secrets.filter((secret) => quotes(error, secret));
  if (!(error instanceof Error) || quoted.length === 0) return error;
  // Its other properties may quote it as well.
  const clean = new Error(quoted.reduce((text, secret) => text.replaceAll(secret, '•••'), error.message));
  return Object.assign(clean, { name: error.name });
}

/** The same for a password. A gap in a known sentence would tell it, so the whole text goes. */
export function withoutPassword(error: unknown, password: string): unknown {
  return quotes(error, password) ? new Error('The error quotes the password, and is left out.') : error;
}

/** Errors with `quotesNothing` are passed over: a word of theirs may be a password by chance. */
function quotes(error: unknown, secret: string): boolean {
  return error instanceof Error && !('quotesNothing' in error) && secret !== '' && error.message.includes(secret);
}
