import { SmsOtpError } from '../errors.ts';
import type { Directory } from './fail-closed.ts';
import type { Account, Limiter } from './limits.ts';
import type { PasswordReport } from './password-report.ts';
import { accountOf, type Payers } from './payer.ts';
import type { User } from './user.ts';

export interface PasswordTry {
  /** As it was typed. */
  readonly username: string;
  readonly password: string;
  /** What the client's address is counted under. */
  readonly addressBlock: string;
  /** What a known browser presents. */
  readonly token: string | undefined;
  /** Hears whom the directory means by the name, whatever becomes of the try. */
  readonly onFound?: (user: User) => void;
  /** Hears what the directory tells about a password that it has looked at. */
  readonly onReport?: (report: PasswordReport) => void;
}

/** Checks passwords, a few a time: strangers must not lock an account in the directory itself. */
export class PasswordCheck {
  readonly #directory: Directory;
  readonly #limiter: Limiter;
  readonly #payers: Payers;

  constructor(directory: Directory, limiter: Limiter, payers: Payers) {
    this.#directory = directory;
    this.#limiter = limiter;
    this.#payers = payers;
  }

  /**
   * @returns the user whom name and password belong to; `undefined` where anything is wrong: one answer for all
   * @throws SmsOtpError `TOO_MANY_ATTEMPTS` (no password is looked at), `DIRECTORY_UNAVAILABLE` (nothing is counted)
   */
  async check(attempt: PasswordTry): Promise<User | undefined> {
    const { username, password } = attempt;
    // An empty password is an anonymous bind, which succeeds (RFC 4513, 5.1.2); NUL ends a string in some directories.
    if (username === '' || password === '' || password.includes('\u0000')) return undefined;
    const paid: Account[] = [];
    let isRight: boolean;
    let user: User | undefined;
    try {
      await this.#pay(paid, { limit: 'failedPasswordsPerAddressPerHour', key: attempt.addressBlock });
      user = await this.#directory.findUser({ username });
      if (user !== undefined) attempt.onFound?.(user);
      for (const account of await this.#accountsOf(attempt, user)) await this.#pay(paid, account);
      isRight = user !== undefined && (await this.#directory.checkPassword(user, password)) === true;
      const report = user && this.#directory.passwordReport?.(user);
      if (report !== undefined) attempt.onReport?.(report);
    } catch (error) {
      // Nothing was compared, so nothing is counted.
      if (error instanceof SmsOtpError) await this.#giveBack(paid);
      throw error;
    }
    if (isRight) await this.#giveBack(paid);
    return isRight ? user : undefined;
  }

  /** By the name that was typed, in all its spellings, and by the user whom the directory means by it. */
  async #accountsOf({ username, token }: PasswordTry, user: User | undefined): Promise<readonly Account[]> {
    // Some directories take any domain before the backslash: each would be a name of its own, with its own tries.
    const name = username.normalize('NFKC').trim().toLowerCase().replace(/\s+/g, ' ').replace(/^.*\\/, '');
    const payer = user && (await this.#payers.of(user.id, token));
    const named = JSON.stringify(['name', name, payer?.browser ?? '']);
    const keys = payer === undefined ? [named] : [named, accountOf(payer)];
    return keys.map((key) => ({ limit: 'failedPasswordsPerUser', key }));
  }

  async #pay(paid: Account[], account: Account): Promise<void> {
    const { isOver, resetsInSeconds } = await this.#limiter.count(account);
    paid.push(account);
    if (!isOver) return;
    throw new SmsOtpError('TOO_MANY_ATTEMPTS', 'Too many wrong passwords. Please wait before you try again.', {
      retryAfterSeconds: Math.max(1, resetsInSeconds),
    });
  }

  async #giveBack(paid: readonly Account[]): Promise<void> {
    await Promise.all(paid.map((account) => this.#limiter.giveBack(account)));
  }
}
