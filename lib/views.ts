import type { Purpose } from './domain/challenge.ts';
import type { DeliveryState } from './domain/delivery.ts';
import type { SupportReport } from './domain/support-desk.ts';
import type { SmsOtpErrorCode, SmsOtpErrorDetails } from './errors.ts';
import type { SmsOtpHealth } from './health.ts';
import type { Locale } from './locales/locale.ts';

/** The locals of every page; of the request they hold only the text that the person typed. */
export interface CommonLocals {
  /** As in the options. */
  readonly appName: string;
  /** Public URLs to link and post to. */
  readonly urls: {
    readonly login: string;
    readonly number: string;
    readonly code: string;
    readonly send: string;
    readonly enroll: string;
    /** Takes a code of the help desk or a recovery code. */
    readonly withoutPhone: string;
    readonly account: string;
    /** Takes a new number of the account. */
    readonly phones: string;
    readonly removePhone: string;
    /** Ends a trusted browser. */
    readonly removeBrowser: string;
    /** Makes a new set of recovery codes. */
    readonly recoveryCodes: string;
    readonly signOutEverywhere: string;
    readonly logout: string;
    /** The destination of a sign-in that came from no page. */
    readonly home: string;
    readonly session: string;
    readonly assets: string;
    /** The app's own stylesheet, which comes after ours; absent without the option `styles`. */
    readonly styles?: string;
  };
  /** Display name, else username, of the user who is signed in; absent during a sign-in. */
  readonly signedInAs?: string;
  /** To be carried on as a field of every form. */
  readonly returnTo?: string;
  /** The page for people who have no phone at hand; absent if a code by SMS is needed in any case. */
  readonly withoutPhone?: string;
  /** The error of the request that this page answers. */
  readonly error?: {
    readonly code: SmsOtpErrorCode;
    readonly retryAfterSeconds?: number;
    readonly attemptsRemaining?: number;
    /** The app's own words, from `beforeSend`, in place of ours. */
    readonly text?: string;
    /** Which of the `pages` words of the language fit better than those of the code. */
    readonly words?: NonNullable<SmsOtpErrorDetails['words']>;
    /** The page on which the sign-in goes on, if the error knows one. */
    readonly location?: string;
  };
}

/** One of several numbers to choose from. */
export interface NumberChoice {
  /** Index in the list that was shown. */
  readonly number: number;
  /** Masked, as `••• 0605`, or `••• 0605 (NO)` if its country is not the default's. */
  readonly phone: string;
}

/** One of the browsers in which the password alone is enough. */
export interface BrowserChoice {
  /** Index in the list that was shown. */
  readonly browser: number;
  /** As `Firefox, Linux`; empty if it says nothing that is known. */
  readonly label: string;
  /** Seconds since 1970. */
  readonly lastUsed: number;
}

/** Rules for a number that is to be entered. */
export interface NewNumberLocals {
  /** As it was typed, to be shown again after an error. */
  readonly phone: string;
  /** The countries whose numbers are taken (ISO 3166-1 alpha-2). */
  readonly countries: readonly string[];
  /** How such a number is written; nobody has it. */
  readonly example: string;
}

