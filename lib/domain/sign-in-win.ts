import { isFault, SmsOtpError, stateUnavailable } from '../errors.ts';
import { type KnownAccount, newMark } from './account.ts';
import type { AttemptLimiter } from './attempt-limiter.ts';
import { handleOf } from './challenge.ts';
import type { CodeVerifier } from './code-verifier.ts';
import { Commit, type Ledger, MOST_RACES, type Steps } from './commit.ts';
import { type Deliveries, MESSAGE_SECONDS } from './delivery.ts';
import { grantByCode } from './grant.ts';
import { type CountedGuess, pendingIn, type UsedCodes } from './guess.ts';
import { type KnownBrowsers, requesterOf } from './known-browser.ts';
import { type DirectoryRecheck, type Entry as IndexEntry, type PersonIndex, shardOf } from './person.ts';
import { conflict, type PhoneBook } from './phone-book.ts';
import type { SendLimiter } from './send-limiter.ts';
import { DAY_SECONDS } from './shared-state.ts';
import { type StoredSignIn, withGrant } from './sign-in-record.ts';
import type { SignInStore } from './sign-in-store.ts';
import type { User } from './user.ts';

export interface SignInWinsDeps {
  readonly ledger: Ledger;
  readonly store: SignInStore;
  readonly index: PersonIndex;
  readonly deliveries: Deliveries;
  readonly attempts: AttemptLimiter;
  readonly sends: SendLimiter;
  readonly verifier: CodeVerifier;
  readonly recheck: DirectoryRecheck;
  readonly phoneBook: PhoneBook;
  readonly browsers: KnownBrowsers;
  readonly used: UsedCodes;
  readonly acr: string;
  readonly sessionMaxAgeSeconds: number;
}

type Label = 'record' | 'account' | 'busy' | 'messages' | 'index';

/** A win: the record under its new id, which no session holds yet. */
export interface Won {
  readonly signIn: StoredSignIn;
  /** The account as it was before. */
  readonly before: KnownAccount;
  /** Keeps others from changing the person's numbers meanwhile. */
  readonly turn: string;
}

/** A right code with what its commit needs. */
export interface Entry {
  readonly counted: CountedGuess;
  readonly user: User;
}

/** As long as anything is counted for a known browser. */
const COUNTED_SECONDS = 30 * DAY_SECONDS;

/** One commit lets one caller win with a right code; until a session holds the new record, it can be undone. */
export class SignInWins {
  readonly #deps: SignInWinsDeps;

  constructor(deps: SignInWinsDeps) {
    this.#deps = deps;
  }

  /** Ends a challenge whose right code allows nothing any more. A user who is gone has no sign-in left. */
  async drop(counted: CountedGuess, isGone: boolean): Promise<void> {
    const { ledger, store, attempts } = this.#deps;
    const { signIn, chargedAt } = counted;
    const commit = new Commit<'record'>();
    attempts.refund(commit, requesterOf(signIn), signIn.account, chargedAt);
    if (isGone) store.remove(commit, signIn);
    else store.replace(commit, signIn, { ...signIn.record, challenge: undefined, lastError: undefined });
    // A record that somebody has changed meanwhile is decided about by them.
    if ((await ledger.run(commit)).refusal !== undefined) await this.refund(counted);
  }

  /** A right code is no failure of its user. */
  async refund({ signIn, chargedAt }: CountedGuess): Promise<void> {
    const commit = new Commit();
    this.#deps.attempts.refund(commit, requesterOf(signIn), signIn.account, chargedAt);
    await this.#deps.ledger.charge(commit);
  }

  /**
   * @throws SmsOtpError `CODE_EXPIRED`, `NO_CHALLENGE`, `STATE_UNAVAILABLE`, and `CONFLICT` while somebody else changes the
   *   numbers
   */
  async win(entry: Entry, changesNumbers: boolean): Promise<Won> {
    const { ledger, verifier } = this.#deps;
    let { counted } = entry;
    for (let race = 0; race < MOST_RACES; race++) {
      const commit = new Commit<Label>();
      const turn = newMark();
      const places = this.#winSteps(commit, { ...entry, counted }, changesNumbers ? turn : undefined);
      const outcome = await ledger.run(commit);
      if (outcome.refusal === undefined) return { signIn: places.signIn, before: counted.signIn.account, turn };
      if (outcome.refusal === 'busy') {
        await verifier.giveBack(counted);
        throw conflict('The numbers are being changed right now.');
      }
      if (outcome.refusal === 'messages') counted = { ...counted, messages: undefined };
      else if (outcome.refusal === 'index') counted = { ...counted, nextIndex: outcome.value(places.index) };
      else counted = await this.again(counted);
    }
    await verifier.giveBack(counted);
    throw stateUnavailable(undefined);
  }

