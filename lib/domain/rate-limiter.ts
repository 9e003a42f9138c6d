import type { Counter, Outcome, Steps } from './commit.ts';
import type { Keyring } from './keyring.ts';
import { LIMITS, type LimitName, type Limits } from './limits.ts';

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
