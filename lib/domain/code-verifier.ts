import { isFault, SmsOtpError, stateUnavailable } from '../errors.ts';
import type { Notify } from '../events.ts';
import { isLocked, newMark, withLock } from './account.ts';
import {
  type AttemptLimiter,
  type ChargedAttempt,
  failuresLeft,
  isLastFailure,
  tooManyAttempts,
} from './attempt-limiter.ts';
import { type Challenge, type CodeLength, codeOf, handleOf, isOver, readCode } from './challenge.ts';
import { Commit, type Ledger, MOST_RACES, type Outcome } from './commit.ts';
import type { Deliveries } from './delivery.ts';
import { type DescribeNumber, eventFactsOf } from './event-facts.ts';
import { type CountedGuess, type Guess, pendingIn } from './guess.ts';
import { isSameText, type Keyring } from './keyring.ts';
import { requesterOf } from './known-browser.ts';
import { type PersonIndex, shardOf } from './person.ts';
import type { Clock } from './ports.ts';
import { secondsUsedUp } from './rate-limiter.ts';
import type { SignInRecord, StoredSignIn } from './sign-in-record.ts';
import type { Loaded, SignInStore } from './sign-in-store.ts';

export interface CodeVerifierDeps {
  readonly ledger: Ledger;
  readonly store: SignInStore;
  readonly keyring: Keyring;
  readonly index: PersonIndex;
  readonly deliveries: Deliveries;
  readonly attempts: AttemptLimiter;
  readonly clock: Clock;
  readonly notify: Notify;
  readonly describeNumber: DescribeNumber;
  readonly codeLength: CodeLength;
}

type Label = 'record' | 'account' | 'day' | 'month';

interface Charge {
  readonly commit: Commit<Label>;
  readonly signIn: StoredSignIn;
  readonly attempt: ChargedAttempt;
  readonly messages: number;
  readonly nextIndex: number;
}

/** Checks codes: the commit that counts a guess is done before anything is compared. */
export class CodeVerifier {
  readonly #deps: CodeVerifierDeps;

  constructor(deps: CodeVerifierDeps) {
    this.#deps = deps;
  }

  /**
   * Counts a guess, then compares it.
   *
   * @param loaded the session's sign-in, if it holds one
   * @returns the guess, whose code is right; what comes of that is decided by a commit that expects its record
   * @throws SmsOtpError `NO_CHALLENGE`, `BAD_REQUEST`, `CODE_EXPIRED`, `TOO_MANY_ATTEMPTS`, `FACTOR_LOCKED` (all
   *   uncounted), `INVALID_CODE`, `STATE_UNAVAILABLE`
   */
  async compare(guess: Guess, loaded: Loaded | undefined): Promise<CountedGuess> {
    const { codeLength, keyring } = this.#deps;
    if (loaded === undefined) throw new SmsOtpError('NO_CHALLENGE');
    const { signIn, challenge } = pendingIn(loaded);
    const typed = readCode(guess.code, codeLength);
    if (typed === undefined) throw await this.#malformed(guess, signIn);
    const counted = await this.#count(guess, signIn, challenge);
    const expected = codeOf(counted.challenge, counted.signIn.record.subject, keyring, codeLength);
    if (expected !== undefined && isSameText(typed, expected)) return counted;
    if (counted.isLastFailure) await this.#lock(counted);
    const details = Number.isFinite(counted.left) ? { attemptsRemaining: counted.left } : {};
    throw new SmsOtpError('INVALID_CODE', details);
  }

  /** For a guess that was right but came to nothing: it is no failure, and the challenge lives on. */
  async giveBack(counted: CountedGuess): Promise<void> {
    const { ledger, store, attempts } = this.#deps;
    let { signIn } = counted;
    for (let race = 0; race < MOST_RACES; race++) {
      const commit = new Commit<'record'>();
      attempts.refund(commit, requesterOf(signIn), signIn.account, counted.chargedAt);
      const { challenge } = signIn.record;
      if (challenge?.bits === counted.challenge.bits) {
        const attemptsMade = Math.max(0, challenge.attempts - 1);
        store.replace(commit, signIn, {
          ...signIn.record,
          challenge: { ...challenge, attempts: attemptsMade },
          lastError: undefined,
        });
      }
      const outcome = await ledger.run(commit);
      if (outcome.refusal === undefined) return;
      signIn = (await store.read(signIn.ref)).signIn ?? {
        ...signIn,
        record: { ...signIn.record, challenge: undefined },
      };
    }
  }

