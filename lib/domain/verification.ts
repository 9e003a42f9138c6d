import { SmsOtpError } from '../errors.ts';
import { type Challenge, type Challenges, codeExpired } from './challenge.ts';
import { type CodeLength, readCode } from './code.ts';
import type { Cooldown } from './cooldown.ts';
import type { Deliveries } from './delivery.ts';
import type { Directory } from './fail-closed.ts';
import type { GuessBudget } from './guess-budget.ts';
import type { RequestFacts } from './request-facts.ts';
import { isSameText } from './same-text.ts';
import type { SendBudget } from './send-budget.ts';
import type { Sending } from './send-history.ts';
import type { User } from './user.ts';

export interface Guess {
  readonly challengeId: string | undefined;
  /** The user whose session it is. */
  readonly subject: string;
  /** As it was typed. */
  readonly code: string;
  /** Where it was typed. */
  readonly request?: RequestFacts;
}

export interface VerificationParts {
  readonly challenges: Challenges;
  readonly cooldown: Cooldown;
  readonly deliveries: Deliveries;
  readonly directory: Directory;
  readonly guesses: GuessBudget;
  readonly sends: SendBudget;
  readonly codeLength: CodeLength;
  /** Whether the directory still agrees with what the challenge began with. */
  readonly isStillMeant: (challenge: Challenge, user: User) => boolean;
  /** Who hears of a factor that is locked from here on. */
  readonly onLock: (challenge: Challenge, guess: Guess) => void;
  /** Who hears of what could not be tidied up after a right code; it ends by itself. */
  readonly onForgotten: (error: unknown) => void;
}

/** A challenge whose code was right, and whose it is. */
export interface Verified {
  readonly challenge: Challenge;
  /** As the directory knows the user now. */
  readonly user: User;
  /** The messages that brought it. */
  readonly sendings: readonly Sending[];
}

/** Checks codes: pay, then look. */
export class Verification {
  readonly #parts: VerificationParts;

  constructor(parts: VerificationParts) {
    this.#parts = parts;
  }

  /**
   * Ends the challenge, for one caller only, where the code is right.
   *
   * @param carryOut does what the code is for; where that cannot be done right now (429, 503) the code lives on
   * @returns what `carryOut` does
   * @throws SmsOtpError `NO_CHALLENGE`, `BAD_REQUEST` (both uncounted), `CODE_EXPIRED`, `TOO_MANY_ATTEMPTS`,
   *   `FACTOR_LOCKED`, `INVALID_CODE`, `CONFLICT`, `SIGN_IN_REQUIRED`, `DIRECTORY_UNAVAILABLE` and `STATE_UNAVAILABLE`
   *   (the code lives on), and what `carryOut` throws
   */
  async verify<Outcome>(guess: Guess, carryOut: (verified: Verified) => Promise<Outcome>): Promise<Outcome> {
    const { challenges, guesses, codeLength, onForgotten } = this.#parts;
    if (guess.challengeId === undefined) throw noChallenge();
    const code = readCode(guess.code, codeLength);
    if (code === undefined) throw new SmsOtpError('BAD_REQUEST', `The code has ${codeLength} digits.`);
    const challenge = await challenges.read(guess.challengeId);
    if (challenge === undefined || challenge.subject !== guess.subject) throw codeExpired();
    await this.#compare(challenge, { ...guess, code });
    const [user, sendings] = await Promise.all([this.#confirm(challenge), this.#sendings(challenge)]);
    if (!(await challenges.claim(challenge.id))) {
      await guesses.forgive(challenge);
      throw codeExpired();
    }
    const outcome = await this.#orRestore(challenge, async () => {
      await guesses.forgive(challenge);
      return carryOut({ challenge, user, sendings });
    });
    await this.#forget(challenge, sendings).catch(onForgotten);
    return outcome;
  }

  /** They are for the record and for refunds: where they cannot be read, the code is still right. */
  async #sendings(challenge: Challenge): Promise<readonly Sending[]> {
    return this.#parts.deliveries.sendings(challenge.id).catch(() => []);
  }

  async #orRestore<Outcome>(challenge: Challenge, work: () => Promise<Outcome>): Promise<Outcome> {
    const { challenges, guesses } = this.#parts;
    try {
      return await work();
    } catch (error) {
      const isPassing = error instanceof SmsOtpError && (error.status === 429 || error.status === 503);
      if (isPassing) await Promise.all([challenges.restore(challenge), guesses.giveBackAttempt(challenge)]);
      throw error;
    }
  }

  async #compare(challenge: Challenge, guess: Guess): Promise<void> {
    const { challenges, cooldown, guesses, onLock } = this.#parts;
    const expected = challenges.code(challenge);
    // While a new secret is rolled out, another process may know the one that this code comes from: it stays.
    if (expected === undefined) throw codeExpired();
    const payment = await guesses.pay(challenge, () => cooldown.secondsLeft(challenge));
    if (payment === undefined) {
      await challenges.claim(challenge.id);
      throw codeExpired();
    }
    if (isSameText(guess.code, expected)) return;
    if (await guesses.settle(challenge, payment)) onLock(challenge, guess);
    const { remaining } = payment;
    const details = Number.isFinite(remaining) ? { attemptsRemaining: remaining } : {};
    throw new SmsOtpError('INVALID_CODE', 'This code is not right.', details);
  }

  /** The code was right; whether the user may still come in, the directory says. */
  async #confirm(challenge: Challenge): Promise<User> {
    const { directory, challenges, guesses, isStillMeant } = this.#parts;
    let user: User | undefined;
    try {
      user = await directory.findUser({ id: challenge.subject });
    } catch (error) {
      await Promise.all([guesses.giveBackAttempt(challenge), guesses.forgive(challenge)]);
      throw error;
    }
    if (user !== undefined && isStillMeant(challenge, user)) return user;
    await Promise.all([challenges.claim(challenge.id), guesses.forgive(challenge)]);
    if (user === undefined) throw new SmsOtpError('SIGN_IN_REQUIRED', 'Please sign in again.');
    throw new SmsOtpError('CONFLICT', 'Your phone numbers were changed meanwhile. Please sign in again.');
  }

  async #forget(challenge: Challenge, sendings: readonly Sending[]): Promise<void> {
    const { deliveries, guesses, sends } = this.#parts;
    await Promise.all([sends.refund(challenge, sendings), deliveries.forget(challenge.id), guesses.close(challenge)]);
  }
}

export function noChallenge(): SmsOtpError {
  return new SmsOtpError('NO_CHALLENGE', 'No code is pending here. Please ask for one first.');
}
