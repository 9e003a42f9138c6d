/** The delivery state of the SMS. */
export type Delivery = 'queued' | 'accepted' | 'delivered' | 'failed' | 'unknown';

/** One of several numbers. */
export interface NumberToChoose {
  /** Its index, for `chooseNumber` and `removePhone`. */
  readonly number: number;
  /** Masked, as `••• 0605`. */
  readonly phone: string;
}

/** The person who is signed in with both factors. */
export interface SignedInUser {
  /** The stable id of the user store. */
  readonly id: string;
  /** The name they sign in with. */
  readonly username: string;
  /** Their name for people, if the user store has one. */
  readonly displayName?: string;
}

/** The state of the sign-in; every successful call returns it. */
export interface SmsOtpState {
  /**
   * The view to show next: a login, a choice of numbers, a button, a field for a number, a field for the code, or the
   * app.
   */
  readonly stage: 'none' | 'number' | 'send' | 'enroll' | 'code' | 'verified';
  /** The page on which the sign-in continues, as a path. */
  readonly location: string;
  /** The purpose of the code; absent at `none` and `verified`. */
  readonly purpose?: 'sign-in' | 'step-up' | 'enroll' | 'change';
  /** The numbers to choose from, at `number` and on the account. */
  readonly numbers?: readonly NumberToChoose[];
  /** The masked number that the code goes or went to. */
  readonly phone?: string;
  /** Digits of the pending code. */
  readonly codeLength?: number;
  /** Remaining life of the code. */
  readonly expiresInSeconds?: number;
  /** Time until `sendCode` works again. */
  readonly resendInSeconds?: number;
  /** Codes that may still be tried; absent without a limit. */
  readonly attemptsRemaining?: number;
  /** The delivery state of the SMS. */
  readonly delivery?: Delivery;
  /** With both factors: the person. */
  readonly user?: SignedInUser;
  /** With a code: the authentication context class. */
  readonly acr?: string;
  /** With both factors: the methods (RFC 8176). */
  readonly amr?: readonly string[];
  /** With both factors: when, in seconds since 1970. */
  readonly authTime?: number;
}
