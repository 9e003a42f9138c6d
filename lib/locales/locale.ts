import type { SmsText, SmsTexts } from '../domain/message.ts';
import type { SmsOtpErrorCode } from '../errors.ts';

/** All words of one language. A name in braces, as `{phone}`, is filled in. */
export interface Locale {
  /** BCP 47, as `en`. */
  readonly tag: string;
  /** The direction in which it is written. */
  readonly dir: 'ltr' | 'rtl';
  /** The texts of the SMS, a full and a short one for each purpose. */
  readonly sms: SmsTexts;
  /** The words of the pages. */
  readonly pages: PageWords;
  /** The message to the person, by error code. */
  readonly errors: Readonly<Record<SmsOtpErrorCode, string>>;
}

/** Some of a language's texts, in an app's own words. */
export interface OwnTexts {
  /** A text with a code must contain `{code}`. */
  readonly sms?: { readonly [Name in keyof SmsTexts]?: Partial<SmsText> };
  /** In place of single words of the pages. */
  readonly pages?: Partial<PageWords>;
  /** In place of single messages, by error code. */
  readonly errors?: Partial<Locale['errors']>;
}

/** A language of an app's own. */
export interface OwnLocale extends OwnTexts {
  /** The direction of writing. @default that of the closest language, at last `ltr` */
  readonly dir?: Locale['dir'];
}

/** A text by the plural category of its number (CLDR); a category that is left out reads as `other`. */
export type PluralForms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string };

/** The words of the pages; durations come in as whole phrases, as `5 minutes`. */
export interface PageWords {
  readonly loginTitle: string;
  readonly username: string;
  readonly password: string;
  readonly signIn: string;
  readonly numberTitle: string;
  readonly numberIntro: string;
  readonly chooseNumberFirst: string;
  readonly cookiesNeeded: string;
  readonly sendTo: string;
  readonly codeTitle: string;
  readonly stepUpTitle: string;
  readonly codeSentTo: string;
  readonly code: string;
  readonly codeHint: string;
  readonly codeDigits: string;
  readonly codeUsed: string;
  readonly verify: string;
  readonly expiresIn: string;
  readonly expired: string;
  readonly attemptsRemaining: PluralForms;
  readonly noAttemptsRemaining: string;
  readonly sendAgain: string;
  readonly sendNew: string;
  readonly sendAgainIn: string;
  readonly canSendAgain: string;
  readonly sendIntro: string;
  readonly stepUpIntro: string;
  readonly send: string;
  readonly startOver: string;
  readonly errorTitle: string;
  readonly errorMark: string;
  readonly waitFor: string;
  readonly deliveryQueued: string;
  readonly deliveryAccepted: string;
  readonly deliveryDelivered: string;
  readonly deliveryFailed: string;
  readonly deliveryFailedOther: string;
  readonly deliveryUnknown: string;
  readonly enrollTitle: string;
  readonly enrollIntro: string;
  readonly enterNumberFirst: string;
  readonly enrollCodeIntro: string;
  readonly phone: string;
  readonly phoneHint: string;
  readonly countriesTaken: string;
  readonly sendCode: string;
  readonly changeTitle: string;
  readonly changeIntro: string;
  readonly accountTitle: string;
  readonly signedInAs: string;
  readonly yourNumbers: string;
  readonly addNumber: string;
  readonly alreadyYours: string;
  readonly add: string;
  readonly remove: string;
  readonly removeNumber: string;
  readonly lastNumber: string;
  readonly numberEndingIn: string;
  readonly registeredPhone: string;
  readonly first: string;
  readonly second: string;
  readonly further: string;
  readonly noUsableNumber: string;
  readonly unknownPerson: string;
  readonly formNotKept: string;
  readonly anotherNumber: string;
  readonly signOut: string;
  readonly signOutEverywhere: string;
  readonly signOutEverywhereHint: string;
  readonly backToSite: string;
  readonly smsNeeded: string;
  readonly trustBrowser: string;
  readonly trustBrowserHint: string;
  readonly trustedBrowsers: string;
  readonly trustedBrowsersHint: string;
  readonly lastUsed: string;
  readonly removeBrowser: string;
  readonly unknownBrowser: string;
  readonly noPhoneAtHand: string;
  readonly withoutPhoneTitle: string;
  readonly withoutPhoneIntro: string;
  readonly recoveryCodeIntro: string;
  readonly withoutPhoneMalformed: string;
  readonly withoutPhoneWrong: string;
  readonly withPhone: string;
  readonly recoveryCodes: string;
  readonly recoveryCodesIntro: string;
  readonly recoveryCodesLeft: PluralForms;
  readonly recoveryCodesNew: string;
  readonly recoveryCodesMake: string;
  readonly recoveryCodesReplace: string;
  readonly numberReplaceable: string;
}
