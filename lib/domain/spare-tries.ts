import { SmsOtpError, stateUnavailable } from '../errors.ts';
import { tooManyAttempts } from './attempt-limiter.ts';
import type { Client } from './client.ts';
import { Commit, type Counter, type Ledger } from './commit.ts';
import { isByCode } from './grant.ts';
import { requesterOf } from './known-browser.ts';
import { type PersonIndex, shardOf } from './person.ts';
import { secondsUsedUp } from './rate-limiter.ts';
import type { StoredSignIn } from './sign-in-record.ts';
import type { Loaded, SignInStore } from './sign-in-store.ts';
import type { SpareCodes } from './spare-code.ts';

/** A code that somebody typed in place of one by SMS. */
export interface SpareGuess {
  readonly signIn: StoredSignIn;
  readonly typed: string;
  readonly returnTo: string | undefined;
  readonly client: Client;
}

/** A try that was counted. */
export interface CountedTry {
  readonly guess: SpareGuess;
  readonly kind: SpareCodes;
  readonly counter: Counter;
  /** As it was when the try was counted. */
  readonly signIn: StoredSignIn;
  readonly raw: string | undefined;
  readonly nextId: string;
  readonly nextIndex: string | undefined;
  readonly chargedAt: number;
  /** Tries that are left after this one. */
  readonly left: number;
}

export interface SpareTriesDeps {
  readonly ledger: Ledger;
  readonly store: SignInStore;
  readonly index: PersonIndex;
}

const MOST_RACES = 10;

/** Counts tries of spare codes: the commit that counts one is done before anything is compared. */
export class SpareTries {
  readonly #deps: SpareTriesDeps;

  constructor(deps: SpareTriesDeps) {
    this.#deps = deps;
  }

  /** @throws SmsOtpError `TOO_MANY_ATTEMPTS`, and as `again` */
  async count(guess: SpareGuess, kind: SpareCodes): Promise<CountedTry> {
    const { ledger, store, index } = this.#deps;
    const nextId = store.newId();
    let { signIn } = guess;
    for (let race = 0; race < MOST_RACES; race++) {
      const commit = new Commit<'record' | 'account' | 'tries'>();
      commit.expect('record', store.recordKey(signIn.ref.id), signIn.raw);
      store.expectAccount(commit, signIn);
      const counter = kind.counterOf(requesterOf(signIn));
      const tries = commit.charge('tries', counter);
      const [value, part] = [
        commit.read(kind.keyOf(signIn.record.subject)),
        commit.read(index.keyOf(signIn.ref.tag, shardOf(nextId))),
      ];
      const outcome = await ledger.charge(commit);
      if (outcome.refusal === 'tries') throw tooManyAttempts(secondsUsedUp(outcome, [{ place: tries, counter }]));
      if (outcome.refusal === undefined) {
        return {
          ...{ guess, kind, counter, signIn, nextId, raw: outcome.value(value), nextIndex: outcome.value(part) },
          ...{ chargedAt: outcome.now, left: Math.max(0, counter.atMost - outcome.counted(tries).total - 1) },
        };
      }
      signIn = stillOpen(await store.read(signIn.ref));
    }
    throw stateUnavailable(undefined);
  }

  /**
   * After a lost race: the same try, on the sign-in as it is now.
   *
   * @throws SmsOtpError `CODE_EXPIRED`, `SIGN_IN_REQUIRED`, `CONFLICT`; the try is given back
   */
  async again(counted: CountedTry): Promise<CountedTry> {
    try {
      return { ...counted, signIn: stillOpen(await this.#deps.store.read(counted.signIn.ref)) };
    } catch (error) {
      await this.giveBack(counted);
      throw error;
    }
  }

  /** For a code that was right, or was not judged. */
  async giveBack({ counter, chargedAt }: CountedTry): Promise<void> {
    const commit = new Commit();
    commit.refund(counter, chargedAt);
    await this.#deps.ledger.charge(commit);
  }
}

/** A sign-in that a spare code may still finish. */
function stillOpen({ signIn, movedTo, isUsed }: Loaded): StoredSignIn {
  if (movedTo !== undefined) throw new SmsOtpError('CODE_EXPIRED', isUsed === true ? { words: 'codeUsed' } : {});
  if (signIn === undefined || signIn.record.isSignedOut === true) throw new SmsOtpError('SIGN_IN_REQUIRED');
  if (isByCode(signIn.record.grant)) throw new SmsOtpError('CONFLICT');
  return signIn;
}