  async #count(guess: Guess, loaded: StoredSignIn, pending: Challenge): Promise<CountedGuess> {
    const { store, ledger } = this.#deps;
    let signIn = loaded;
    let challenge = pending;
    let races = 0;
    const nextId = store.newId();
    while (races < MOST_RACES) {
      await this.#assertMayTry(signIn, challenge);
      const charge = this.#charge(guess, signIn, challenge, nextId);
      const outcome = await ledger.run(charge.commit);
      if (outcome.refusal === undefined) return this.#counted(guess, challenge, charge, outcome, nextId);
      if (outcome.refusal === 'day') throw tooManyAttempts(secondsUsedUp(outcome, charge.attempt.day));
      if (outcome.refusal === 'month') throw await this.#usedUp(signIn, charge.attempt, outcome);
      const again = pendingIn(await store.read(signIn.ref));
      // A race that was lost to a guess counts against the attempts of the challenge, which end the loop.
      if (again.challenge.attempts === challenge.attempts) races += 1;
      ({ signIn, challenge } = again);
    }
    throw stateUnavailable(undefined);
  }

  #charge({ isForm, trusts, returnTo }: Guess, signIn: StoredSignIn, challenge: Challenge, nextId: string): Charge {
    const { store, attempts, deliveries, index } = this.#deps;
    const commit = new Commit<Label>();
    store.expectAccount(commit, signIn);
    const attempt = attempts.charge(commit, requesterOf(signIn), signIn.account);
    const next: SignInRecord = {
      ...signIn.record,
      challenge: { ...challenge, attempts: challenge.attempts + 1 },
      returnTo: returnTo ?? signIn.record.returnTo,
      // Only a wrong code leaves the record as it is written here.
      lastError: isForm ? { code: 'INVALID_CODE', trusts } : undefined,
    };
    return {
      signIn: store.replace(commit, signIn, next),
      attempt,
      messages: commit.read(deliveries.keyOf(handleOf(challenge))),
      nextIndex: commit.read(index.keyOf(signIn.ref.tag, shardOf(nextId))),
      commit,
    };
  }

  async #counted(
    guess: Guess,
    challenge: Challenge,
    charge: Charge,
    outcome: Outcome<Label>,
    nextId: string,
  ): Promise<CountedGuess> {
    const { attempts, deliveries } = this.#deps;
    const messages = outcome.value(charge.messages);
    const counted: CountedGuess = {
      guess,
      signIn: { ...charge.signIn, now: outcome.now },
      challenge,
      messages,
      sendings: deliveries.sendingsOf(handleOf(challenge), messages),
      nextId,
      nextIndex: outcome.value(charge.nextIndex),
      chargedAt: outcome.now,
      left: Math.min(attempts.leftOf(challenge.attempts + 1), failuresLeft(outcome, charge.attempt)),
      isLastFailure: isLastFailure(outcome, charge.attempt),
    };
    if (!isOver(challenge, outcome.now)) return counted;
    await this.giveBack(counted);
    throw new SmsOtpError('CODE_EXPIRED');
  }

  /** @throws SmsOtpError `FACTOR_LOCKED`, `TOO_MANY_ATTEMPTS` */
  async #assertMayTry(signIn: StoredSignIn, challenge: Challenge): Promise<void> {
    const { attempts, ledger, keyring } = this.#deps;
    const { record, account, now } = signIn;
    if (isLocked(account.locks, record.browser)) throw new SmsOtpError('FACTOR_LOCKED');
    // While a new secret is rolled out, another process may know the one that this code comes from: it stays.
    if (!keyring.has(challenge.secret)) throw new SmsOtpError('CODE_EXPIRED');
    if (attempts.leftOf(challenge.attempts) > 0) return;
    // If the day is used up as well, a new challenge is of no use before it ends.
    const commit = new Commit<'day' | 'month'>();
    const asked = attempts.ask(commit, requesterOf(signIn), account);
    const outcome = await ledger.run(commit);
    if (outcome.refusal === 'month') throw new SmsOtpError('FACTOR_LOCKED');
    throw tooManyAttempts(Math.max(secondsUsedUp(outcome, asked.day), (challenge.resendAt - now) / 1000));
  }

  /** The 30 days are used up: the lock itself may have been lost, or never written by a process that died. */
  async #usedUp(signIn: StoredSignIn, { underWay }: ChargedAttempt, outcome: Outcome<Label>): Promise<SmsOtpError> {
    // Tries that were counted before this one may be right, and give their counts back.
    const { total, resetsInSeconds } = outcome.counted(underWay);
    if (total > 0) return tooManyAttempts(resetsInSeconds);
    await lockFactor(this.#deps, signIn);
    return new SmsOtpError('FACTOR_LOCKED');
  }

  async #lock({ signIn, challenge, guess }: CountedGuess): Promise<void> {
    const { notify, clock, describeNumber } = this.#deps;
    if (!(await lockFactor(this.#deps, signIn))) return;
    const facts = eventFactsOf(clock, signIn.record.subject, guess.client);
    notify('factorLocked', { ...facts, ...describeNumber(challenge.number) });
  }

  /** A form's page is shown after a redirect: the record tells it what was wrong. A fault there changes nothing. */
  async #malformed(guess: Guess, signIn: StoredSignIn): Promise<SmsOtpError> {
    const { ledger, store, codeLength } = this.#deps;
    const error = new SmsOtpError('BAD_REQUEST', `The code has ${codeLength} digits.`);
    if (!guess.isForm) return error;
    const commit = new Commit<'record'>();
    const typed = guess.code.slice(0, MOST_TYPED);
    store.replace(commit, signIn, {
      ...signIn.record,
      lastError: { code: 'BAD_REQUEST', typed, trusts: guess.trusts },
    });
    await ledger.run(commit).catch((fault: unknown) => {
      if (!isFault(fault)) throw fault;
    });
    return error;
  }
}

/** The typed text is kept in the record, which is no place for long texts. */
const MOST_TYPED = 32;

/**
 * Locks the second factor of a person for one requester: too many wrong codes in 30 days.
 *
 * @returns whether it was not locked before
 */
async function lockFactor(
  { store, keyring }: { readonly store: SignInStore; readonly keyring: Keyring },
  { ref, account, record }: StoredSignIn,
): Promise<boolean> {
  const { browser, subject } = record;
  const isNew = await store.updateAccount(ref.tag, (known) =>
    known?.unlock === account.unlock && !isLocked(known.locks, browser) ? withLock(known, browser) : undefined,
  );
  // After a rotation the account has another tag: the lock must be found there, too.
  for (const tag of keyring.otherTagsOf(subject)) {
    const fresh = { epoch: newMark(), unlock: '', locks: [] };
    await store.updateAccount(tag, (known) => withLock(known ?? fresh, browser));
  }
  return isNew;
}
