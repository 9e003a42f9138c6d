import { SmsOtpError, stateUnavailable } from '../errors.ts';
import type { Notify } from '../events.ts';
import type { Client } from './client.ts';
import { Commit, type Ledger, MOST_RACES } from './commit.ts';
import { eventFactsOf } from './event-facts.ts';
import { grantWithout } from './grant.ts';
import type { UsedCodes } from './guess.ts';
import type { Notices } from './notices.ts';
import { type DirectoryRecheck, type PersonIndex, shardOf } from './person.ts';
import type { Clock, Directory } from './ports.ts';
import { flowOfRecord, type SignInFlow } from './sign-in-flow.ts';
import { type SignInRecord, type StoredSignIn, withGrant } from './sign-in-record.ts';
import type { SignInStore } from './sign-in-store.ts';
import {
  type CountedTry,
  type FoundSpare,
  readSymbols,
  type SpareCodes,
  type SpareGuess,
  type SpareTries,
  type TypedSpare,
} from './spare-code.ts';
import type { TrustedBrowsers } from './trusted-browsers.ts';
import type { User } from './user.ts';

export interface WithoutPhoneDeps {
  readonly ledger: Ledger;
  readonly store: SignInStore;
  readonly index: PersonIndex;
  readonly tries: SpareTries;
  readonly recheck: DirectoryRecheck;
  readonly directory: Directory;
  readonly notices: Notices;
  readonly used: UsedCodes;
  readonly trusted: TrustedBrowsers;
  readonly clock: Clock;
  readonly notify: Notify;
  readonly numbersOf: (user: User) => readonly string[];
  readonly sessionMaxAgeSeconds: number;
  /** The kinds of codes that can be typed. */
  readonly kinds: readonly SpareCodes[];
  /** Receives errors of work that nobody waits for. */
  readonly onBackgroundError: (error: unknown) => undefined;
}

interface Typed {
  readonly kind: SpareCodes;
  readonly code: TypedSpare;
}

interface Won {
  readonly signIn: StoredSignIn;
  readonly spare: FoundSpare;
}

/**
 * Takes a code of the help desk or a recovery code in place of one by SMS. Each try is counted before it is compared, and
 * a code that is right lets one caller in. Neither a lock of the codes by SMS nor a limit of sends plays a part.
 */
export class WithoutPhone {
  readonly #deps: WithoutPhoneDeps;

  constructor(deps: WithoutPhoneDeps) {
    this.#deps = deps;
  }

  /**
   * @throws SmsOtpError `BAD_REQUEST` (uncounted), `TOO_MANY_ATTEMPTS`, `INVALID_CODE`, `CODE_EXPIRED`,
   *   `SIGN_IN_REQUIRED`, `CONFLICT`; `DIRECTORY_UNAVAILABLE`, `STATE_UNAVAILABLE` (the code lives on, unless
   *   the shared state fails right after the commit that spends it)
   */
  async enter(guess: SpareGuess): Promise<SignInFlow> {
    const typed = this.#read(guess.typed);
    try {
      return await this.#enter(guess, typed);
    } catch (error) {
      if (error instanceof SmsOtpError) this.#tellRefused(guess, typed.kind, error);
      throw error;
    }
  }

  /** A second press of the button comes with a session that has moved on; its sender is told so. */
  async wasJustUsed({ session }: Client): Promise<boolean> {
    return this.#deps.used.wereUsed(session.named).catch(() => false);
  }