/** The pages by name, with their locals. */
export interface PageLocals {
  /** With the name as it was typed, which is shown again after an error. */
  readonly login: CommonLocals & {
    readonly username: string;
    /** Random bits, to be sent along as the field `form`: a form that is sent twice at once is one SMS. */
    readonly form: string;
  };
  /** Which of several numbers the code goes to. */
  readonly number: CommonLocals & {
    readonly numbers: readonly NumberChoice[];
    readonly purpose: Purpose;
    /** Whether the person is signed in by something in place of a code, which is not enough for what is asked for. */
    readonly isSmsNeeded: boolean;
    /** The way back of somebody who is signed in. */
    readonly back?: string;
  };
  /** The page on which the code is entered, or sent first. */
  readonly code: CommonLocals & {
    readonly purpose: Purpose;
    /** Masked; absent if the directory could not be asked. */
    readonly phone?: string;
    readonly codeLength: number;
    /** The text that was typed last, to be shown again; absent unless it had not the shape of a code. */
    readonly typed?: string;
    /** Whether the script may press the button that sends a code: not if another site has led here. */
    readonly mayPress: boolean;
    /** Whether the person is signed in by something in place of a code, which is not enough for what is asked for. */
    readonly isSmsNeeded: boolean;
    /** For how many days this browser can be trusted by a box in the form; absent if it cannot. */
    readonly trustDays?: number;
    /** Whether that box was ticked when the last code was refused. @default false */
    readonly trusts?: boolean;
    /** The way back of somebody who is signed in. */
    readonly back?: string;
    /** The change that the pending code makes, masked. */
    readonly change?: { readonly add: string } | { readonly remove: string };
    /** URL of the page on which another number can be chosen or typed; absent if there is none. */
    readonly otherNumber?: string;
    /** The pending code; absent if one must be sent first. */
    readonly pending?: {
      readonly expiresInSeconds: number;
      readonly resendInSeconds: number;
      /** Absent if no limit is set. */
      readonly attemptsRemaining?: number;
      readonly delivery: DeliveryState;
    };
  };
  /** With the number as it was typed, which is shown again after an error. */
  readonly enroll: CommonLocals &
    NewNumberLocals & {
      /** The way back of somebody who is signed in. */
      readonly back?: string;
    };
  /** A code of the help desk or a recovery code in place of one by SMS. */
  readonly withoutPhone: CommonLocals & {
    /** The text that was typed, to be shown again after an error. */
    readonly typed: string;
    readonly takesRecoveryCodes: boolean;
    /** The page on which the sign-in goes on with the phone. */
    readonly back: string;
  };
  /** A person's own numbers. */
  readonly account: CommonLocals &
    NewNumberLocals & {
      readonly numbers: readonly NumberChoice[];
      /** Whether numbers may be removed: only if there are several. */
      readonly mayChange: boolean;
      /** URL of the page for a code, which must be entered before numbers are changed; absent if that is not needed. */
      readonly confirm?: string;
      readonly mayAdd: boolean;
      /** Browsers that are trusted; absent without the option `trustBrowser`. */
      readonly browsers?: readonly BrowserChoice[];
      /** Whether a number may be added without a code to an old one: after a spare code, for 5 minutes. */
      readonly mayReplaceNumber: boolean;
      /** Absent without the option `recoveryCodes`; `codes` right after they were made, and never again. */
      readonly recoveryCodes?: { readonly left: number; readonly codes?: readonly string[] };
    };
  /** An error that belongs to no other page. */
  readonly error: CommonLocals;
}

/** The pages that can be replaced. */
export type PageName = keyof PageLocals;

/**
 * A page of the app's own: a function that gives its whole HTML, or the name of a template for `res.render`, which is
 * given the locals and `locale`.
 */
export type View<Name extends PageName> =
  | string
  | ((locals: PageLocals[Name], locale: Locale) => Markup | Promise<Markup>);

/** HTML as a text, or what becomes one, as what the template `html` gives. */
type Markup = string | { toString(): string };

/** A page of the app's own for each name; ours if there is none. */
export type Views = { readonly [Name in PageName]?: View<Name> };

/** A page in the language that was found for it: its HTML, or the template that makes it. */
export type RenderedPage = { readonly language: string } & (
  | { readonly html: string }
  | { readonly template: string; readonly locals: object }
);

/** Gives a page in the first of the wished languages (BCP 47, best first) that there is. */
export type Render = <Name extends PageName>(
  page: Name,
  locals: PageLocals[Name],
  wishes: readonly string[],
) => Promise<RenderedPage>;

/** The locals of the support page, which has no views of the app's own. */
export interface AdminLocals {
  readonly appName: string;
  /** Public URLs to link and post to. */
  readonly urls: {
    readonly home: string;
    readonly find: string;
    readonly person: string;
    readonly lock: string;
    readonly unlock: string;
    readonly endSessions: string;
    /** Absent if no help code can be issued: `smsTemplates` lacks the texts. */
    readonly helpCode?: string;
    /** Absent without the option `trustBrowser`. */
    readonly endBrowsers?: string;
    /** Absent without the option `recoveryCodes`. */
    readonly resetRecoveryCodes?: string;
    readonly assets: string;
    readonly styles?: string;
  };
  readonly health: SmsOtpHealth;
  /** Whether a help code can permit its user to change the numbers (`enrollment`). */
  readonly canReplaceNumber: boolean;
  /** A help code that was issued a moment ago; shown once. */
  readonly helpCode?: { readonly code: string; readonly minutes: number };
  /** The person that was asked for. */
  readonly report?: SupportReport;
  /** The reason for which there is none; safe to show. */
  readonly error?: string;
}
