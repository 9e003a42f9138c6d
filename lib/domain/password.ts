import { SmsOtpError } from '../errors.ts';
import { type PasswordDeps, PasswordRun, type PasswordTry, type Proven } from './password-try.ts';
import type { User } from './user.ts';

/** A refusal, which must not tell by its time what was looked at. */
export interface Refused {
  /** How much longer it would have taken if a password had been checked. */
  readonly unspentMilliseconds: number;
}

/** Checks passwords, a few a time: strangers must not lock an account in the directory itself. */
export class PasswordCheck {
  readonly #deps: PasswordDeps;
  /** How long the last check of a password took: as long as it takes to refuse a name that nobody has. */
  #lastMilliseconds: number | undefined;
  /** Before the first check: the last search, which the directory answers in about the same time. */
  #searchMilliseconds = 0;

  constructor(deps: PasswordDeps) {
    this.#deps = deps;
  }

  get #typicalMilliseconds(): number {
    return this.#lastMilliseconds ?? this.#searchMilliseconds;
  }

  /**
   * @throws SmsOtpError `TOO_MANY_ATTEMPTS` (no password is looked at), `DIRECTORY_UNAVAILABLE` (nothing is counted),
   *   `STATE_UNAVAILABLE`
   */
  async check(attempt: PasswordTry): Promise<Proven | Refused> {
    const { username, password } = attempt;
    // An empty password is an anonymous bind, which succeeds (RFC 4513, 5.1.2); NUL ends a string in some directories.
    const isEmpty = username === '' || password === '' || password.includes('\u0000');
    if (isEmpty) return { unspentMilliseconds: this.#typicalMilliseconds };
    const run = new PasswordRun(this.#deps, attempt);
    try {
      return await this.#check(run, attempt);
    } catch (error) {
      // Nothing was compared, so nothing is counted.
      if (error instanceof SmsOtpError) await run.giveBack().catch(() => undefined);
      throw error;
    }
  }

  async #check(run: PasswordRun, { username, password, onFound, onReport }: PasswordTry): Promise<Proven | Refused> {
    const { directory, clock } = this.#deps;
    await run.chargeRequest();
    const startedAt = clock();
    const user = await directory.findUser({ username });
    this.#searchMilliseconds = clock() - startedAt;
    if (user !== undefined) onFound(user);
    const mayLook = await run.chargeSubject(user);
    if (user === undefined || !mayLook) return this.#refuse(run, this.#typicalMilliseconds);
    const isRight = await this.#isRight(user, password);
    const report = directory.passwordReport?.(user);
    if (report !== undefined) onReport?.(report);
    return isRight ? run.proven(user) : this.#refuse(run, 0);
  }

  async #isRight(user: User, password: string): Promise<boolean> {
    const { directory, clock } = this.#deps;
    const startedAt = clock();
    const isRight = (await directory.checkPassword(user, password)) === true;
    this.#lastMilliseconds = clock() - startedAt;
    return isRight;
  }

  async #refuse(run: PasswordRun, unspentMilliseconds: number): Promise<Refused> {
    await run.countWrong();
    return { unspentMilliseconds };
  }
}
