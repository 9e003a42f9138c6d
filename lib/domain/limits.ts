import type { Keyring } from './keyring.ts';
import type { SharedState } from './ports.ts';

const HOUR = 60 * 60;
const DAY = 24 * HOUR;

/** Every limit: its option's name, its default and its window in seconds. Windows are fixed and begin at the first count. */
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

/** One limit for one subject, as it stands now. */
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
  count(name: LimitName, subject: string): Promise<Count> {
    return this.#add(name, subject, 1);
  }

  windowSeconds(name: LimitName): number {
    return name === 'failedPasswordsPerUser' ? this.#limits.passwordPauseSeconds : LIMITS[name].windowSeconds;
  }

  read(name: LimitName, subject: string): Promise<Count> {
    return this.#add(name, subject, 0);
  }

  async giveBack(name: LimitName, subject: string): Promise<void> {
    await this.#add(name, subject, -1);
  }

  async forget(name: LimitName, subject: string): Promise<void> {
    await this.#state.delete(this.#keyring.stateKey(name, subject));
  }

  /** Begins a counter that must not get lost. */
  async open(name: LimitName, subject: string): Promise<void> {
    await this.#add(name, subject, OPENING);
  }

  /** Adds to a counter that was opened; `undefined` where the shared state has lost it (evicted, flushed). */
  async countOpened(name: LimitName, subject: string, points: 0 | 1): Promise<Count | undefined> {
    const { total, resetsInSeconds } = await this.#add(name, subject, points);
    if (this.#limits[name] === false) return this.#toCount(name, 0, 0);
    return total < OPENING ? undefined : this.#toCount(name, total - OPENING, resetsInSeconds);
  }

  async #add(name: LimitName, subject: string, points: number): Promise<Count> {
    if (this.#limits[name] === false) return this.#toCount(name, 0, 0);
    const key = this.#keyring.stateKey(name, subject);
    const { total, resetsInSeconds } = await this.#state.add(key, points, this.windowSeconds(name));
    return this.#toCount(name, total, resetsInSeconds);
  }

  #toCount(name: LimitName, total: number, resetsInSeconds: number): Count {
    const limit = this.#limits[name];
    const remaining = limit === false ? Number.POSITIVE_INFINITY : Math.max(0, limit - total);
    return { total, remaining, isOver: limit !== false && total > limit, resetsInSeconds };
  }
}
