import { SmsOtpError } from '../errors.ts';
import type { Notify } from '../events.ts';
import type { Purpose } from './challenge.ts';
import { Commit, type Counter, type Ledger, type Outcome, type Steps } from './commit.ts';
import type { Sending } from './delivery.ts';
import type { Keyring } from './keyring.ts';
import { type Requester, requesterKey } from './known-browser.ts';
import type { Clock } from './ports.ts';
import { type Charged, charge, type LimitName, type RateLimiter, secondsUsedUp } from './rate-limiter.ts';

/** The user of a send, and its destination. */
export interface Recipient extends Requester {
  /** E.164. */
  readonly number: string;
  /** A keyed hash of what the client's address is counted under. */
  readonly address: string;
  readonly purpose: Purpose;
}

interface Row {
  readonly limit: LimitName;
  /** The counter key; `undefined` if the row does not concern this send. */
  readonly of: (to: Recipient, keyring: Keyring) => string | undefined;
  /** A code that was entered gives its sends back, except if that would let sends be pumped without end. */
  readonly isRefunded: boolean;
}

/** So much of `smsPerDay` is kept for proven numbers: a flood of enrolments must not stop the sign-ins. */
const KEPT_SHARE = 1 / 5;

/**
 * A number that its user has not proven yet. A user who enters another person's number must not use up that person's
 * sends.
 */
const isUnproven = ({ purpose }: Recipient): boolean => purpose === 'enroll';
const apart = (to: Recipient, key: string): string => (isUnproven(to) ? `${key}.unproven` : key);
const perUser = (to: Recipient): string => apart(to, requesterKey(to));
const perNumber = (to: Recipient, keyring: Keyring): string =>
  apart(to, requesterKey({ tag: numberHash(keyring, to), browser: to.browser }));

/** The tightest first. The limits of an hour and a day come before the one that all users share. */
const ROWS: readonly Row[] = [
  { limit: 'sendsPerUserPerHour', of: perUser, isRefunded: true },
  { limit: 'sendsPerUserPerDay', of: perUser, isRefunded: true },
  { limit: 'sendsPerNumberPerHour', of: perNumber, isRefunded: true },
  { limit: 'sendsPerNumberPerDay', of: perNumber, isRefunded: true },
  { limit: 'sendsPerDayHard', of: (to) => apart(to, to.tag), isRefunded: false },
  { limit: 'sendsPerDayHard', of: (to, keyring) => apart(to, numberHash(keyring, to)), isRefunded: false },
  // A known browser has counters of its own: an office that comes at nine does not use up its address.
  {
    limit: 'sendsPerAddressPerHour',
    of: (to) => (to.browser === '' || isUnproven(to) ? to.address : undefined),
    isRefunded: true,
  },
  // A person who walks along a block of numbers may well own it, and read its codes.
  {
    limit: 'sendsPerBlockPerHour',
    of: (to, keyring) => (isUnproven(to) ? keyring.hash('block', to.number.slice(0, -4)) : undefined),
    isRefunded: false,
  },
];
const REFUNDED = ROWS.filter(({ isRefunded }) => isRefunded);

/** Counts sends before the message goes out; they are given back if it surely did not. */
export class SendLimiter {
  readonly #limiter: RateLimiter;
  readonly #keyring: Keyring;
  readonly #notify: Notify;
  readonly #clock: Clock;

  constructor(limiter: RateLimiter, keyring: Keyring, notify: Notify, clock: Clock) {
    this.#limiter = limiter;
    this.#keyring = keyring;
    this.#notify = notify;
    this.#clock = clock;
  }

