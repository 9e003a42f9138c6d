import { isFault, SmsOtpError, stateUnavailable } from '../errors.ts';
import { type KnownAccount, newMark } from './account.ts';
import type { PhoneChange } from './challenge.ts';
import { Commit, type Ledger, MOST_RACES } from './commit.ts';
import type { Keyring } from './keyring.ts';
import { NumberReader } from './number-reader.ts';
import { type ChangeRule, conflict, type PhoneBook } from './phone-book.ts';
import type { Country } from './phone-number.ts';
import type { SignInStore } from './sign-in-store.ts';
import type { User } from './user.ts';

export interface PhoneAdminDeps {
  readonly ledger: Ledger;
  readonly store: SignInStore;
  readonly keyring: Keyring;
  readonly phoneBook: PhoneBook;
  readonly numbersOf: (user: User) => readonly string[];
  readonly defaultCountry: Country | undefined;
}

interface Epochs {
  readonly before: KnownAccount;
  readonly after: KnownAccount;
}

/**
 * The phone numbers of a user, for administrators: the user store is the only truth. A change tells the numbers that the
 * user had before by SMS, and ends the user's grants; if it throws `STATE_UNAVAILABLE`, the change may be done all the
 * same, and `signOutEverywhere` ends the grants.
 */
export class PhoneAdmin {
  readonly #deps: PhoneAdminDeps;
  readonly #typed: NumberReader;

  constructor(deps: PhoneAdminDeps) {
    this.#deps = deps;
    this.#typed = new NumberReader({ defaultCountry: deps.defaultCountry, numberFormat: 'national' });
  }

  /**
   * The numbers in the user store.
   *
   * @returns E.164, each number once
   * @throws SmsOtpError `CONFLICT` if there is no such user, `DIRECTORY_UNAVAILABLE`
   */
  async list(userId: string): Promise<readonly string[]> {
    const { numbersOf, phoneBook } = this.#deps;
    return numbersOf(await phoneBook.find(userId));
  }

  /**
   * Adds a number, which nobody needs to prove.
   *
   * @throws SmsOtpError `PHONE_NOT_ACCEPTED`, `CONFLICT` if it is there already, `DIRECTORY_UNAVAILABLE`,
   *   `STATE_UNAVAILABLE`
   */
  async add(userId: string, phone: string): Promise<void> {
    const number = this.#read(phone);
    await this.#change(userId, { add: number }, (numbers) => {
      if (numbers.includes(number)) throw conflict('The user has this number already.');
    });
  }

  /**
   * Removes every value that means this number.
   *
   * @throws SmsOtpError `PHONE_NOT_ACCEPTED`, `CONFLICT` if it is not there, `DIRECTORY_UNAVAILABLE`,
   *   `STATE_UNAVAILABLE`
   */
  async remove(userId: string, phone: string): Promise<void> {
    const number = this.#read(phone);
    await this.#change(userId, { remove: number }, (numbers) => {
      if (!numbers.includes(number)) throw conflict('The user has no such number.');
    });
  }

  /** One at a time for each user. Sign-ins end before the user store is asked: a process that dies leaves none. */
  async #change(userId: string, change: PhoneChange, rule: ChangeRule): Promise<void> {
    const { phoneBook, store, keyring } = this.#deps;
    const tag = keyring.tagOf(userId);
    const turn = newMark();
    const epochs = await this.#begin(tag, turn);
    store.forget();
    try {
      await phoneBook.write(userId, change, rule, {});
    } catch (error) {
      // A change that was refused for good has changed nothing: nobody needs to sign in again.
      await this.#end(tag, turn, isFault(error) ? undefined : epochs).catch(() => undefined);
      throw error;
    }
    await this.#end(tag, turn, undefined);
  }

  async #begin(tag: string, turn: string): Promise<Epochs | undefined> {
    const { ledger, store, phoneBook } = this.#deps;
    let before = await store.readAccountOf(tag);
    for (let race = 0; race < MOST_RACES; race++) {
      const commit = new Commit<'busy' | 'account'>();
      phoneBook.takeTurn(commit, tag, turn);
      const after = before && store.changeAccount(commit, tag, before, { ...before, epoch: newMark() });
      const { refusal } = await ledger.run(commit);
      if (refusal === 'busy') throw conflict('The numbers are being changed right now.');
      if (refusal === undefined) return before && after && { before, after };
      before = await store.readAccountOf(tag);
    }
    throw stateUnavailable(undefined);
  }

  async #end(tag: string, turn: string, epochs: Epochs | undefined): Promise<void> {
    const { ledger, store, phoneBook } = this.#deps;
    const commit = new Commit<'turn' | 'account'>();
    phoneBook.giveTurn(commit, tag, turn);
    if (epochs !== undefined) store.changeAccount(commit, tag, epochs.after, epochs.before);
    if ((await ledger.run(commit)).refusal === 'account') await this.#end(tag, turn, undefined);
  }

  #read(phone: string): string {
    const number = this.#typed.readOne(phone);
    if (number === undefined) throw new SmsOtpError('PHONE_NOT_ACCEPTED', 'This is no phone number.');
    return number;
  }
}
