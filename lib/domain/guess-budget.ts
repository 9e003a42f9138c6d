import type { Challenge } from './challenge.ts';
import { isFault } from './fault.ts';
import { attemptsOn, failuresOf } from './guess-account.ts';
import { factorLocked, tooManyAttempts } from './guess-refusal.ts';
import type { Keyring } from './keyring.ts';
import { type Account, type Count, type Limiter, LOCK_SECONDS } from './limits.ts';
import { accountOf, type Payer } from './payer.ts';
import type { SharedState } from './ports.ts';

/** What a guess has cost. */
export interface Payment {
  /** Guesses that are left after this one. */
  readonly remaining: number;
  /** One more failure, and the user's 30 days are used up. */
  readonly isLast: boolean;
}

/**
 * Each guess is paid for before it is compared: first from its challenge, then from its user's day, then from the user's
 * 30 days. The first refusal stops, so what was not compared is not counted further.
 */
export class GuessBudget {
  readonly #limiter: Limiter;
  readonly #state: SharedState;
  readonly #keyring: Keyring;

  constructor(limiter: Limiter, state: SharedState, keyring: Keyring) {
    this.#limiter = limiter;
    this.#state = state;
    this.#keyring = keyring;
  }

  /** A new challenge begins. */
  async open(challenge: Challenge): Promise<void> {
    await this.#limiter.open(attemptsOn(challenge));
  }

  /** The challenge is over. */
  async close(challenge: Challenge): Promise<void> {
    await this.#limiter.forget(attemptsOn(challenge));
  }

  /**
   * `undefined` where the challenge's counter is lost: then nobody can say how often it was tried.
   *
   * @param secondsToNextSend after which a used-up challenge may be replaced
   * @throws SmsOtpError `FACTOR_LOCKED`, `TOO_MANY_ATTEMPTS`
   */
  async pay(challenge: Challenge, secondsToNextSend: () => Promise<number>): Promise<Payment | undefined> {
    await this.assertUnlocked(challenge.payer);
    const attempts = await this.#limiter.countOpened(attemptsOn(challenge), 1);
    if (attempts === undefined) return undefined;
    if (attempts.isOver) {
      // Where the day is used up as well, a new challenge is of no use before it ends.
      await this.assertNotUsedUp(challenge.payer);
      throw tooManyAttempts(await secondsToNextSend());
    }
    const [{ day: dayAccount, month: monthAccount }, paid] = [failuresOf(challenge.payer), [] as Account[]];
    try {
      const day = await this.#pay(dayAccount, paid);
      if (day.isOver) throw tooManyAttempts(day.resetsInSeconds);
      const month = await this.#pay(monthAccount, paid);
      // Not locked yet: tries that were paid before this one are still being compared, and one may be right.
      if (month.isOver) throw tooManyAttempts(1);
      return { remaining: Math.min(attempts.remaining, day.remaining, month.remaining), isLast: month.remaining === 0 };
    } catch (error) {
      // Nothing was compared.
      await Promise.allSettled(paid.map((account) => this.#limiter.giveBack(account)));
      if (isFault(error)) await this.#limiter.giveBack(attemptsOn(challenge)).catch(() => undefined);
      throw error;
    }
  }

  /** For a guess that was right, or could not be judged: it is no failure of its user. */
  async forgive({ payer }: Challenge): Promise<void> {
    const { day, month } = failuresOf(payer);
    await Promise.all([this.#limiter.giveBack(day), this.#limiter.giveBack(month)]);
  }

  /** For the same on a challenge that lives on. On one that ends, whoever guesses at this moment would win a guess. */
  async giveBackAttempt(challenge: Challenge): Promise<void> {
    await this.#limiter.giveBack(attemptsOn(challenge));
  }

  /**
   * A guess was wrong. The last failure that a user may have locks the factor, not the next try.
   *
   * @returns whether this one has locked it
   */
  async settle(challenge: Challenge, payment: Payment): Promise<boolean> {
    return payment.isLast && this.#lock(challenge.payer);
  }

  /** Guesses left on this challenge. */
  async remaining(challenge: Challenge): Promise<number> {
    const [attempts, { day, month }] = await Promise.all([
      this.#limiter.countOpened(attemptsOn(challenge), 0),
      this.#failures(challenge.payer),
    ]);
    return Math.min(attempts?.remaining ?? 0, day.remaining, month.remaining);
  }

  /**
   * Whether a new code would be of any use.
   *
   * @throws SmsOtpError `FACTOR_LOCKED`, `TOO_MANY_ATTEMPTS`
   */
  async assertNotUsedUp(payer: Payer): Promise<void> {
    const [{ day, month }] = await Promise.all([this.#failures(payer), this.assertUnlocked(payer)]);
    if (day.remaining === 0) throw tooManyAttempts(day.resetsInSeconds);
    // The lock itself may have been lost: evicted, or never written by a process that died.
    if (month.remaining === 0) throw factorLocked();
  }

  /** @throws SmsOtpError `FACTOR_LOCKED` */
  async assertUnlocked(payer: Payer): Promise<void> {
    if ((await this.#state.get(this.#lockKey(payer))) !== undefined) throw factorLocked();
  }

  async #pay(account: Account, paid: Account[]): Promise<Count> {
    const count = await this.#limiter.count(account);
    paid.push(account);
    return count;
  }

  async #failures(payer: Payer): Promise<{ readonly day: Count; readonly month: Count }> {
    const accounts = failuresOf(payer);
    const [day, month] = await Promise.all([this.#limiter.read(accounts.day), this.#limiter.read(accounts.month)]);
    return { day, month };
  }

  /** @returns whether it was not locked before */
  #lock(payer: Payer): Promise<boolean> {
    return this.#state.set(this.#lockKey(payer), 'locked', LOCK_SECONDS, true);
  }

  #lockKey(payer: Payer): string {
    return this.#keyring.stateKey('lock', accountOf(payer));
  }
}
