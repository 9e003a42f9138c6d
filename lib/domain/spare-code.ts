import { randomBytes } from 'node:crypto';
import { SmsOtpError, stateUnavailable } from '../errors.ts';
import { tooManyAttempts } from './attempt-limiter.ts';
import type { Client } from './client.ts';
import { Commit, type Counter, type Ledger, MOST_RACES, type Steps } from './commit.ts';
import { withPlainDigits } from './dial-string.ts';
import { isByCode, type WithoutCode } from './grant.ts';
import { type Requester, requesterOf } from './known-browser.ts';
import { type PersonIndex, shardOf } from './person.ts';
import { charge, remainingAfter, secondsUsedUp } from './rate-limiter.ts';
import type { Key } from './shared-state.ts';
import type { StoredSignIn } from './sign-in-record.ts';
import type { Loaded, SignInStore } from './sign-in-store.ts';

/** The way to a grant that a spare code opens. */
type SpareWay = Exclude<WithoutCode, 'trustedBrowser'>;

/** A code that stands in for one by SMS, as it was typed. */
export interface TypedSpare {
  /** In the letters of its alphabet, without anything that separates them. */
  readonly symbols: string;
  /** The place in its set; 0 for one that is alone. */
  readonly place: number;
}

/** A spare code that was right. */
export interface FoundSpare {
  /** Whether its grant may change the numbers once without a code to an old one. */
  readonly mayReplaceNumber: boolean;
  /** Codes that are left of its set afterwards. */
  readonly left?: number;
  /** Uses it up: one caller wins. @returns the place of the step that finds the value as it is */
  spend(commit: Steps<'code'>): number;
  /** The same code in a value that somebody has changed meanwhile; `undefined` if it is gone. */
  again(raw: string | undefined): FoundSpare | undefined;
  /** Nothing came of it: gives it back in this commit, unless the value has changed since. */
  restore(commit: Steps<'code'>, now: number): void;
}

/** One kind of spare codes. Each try is counted before it is looked at, whether or not there is a code. */
export interface SpareCodes {
  readonly way: SpareWay;
  /** `undefined` if the text has not the shape of such a code. */
  read(symbols: string): TypedSpare | undefined;
  keyOf(subject: string): Key;
  counterOf(requester: Requester): Counter;
  /**
   * @param raw the value under the key, as the commit that counted the try has found it
   * @returns `undefined` if it is wrong, used up, or not there: nobody can tell which
   */
  find(typed: TypedSpare, subject: string, raw: string | undefined): Promise<FoundSpare | undefined>;
}

/** Crockford's base 32: no I, L, O or U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Random letters and digits, 5 bits each. */
export function newSymbols(count: number): string {
  return Array.from(randomBytes(count), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

/**
 * Reads letters and digits as people type them: in either case, in groups, with O for 0 and I or L for 1; digits, blanks,
 * dashes and marks as in a code by SMS.
 *
 * @returns `undefined` if anything else is among them
 */
export function readSymbols(typed: string): string | undefined {
  if (/\p{No}/u.test(typed)) return undefined;
  const symbols = withPlainDigits(typed)
    .toUpperCase()
    .replace(/[\s\p{P}]/gu, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  return /^[0-9A-HJKMNP-TV-Z]+$/.test(symbols) ? symbols : undefined;
}

/** In groups that can be read out and typed. */
export function inGroups(symbols: string, size: number): string {
  return (symbols.match(new RegExp(`.{1,${size}}`, 'g')) ?? []).join('-');
}

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
      const charged = charge(commit, 'tries', [counter]);
      const value = commit.read(kind.keyOf(signIn.record.subject));
      const part = commit.read(index.keyOf(signIn.ref.tag, shardOf(nextId)));
      const outcome = await ledger.charge(commit);
      if (outcome.refusal === 'tries') throw tooManyAttempts(secondsUsedUp(outcome, charged));
      if (outcome.refusal === undefined) {
        const found = { signIn, raw: outcome.value(value), nextIndex: outcome.value(part), chargedAt: outcome.now };
        return { guess, kind, counter, nextId, ...found, left: remainingAfter(outcome, charged) };
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
