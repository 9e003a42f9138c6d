import type { Counter, Outcome, Steps } from './commit.ts';
import type { Keyring } from './keyring.ts';
import { DAY_SECONDS } from './shared-state.ts';

const HOUR = 60 * 60;
const DAY = DAY_SECONDS;

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

/** How much there may be of each, from 1; `false` lifts a limit. docs/reference.md says what each counts. */
export interface Limits extends Readonly<Record<LimitName, number | false>> {
  /** How long no password of a user is looked at once `failedPasswordsPerUser` is used up. @default 1800 */
  readonly passwordPauseSeconds: number;
  /** Whether a browser in which the user has finished a sign-in has counters of its own. @default true */
  readonly knownBrowser: boolean;
}

/** Begins the key of each limit's counters: short, since there are many. */
const KINDS: Readonly<Record<LimitName, string>> = {
  attemptsPerChallenge: 'at',
  failedCodesPerUserPerDay: 'fd',
  failedCodesPerUserPer30Days: 'fm',
  sendsPerUserPerHour: 'uh',
  sendsPerUserPerDay: 'ud',
  sendsPerNumberPerHour: 'nh',
  sendsPerNumberPerDay: 'nd',
  sendsPerDayHard: 'hd',
  sendsPerAddressPerHour: 'ah',
  sendsPerBlockPerHour: 'bh',
  smsPerDay: 'sms',
  failedPasswordsPerUser: 'pu',
  failedPasswordsPerAddressPerHour: 'pa',
};

/** Places of the steps that charge some counters, with what each may reach. */
export type Charged = readonly { readonly place: number; readonly counter: Counter }[];

/** Turns limits into counters of the shared state. */
export class RateLimiter {
  readonly #keyring: Keyring;
  readonly #limits: Limits;

  constructor(keyring: Keyring, limits: Limits) {
    this.#keyring = keyring;
    this.#limits = limits;
  }

  /**
   * The charge under one limit; none if the limit is lifted.
   *
   * @param key keyed hashes, and nothing that tells a person or a number
   */
  counter(limit: LimitName, key: string): readonly Counter[] {
    const atMost = this.#limits[limit];
    if (atMost === false) return [];
    return [{ key: this.#keyring.key(KINDS[limit], key), windowSeconds: this.windowSeconds(limit), atMost }];
  }

  windowSeconds(limit: LimitName): number {
    return limit === 'failedPasswordsPerUser' ? this.#limits.passwordPauseSeconds : LIMITS[limit].windowSeconds;
  }
}

/** Charges each counter once; the commit refuses if one of them is used up. */
export function charge<Label extends string>(
  commit: Steps<Label>,
  label: Label,
  counters: readonly Counter[],
): Charged {
  return counters.map((counter) => ({ place: commit.charge(label, counter), counter }));
}

/** Refuses a commit if a counter is used up, and counts nothing. */
export function ask<Label extends string>(commit: Steps<Label>, label: Label, counters: readonly Counter[]): Charged {
  const charged = charge(commit, label, counters);
  for (const { counter } of charged) commit.refund(counter);
  return charged;
}

/** For how many seconds it stays so that one of the counters is used up; 0 if none is. */
export function secondsUsedUp(outcome: Outcome<string>, charged: Charged): number {
  const seconds = charged.map(({ place, counter }) => {
    const { total, resetsInSeconds } = outcome.counted(place);
    return total >= counter.atMost ? Math.max(1, resetsInSeconds) : 0;
  });
  return Math.max(0, ...seconds);
}

/** How many more each counter allows after this charge, at least. */
export function remainingAfter(outcome: Outcome<string>, charged: Charged): number {
  return Math.min(
    ...charged.map(({ place, counter }) => Math.max(0, counter.atMost - outcome.counted(place).total - 1)),
    Number.POSITIVE_INFINITY,
  );
}
