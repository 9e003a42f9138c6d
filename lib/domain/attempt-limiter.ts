import { SmsOtpError } from '../errors.ts';
import type { Account } from './account.ts';
import type { Counter, Outcome, Steps } from './commit.ts';
import type { Keyring } from './keyring.ts';
import { type Requester, requesterKey } from './known-browser.ts';
import {
  ask,
  type Charged,
  charge,
  type Limits,
  type RateLimiter,
  remainingAfter,
  secondsUsedUp,
} from './rate-limiter.ts';

/** A try takes no longer than this, unless its process died. */
const TRY_SECONDS = 10;

/** The counters of a user's failures, in one commit. */
export interface Asked {
  readonly day: Charged;
  readonly month: Charged;
}

/** The counters that one guess was charged to. */
export interface ChargedAttempt extends Asked {
  /** Tries that may still be under way. */
  readonly underWay: number;
}

/**
 * Counts guesses before they are compared: those of one challenge in its sign-in's record, failures of a user's day and
 * 30 days here. A guess that was right is given back.
 */
export class AttemptLimiter {
  readonly #limiter: RateLimiter;
  readonly #keyring: Keyring;
  readonly #attemptsPerChallenge: number;

  constructor(limiter: RateLimiter, keyring: Keyring, limits: Limits) {
    this.#limiter = limiter;
    this.#keyring = keyring;
    this.#attemptsPerChallenge = limits.attemptsPerChallenge || Number.POSITIVE_INFINITY;
  }

  /** Guesses that a challenge has left by itself; `Infinity` without a limit. */
  leftOf(attempts: number): number {
    return Math.max(0, this.#attemptsPerChallenge - attempts);
  }

  charge(commit: Steps<'day' | 'month'>, requester: Requester, account: Account): ChargedAttempt {
    const { day, month, underWay } = this.#counters(requester, account);
    return {
      day: charge(commit, 'day', day),
      month: charge(commit, 'month', month),
      underWay: commit.charge('day', underWay),
    };
  }

  /** For a guess that was right, or was not judged: it is no failure of its user. */
  refund(commit: Steps<never>, requester: Requester, account: Account, chargedAt: number): void {
    const { day, month, underWay } = this.#counters(requester, account);
    for (const counter of [...day, ...month, underWay]) commit.refund(counter, chargedAt);
  }

  /** Refuses a commit if a new code would be of no use, and counts nothing. */
  ask(commit: Steps<'day' | 'month'>, requester: Requester, account: Account): Asked {
    const { day, month } = this.#counters(requester, account);
    return { day: ask(commit, 'day', day), month: ask(commit, 'month', month) };
  }

  /** Reads what is left. */
  read(commit: Steps<never>, requester: Requester, account: Account): Charged {
    const { day, month } = this.#counters(requester, account);
    return [...day, ...month].map((counter) => ({ place: commit.count(counter.key), counter }));
  }

  /** The keys under which a requester's failures are counted. */
  keysOf(requester: Requester, account: Account): readonly string[] {
    const { day, month, underWay } = this.#counters(requester, account);
    return [...day, ...month, underWay].map(({ key }) => key);
  }

  #counters(
    requester: Requester,
    { unlock }: Account,
  ): { readonly day: readonly Counter[]; readonly month: readonly Counter[]; readonly underWay: Counter } {
    const key = unlock === '' ? requesterKey(requester) : `${requesterKey(requester)}.${unlock}`;
    return {
      day: this.#limiter.counter('failedCodesPerUserPerDay', key),
      month: this.#limiter.counter('failedCodesPerUserPer30Days', key),
      underWay: {
        key: this.#keyring.key('try', key),
        windowSeconds: TRY_SECONDS,
        atMost: Number.POSITIVE_INFINITY,
      },
    };
  }
}

/** Whether the 30 days are used up by this very guess, if it turns out to be wrong. */
export function isLastFailure(outcome: Outcome<string>, { month }: ChargedAttempt): boolean {
  return month.length > 0 && remainingAfter(outcome, month) === 0;
}

/** Guesses left after this one, of the day and the 30 days. */
export function failuresLeft(outcome: Outcome<string>, { day, month }: ChargedAttempt): number {
  return remainingAfter(outcome, [...day, ...month]);
}

/** Guesses left, of counters that were only read. */
export function guessesLeft(outcome: Outcome<string>, read: Charged): number {
  return Math.min(
    Number.POSITIVE_INFINITY,
    ...read.map(({ place, counter }) => Math.max(0, counter.atMost - outcome.counted(place).total)),
  );
}

/**
 * Why a commit that asked for failures was refused: the day ends by itself, the 30 days end by an administrator only.
 */
export function usedUp(refusal: 'day' | 'month', outcome: Outcome<string>, { day }: Asked): SmsOtpError {
  return refusal === 'day' ? tooManyAttempts(secondsUsedUp(outcome, day)) : new SmsOtpError('FACTOR_LOCKED');
}

/** @param retryAfterSeconds rounded up to 1 */
export function tooManyAttempts(retryAfterSeconds: number): SmsOtpError {
  const details = { attemptsRemaining: 0, retryAfterSeconds: Math.max(1, retryAfterSeconds) };
  return new SmsOtpError('TOO_MANY_ATTEMPTS', details);
}
