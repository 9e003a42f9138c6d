import { isFault } from '../errors.ts';
import { ADMINISTRATORS_LOCK } from './account.ts';
import { Commit, type Ledger } from './commit.ts';
import type { UnreadableReason } from './dial-string.ts';
import type { History, HistoryNote, HistorySend } from './history.ts';
import type { Keyring } from './keyring.ts';
import type { Masks } from './masked-number.ts';
import type { NumberReader } from './number-reader.ts';
import { type PersonIndex, readIndex } from './person.ts';
import { type Country, isCountryAllowed } from './phone-number.ts';
import type { Directory, UserStore } from './ports.ts';
import type { RecoveryCodes } from './recovery-codes.ts';
import type { SignInStore } from './sign-in-store.ts';
import type { SpareIssue } from './spare-issue.ts';
import type { TrustedBrowsers } from './trusted-browsers.ts';
import type { User } from './user.ts';

export interface SupportDeskDeps {
  readonly directory: Directory;
  readonly ledger: Ledger;
  readonly index: PersonIndex;
  readonly store: SignInStore;
  readonly keyring: Keyring;
  readonly masks: Masks;
  readonly history: History;
  readonly reader: NumberReader;
  readonly trusted: TrustedBrowsers;
  readonly recoveryCodes: Pick<RecoveryCodes, 'isOn'>;
  readonly spares: Pick<SpareIssue, 'recoveryCodesLeft'>;
  readonly userStore: Pick<UserStore, 'phoneSource'>;
  readonly allowedCountries?: readonly Country[] | undefined;
}

/** A value of the user store as it was read: a masked number that codes may go to or not, or why it is none. */
export interface SupportNumber {
  /** Where it stands, as `mobile`; absent if the user store does not say. */
  readonly attribute?: string | undefined;
  readonly phone?: string;
  /** Why no code goes there. @default codes go there */
  readonly problem?: UnreadableReason | 'countryNotAllowed';
}

/** All that support may see of one person: ids and masks, never a number or a code. */
export interface SupportReport {
  readonly userId: string;
  /** Absent if the user store knows nobody by this id, or cannot be asked. */
  readonly person?: Pick<User, 'username' | 'displayName'>;
  readonly directory: 'found' | 'nobody' | 'down';
  readonly numbers: readonly SupportNumber[];
  /** By whom the factor is locked: too many wrong codes, or an administrator. */
  readonly lock?: 'codes' | 'administrator';
  /** Browsers in which the password alone is enough; absent without the option `trustBrowser`. */
  readonly trustedBrowsers?: number;
  /** Absent without the option `recoveryCodes`. */
  readonly recoveryCodesLeft?: number;
  /** The newest first, as all that follows. */
  readonly sends: readonly HistorySend[];
  readonly notes: readonly HistoryNote[];
  /** Faults of any person's requests: a directory that is down names nobody. */
  readonly faults: readonly HistoryNote[];
}

/** Messages of one person that are shown. */
const MOST_SENDS = 30;

/** Tells why somebody got no code: numbers as read, locks, messages and refusals. */
export class SupportDesk {
  readonly #deps: SupportDeskDeps;

  constructor(deps: SupportDeskDeps) {
    this.#deps = deps;
  }

  /**
   * The id of a person.
   *
   * @returns `undefined` if the user store means nobody, or more than one, by this name
   * @throws SmsOtpError `DIRECTORY_UNAVAILABLE`
   */
  async find(username: string): Promise<string | undefined> {
    return (await this.#deps.directory.findUser({ username }))?.id;
  }

  /**
   * Reads everything of a person; somebody whom the user store does not know any more has a history, too.
   *
   * @throws SmsOtpError `STATE_UNAVAILABLE`
   */
  async read(userId: string): Promise<SupportReport> {
    const { history, store, keyring } = this.#deps;
    const tag = keyring.tagOf(userId);
    const [found, account, instead, sends, notes, faults] = await Promise.all([
      this.#ask(userId),
      store.readAccountOf(tag),
      this.#insteadOf(userId, tag),
      this.#sendsOf(tag),
      history.readNotes(userId),
      history.readNotes(undefined),
    ]);
    const { user, directory } = found;
    const locks = account?.locks ?? [];
    const lock = locks.includes(ADMINISTRATORS_LOCK) ? 'administrator' : 'codes';
    return {
      userId,
      directory,
      numbers: user === undefined ? [] : this.#numbersOf(user),
      ...(user !== undefined && { person: user }),
      ...(locks.length > 0 && { lock }),
      ...instead,
      sends,
      notes,
      faults,
    };
  }

  /** The means that the person has in place of a code by SMS. */
  async #insteadOf(userId: string, tag: string): Promise<Pick<SupportReport, 'trustedBrowsers' | 'recoveryCodesLeft'>> {
    const { trusted, recoveryCodes, spares } = this.#deps;
    return {
      ...(trusted.isOn && { trustedBrowsers: (await trusted.living(tag)).length }),
      ...(recoveryCodes.isOn && { recoveryCodesLeft: await spares.recoveryCodesLeft(userId) }),
    };
  }

  async #sendsOf(tag: string): Promise<readonly HistorySend[]> {
    const { ledger, index, history } = this.#deps;
    const commit = new Commit();
    const places = index.keysOf(tag).map((key) => commit.read(key));
    const outcome = await ledger.run(commit);
    const entries = places
      .flatMap((place) => readIndex(outcome.value(place)))
      .filter(({ family }) => family === 'history')
      .toSorted((one, other) => other.endsAt - one.endsAt);
    return history.readSends(entries.slice(0, MOST_SENDS).map(({ name }) => name));
  }

  async #ask(id: string): Promise<{ user: User | undefined; directory: SupportReport['directory'] }> {
    try {
      const user = await this.#deps.directory.findUser({ id });
      return { user, directory: user === undefined ? 'nobody' : 'found' };
    } catch (error) {
      if (!isFault(error)) throw error;
      return { user: undefined, directory: 'down' };
    }
  }

  #numbersOf(user: User): readonly SupportNumber[] {
    const { reader, masks, userStore, allowedCountries } = this.#deps;
    const source = userStore.phoneSource?.(user)?.values ?? [];
    const readings = user.phoneNumbers.flatMap((value) => {
      const attribute = source.find((one) => one.value === value)?.attribute;
      return reader.read(value, user.country).map((reading) => ({ attribute, reading }));
    });
    const all = readings.flatMap(({ reading }) => ('number' in reading ? [reading.number] : []));
    return readings.map(({ attribute, reading }) => {
      if ('reason' in reading) return { attribute, problem: reading.reason };
      const phone = masks.of(reading.number, all);
      const isAllowed = isCountryAllowed(reading.number, allowedCountries);
      return isAllowed ? { attribute, phone } : { attribute, phone, problem: 'countryNotAllowed' };
    });
  }
}