  /** After a lost race: the same challenge and generation, without a second comparison, or nothing. */
  async again(counted: CountedGuess): Promise<CountedGuess> {
    const { store } = this.#deps;
    try {
      const { signIn, challenge } = pendingIn(await store.read(counted.signIn.ref));
      const { bits, generation } = counted.challenge;
      if (challenge.bits !== bits || challenge.generation !== generation) throw new SmsOtpError('CODE_EXPIRED');
      return { ...counted, signIn };
    } catch (error) {
      if (!isFault(error)) await this.refund(counted);
      throw error;
    }
  }

  /** The sends of a challenge whose code was entered. */
  refundSends(commit: Steps<never>, { signIn, challenge, sendings }: CountedGuess): void {
    const { number, purpose } = challenge;
    this.#deps.sends.refundEntered(commit, { ...requesterOf(signIn), number, purpose, address: '' }, sendings);
  }

  /**
   * A fault leaves the code pending. A change that was refused for good is over, and has changed nothing: the epoch
   * stays.
   */
  async moveBack(counted: CountedGuess, won: Won, error: unknown, changesNumbers: boolean): Promise<void> {
    const { ledger, store, phoneBook } = this.#deps;
    const livesOn = isFault(error);
    let restoresEpoch = changesNumbers && !livesOn;
    let givesTurn = changesNumbers;
    for (let race = 0; race < 3; race++) {
      const commit = new Commit<'record' | 'account' | 'turn'>();
      const { tag } = won.signIn.ref;
      if (restoresEpoch) store.changeAccount(commit, tag, won.signIn.account, won.before);
      const { epoch } = restoresEpoch ? won.before : won.signIn.account;
      const { challenge } = counted;
      const before = { ...counted.signIn.record, epoch, lastError: undefined };
      store.moveBack(commit, won.signIn, counted.signIn, {
        ...before,
        challenge: livesOn ? challenge : undefined,
      });
      this.#deps.used.takeBack(commit, counted.guess.client.session.scope);
      if (givesTurn) phoneBook.giveTurn(commit, tag, won.turn);
      const { refusal } = await ledger.run(commit);
      if (refusal === undefined || refusal === 'record') return;
      if (refusal === 'turn') givesTurn = false;
      else restoresEpoch = false;
    }
  }

  #winSteps(
    commit: Steps<Label>,
    { counted, user }: Entry,
    turn: string | undefined,
  ): { readonly signIn: StoredSignIn; readonly index: number | undefined } {
    const { store, attempts, deliveries, recheck, index, browsers, used, acr, sessionMaxAgeSeconds } = this.#deps;
    const { guess, signIn, challenge, messages, nextId, chargedAt } = counted;
    const { tag } = signIn.ref;
    const account = this.#accountSteps(commit, signIn, turn);
    const grant = grantByCode(user, signIn.record.amr, acr, chargedAt);
    const granted = withGrant(signIn.record, grant, sessionMaxAgeSeconds);
    const record = { ...granted, epoch: account.epoch, browser: browsers.idOf(signIn.record.browser) };
    const next = { ...store.move(commit, signIn, nextId, record, true), account };
    attempts.refund(commit, requesterOf(signIn), signIn.account, chargedAt);
    this.refundSends(commit, counted);
    if (messages !== undefined) commit.remove('messages', deliveries.keyOf(handleOf(challenge)));
    recheck.noteLook(commit, tag);
    const at = { tag, shard: shardOf(nextId) };
    const entries = [...this.#entries(next, counted), ...used.note(commit, guess.client.session.scope, chargedAt)];
    return { signIn: next, index: index.add(commit, at, counted.nextIndex, entries, chargedAt) };
  }

  /** A change of numbers ends all other sign-ins of the person: the account gets a new epoch. */
  #accountSteps(commit: Steps<Label>, signIn: StoredSignIn, turn: string | undefined): KnownAccount {
    const { store, phoneBook } = this.#deps;
    const { ref, account } = signIn;
    if (turn === undefined) {
      store.expectAccount(commit, signIn);
      return account;
    }
    phoneBook.takeTurn(commit, ref.tag, turn);
    return store.changeAccount(commit, ref.tag, account, { ...account, epoch: newMark() });
  }

  #entries(next: StoredSignIn, { sendings, chargedAt }: CountedGuess): readonly IndexEntry[] {
    const { store, deliveries } = this.#deps;
    const { browser } = next.record;
    // Their receipts may still come, and are no longer found by the challenge.
    const sent = deliveries
      .namesOf(sendings)
      .map((name) => ({ family: 'sent', name, endsAt: chargedAt + MESSAGE_SECONDS * 1000 }) as const);
    const known = { family: 'browser', name: browser, endsAt: chargedAt + COUNTED_SECONDS * 1000 } as const;
    return [store.entryOf(next), ...sent, ...(browser === '' ? [] : [known])];
  }
}
