import type { Request } from 'express';
import type { CodeLength, Purpose } from './domain/challenge.ts';
import type { SmsTemplates } from './domain/message.ts';
import type { NumberFormat } from './domain/number-reader.ts';
import type { Country, PhoneNumberType } from './domain/phone-number.ts';
import type { SmsTransport, UserStore } from './domain/ports.ts';
import type { Limits } from './domain/rate-limiter.ts';
import type { SharedState } from './domain/shared-state.ts';
import type { User } from './domain/user.ts';
import type { CurrentUserAnswer } from './http/visitor.ts';
import type { OwnLocale, OwnTexts } from './locales/locale.ts';
import type { Logger } from './log.ts';
import type { Styles } from './schema/styles-schema.ts';
import type { Views } from './views.ts';

/** Settings that may be weaker than they should be in production, each by name. */
export type Insecure = 'memorySessions' | 'insecureCookie' | 'memoryState' | 'plainSmpp' | 'plainLdap';

/** The facts of a send, for `beforeSend`. */
export interface SendRequest {
  /** The user who asks for the code. */
  readonly user: User;
  /** E.164. */
  readonly to: string;
  /** The purpose of the code. */
  readonly purpose: Purpose;
  /** `req.ip`. */
  readonly ip: string | undefined;
}

/** Lets people enter numbers of their own; each is written to the user store only after a code that was sent to it. */
export interface EnrollmentOptions {
  /**
   * The users who may enter a first number during the sign-in. The function is asked only about a user without any value in
   * the phone attribute; a throw refuses.
   */
  readonly when: 'always' | ((user: User) => boolean);
  /**
   * The countries whose numbers may be entered, as `['SE', 'NO']`: each SMS to a new number is one that a stranger may
   * ask for.
   */
  readonly allowedCountries: readonly Country[];
  /**
   * The kinds of number that may be entered, as `libphonenumber-js` names them.
   * @default ['MOBILE', 'FIXED_LINE_OR_MOBILE']
   */
  readonly types?: readonly PhoneNumberType[];
  /** How many numbers one user may have on the account page, from 1 to 20. @default 5 */
  readonly maxNumbers?: number;
}

/**
 * A sign-in in a trusted browser has no `acr`, and `trusted-browser` in its `amr`: it is not AAL2 (NIST SP 800-63B, 5.1).
 */
export interface TrustBrowserOptions {
  /** How long a browser is trusted, from the code on: 1 to 90 days. @default 30 */
  readonly days?: number;
}

