import { SmsOtpError } from '../errors.ts';
import type { Directory } from './fault.ts';
import type { Grants } from './grant.ts';
import { type Country, readPhoneNumber } from './phone-number.ts';
import type { SignInPolicy } from './sign-in.ts';
import type { User } from './user.ts';

export interface PhoneAdminParts {
  readonly directory: Directory;
  readonly grants: Grants;
  readonly policy: SignInPolicy;
  readonly defaultCountry: Country | undefined;
}

/** The phone numbers of a user, for administrators: the user store is the only truth. */
export class PhoneAdmin {
  readonly #parts: PhoneAdminParts;

  constructor(parts: PhoneAdminParts) {
    this.#parts = parts;
  }

  /**
   * @returns E.164, each number once
   * @throws SmsOtpError `CONFLICT` where there is no such user, `DIRECTORY_UNAVAILABLE`
   */
  async list(userId: string): Promise<readonly string[]> {
    return this.#parts.policy.numbersOf(await this.#find(userId));
  }

  /** @throws SmsOtpError `PHONE_NOT_ACCEPTED`, `CONFLICT` where it is there already, `DIRECTORY_UNAVAILABLE` */
  async add(userId: string, phone: string): Promise<void> {
    const user = await this.#find(userId);
    const number = this.#read(phone);
    if (this.#valuesOf(user, number).length > 0) throw conflict('The user has this number already.');
    await this.#change(user, { add: number });
  }

  /**
   * Removes every value that means this number, and ends the user's grants: who held the phone may hold a session.
   *
   * @throws SmsOtpError `PHONE_NOT_ACCEPTED`, `CONFLICT` where it is not there, `DIRECTORY_UNAVAILABLE`
   */
  async remove(userId: string, phone: string): Promise<void> {
    const user = await this.#find(userId);
    const values = this.#valuesOf(user, this.#read(phone));
    if (values.length === 0) throw conflict('The user has no such number.');
    for (const remove of values) await this.#change(user, { remove });
  }

  async #change(user: User, change: { readonly add?: string; readonly remove?: string }): Promise<void> {
    const outcome = await this.#parts.directory.changePhoneNumbers(user, change);
    if (outcome === 'conflict') throw conflict('The numbers were changed by somebody else meanwhile.');
    await this.#parts.grants.endAll(user.id);
  }

  async #find(userId: string): Promise<User> {
    const user = await this.#parts.directory.findUser({ id: userId });
    if (user === undefined) throw conflict('There is no such user.');
    return user;
  }

  #read(phone: string): string {
    const number = readPhoneNumber(phone, this.#parts.defaultCountry);
    if (number === undefined) throw new SmsOtpError('PHONE_NOT_ACCEPTED', 'This is no phone number.');
    return number;
  }

  #valuesOf(user: User, number: string): readonly string[] {
    return user.phoneNumbers.filter((value) => readPhoneNumber(value, this.#parts.defaultCountry) === number);
  }
}

function conflict(message: string): SmsOtpError {
  return new SmsOtpError('CONFLICT', message);
}
