import type { Request } from 'express';
import type { Purpose } from './domain/challenge.ts';
import type { CodeLength } from './domain/code.ts';
import type { Limits } from './domain/limits.ts';
import type { NumberFormat } from './domain/number-reader.ts';
import type { Country, PhoneNumberType } from './domain/phone-number.ts';
import type { SmsTransport, UserStore } from './domain/ports.ts';
import type { SharedState } from './domain/shared-state.ts';
import type { User } from './domain/user.ts';
import type { CurrentUserAnswer } from './http/visitor.ts';
import type { OwnLocale, OwnTexts } from './locales/locale.ts';
import type { Logger } from './log.ts';
import type { Styles } from './schema/styles-schema.ts';
import type { Views } from './views.ts';

/** What may be weaker than it should be in production, each by name. */
export type Insecure = 'memorySessions' | 'insecureCookie' | 'memoryState' | 'plainSmpp' | 'plainLdap';

/** What `beforeSend` is told of a send. */
export interface SendRequest {
  /** Whoever asks for the code. */
  readonly user: User;
  /** E.164. */
  readonly to: string;
  /** What the code will be for. */
  readonly purpose: Purpose;
  /** `req.ip`. */
  readonly ip: string | undefined;
}

/** Lets people enter numbers of their own; each is written to the user store only after a code that was sent to it. */
export interface EnrollmentOptions {
  /**
   * Who may enter a first number during the sign-in: only users with no value at all in the phone attribute. A throw
   * refuses.
   */
  readonly when: 'always' | ((user: User) => boolean);
  /**
   * The countries whose numbers may be entered, as `['SE', 'NO']`: each SMS to a new number is one that a stranger may
   * ask for.
   */
  readonly allowedCountries: readonly Country[];
  /** ['MOBILE', 'FIXED_LINE_OR_MOBILE'] By the numbering plan, as `libphonenumber-js` names them. */
  readonly types?: readonly PhoneNumberType[];
  /** [5] 1 to 20; how many numbers one user may have on the account page. */
  readonly maxNumbers?: number;
}

/** Everything that `smsOtp()` takes; an unknown name is refused. */
export interface SmsOtpOptions {
  /** At least 32 bytes. Of several the first signs, and the others still verify what they began. */
  readonly secret: string | readonly string[];
  /** Where people, passwords and numbers live, as `new LdapUserStore(…)`. */
  readonly userStore: UserStore;
  /** What sends the SMS, as `new SmppTransport(…)`. */
  readonly transport: SmsTransport;
  /**
   * ['smsOtp'] Session key, prefix in shared state, part of every key derivation; a letter, then up to 63 letters,
   * digits, `_`, `-`.
   */
  readonly name?: string;
  /** [memoryState()] Where challenges, grants and counters live; several processes need `redisState`. */
  readonly shared?: SharedState;
  /**
   * [absent: our own password step] Whom the app's own login has signed in. Asked on every request; where it names
   * nobody, or somebody else than before, the pending code is dead and the grant refused.
   */
  readonly currentUser?: (req: Request) => CurrentUserAnswer | Promise<CurrentUserAnswer>;
  /** [true] Whether every request after the handler needs both factors; else only where `requireSmsOtp()` stands. */
  readonly authRequired?: boolean;
  /** [everyone] Who needs a code, for a pilot group. A throw refuses. */
  readonly requiredFor?: (user: User, req: Request) => boolean | Promise<boolean>;
  /** ['/auth'] Where the routes are, relative to where the handler is mounted. */
  readonly basePath?: string;
  /** [''] A prefix that a proxy strips. */
  readonly publicPath?: string;
  /** [basePath + '/login'] The app's own login page; required with `currentUser`. This path is never gated. */
  readonly loginUrl?: string;
  /** ['/'] Where a sign-in leads that came from no page. */
  readonly afterSignInUrl?: string;
  /** The public origin, as `https://app.example.org`: the last line of the SMS binds the code to it. */
  readonly origin?: string;
  /** [none] Other origins that may post here. */
  readonly trustedOrigins?: readonly string[];
  /** ['this site'] At most 40 characters; named on the pages and in the SMS. */
  readonly appName?: string;
  /** [6] Digits of a code, 6 to 8. */
  readonly codeLength?: CodeLength;
  /** [300] 60 to 600. */
  readonly codeTtlSeconds?: number;
  /** [30, 60, 120] The pauses between sends of one challenge, in seconds, each 1 to 3600; the last repeats. */
  readonly resendAfterSeconds?: readonly number[];
  /** Each a number, or `false` to lift it; `passwordPauseSeconds` is a number, `knownBrowser` true or false. */
  readonly limits?: Partial<Limits>;
  /** [43200] How long a grant lives, from 60 to 2 592 000. */
  readonly sessionMaxAgeSeconds?: number;
  /** [none; all with `currentUser`] Session keys that survive the change of session id at a sign-in. */
  readonly keepSession?: readonly string[];
  /** The country whose national numbers are meant where a directory's number has no country code, as `SE`. */
  readonly defaultCountry?: Country;
  /**
   * ['mixed'] What a number of the directory without a plus is. `'national'`: never one of another country.
   * `'international'`: always with its country code, as MSISDN. `'mixed'`: either, and nothing if it can be both.
   */
  readonly numberFormat?: NumberFormat;
  /** [off] Lets people enter, add and remove numbers; needs the user store's `changePhoneNumbers`. */
  readonly enrollment?: EnrollmentOptions;
  /**
   * [absent] May refuse a send, for a check against SIM swaps or bots: `false`, or a text to show, refuses with 403
   * `SEND_REFUSED`; a throw refuses, too.
   */
  readonly beforeSend?: (request: SendRequest) => unknown;
  /** [none] Single texts in other words, by language (BCP 47), as `{ en: { pages: { loginTitle: 'Welcome' } } }`. */
  readonly messages?: Readonly<Record<string, OwnTexts>>;
  /** [none] Further languages by tag (BCP 47); what one leaves out is as in the closest of ours, at last in English. */
  readonly locales?: Readonly<Record<string, OwnLocale>>;
  /** [ours] Pages of your own, each a function that gives its HTML or the name of a template for `res.render`. */
  readonly views?: Views;
  /** [ours] A stylesheet to load after ours, as `/login.css` in the app, or values for its custom properties. */
  readonly styles?: string | Styles;
  /**
   * ['smpp'] The authentication context class that a full sign-in reaches; up to 200 printable ASCII characters, no
   * spaces, quotes or backslashes.
   */
  readonly acr?: string;
  /** [debug, in the namespace `express-sms-otp:core`] */
  readonly logger?: Logger;
  /**
   * [none] What may be weaker than it should be in production. `plainSmpp` and `plainLdap` do nothing here: they are
   * given to `allowInsecure` of `SmppTransport` and `LdapUserStore`.
   */
  readonly allowInsecure?: readonly Insecure[];
}
