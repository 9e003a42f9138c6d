import { z } from 'zod';
import type { PhoneAdmin } from '../domain/phone-admin.ts';
import type { SecondFactor } from '../domain/second-factor.ts';
import type { TrustAdmin } from '../domain/trust-admin.ts';
import { SmsOtpConfigError } from '../errors.ts';
import { checkOptions } from '../schema/check-options.ts';

/** The options of `issueHelpCode()`. */
export interface HelpCodeOptions {
  /** How long the code can be used, from 1 to 60. @default 15 */
  readonly minutes?: number | undefined;
  /** The name of the person who issues it, for the event `helpCodeIssued`; up to 200 characters. @default nobody is named */
  readonly issuedBy?: string | undefined;
  /**
   * Whether its user may change the numbers once, within 5 minutes after they have used it, without a code to an old one;
   * needs the option `enrollment`.
   * @default false
   */
  readonly mayReplaceNumber?: boolean | undefined;
}

/** The methods for administrators. */
export interface AdminParts {
  /** The numbers in the user store, for administrators. */
  readonly phones: PhoneAdmin;
  /** The browsers that a user trusts, for administrators; empty without the option `trustBrowser`. */
  readonly trustedBrowsers: TrustAdmin;
  /**
   * Lifts the lock and the counts of failed codes, and ends the trust in browsers.
   *
   * @throws SmsOtpError `STATE_UNAVAILABLE`
   */
  unlock(userId: string): Promise<void>;
  /**
   * A code that the help desk reads out to a person who has no phone at hand: 10 letters and digits, for one sign-in after
   * the password. A new one takes the place of the old. The person is told by SMS, now and when it is used.
   *
   * @throws SmsOtpConfigError; SmsOtpError `CONFLICT` if there is no such user, `DIRECTORY_UNAVAILABLE`,
   *   `STATE_UNAVAILABLE`
   */
  issueHelpCode(userId: string, options?: HelpCodeOptions): Promise<string>;
  /**
   * Makes the recovery codes of the user worthless: for paper that was lost.
   *
   * @throws SmsOtpError `STATE_UNAVAILABLE`
   */
  resetRecoveryCodes(userId: string): Promise<void>;
  /**
   * Removes every key of the user from the shared state but a lock: for somebody who has left.
   *
   * @throws SmsOtpError `STATE_UNAVAILABLE`
   */
  forget(userId: string): Promise<void>;
  /**
   * Ends all grants of the user, in every process within 5 s.
   *
   * @throws SmsOtpError `STATE_UNAVAILABLE`
   */
  signOutEverywhere(userId: string): Promise<void>;
}

const helpCodeOptions = z.strictObject({
  minutes: z
    .int('must be a whole number of minutes')
    .min(1, 'must be at least 1')
    .max(60, 'must be at most 60')
    .default(15),
  issuedBy: z.string().max(200).optional(),
  mayReplaceNumber: z.boolean('must be true or false').default(false),
} satisfies Record<keyof HelpCodeOptions, z.ZodType>);

export function adminPartsOf({ ends, phones, trustAdmin, spares, enrollment }: SecondFactor): AdminParts {
  return {
    phones,
    trustedBrowsers: trustAdmin,
    unlock: (userId) => ends.unlock(userId),
    issueHelpCode: async (userId, options = {}) => {
      const order = checkOptions(helpCodeOptions, options, 'issueHelpCode');
      if (order.mayReplaceNumber && !enrollment.isOn) {
        throw new SmsOtpConfigError(['issueHelpCode.mayReplaceNumber: needs the option enrollment']);
      }
      return spares.issueHelpCode(userId, order);
    },
    resetRecoveryCodes: (userId) => spares.resetRecoveryCodes(userId),
    forget: (userId) => ends.forget(userId),
    signOutEverywhere: (userId) => ends.signOutEverywhere(userId),
  };
}
