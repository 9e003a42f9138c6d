import { SmsOtpError } from '../errors.ts';
import type { Challenge } from './challenge.ts';
import type { Count, Limiter, LimitName } from './limits.ts';
import type { Clock } from './ports.ts';

/** Whose send it is, and where to. */
export type Recipient = Pick<Challenge, 'payer' | 'number' | 'address'>;

interface Row {
  readonly limit: LimitName;
  readonly of: (to: Recipient) => string;
  /** A code that was entered gives its sends back, except where that would let sends be pumped without end. */
  readonly isRefunded: boolean;
}

const perUser = ({ payer }: Recipient): string => JSON.stringify([payer.subject, payer.browser]);
const perNumber = ({ number, payer }: Recipient): string => JSON.stringify([number, payer.browser]);

const ROWS: readonly Row[] = [
  { limit: 'sendsPerUserPerHour', of: perUser, isRefunded: true },
  { limit: 'sendsPerUserPerDay', of: perUser, isRefunded: true },
  { limit: 'sendsPerNumberPerHour', of: perNumber, isRefunded: true },
  { limit: 'sendsPerNumberPerDay', of: perNumber, isRefunded: true },
  { limit: 'sendsPerDayHard', of: ({ payer }) => `user ${payer.subject}`, isRefunded: false },
  { limit: 'sendsPerDayHard', of: ({ number }) => `number ${number}`, isRefunded: false },
  { limit: 'sendsPerAddressPerHour', of: ({ address }) => address, isRefunded: true },
  { limit: 'smsPerDay', of: () => 'all', isRefunded: false },
];

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
    const paid: Row[] = [];
    for (const row of ROWS) {
      const count = await this.#limiter.count(row.limit, row.of(to));
      paid.push(row);
      if (row.limit === 'smsPerDay') this.#watchBudget(count);
      if (!count.isOver) continue;
      await this.#giveBack(paid, to);
      throw tooManySends(await this.#secondsLeft(to));
    }
  }

  /** For a message that surely was not sent. */
  async giveBack(to: Recipient): Promise<void> {
    await this.#giveBack(ROWS, to);
  }

  /**
   * For a challenge whose code was entered: its sends, each in the window that counted it.
   *
   * @param sentAt milliseconds since 1970, one a send
   */
  async refund(to: Recipient, sentAt: readonly number[]): Promise<void> {
    for (const row of ROWS.filter(({ isRefunded }) => isRefunded)) {
      const { resetsInSeconds } = await this.#limiter.read(row.limit, row.of(to));
      // `resetsInSeconds` is rounded up: without one second more, the send that opened the window would be missed.
      const windowBeganAt = this.#clock() - (this.#limiter.windowSeconds(row.limit) - resetsInSeconds + 1) * 1000;
      const sends = sentAt.filter((time) => time > windowBeganAt).length;
      if (sends > 0) await this.#limiter.giveBack(row.limit, row.of(to), sends);
    }
  }

  /** Until none of the limits is used up. */
  async #secondsLeft(to: Recipient): Promise<number> {
    let seconds = 0;
    for (const row of ROWS) {
      const { remaining, resetsInSeconds } = await this.#limiter.read(row.limit, row.of(to));
      if (remaining === 0) seconds = Math.max(seconds, resetsInSeconds);
    }
    return seconds;
  }

  #watchBudget({ total, remaining, isOver }: Count): void {
    const percent = [50, 80, 100].find((share) => total === Math.ceil(((total + remaining) * share) / 100));
    if (!isOver && percent !== undefined) this.#onBudgetUsed(percent);
  }

  async #giveBack(rows: readonly Row[], to: Recipient): Promise<void> {
    for (const row of rows) await this.#limiter.giveBack(row.limit, row.of(to));
  }
}

export function tooManySends(retryAfterSeconds: number): SmsOtpError {
  return new SmsOtpError('TOO_MANY_SENDS', 'A code was sent not long ago. Please wait before you ask for another.', {
    retryAfterSeconds: Math.max(1, retryAfterSeconds),
  });
}