  async #enter(guess: SpareGuess, { kind, code }: Typed): Promise<SignInFlow> {
    const counted = await this.#deps.tries.count(guess, kind);
    const spare = await kind.find(code, counted.signIn.record.subject, counted.raw);
    if (spare === undefined) throw wrongCode(counted);
    const user = await this.#confirm(counted);
    const won = await this.#win(counted, spare, user);
    try {
      await this.#endTrust(won.signIn);
      await guess.client.session.succeed(won.signIn.ref, false);
    } catch (error) {
      await this.#moveBack(counted, won).catch(this.#deps.onBackgroundError);
      throw error;
    }
    this.#tell(counted, won, user);
    return { ...flowOfRecord(won.signIn, won.signIn.now), user };
  }

  /** @throws SmsOtpError `BAD_REQUEST` */
  #read(typed: string): Typed {
    const symbols = readSymbols(typed) ?? '';
    for (const kind of this.#deps.kinds) {
      const code = kind.read(symbols);
      if (code !== undefined) return { kind, code };
    }
    throw new SmsOtpError('BAD_REQUEST', { words: 'withoutPhoneMalformed' });
  }

  /** The code was right; whether the user may still come in, the directory says. */
  async #confirm(counted: CountedTry): Promise<User> {
    const { directory, store, ledger } = this.#deps;
    let user: User | undefined;
    try {
      user = await directory.findUser({ id: counted.signIn.record.subject });
    } catch (error) {
      await this.#deps.tries.giveBack(counted);
      throw error;
    }
    if (user !== undefined) return user;
    const commit = new Commit<'record'>();
    store.remove(commit, counted.signIn);
    await ledger.run(commit);
    throw new SmsOtpError('SIGN_IN_REQUIRED');
  }

  async #win(first: CountedTry, found: FoundSpare, user: User): Promise<Won> {
    const { ledger, store, index, used, recheck, tries } = this.#deps;
    let counted = first;
    let spare = found;
    for (let race = 0; race < MOST_RACES; race++) {
      const { signIn, counter, nextId, nextIndex, chargedAt, guess } = counted;
      const commit = new Commit<'record' | 'account' | 'code' | 'index'>();
      store.expectAccount(commit, signIn);
      const value = spare.spend(commit);
      const next = store.move(commit, signIn, nextId, this.#granted(counted, spare, user), true);
      commit.refund(counter, chargedAt);
      recheck.noteLook(commit, signIn.ref.tag);
      const entries = [store.entryOf(next), ...used.note(commit, guess.client.session.scope, chargedAt)];
      const at = { tag: signIn.ref.tag, shard: shardOf(nextId) };
      const place = index.add(commit, at, nextIndex, entries, chargedAt);
      const outcome = await ledger.run(commit);
      if (outcome.refusal === undefined) return { signIn: next, spare };
      if (outcome.refusal === 'index') counted = { ...counted, nextIndex: outcome.value(place) };
      else if (outcome.refusal === 'code') spare = this.#again(counted, spare, outcome.value(value));
      else counted = await tries.again(counted);
    }
    await this.#deps.tries.giveBack(counted);
    throw stateUnavailable(undefined);
  }

  /** Somebody was faster with it; or with another code of its set, and this one is still good. */
  #again(counted: CountedTry, spare: FoundSpare, raw: string | undefined): FoundSpare {
    const next = spare.again(raw);
    if (next === undefined) throw wrongCode(counted);
    return next;
  }

  #granted({ signIn, kind, chargedAt, guess }: CountedTry, spare: FoundSpare, user: User): SignInRecord {
    const { record } = signIn;
    const grant = grantWithout(kind.way, user, record.amr, chargedAt);
    const permits = spare.mayReplaceNumber ? { mayReplaceNumber: true } : {};
    const granted = withGrant(record, { ...grant, ...permits }, this.#deps.sessionMaxAgeSeconds);
    return { ...granted, returnTo: guess.returnTo ?? record.returnTo, isList: undefined };
  }

  /** Somebody who has not the phone may have lost more than that. */
  async #endTrust({ ref }: StoredSignIn): Promise<void> {
    if (this.#deps.trusted.isOn) await this.#deps.trusted.endAll(ref.tag);
  }

  /** No session holds what was won: the code is given back, unless its value has changed since. */
  async #moveBack({ signIn, chargedAt, guess }: CountedTry, won: Won): Promise<void> {
    const { ledger, store, used } = this.#deps;
    for (const restores of [true, false]) {
      const commit = new Commit<'record' | 'code'>();
      store.moveBack(commit, won.signIn, signIn, signIn.record);
      if (restores) won.spare.restore(commit, chargedAt);
      used.takeBack(commit, guess.client.session.scope);
      if ((await ledger.run(commit)).refusal !== 'code') return;
    }
  }

  /** The phones are told in any case: it is the alarm of those who hold them. */
  #tell({ kind, signIn, guess }: CountedTry, { spare, signIn: next }: Won, user: User): void {
    const { notices, notify, clock, numbersOf } = this.#deps;
    const facts = {
      ...eventFactsOf(clock, signIn.record.subject, guess.client),
      amr: next.record.grant?.amr ?? [],
      mayReplaceNumber: spare.mayReplaceNumber,
    };
    if (kind.way === 'helpCode') notify('helpCodeUsed', facts);
    else notify('recoveryCodeUsed', { ...facts, codesLeft: spare.left ?? 0 });
    notices.send(kind.way === 'helpCode' ? 'helpCodeUsed' : 'recoveryCodeUsed', user, numbersOf(user));
  }

  #tellRefused({ signIn, client }: SpareGuess, { way }: SpareCodes, { code }: SmsOtpError): void {
    const { notify, clock } = this.#deps;
    const facts = eventFactsOf(clock, signIn.record.subject, client);
    notify('withoutPhoneRefused', { ...facts, by: way, reason: code });
  }
}

/** One answer, whether or not there is a code. */
function wrongCode({ left }: CountedTry): SmsOtpError {
  return new SmsOtpError('INVALID_CODE', { words: 'withoutPhoneWrong', attemptsRemaining: left });
}
