import { SmsOtpError } from '../errors.ts';
import type { Challenge } from './challenge.ts';
import type { Count, Limiter, LimitName } from './limits.ts';
import type { Clock } from './ports.ts';

/** Whose send it is, and where to. */
export type Recipient = Pick<Challenge, 'payer' | 'number' | 'address' | 'purpose'>;

interface Row {
  readonly limit: LimitName;
  /** What it is counted under; `undefined` where the row does not concern this send. */
  readonly of: (to: Recipient) => string | undefined;
  /** A code that was entered gives its sends back, except where that would let sends be pumped without end. */
  readonly isRefunded: boolean;
}

interface Account {
  readonly limit: LimitName;
  readonly subject: string;
}

/** A number that its user has not proven yet: whoever enters somebody else's must not use up the owner's sends. */
const isUnproven = ({ purpose }: Recipient): boolean => purpose === 'enroll';
const apart = (to: Recipient, key: string): string => (isUnproven(to) ? `unproven ${key}` : key);
const perUser = (to: Recipient): string => apart(to, JSON.stringify([to.payer.subject, to.payer.browser]));
const perNumber = (to: Recipient): string => apart(to, JSON.stringify([to.number, to.payer.browser]));

/**
 * Counted step by step, each step at once: the tightest first, and last what others need. What is refused counts for a
 * moment, too, but only in its own step and those before.
 */
const STEPS: readonly (readonly Row[])[] = [
  [{ limit: 'sendsPerUserPerHour', of: perUser, isRefunded: true }],
  [
    { limit: 'sendsPerUserPerDay', of: perUser, isRefunded: true },
    { limit: 'sendsPerNumberPerHour', of: perNumber, isRefunded: true },
    { limit: 'sendsPerNumberPerDay', of: perNumber, isRefunded: true },
    { limit: 'sendsPerDayHard', of: (to) => apart(to, `user ${to.payer.subject}`), isRefunded: false },
    { limit: 'sendsPerDayHard', of: (to) => apart(to, `number ${to.number}`), isRefunded: false },
  ],
  [
    { limit: 'sendsPerAddressPerHour', of: ({ address }) => address, isRefunded: true },
    // Whoever walks along a block of numbers may well own it, and read its codes.
    {
      limit: 'sendsPerBlockPerHour',
      of: (to) => (isUnproven(to) ? to.number.slice(0, -4) : undefined),
      isRefunded: false,
    },
  ],
  [{ limit: 'smsPerDay', of: () => 'all', isRefunded: false }],
];

const ROWS = STEPS.flat();
const REFUNDED = ROWS.filter(({ isRefunded }) => isRefunded);

/** So much of `smsPerDay` is kept for proven numbers: a flood of enrolments must not stop the sign-ins. */
const KEPT_SHARE = 1 / 5;

/** What sending costs: counted before the message goes out, given back where it surely did not. */
export class SendBudget {
  readonly #limiter: Limiter;
  readonly #clock: Clock;
  readonly #onBudgetUsed: (percent: number) => void;

  /** @param onBudgetUsed is told when 50, 80 and 100 per cent of `smsPerDay` are used up */
  constructor(limiter: Limiter, clock: Clock, onBudgetUsed: (percent: number) => void) {
    this.#limiter = limiter;
    this.#clock = clock;
    this.#onBudgetUsed = onBudgetUsed;
  }

  /** @throws SmsOtpError `TOO_MANY_SENDS`; nothing is counted then. */
  async pay(to: Recipient): Promise<void> {
    const paid: Account[] = [];
    for (const rows of STEPS) {
      const accounts = accountsOf(to, rows);
      const counts = await Promise.all(accounts.map(({ limit, subject }) => this.#limiter.count(limit, subject)));
      paid.push(...accounts);
      const day = counts.find((_count, place) => accounts[place]?.limit === 'smsPerDay');
      const isKept = day !== undefined && isUnproven(to) && isInKeptShare(day);
      if (isKept || counts.some(({ isOver }) => isOver)) {
        await this.#giveBack(paid);
        throw tooManySends(Math.max(await this.secondsLeft(to), isKept ? day.resetsInSeconds : 0));
      }
      if (day !== undefined) this.#watchBudget(day);
    }
  }

  /** For a message without a code: it is sent in any case, and counts. */
  async note(): Promise<void> {
    this.#watchBudget(await this.#limiter.count('smsPerDay', 'all'));
  }

  /** For a message that surely was not sent. */
  async giveBack(to: Recipient): Promise<void> {
    await this.#giveBack(accountsOf(to));
  }

  /**
   * For a challenge whose code was entered: its sends, each in the window that counted it.
   *
   * @param sentAt milliseconds since 1970, one a send
   */
  async refund(to: Recipient, sentAt: readonly number[]): Promise<void> {
    await Promise.all(accountsOf(to, REFUNDED).map((account) => this.#refundOne(account, sentAt)));
  }

  async #refundOne({ limit, subject }: Account, sentAt: readonly number[]): Promise<void> {
    const { resetsInSeconds } = await this.#limiter.read(limit, subject);
    // `resetsInSeconds` is rounded up: without one second more, the send that opened the window would be missed.
    const windowBeganAt = this.#clock() - (this.#limiter.windowSeconds(limit) - resetsInSeconds + 1) * 1000;
    const sends = sentAt.filter((time) => time > windowBeganAt).length;
    if (sends > 0) await this.#limiter.giveBack(limit, subject, sends);
  }

  /** Until none of the limits is used up. */
  async secondsLeft(to: Recipient): Promise<number> {
    const counts = await Promise.all(accountsOf(to).map(({ limit, subject }) => this.#limiter.read(limit, subject)));
    return Math.max(...counts.map(({ remaining, resetsInSeconds }) => (remaining === 0 ? resetsInSeconds : 0)));
  }

  #watchBudget({ total, remaining, isOver }: Count): void {
    const percent = [50, 80, 100].find((share) => total === Math.ceil(((total + remaining) * share) / 100));
    if (!isOver && percent !== undefined) this.#onBudgetUsed(percent);
  }

  async #giveBack(accounts: readonly Account[]): Promise<void> {
    await Promise.all(accounts.map(({ limit, subject }) => this.#limiter.giveBack(limit, subject)));
  }
}

function accountsOf(to: Recipient, rows: readonly Row[] = ROWS): readonly Account[] {
  return rows.flatMap(({ limit, of }) => {
    const subject = of(to);
    return subject === undefined ? [] : [{ limit, subject }];
  });
}

function isInKeptShare({ total, remaining }: Count): boolean {
  return remaining < (total + remaining) * KEPT_SHARE;
}

export function tooManySends(retryAfterSeconds: number): SmsOtpError {
  return new SmsOtpError('TOO_MANY_SENDS', 'A code was sent not long ago. Please wait before you ask for another.', {
    retryAfterSeconds: Math.max(1, retryAfterSeconds),
  });
}
