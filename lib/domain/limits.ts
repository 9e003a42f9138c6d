import type { Keyring } from './keyring.ts';
import type { SharedState } from './ports.ts';

const HOUR = 60 * 60;
const DAY = 24 * HOUR;

/** An administrator may take over a year to hear of a lock; an unlock must last as long. */
export const LOCK_SECONDS = 400 * DAY;

/**
 * Every limit: its option's name, its default and its window in seconds. Windows are fixed and begin at the first
 * count.
 */
export const LIMITS = {
  attemptsPerChallenge: { default: 5, windowSeconds: DAY },
  failedCodesPerUserPerDay: { default: 10, windowSeconds: DAY },
  failedCodesPerUserPer30Days: { default: 30, windowSeconds: 30 * DAY },
  sendsPerUserPerHour: { default: 5, windowSeconds: HOUR },
  sendsPerUserPerDay: { default: 10, windowSeconds: DAY },
  sendsPerNumberPerHour: { default: 5, windowSeconds: HOUR },
  sendsPerNumberPerDay: { default: 10, windowSeconds: DAY },
  sendsPerDayHard: { default: 30, windowSeconds: DAY },
  sendsPerAddressPerHour: { default: 100, windowSeconds: HOUR },
  /** Numbers that nobody has proven yet, E.164 without the last four digits. */
  sendsPerBlockPerHour: { default: 20, windowSeconds: HOUR },
  smsPerDay: { default: false, windowSeconds: DAY },
  /** The window is the option `passwordPauseSeconds`. */
  failedPasswordsPerUser: { default: 5, windowSeconds: 1800 },
  failedPasswordsPerAddressPerHour: { default: 100, windowSeconds: HOUR },
} as const satisfies Record<string, { default: number | false; windowSeconds: number }>;

/** The limits that count something, by the names of their options. */
export type LimitName = keyof typeof LIMITS;

/** How much there may be of each, from 1; `false` lifts a limit. The README says what each counts. */
export interface Limits extends Readonly<Record<LimitName, number | false>> {
  /** [1800] How long no password of a user is looked at once `failedPasswordsPerUser` is used up. */
  readonly passwordPauseSeconds: number;
  /** [true] Whether a browser in which the user has finished a sign-in has counters of its own. */
  readonly knownBrowser: boolean;
}

/** What is counted: one limit, for one user, number, address or challenge. */
export interface Account {
  readonly limit: LimitName;
  readonly key: string;
}

/** An account as it stands now. */
export interface Count {
  readonly total: number;
  /** How many more there may be; `Infinity` where the limit is lifted. */
  readonly remaining: number;
  readonly isOver: boolean;
  readonly resetsInSeconds: number;
}

/** The points that an opened counter begins with; far more than it will ever count. */
const OPENING = 2 ** 20;

/** Counts in shared state: atomic, under parallel requests and over several processes. */
export class Limiter {
  readonly #state: SharedState;
  readonly #keyring: Keyring;
  readonly #limits: Limits;

  constructor(state: SharedState, keyring: Keyring, limits: Limits) {
    this.#state = state;
    this.#keyring = keyring;
    this.#limits = limits;
  }

  /** Counts one, and says whether that was one too many. */
  count(account: Account): Promise<Count> {
    return this.#add(account, 1);
  }

  read(account: Account): Promise<Count> {
    return this.#add(account, 0);
  }

  async giveBack(account: Account): Promise<void> {
    await this.#add(account, -1);
  }

  async forget({ limit, key }: Account): Promise<void> {
    await this.#state.delete(this.#keyring.stateKey(limit, key));
  }

  /** Begins a counter that must not get lost. */
  async open(account: Account): Promise<void> {
    await this.#add(account, OPENING);
  }

  /** Adds to a counter that was opened; `undefined` where the shared state has lost it (evicted, flushed). */
  async countOpened(account: Account, points: 0 | 1): Promise<Count | undefined> {
    const { limit } = account;
    if (this.#limits[limit] === false) return this.#toCount(limit, 0, 0);
    const { total, resetsInSeconds } = await this.#add(account, points);
    return total < OPENING ? undefined : this.#toCount(limit, total - OPENING, resetsInSeconds);
  }

  windowSeconds(limit: LimitName): number {
    return limit === 'failedPasswordsPerUser' ? this.#limits.passwordPauseSeconds : LIMITS[limit].windowSeconds;
  }

  async #add({ limit, key }: Account, points: number): Promise<Count> {
    if (this.#limits[limit] === false) return this.#toCount(limit, 0, 0);
    const stateKey = this.#keyring.stateKey(limit, key);
    const { total, resetsInSeconds } = await this.#state.add(stateKey, points, this.windowSeconds(limit));
    return this.#toCount(limit, total, resetsInSeconds);
  }

  #toCount(limit: LimitName, total: number, resetsInSeconds: number): Count {
    const most = this.#limits[limit];
    const remaining = most === false ? Number.POSITIVE_INFINITY : Math.max(0, most - total);
    return { total, remaining, isOver: most !== false && total > most, resetsInSeconds };
  }
}
