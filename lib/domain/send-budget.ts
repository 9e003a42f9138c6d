import { SmsOtpError } from '../errors.ts';
import type { Account, Count, Limiter } from './limits.ts';
import type { Clock } from './ports.ts';
import { ALL, accountsOf, isUnproven, type Recipient, refundedOf, stepsOf } from './send-account.ts';
import type { Sending } from './send-history.ts';

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
    const paid: Account[] = [];
    let refusedForSeconds: number | undefined;
    try {
      refusedForSeconds = await this.#payAll(to, paid);
    } catch (error) {
      await this.#giveBack(paid).catch(() => undefined);
      throw error;
    }
    if (refusedForSeconds === undefined) return;
    await this.#giveBack(paid);
    throw tooManySends(Math.max(await this.secondsLeft(to), refusedForSeconds));
  }

  /** For a message without a code: it is sent in any case, and counts. */
  async note(): Promise<void> {
    this.#watchBudget(await this.#limiter.count(ALL));
  }

  /** For a message that surely was not sent. */
  async giveBack(to: Recipient): Promise<void> {
    await this.#giveBack(accountsOf(to));
  }

  /** For a challenge whose code was entered: its sends, each in the window that counted it, and to its own address. */
  async refund(to: Recipient, sendings: readonly Sending[]): Promise<void> {
    const refunds = sendings.flatMap(({ at, addressBlock = to.addressBlock }) =>
      refundedOf({ ...to, addressBlock }).map((account) => this.#refundOne(account, at)),
    );
    await Promise.all(refunds);
  }

  /** Until none of the limits is used up. */
  async secondsLeft(to: Recipient): Promise<number> {
    const counts = await Promise.all(accountsOf(to).map((account) => this.#limiter.read(account)));
    return Math.max(...counts.map(({ remaining, resetsInSeconds }) => (remaining === 0 ? resetsInSeconds : 0)));
  }

  /** @returns for how long it is refused at least, where it is; `undefined` where all is paid */
  async #payAll(to: Recipient, paid: Account[]): Promise<number | undefined> {
    for (const accounts of stepsOf(to)) {
      const asked = accounts.map((account) => this.#count(account, paid));
      // Where one fails, it must be known which others were counted.
      await Promise.allSettled(asked);
      if ((await Promise.all(asked)).some(({ isOver }) => isOver)) return 0;
    }
    const all = await this.#count(ALL, paid);
    if (isUnproven(to) && isInKeptShare(all)) return all.resetsInSeconds;
    if (all.isOver) return 0;
    this.#watchBudget(all);
    return undefined;
  }

  async #count(account: Account, paid: Account[]): Promise<Count> {
    const count = await this.#limiter.count(account);
    paid.push(account);
    return count;
  }

  async #giveBack(accounts: readonly Account[]): Promise<void> {
    await Promise.all(accounts.map((account) => this.#limiter.giveBack(account)));
  }

  async #refundOne(account: Account, sentAt: number): Promise<void> {
    const { resetsInSeconds } = await this.#limiter.read(account);
    // `resetsInSeconds` is rounded up: without one second more, the send that opened the window would be missed.
    const windowBeganAt = this.#clock() - (this.#limiter.windowSeconds(account.limit) - resetsInSeconds + 1) * 1000;
    if (sentAt > windowBeganAt) await this.#limiter.giveBack(account);
  }

  #watchBudget({ total, remaining, isOver }: Count): void {
    // A small budget may pass several at once.
    const percent = [50, 80, 100].findLast((share) => total === Math.ceil(((total + remaining) * share) / 100));
    if (!isOver && percent !== undefined) this.#onBudgetUsed(percent);
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
