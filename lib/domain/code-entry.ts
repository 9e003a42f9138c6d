import { SmsOtpError } from '../errors.ts';
import { type Challenge, isStillWanted, needsGrant, type PhoneChange } from './challenge.ts';
import type { CodeSender, SentCode } from './code-sender.ts';
import { Commit, type Steps } from './commit.ts';
import type { Enrollment } from './enrollment.ts';
import type { CountedGuess } from './guess.ts';
import { requesterOf } from './known-browser.ts';
import { type ChangeRule, conflict, mayRemove, mayWrite } from './phone-book.ts';
import type { Directory } from './ports.ts';
import type { SendBase, SendLabel } from './send-order.ts';
import type { SignInRecord, StoredSignIn } from './sign-in-record.ts';
import { type Entry, SignInWins, type SignInWinsDeps, type Won } from './sign-in-win.ts';
import type { User } from './user.ts';

export interface CodeEntryDeps extends SignInWinsDeps {
  readonly sender: CodeSender;
  readonly directory: Directory;
  readonly enrollment: Enrollment;
  readonly numbersOf: (user: User) => readonly string[];
  /** Receives errors of work that nobody waits for. */
  readonly onBackgroundError: (error: unknown) => undefined;
}

/** The result of a right code. */
export interface Accepted {
  readonly signIn: StoredSignIn;
  /** As the directory knows the user now. */
  readonly user: User;
  /** Another code that follows, as after that to an old number. */
  readonly sent?: SentCode;
}

const LIMIT_CODES: ReadonlySet<string> = new Set(['TOO_MANY_SENDS', 'TOO_MANY_ATTEMPTS', 'FACTOR_LOCKED']);

/** Does what a right code allows: one commit lets one caller win, then the session is given the new record. */
export class CodeEntry {
  readonly #deps: CodeEntryDeps;
  readonly #wins: SignInWins;

  constructor(deps: CodeEntryDeps) {
    this.#deps = deps;
    this.#wins = new SignInWins(deps);
  }

  /**
   * @throws SmsOtpError `CODE_EXPIRED`, `NO_CHALLENGE`, `SIGN_IN_REQUIRED`, `CONFLICT`, `PHONE_NOT_ACCEPTED`;
   *   `DIRECTORY_UNAVAILABLE`, `STATE_UNAVAILABLE`, and what a send throws (the code lives on, unless the shared
   *   state fails right after the commit that spends it)
   */
  async accept(counted: CountedGuess): Promise<Accepted> {
    const user = await this.#confirm(counted);
    const entry = { counted, user };
    const { change, purpose, number } = counted.challenge;
    if (purpose === 'change' && change !== undefined && 'add' in change) {
      const sent = await this.#sendToNew(entry, { add: change.add, vouchedBy: number });
      return { signIn: sent.signIn, user, sent };
    }
    const written = writtenBy(counted.challenge);
    const won = await this.#wins.win(entry, written !== undefined);
    await this.#finish(entry, won, written);
    return { signIn: won.signIn, user };
  }

  /** The code was right. The directory decides whether the user may still sign in. */
  async #confirm(counted: CountedGuess): Promise<User> {
    const { directory, verifier, enrollment, numbersOf } = this.#deps;
    let user: User | undefined;
    try {
      user = await directory.findUser({ id: counted.signIn.record.subject });
    } catch (error) {
      await verifier.giveBack(counted);
      throw error;
    }
    const mayEnroll = (one: User): boolean => enrollment.mayEnroll(one);
    if (user !== undefined && isStillWanted(counted.challenge, user, numbersOf, mayEnroll)) return user;
    await this.#wins.drop(counted, user === undefined);
    if (user === undefined) throw new SmsOtpError('SIGN_IN_REQUIRED');
    throw conflict('Your phone numbers were changed meanwhile. Please sign in again.');
  }

  /** The steps after the win: the old session must still be there, numbers are written, the new session is saved. */
  async #finish({ counted, user }: Entry, won: Won, change: PhoneChange | undefined): Promise<void> {
    const { client } = counted.guess;
    const keepsAll = needsGrant(counted.challenge);
    try {
      if (change === undefined) return await client.session.succeed(won.signIn.ref, keepsAll);
      if (!(await client.session.isStored())) throw new SmsOtpError('SIGN_IN_REQUIRED');
      await this.#writeNumbers(user, change, counted, won);
      await client.session.replace(won.signIn.ref, keepsAll);
    } catch (error) {
      await this.#wins.moveBack(counted, won, error, change !== undefined).catch(this.#deps.onBackgroundError);
      throw error;
    }
  }

  /** Somebody who signs out everywhere meanwhile wins: what was written stays, and nobody is signed in by it. */
  async #writeNumbers(user: User, change: PhoneChange, { challenge, guess }: CountedGuess, won: Won): Promise<void> {
    const { ledger, store, phoneBook, onBackgroundError } = this.#deps;
    await phoneBook.write(user.id, change, this.#ruleOf(challenge, change), guess.client);
    const commit = new Commit<'turn' | 'account'>();
    phoneBook.giveTurn(commit, won.signIn.ref.tag, won.turn);
    store.expectAccount(commit, won.signIn);
    const outcome = await ledger.run(commit).catch(onBackgroundError);
    if (outcome?.refusal === 'account') throw new SmsOtpError('SIGN_IN_REQUIRED');
  }

  #ruleOf({ number, change }: Challenge, written: PhoneChange): ChangeRule {
    const { enrollment } = this.#deps;
    if ('remove' in written) return mayRemove(written.remove);
    return mayWrite(number, (numbers, user) =>
      change === undefined ? enrollment.mayEnroll(user) : enrollment.mayAdd(numbers),
    );
  }

  /** A number that is added was vouched for: the next code goes to it. */
  #sendToNew({ counted, user }: Entry, change: PhoneChange & { readonly add: string }): Promise<SentCode> {
    const { sender } = this.#deps;
    const { client } = counted.guess;
    const facts = { number: change.add, purpose: 'enroll', change } as const;
    const order = { ...facts, user, client, base: this.#baseAfter(counted), isNewSession: true, keepsAll: true };
    return sender.send(order).catch(async (error: unknown) => {
      // Only limits refuse before the commit, which gives the guess back.
      const isLimit = error instanceof SmsOtpError && LIMIT_CODES.has(error.code);
      if (isLimit) await this.#deps.verifier.giveBack(counted);
      throw error;
    });
  }

  #baseAfter(counted: CountedGuess): SendBase {
    const { store, attempts } = this.#deps;
    const { signIn, challenge, chargedAt, nextId } = counted;
    return {
      record: { ...signIn.record, challenge, lastError: undefined },
      tag: signIn.ref.tag,
      now: chargedAt,
      unlock: signIn.account.unlock,
      locks: signIn.account.locks,
      index: counted.nextIndex,
      write: (commit: Steps<SendLabel>, record: SignInRecord) => {
        store.expectAccount(commit, signIn);
        attempts.refund(commit, requesterOf(signIn), signIn.account, chargedAt);
        this.#wins.refundSends(commit, counted);
        return store.move(commit, signIn, nextId, record, true);
      },
      again: async () => this.#baseAfter(await this.#wins.again(counted)),
    };
  }
}

/** The change that a right code writes into the user store. */
function writtenBy({ purpose, change, number }: Challenge): PhoneChange | undefined {
  if (purpose === 'enroll') return { add: number };
  return change !== undefined && 'remove' in change ? change : undefined;
}