/** Everything that `smsOtp()` takes; an unknown name is refused. */
export interface SmsOtpOptions {
  /** Of at least 32 bytes. Of several the first signs, and the others still verify what they began. */
  readonly secret: string | readonly string[];
  /** Holds people, passwords and numbers, as `new LdapUserStore(…)`. */
  readonly userStore: UserStore;
  /** Sends the SMS, as `new SmppTransport(…)`. */
  readonly transport: SmsTransport;
  /**
   * Session key, prefix in shared state, part of every key derivation; a letter, then up to 63 letters, digits, `_`,
   * `-`.
   * @default 'smsOtp'
   */
  readonly name?: string;
  /** Holds challenges, grants and counters; several processes need `redisState`. @default memoryState() */
  readonly shared?: SharedState;
  /**
   * Names the user whom the app's own login has signed in. It is asked on every request. If it names nobody, or
   * somebody else than before, the pending code is dead and the grant is refused.
   * @default absent: our own password step
   */
  readonly currentUser?: (req: Request) => CurrentUserAnswer | Promise<CurrentUserAnswer>;
  /**
   * Whether every request after the handler needs both factors; else only the routes behind `requireSmsOtp()`.
   * @default true
   */
  readonly authRequired?: boolean;
  /** Whether this user needs a code, for a pilot group. A throw refuses. @default everyone */
  readonly requiredFor?: (user: User, req: Request) => boolean | Promise<boolean>;
  /** The path of the routes, relative to the mount of the handler. @default '/auth' */
  readonly basePath?: string;
  /** A prefix that a proxy strips. @default '' */
  readonly publicPath?: string;
  /** The app's own login page; required with `currentUser`. This path is never gated. @default basePath + '/login' */
  readonly loginUrl?: string;
  /** The destination of a sign-in that came from no page. @default '/' */
  readonly afterSignInUrl?: string;
  /** The public origin, as `https://app.example.org`: the last line of the SMS binds the code to it. */
  readonly origin?: string;
  /** Other origins whose pages may post here. @default none */
  readonly trustedOrigins?: readonly string[];
  /** The app's name on the pages and in the SMS, at most 40 characters. @default 'this site' */
  readonly appName?: string;
  /** Digits of a code, 6 to 8. @default 6 */
  readonly codeLength?: CodeLength;
  /** How long a code lives, from 60 to 600. @default 300 */
  readonly codeTtlSeconds?: number;
  /** The pauses between sends of one challenge, in seconds, each 1 to 3600; the last repeats. @default [30, 60, 120] */
  readonly resendAfterSeconds?: readonly number[];
  /** Each a number, or `false` to lift it; `passwordPauseSeconds` is a number, `knownBrowser` true or false. */
  readonly limits?: Partial<Limits>;
  /** How long a grant lives, from 60 to 2 592 000. @default 43200 */
  readonly sessionMaxAgeSeconds?: number;
  /** Session keys that survive the change of session id at a sign-in. @default none; all with `currentUser` */
  readonly keepSession?: readonly string[];
  /** The country whose national numbers are meant if a directory's number has no country code, as `SE`. */
  readonly defaultCountry?: Country;
  /**
   * How to read a number of the directory without a plus. `'national'`: never one of another country. `'international'`:
   * always with its country code, as MSISDN. `'mixed'`: either, and nothing if it can be both.
   * @default 'mixed'
   */
  readonly numberFormat?: NumberFormat;
  /**
   * The countries that any SMS may go to, by the number's own country, as `['SE', 'NO']`; to any other no code is sent
   * (`SEND_REFUSED`). Of countries that share a calling code, a number that cannot be told apart is refused.
   * @default all
   */
  readonly allowedCountries?: readonly Country[];
  /** Lets people enter, add and remove numbers; needs the user store's `changePhoneNumbers`. @default off */
  readonly enrollment?: EnrollmentOptions;
  /** Lets people trust a browser: in it their password alone is enough for some days. @default off */
  readonly trustBrowser?: TrustBrowserOptions;
  /**
   * Lets people print ten recovery codes, each for one sign-in without their phone. The shared state must survive a
   * restart: `memoryState()` is refused in production.
   * @default false
   */
  readonly recoveryCodes?: boolean;
  /**
   * May refuse a send, for a check against SIM swaps or bots: `false`, or a text to show, refuses with 403
   * `SEND_REFUSED`; a throw refuses, too.
   * @default every send goes out
   */
  readonly beforeSend?: (request: SendRequest) => unknown;
  /**
   * Single texts in other words, by language (BCP 47), as `{ en: { pages: { loginTitle: 'Welcome' } } }`.
   * @default none
   */
  readonly messages?: Readonly<Record<string, OwnTexts>>;
  /**
   * Further languages by tag (BCP 47); texts that one leaves out are as in the closest of ours, at last in English.
   * @default none
   */
  readonly locales?: Readonly<Record<string, OwnLocale>>;
  /**
   * Exact texts with the ids of their templates, for operators that compare each SMS with a registered template; by the
   * number's country, then by purpose or notice. A country that is listed needs all that can occur.
   * @default none
   */
  readonly smsTemplates?: SmsTemplates;
  /**
   * Pages of your own, each a function that gives its HTML or the name of a template for `res.render`.
   * @default ours
   */
  readonly views?: Views;
  /** A stylesheet to load after ours, as `/login.css` in the app, or values for its custom properties. @default ours */
  readonly styles?: string | Styles;
  /**
   * The authentication context class that a full sign-in reaches; up to 200 printable ASCII characters, no spaces,
   * quotes or backslashes.
   * @default 'smpp'
   */
  readonly acr?: string;
  /** Takes the log lines. @default debug, in the namespace `express-sms-otp:core` */
  readonly logger?: Logger;
  /**
   * Settings that may be weaker than they should be in production. `plainSmpp` and `plainLdap` do nothing here: give them
   * to `allowInsecure` of `SmppTransport` and `LdapUserStore`.
   * @default none
   */
  readonly allowInsecure?: readonly Insecure[];
}