  charge(commit: Steps<'sends'>, to: Recipient): Charged {
    const all = this.#all().map((counter) => (isUnproven(to) ? withoutKeptShare(counter) : counter));
    return charge(commit, 'sends', [...this.#counters(ROWS, to), ...all]);
  }

  /** Tells of `smsPerDay`, once the commit that charged is done. */
  tellBudget(outcome: Outcome<string>, charged: Charged): void {
    const [all] = this.#all();
    const place = charged.find(({ counter }) => counter.key === all?.key)?.place;
    if (all !== undefined && place !== undefined) this.#tellUsed(all, outcome.counted(place).total + 1);
  }

  /** For a message that surely was not sent. */
  refundAll(commit: Steps<never>, to: Recipient, chargedAt: number): void {
    for (const counter of [...this.#counters(ROWS, to), ...this.#all()]) commit.refund(counter, chargedAt);
  }

  /** For a challenge whose code was entered: its sends, each in the window that counted it, and to its own address. */
  refundEntered(commit: Steps<never>, to: Recipient, sendings: readonly Sending[]): void {
    for (const { chargedAt, address, isSettled = false } of sendings) {
      if (isSettled) continue;
      for (const counter of this.#counters(REFUNDED, { ...to, address })) commit.refund(counter, chargedAt);
    }
  }

  /** For a message without a code: it is sent in any case, and counts. */
  async note(ledger: Ledger): Promise<void> {
    const [all] = this.#all();
    if (all === undefined) return;
    const commit = new Commit<'sends'>();
    const place = commit.charge('sends', { ...all, atMost: Number.POSITIVE_INFINITY });
    this.#tellUsed(all, (await ledger.charge(commit)).counted(place).total + 1);
  }

  /** Keyed hash of a client's address, as it is counted and kept. */
  addressOf(block: string): string {
    return this.#keyring.hash('address', block);
  }

  /** The keys of what is counted for one number, named by its hash as a requester is by its tag. */
  keysOfNumber(number: Requester): readonly string[] {
    return this.#keysOf(['sendsPerNumberPerHour', 'sendsPerNumberPerDay', 'sendsPerDayHard'], number);
  }

  /** The keys of what is counted for one user. */
  keysOfUser(requester: Requester): readonly string[] {
    return this.#keysOf(['sendsPerUserPerHour', 'sendsPerUserPerDay', 'sendsPerDayHard'], requester);
  }

  #keysOf(limits: readonly LimitName[], requester: Requester): readonly string[] {
    const names = [requesterKey(requester), `${requesterKey(requester)}.unproven`];
    return limits.flatMap((limit) => names.flatMap((name) => this.#limiter.counter(limit, name).map(({ key }) => key)));
  }

  #all(): readonly Counter[] {
    return this.#limiter.counter('smsPerDay', 'all');
  }

  #counters(rows: readonly Row[], to: Recipient): readonly Counter[] {
    return rows.flatMap(({ limit, of }) => {
      const key = of(to, this.#keyring);
      return key === undefined ? [] : this.#limiter.counter(limit, key);
    });
  }

  #tellUsed({ atMost }: Counter, total: number): void {
    // A small budget may pass several shares at once.
    const percent = [50, 80, 100].findLast((share) => total === Math.ceil((atMost * share) / 100));
    if (percent !== undefined) this.#notify('smsBudgetUsed', { time: new Date(this.#clock()), percent });
  }
}

/** The counter key of a number. */
export function numberHash(keyring: Keyring, { number }: Pick<Recipient, 'number'>): string {
  return keyring.hash('number', number);
}

function withoutKeptShare(counter: Counter): Counter {
  return { ...counter, atMost: Math.floor(counter.atMost * (1 - KEPT_SHARE)) };
}

export function tooManySends(retryAfterSeconds: number): SmsOtpError {
  return new SmsOtpError('TOO_MANY_SENDS', {
    retryAfterSeconds: Math.max(1, Math.ceil(retryAfterSeconds)),
  });
}

/** After a commit that refuses the sends: until none of the limits is used up. */
export function sendsRefused(outcome: Outcome<string>, charged: Charged): SmsOtpError {
  return tooManySends(secondsUsedUp(outcome, charged));
}
