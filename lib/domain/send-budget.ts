import { SmsOtpError } from '../errors.ts';
import type { Sending } from './delivery.ts';
import type { Count, Limiter } from './limits.ts';
import type { Clock } from './ports.ts';
import { accountsOf, isUnproven, type Recipient, refundedOf, type SendAccount, stepsOf } from './send-account.ts';

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

  /** @throws SmsOtpError `TOO_MANY_SENDS`, `STATE_UNAVAILABLE`; nothing is counted then, as far as that can be had. */
  async pay(to: Recipient): Promise<void> {
    const paid: SendAccount[] = [];
    for (const accounts of stepsOf(to)) {
      const counts = await this.#count(accounts, paid);
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

  /** For a challenge whose code was entered: its sends, each in the window that counted it, and to its own address. */
  async refund(to: Recipient, sendings: readonly Sending[]): Promise<void> {
    const refunds = sendings.flatMap(({ at, address = to.address }) =>
      refundedOf({ ...to, address }).map((account) => this.#refundOne(account, at)),
    );
    await Promise.all(refunds);
  }

  async #refundOne({ limit, subject }: SendAccount, sentAt: number): Promise<void> {
    const { resetsInSeconds } = await this.#limiter.read(limit, subject);
    // `resetsInSeconds` is rounded up: without one second more, the send that opened the window would be missed.
    const windowBeganAt = this.#clock() - (this.#limiter.windowSeconds(limit) - resetsInSeconds + 1) * 1000;
    if (sentAt > windowBeganAt) await this.#limiter.giveBack(limit, subject);
  }

  /** Until none of the limits is used up. */
  async secondsLeft(to: Recipient): Promise<number> {
    const counts = await Promise.all(accountsOf(to).map(({ limit, subject }) => this.#limiter.read(limit, subject)));
    return Math.max(...counts.map(({ remaining, resetsInSeconds }) => (remaining === 0 ? resetsInSeconds : 0)));
  }

  /** All at once. Where one cannot be counted, what was paid is given back. */
  async #count(accounts: readonly SendAccount[], paid: SendAccount[]): Promise<readonly Count[]> {
    const asked = accounts.map(async (account) => {
      const count = await this.#limiter.count(account.limit, account.subject);
      paid.push(account);
      return count;
    });
    try {
      return await Promise.all(asked);
    } catch (error) {
      await Promise.allSettled(asked);
      await this.#giveBack(paid).catch(() => undefined);
      throw error;
    }
  }

  #watchBudget({ total, remaining, isOver }: Count): void {
    const percent = [50, 80, 100].find((share) => total === Math.ceil(((total + remaining) * share) / 100));
    if (!isOver && percent !== undefined) this.#onBudgetUsed(percent);
  }

  async #giveBack(accounts: readonly SendAccount[]): Promise<void> {
    await Promise.all(accounts.map(({ limit, subject }) => this.#limiter.giveBack(limit, subject)));
  }
}

function isInKeptShare({ total, remaining }: Count): boolean {
  return remaining < (total + remaining) * KEPT_SHARE;
}

export function tooManySends(retryAfterSeconds: number): SmsOtpError {
  return new SmsOtpError('TOO_MANY_SENDS', 'A code was sent not long ago. Please wait before you ask for another.', {
    retryAfterSeconds: Math.max(1, retryAfterSeconds),
  });
}
