import { SmsOtpError } from '../errors.ts';
import { NumberReader } from './number-reader.ts';
import { conflict, type PhoneBook } from './phone-book.ts';
import type { Country } from './phone-number.ts';
import type { SignInPolicy } from './sign-in-policy.ts';

export interface PhoneAdminParts {
  readonly phoneBook: PhoneBook;
  readonly policy: SignInPolicy;
  readonly defaultCountry: Country | undefined;
}

/**
 * The phone numbers of a user, for administrators: the user store is the only truth. A change tells the numbers that the
 * user had before by SMS, and ends the user's grants; where it throws `STATE_UNAVAILABLE`, the change may be done all the
 * same, and `signOutEverywhere` ends the grants.
 */
export class PhoneAdmin {
  readonly #parts: PhoneAdminParts;
  readonly #typed: NumberReader;

  constructor(parts: PhoneAdminParts) {
    this.#parts = parts;
    this.#typed = new NumberReader({ defaultCountry: parts.defaultCountry, numberFormat: 'national' });
  }

  /**
   * What the user store holds.
   *
   * @returns E.164, each number once
   * @throws SmsOtpError `CONFLICT` where there is no such user, `DIRECTORY_UNAVAILABLE`
   */
  async list(userId: string): Promise<readonly string[]> {
    const { policy, phoneBook } = this.#parts;
    return policy.numbersOf(await phoneBook.find(userId));
  }

  /**
   * Adds a number, which nobody needs to prove.
   *
   * @throws SmsOtpError `PHONE_NOT_ACCEPTED`, `CONFLICT` where it is there already, `DIRECTORY_UNAVAILABLE`,
   *   `STATE_UNAVAILABLE`
   */
  async add(userId: string, phone: string): Promise<void> {
    const number = this.#read(phone);
    await this.#parts.phoneBook.change(
      userId,
      { add: number },
      {
        assertAllowed(numbers) {
          if (numbers.includes(number)) throw conflict('The user has this number already.');
        },
      },
    );
  }

  /**
   * Removes every value that means this number.
   *
   * @throws SmsOtpError `PHONE_NOT_ACCEPTED`, `CONFLICT` where it is not there, `DIRECTORY_UNAVAILABLE`,
   *   `STATE_UNAVAILABLE`
   */
  async remove(userId: string, phone: string): Promise<void> {
    const number = this.#read(phone);
    await this.#parts.phoneBook.change(
      userId,
      { remove: number },
      {
        assertAllowed(numbers) {
          if (!numbers.includes(number)) throw conflict('The user has no such number.');
        },
      },
    );
  }

  #read(phone: string): string {
    const number = this.#typed.readOne(phone);
    if (number === undefined) throw new SmsOtpError('PHONE_NOT_ACCEPTED', 'This is no phone number.');
    return number;
  }
}
