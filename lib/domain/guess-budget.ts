import type { Challenge } from './challenge.ts';
import { isFault } from './fault.ts';
import { factorLocked, tooManyAttempts } from './guess-refusal.ts';
import type { Keyring } from './keyring.ts';
import type { Count, Limiter, LimitName } from './limits.ts';
import { accountOf, type Payer } from './payer.ts';
import type { SharedState } from './ports.ts';

/** An administrator may take over a year to hear of it. */
const LOCK_SECONDS = 400 * 24 * 60 * 60;

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
    await this.#limiter.open('attemptsPerChallenge', challenge.id);
  }

  /** The challenge is over. */
  async close(challenge: Challenge): Promise<void> {
    await this.#limiter.forget('attemptsPerChallenge', challenge.id);
  }

  /**
   * `undefined` where the challenge's counter is lost: then nobody can say how often it was tried.
   *
   * @param secondsToNextSend after which a used-up challenge may be replaced
   * @throws SmsOtpError `FACTOR_LOCKED`, `TOO_MANY_ATTEMPTS`
   */
  async pay(challenge: Challenge, secondsToNextSend: () => Promise<number>): Promise<Payment | undefined> {
    await this.assertUnlocked(challenge.payer);
    const attempts = await this.#limiter.countOpened('attemptsPerChallenge', challenge.id, 1);
    if (attempts === undefined) return undefined;
    if (attempts.isOver) {
      // Where the day is used up as well, a new challenge is of no use before it ends.
      await this.assertNotUsedUp(challenge.payer);
      throw tooManyAttempts(await secondsToNextSend());
    }
    const [account, paid] = [accountOf(challenge.payer), [] as LimitName[]];
    try {
      const day = await this.#payFailure('failedCodesPerUserPerDay', account, paid);
      if (day.isOver) throw tooManyAttempts(day.resetsInSeconds);
      const month = await this.#payFailure('failedCodesPerUserPer30Days', account, paid);
      // Only a comparison that fails locks. The other tries of this moment decide.
      if (month.isOver) throw tooManyAttempts(1);
      return { remaining: Math.min(attempts.remaining, day.remaining, month.remaining), isLast: month.remaining === 0 };
    } catch (error) {
      // Nothing was compared.
      await Promise.allSettled(paid.map((name) => this.#limiter.giveBack(name, account)));
      if (isFault(error)) await this.#limiter.giveBack('attemptsPerChallenge', challenge.id).catch(() => undefined);
      throw error;
    }
  }

  /** For a guess that was right, or could not be judged. */
  async giveBack(challenge: Challenge): Promise<void> {
    await Promise.all([
      this.#limiter.giveBack('attemptsPerChallenge', challenge.id),
      this.#giveBackFailure(accountOf(challenge.payer)),
    ]);
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
      this.#limiter.countOpened('attemptsPerChallenge', challenge.id, 0),
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

  async #payFailure(name: LimitName, account: string, paid: LimitName[]): Promise<Count> {
    const count = await this.#limiter.count(name, account);
    paid.push(name);
    return count;
  }

  async #failures(payer: Payer): Promise<{ readonly day: Count; readonly month: Count }> {
    const account = accountOf(payer);
    const [day, month] = await Promise.all([
      this.#limiter.read('failedCodesPerUserPerDay', account),
      this.#limiter.read('failedCodesPerUserPer30Days', account),
    ]);
    return { day, month };
  }

  async #giveBackFailure(account: string): Promise<void> {
    await Promise.all([
      this.#limiter.giveBack('failedCodesPerUserPerDay', account),
      this.#limiter.giveBack('failedCodesPerUserPer30Days', account),
    ]);
  }

  /** @returns whether it was not locked before */
  #lock(payer: Payer): Promise<boolean> {
    return this.#state.set(this.#lockKey(payer), 'locked', LOCK_SECONDS, true);
  }

  #lockKey(payer: Payer): string {
    return this.#keyring.stateKey('lock', accountOf(payer));
  }
}
