import { SmsOtpError } from '../errors.ts';
import type { PhoneChange } from './challenge.ts';
import type { Directory } from './fail-closed.ts';
import type { Grants } from './grant.ts';
import type { Keyring } from './keyring.ts';
import type { Notices } from './notices.ts';
import type { NumberReader } from './number-reader.ts';
import type { SharedState } from './ports.ts';
import type { RequestFacts } from './request-facts.ts';
import type { User } from './user.ts';

export interface PhoneBookParts {
  readonly directory: Directory;
  readonly grants: Grants;
  readonly state: SharedState;
  readonly keyring: Keyring;
  readonly notices: Notices;
  readonly numbers: NumberReader;
  readonly numbersOf: (user: User) => readonly string[];
  readonly onChange: (user: User, change: PhoneChange, request: RequestFacts) => void;
}

/** Says why a user's numbers must not be changed, by a throw. */
export type ChangeRule = (numbers: readonly string[], user: User) => void;

export interface ChangeTerms {
  readonly assertAllowed: ChangeRule;
  /** That asked for it, if one did. */
  readonly request?: RequestFacts;
  /** Of the sign-in that asks: signed out everywhere since then, it changes nothing, and goes on with nothing. */
  readonly epoch?: string | undefined;
}

/** Longer than a user store may take to find somebody and write each spelling; only a process that died leaves it. */
const LOCK_SECONDS = 5 * 60;

/** Writes numbers into the user store, which is the only truth, one change of a user at a time. */
export class PhoneBook {
  readonly #parts: PhoneBookParts;

  constructor(parts: PhoneBookParts) {
    this.#parts = parts;
  }

  /**
   * Ends the user's grants, and tells the numbers that the user had before: who held a phone may hold a session.
   *
   * @returns the epoch that begins
   * @throws SmsOtpError `CONFLICT`, `DIRECTORY_UNAVAILABLE`, `STATE_UNAVAILABLE` (the change may be done then, and the
   *   grants go on), and what the rule throws
   */
  async change(
    userId: string,
    change: PhoneChange,
    { assertAllowed, request = {}, epoch }: ChangeTerms,
  ): Promise<string> {
    const { grants, notices, numbersOf, onChange } = this.#parts;
    const before = await this.#alone(userId, async () => {
      const user = await this.find(userId);
      assertAllowed(numbersOf(user), user);
      if (!(await this.#isEpoch(userId, epoch))) throw signedOut();
      await this.#write(user, change);
      return user;
    });
    onChange(before, change, request);
    notices.send('add' in change ? 'numberAdded' : 'numberRemoved', before, numbersOf(before));
    const isSignedIn = await this.#isEpoch(userId, epoch);
    const next = await grants.endAll(userId);
    if (!isSignedIn) throw signedOut();
    return next;
  }

  /** @throws SmsOtpError `CONFLICT` where there is no such user, `DIRECTORY_UNAVAILABLE` */
  async find(userId: string): Promise<User> {
    const user = await this.#parts.directory.findUser({ id: userId });
    if (user === undefined) throw conflict('There is no such user.');
    return user;
  }

  async #isEpoch(userId: string, epoch: string | undefined): Promise<boolean> {
    return epoch === undefined || this.#parts.grants.isCurrentEpoch(userId, epoch);
  }

  async #write(user: User, change: PhoneChange): Promise<void> {
    const { directory, numbers } = this.#parts;
    const [old] = directory.maxNumbers === 1 ? user.phoneNumbers : [];
    for (const step of phoneSteps(numbers, user, change)) {
      // A store that holds one number gets the new one in its place.
      const isAddition = 'add' in change && old !== undefined;
      const outcome = await directory.changePhoneNumbers(user, isAddition ? { ...step, remove: old } : step);
      if (outcome === 'refused') {
        throw new SmsOtpError('PHONE_NOT_ACCEPTED', 'The directory does not accept this phone number.');
      }
      if (outcome !== 'done') throw conflict('The numbers were changed by somebody else meanwhile.');
    }
  }

  /** Two changes at once could remove the last two numbers, or add two where one is allowed. */
  async #alone<T>(userId: string, work: () => Promise<T>): Promise<T> {
    const { state, keyring } = this.#parts;
    const key = keyring.stateKey('phone-book', userId);
    if (!(await state.set(key, 'locked', LOCK_SECONDS, true))) {
      throw conflict('The numbers are being changed right now.');
    }
    try {
      return await work();
    } finally {
      // Where it cannot be unlocked it unlocks by itself.
      await state.delete(key).catch(() => undefined);
    }
  }
}

/** The modifications of the store's values that make the change. */
function phoneSteps(
  reader: NumberReader,
  { phoneNumbers, country }: User,
  change: PhoneChange,
): readonly { readonly add?: string; readonly remove?: string }[] {
  const number = 'add' in change ? change.add : change.remove;
  const readings = phoneNumbers.map((value) => ({ value, ...reader.readAll([value], country) }));
  const holders = readings.filter(({ numbers }) => numbers.includes(number));
  // One that is there already was written by a try before this one.
  if ('add' in change) return holders.length > 0 ? [] : [change];
  // One number may stand there in several spellings, and a value may hold other numbers, which stay.
  const kept = new Set(readings.filter((reading) => !holders.includes(reading)).flatMap(({ numbers }) => numbers));
  return holders.flatMap(({ value, numbers }) => {
    const [add, ...more] = numbers.filter((other) => other !== number && !kept.has(other));
    for (const other of [add, ...more]) if (other !== undefined) kept.add(other);
    return [{ remove: value, ...(add === undefined ? {} : { add }) }, ...more.map((other) => ({ add: other }))];
  });
}

function signedOut(): SmsOtpError {
  return new SmsOtpError('SIGN_IN_REQUIRED', 'Please sign in again.');
}

export function conflict(message: string): SmsOtpError {
  return new SmsOtpError('CONFLICT', message);
}
