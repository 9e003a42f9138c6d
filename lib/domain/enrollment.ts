import { SmsOtpError } from '../errors.ts';
import { NumberReader } from './number-reader.ts';
import { type Country, exampleNumber, type PhoneNumberType, planned } from './phone-number.ts';
import type { User } from './user.ts';

/** Rules for the numbers that people bring in. */
export interface EnrollmentRule {
  /** The countries whose numbers may be entered. */
  readonly allowedCountries: readonly Country[];
  readonly types: readonly PhoneNumberType[];
  /** The users who may enter a first number during the sign-in. */
  readonly when: 'always' | ((user: User) => boolean);
  /** Numbers that one user may have on the account page. */
  readonly maxNumbers: number;
}

/** Numbers that people enter themselves. Without a rule nobody may. */
export class Enrollment {
  readonly #rule: EnrollmentRule | undefined;
  readonly #typed: NumberReader;
  readonly #storeMax: number;

  /** @param storeMax numbers that the user store can hold of one person */
  constructor(rule: EnrollmentRule | undefined, defaultCountry: Country | undefined, storeMax = Infinity) {
    this.#rule = rule;
    this.#typed = new NumberReader({ defaultCountry, numberFormat: 'national' });
    this.#storeMax = storeMax;
  }

  get isOn(): boolean {
    return this.#rule !== undefined;
  }

  /** The countries whose numbers may be entered. */
  get allowedCountries(): readonly Country[] {
    return this.#rule?.allowedCountries ?? [];
  }

  /** How a number that may be entered is written; nobody has it. Empty without a rule. */
  get example(): string {
    const [country] = this.allowedCountries;
    return country === undefined ? '' : exampleNumber(country);
  }

  /** Only for a user without any value: a value that cannot be read is for an administrator to mend. */
  mayEnroll(user: User): boolean {
    if (this.#rule === undefined || user.phoneNumbers.length > 0) return false;
    const { when } = this.#rule;
    return when === 'always' || when(user) === true;
  }

  /** A new number takes the place of the old one if the store holds one only. */
  mayAdd(numbers: readonly string[]): boolean {
    if (this.#rule === undefined) return false;
    return this.#storeMax === 1 || numbers.length < Math.min(this.#rule.maxNumbers, this.#storeMax);
  }

  /**
   * @param country the person's own, in place of the default
   * @returns E.164
   * @throws SmsOtpError `PHONE_NOT_ACCEPTED`; whether anybody else has the number plays no part
   */
  accept(typed: string, country?: string): string {
    const number = this.#typed.readOne(typed, country);
    const { type, country: origin } = (number === undefined ? undefined : planned(number)) ?? {};
    const { allowedCountries = [], types = [] } = this.#rule ?? {};
    const isAllowed = allowedCountries.some((one) => one === origin) && types.some((one) => one === type);
    if (number !== undefined && isAllowed) return number;
    const taken =
      allowedCountries.length === 0 ? '' : ` Numbers of these countries are taken: ${allowedCountries.join(', ')}.`;
    throw new SmsOtpError('PHONE_NOT_ACCEPTED', `This is no phone number that can be used here.${taken}`);
  }
}
