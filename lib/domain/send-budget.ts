import { SmsOtpError } from '../errors.ts';
import type { Limiter, LimitName } from './limits.ts';
import { LIMITS } from './limits.ts';
import type { Clock } from './ports.ts';

/** Who is sent to, and where. */
export interface Recipient {
  readonly subject: string;
  /** E.164. */
  readonly number: string;
}

interface Row {
  readonly limit: LimitName;
  readonly of: (to: Recipient) => string;
  /** A code that was entered gives its sends back, except where that would let sends be pumped without end. */
  readonly isRefunded: boolean;
}

const ROWS: readonly Row[] = [
  { limit: 'sendsPerUserPerHour', of: ({ subject }) => subject, isRefunded: true },
  { limit: 'sendsPerUserPerDay', of: ({ subject }) => subject, isRefunded: true },
  { limit: 'sendsPerNumberPerHour', of: ({ number }) => number, isRefunded: true },
  { limit: 'sendsPerNumberPerDay', of: ({ number }) => number, isRefunded: true },
  { limit: 'sendsPerDayHard', of: ({ subject }) => `user ${subject}`, isRefunded: false },
  { limit: 'sendsPerDayHard', of: ({ number }) => `number ${number}`, isRefunded: false },
];

/** What sending costs: counted before the message goes out, given back where it surely did not. */
export class SendBudget {
  readonly #limiter: Limiter;
  readonly #clock: Clock;

  constructor(limiter: Limiter, clock: Clock) {
    this.#limiter = limiter;
    this.#clock = clock;
  }

  /** @throws SmsOtpError `TOO_MANY_SENDS`; nothing is counted then. */
  async pay(to: Recipient): Promise<void> {
    const paid: Row[] = [];
    for (const row of ROWS) {
      const count = await this.#limiter.count(row.limit, row.of(to));
      paid.push(row);
      if (!count.isOver) continue;
      await this.#giveBack(paid, to);
      throw tooManySends(count.resetsInSeconds);
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
      const windowBeganAt = this.#clock() - (LIMITS[row.limit].windowSeconds - resetsInSeconds) * 1000;
      const sends = sentAt.filter((time) => time >= windowBeganAt).length;
      if (sends > 0) await this.#limiter.giveBack(row.limit, row.of(to), sends);
    }
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
