import { SmsOtpError } from '../errors.ts';
import type { Notify } from '../events.ts';
import type { PhoneChange } from './challenge.ts';
import type { Steps } from './commit.ts';
import { eventFactsOf, type RequestFacts } from './event-facts.ts';
import type { Keyring } from './keyring.ts';
import type { Notices } from './notices.ts';
import type { NumberReader } from './number-reader.ts';
import type { Clock, Directory } from './ports.ts';
import type { User } from './user.ts';

export interface PhoneBookDeps {
  readonly directory: Directory;
  readonly keyring: Keyring;
  readonly notices: Notices;
  readonly notify: Notify;
  readonly clock: Clock;
  readonly numbers: NumberReader;
  readonly numbersOf: (user: User) => readonly string[];
}

/** Says why a user's numbers must not be changed, by a throw. */
export type ChangeRule = (numbers: readonly string[], user: User) => void;

/** Longer than a user store may take to find somebody and write each spelling; only a process that died leaves it. */
const BUSY_SECONDS = 5 * 60;

/**
 * Writes numbers into the user store, which is the only truth. Two changes of one user at once could remove the last two
 * numbers, or add two if one is allowed: the commit before a change takes a turn, and the one after it gives it back.
 */
export class PhoneBook {
  readonly #deps: PhoneBookDeps;

  constructor(deps: PhoneBookDeps) {
    this.#deps = deps;
  }

  turnKey(tag: string): string {
    return this.#deps.keyring.key('pb', tag);
  }

  /** @param turn a value that nobody else writes */
  takeTurn(commit: Steps<'busy'>, tag: string, turn: string): void {
    commit.create('busy', this.turnKey(tag), turn, BUSY_SECONDS);
  }

  giveTurn(commit: Steps<'turn'>, tag: string, turn: string): void {
    commit.expect('turn', this.turnKey(tag), turn);
    commit.remove('turn', this.turnKey(tag));
  }

  /**
   * Writes a change, and tells the numbers that the user had before: who held a phone may hold a session.
   *
   * @throws SmsOtpError `CONFLICT`, `PHONE_NOT_ACCEPTED` (nothing was written), `DIRECTORY_UNAVAILABLE` (it may be
   *   written), and what the rule throws
   */
  async write(userId: string, change: PhoneChange, assertAllowed: ChangeRule, request: RequestFacts): Promise<void> {
    const { notices, numbersOf } = this.#deps;
    const before = await this.find(userId);
    assertAllowed(numbersOf(before), before);
    await this.#write(before, change);
    this.#tell(before, change, request);
    notices.send('add' in change ? 'numberAdded' : 'numberRemoved', before, numbersOf(before));
  }

  /** @throws SmsOtpError `CONFLICT` if there is no such user, `DIRECTORY_UNAVAILABLE` */
  async find(userId: string): Promise<User> {
    const user = await this.#deps.directory.findUser({ id: userId });
    if (user === undefined) throw conflict('There is no such user.');
    return user;
  }

  async #write(user: User, change: PhoneChange): Promise<void> {
    const { directory, numbers } = this.#deps;
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

  #tell({ id: userId }: User, change: PhoneChange, request: RequestFacts): void {
    const { keyring, notify, clock } = this.#deps;
    const facts = eventFactsOf(clock, userId, request);
    if ('add' in change) notify('numberAdded', { ...facts, number: keyring.pseudonym(change.add) });
    else notify('numberRemoved', { ...facts, number: keyring.pseudonym(change.remove) });
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
  if ('add' in change) return holders.length > 0 ? [] : [{ add: number }];
  // One number may stand there in several spellings, and a value may hold other numbers, which stay.
  const kept = new Set(readings.filter((reading) => !holders.includes(reading)).flatMap(({ numbers }) => numbers));
  return holders.flatMap(({ value, numbers }) => {
    const [add, ...more] = numbers.filter((other) => other !== number && !kept.has(other));
    for (const other of [add, ...more]) if (other !== undefined) kept.add(other);
    return [{ remove: value, ...(add !== undefined && { add }) }, ...more.map((other) => ({ add: other }))];
  });
}

export function conflict(message: string): SmsOtpError {
  return new SmsOtpError('CONFLICT', message);
}

/** A retry after an outcome that nobody learned finds the number there already: that is fine. */
export function mayWrite(number: string, mayAdd: (numbers: readonly string[], user: User) => boolean): ChangeRule {
  return (numbers, user) => {
    if (!mayAdd(numbers, user) && !numbers.includes(number)) throw conflict('The numbers were changed meanwhile.');
  };
}

/** The last number stays. */
export function mayRemove(number: string): ChangeRule {
  return (numbers) => {
    if (numbers.length < 2 && numbers.includes(number)) throw conflict('The numbers were changed meanwhile.');
  };
}
