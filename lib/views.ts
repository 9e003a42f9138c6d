import type { Purpose } from './domain/challenge.ts';
import type { DeliveryState } from './domain/delivery.ts';
import type { SmsOtpErrorCode } from './errors.ts';

/** What every page is given; nothing of the request is in it but what the person typed. */
export interface CommonLocals {
  readonly appName: string;
  /** Public URLs to link and post to. */
  readonly urls: {
    readonly login: string;
    readonly number: string;
    readonly code: string;
    readonly send: string;
    readonly logout: string;
    readonly session: string;
    readonly assets: string;
  };
  /** To be carried on as a field of every form. */
  readonly returnTo?: string;
  /** What went wrong with the request that this page answers. */
  readonly error?: {
    readonly code: SmsOtpErrorCode;
    readonly retryAfterSeconds?: number;
    readonly attemptsRemaining?: number;
    /** The page on which the sign-in goes on, where the error knows one. */
    readonly location?: string;
  };
}

export interface NumberChoice {
  /** Index in the list that was shown. */
  readonly number: number;
  /** Masked, as `••• 0605`. */
  readonly phone: string;
}

/** The pages by name, with their locals. */
export interface PageLocals {
  readonly login: CommonLocals & { readonly username: string };
  readonly number: CommonLocals & { readonly numbers: readonly NumberChoice[] };
  readonly code: CommonLocals & {
    readonly purpose: Purpose;
    /** Masked; absent where the directory could not be asked. */
    readonly phone?: string;
    readonly codeLength: number;
    /** The pending code; absent where one must be sent first. */
    readonly pending?: {
      readonly expiresInSeconds: number;
      readonly resendInSeconds: number;
      /** Absent where no limit is set. */
      readonly attemptsRemaining?: number;
      readonly delivery: DeliveryState;
    };
  };
  readonly error: CommonLocals;
}

export type PageName = keyof PageLocals;

/** Gives a page's whole HTML. */
export type Render = <Name extends PageName>(page: Name, locals: PageLocals[Name]) => string | Promise<string>;
