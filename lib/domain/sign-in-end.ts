import { stateUnavailable } from '../errors.ts';
import type { Notify } from '../events.ts';
import { ADMINISTRATORS_LOCK, newAccount, newMark, withLock } from './account.ts';
import type { AttemptLimiter } from './attempt-limiter.ts';
import { Commit, type Ledger, MOST_RACES } from './commit.ts';
import type { Deliveries } from './delivery.ts';
import type { UsedCodes } from './guess.ts';
import type { HelpCodes } from './help-codes.ts';
import type { History } from './history.ts';
import type { Keyring } from './keyring.ts';
import { requesterKey } from './known-browser.ts';
import { type DirectoryRecheck, type PersonIndex, readIndex, shardOf } from './person.ts';
import type { PhoneBook } from './phone-book.ts';
import type { Clock } from './ports.ts';
import type { RateLimiter } from './rate-limiter.ts';
import type { RecoveryCodes } from './recovery-codes.ts';
import type { SendLimiter } from './send-limiter.ts';
import type { Key } from './shared-state.ts';
import { pendingOf, type SignInRef, type StoredSignIn, signedOutRecord } from './sign-in-record.ts';
import type { SignInStore } from './sign-in-store.ts';
import type { TrustedBrowsers } from './trusted-browsers.ts';
import type { UnreadableNumbers } from './unreadable-numbers.ts';

export interface SignInEndDeps {
  readonly ledger: Ledger;
  readonly store: SignInStore;
  readonly keyring: Keyring;
  readonly index: PersonIndex;
  readonly deliveries: Deliveries;
  readonly attempts: AttemptLimiter;
  readonly limiter: RateLimiter;
  readonly sends: SendLimiter;
  readonly recheck: DirectoryRecheck;
  readonly unreadable: UnreadableNumbers;
  readonly used: UsedCodes;
  readonly history: History;
  readonly helpCodes: HelpCodes;
  readonly recoveryCodes: RecoveryCodes;
  readonly turnKey: PhoneBook['turnKey'];
  readonly trusted: TrustedBrowsers;
  readonly clock: Clock;
  readonly notify: Notify;
}

/** The state that a sign-out has found. */
export interface SignedOut {
  /** The user whose sign-in it was; `undefined` if there was none. */
  readonly subject: string | undefined;
  /** The rest that the session goes on holding: a code that is pending for the same person in this browser. */
  readonly ref: SignInRef | undefined;
}

/** Ends sign-ins: one, or all of a person. */
export class SignInEnd {
  readonly #deps: SignInEndDeps;

  constructor(deps: SignInEndDeps) {
    this.#deps = deps;
  }

  /**
   * Neither the pending code nor the grant is worth anything from here on.
   *
   * @param isFinal whether a pending code dies, even if the same person signs in again in this browser
   */
  async signOut(ref: SignInRef | undefined, isFinal: boolean): Promise<SignedOut> {
    const { store, ledger } = this.#deps;
    if (ref === undefined) return { subject: undefined, ref: undefined };
    store.forget(ref);
    let subject: string | undefined;
    for (let race = 0; race < MOST_RACES; race++) {
      // A record that was moved a moment ago is ended at its new place.
      const { loaded } = await store.follow(ref);
      const { signIn } = loaded;
      // A removal whose answer was lost is found done: it still was somebody's sign-out.
      if (signIn === undefined || signIn.record.isSignedOut === true) return { subject, ref: undefined };
      subject = signIn.record.subject;
      const commit = new Commit<'record' | 'index'>();
      const kept = await this.#end(commit, signIn, loaded.now, isFinal);
      if ((await ledger.run(commit)).refusal === undefined) return { subject, ref: kept };
    }
    throw stateUnavailable(undefined);
  }

  /** Ends all sign-ins of a person, and their known browsers; in other processes within 5 s. */
  async endAll(subject: string): Promise<void> {
    const { store, keyring } = this.#deps;
    store.forget();
    // An account that is absent matches no sign-in.
    await store.updateAccount(keyring.tagOf(subject), (known) => known && { ...known, epoch: newMark() });
    store.forget();
  }

  async signOutEverywhere(subject: string): Promise<void> {
    await this.endAll(subject);
    this.#deps.notify('signedOutEverywhere', { time: new Date(this.#deps.clock()), userId: subject });
  }

  /** Lifts a lock, and forgets the failures of all browsers, and which are trusted. */
  async unlock(subject: string): Promise<void> {
    const { store, keyring, notify, clock, trusted } = this.#deps;
    const tags = [keyring.tagOf(subject), ...keyring.otherTagsOf(subject)];
    for (const tag of tags) {
      await store.updateAccount(tag, (known) => ({ epoch: known?.epoch ?? newMark(), unlock: newMark(), locks: [] }));
    }
    if (trusted.isOn) await trusted.endAll(keyring.tagOf(subject));
    notify('unlocked', { time: new Date(clock()), userId: subject });
  }

  /** No code is sent to this person or taken from them until an administrator unlocks them; their sign-ins go on. */
  async lock(subject: string): Promise<void> {
    const { store, keyring, notify, clock } = this.#deps;
    for (const tag of [keyring.tagOf(subject), ...keyring.otherTagsOf(subject)]) {
      await store.updateAccount(tag, (known) => withLock(known ?? newAccount(), ADMINISTRATORS_LOCK));
    }
    notify('locked', { time: new Date(clock()), userId: subject });
  }

  /** Removes every key of a person but a lock. */
  async forget(subject: string): Promise<void> {
    const { store, keyring, history } = this.#deps;
    const tag = keyring.tagOf(subject);
    await history.settled();
    await this.endAll(subject);
    const keys = [...(await this.#keysOf(tag)), ...this.#spareKeys(subject, tag)];
    await this.#removeAll(keys);
    await this.#forgetAccount(tag);
    for (const other of keyring.otherTagsOf(subject)) await this.#forgetAccount(other);
    store.forget();
  }

  /** @returns what the session goes on holding */
  async #end(
    commit: Commit<'record' | 'index'>,
    signIn: StoredSignIn,
    now: number,
    isFinal: boolean,
  ): Promise<SignInRef | undefined> {
    const { store, index } = this.#deps;
    const { grant } = signIn.record;
    const keepsCode = !isFinal && grant === undefined && pendingOf(signIn.record, now)?.purpose === 'sign-in';
    if (!keepsCode) {
      store.remove(commit, signIn);
      return undefined;
    }
    const kept = store.move(commit, signIn, store.newId(), signedOutRecord(signIn.record));
    const at = { tag: kept.ref.tag, shard: shardOf(kept.ref.id) };
    const [part] = await this.#read([index.keyOf(at.tag, at.shard)]);
    index.add(commit, at, part, [store.entryOf(kept)], now);
    return kept.ref;
  }

  async #keysOf(tag: string): Promise<readonly Key[]> {
    const { index, recheck, turnKey, unreadable, attempts, limiter, sends, history } = this.#deps;
    const parts = await this.#read(index.keysOf(tag));
    const entries = parts.flatMap(readIndex);
    const namesOf = (wanted: string): readonly string[] =>
      entries.filter(({ family }) => family === wanted).map(({ name }) => name);
    const account = (await this.#deps.store.readAccountOf(tag)) ?? { epoch: '', unlock: '', locks: [] };
    const requesters = ['', ...namesOf('browser')].map((browser) => ({ tag, browser }));
    const passwords = [...requesters.map(requesterKey), ...namesOf('name')].flatMap((name) =>
      limiter.counter('failedPasswordsPerUser', name).flatMap(({ key }) => [key, `${key}:w`]),
    );
    return [
      ...index.keysOf(tag),
      ...[recheck.keyOf(tag), turnKey(tag), this.#deps.trusted.keyOf(tag), unreadable.keyOf(tag)],
      ...history.keysOf(tag, namesOf('history')),
      ...passwords,
      ...requesters.flatMap((requester) => [
        this.#deps.helpCodes.counterOf(requester).key,
        ...attempts.keysOf(requester, account),
        ...sends.keysOfUser(requester),
        ...namesOf('number').flatMap((hash) => sends.keysOfNumber({ tag: hash, browser: requester.browser })),
      ]),
      ...namesOf('record'),
      ...namesOf('anchor').map((name) => this.#deps.keyring.key('an', name)),
      ...namesOf('used').map((name) => this.#deps.used.keyOfName(name)),
      ...(await this.#messageKeys(namesOf('messages'))),
      ...namesOf('sent').flatMap((name) => this.#deps.deliveries.keysOfName(name)),
    ];
  }

  #spareKeys(subject: string, tag: string): readonly Key[] {
    const { helpCodes, recoveryCodes } = this.#deps;
    const everybody = { tag, browser: '' };
    return [
      helpCodes.keyOf(subject),
      recoveryCodes.keyOf(subject),
      recoveryCodes.counterOf(everybody).key,
      recoveryCodes.setsOf(everybody).key,
    ];
  }

  async #messageKeys(handles: readonly string[]): Promise<readonly Key[]> {
    const { deliveries } = this.#deps;
    const lists = await this.#read(handles.map((handle) => deliveries.keyOf(handle)));
    return handles.flatMap((handle, place) => deliveries.keysOf(handle, lists[place]));
  }

  async #read(keys: readonly Key[]): Promise<readonly (string | undefined)[]> {
    const commit = new Commit();
    for (const key of keys) commit.read(key);
    const outcome = await this.#deps.ledger.run(commit);
    return keys.map((_, place) => outcome.value(place));
  }

  /** A key that is not there refuses its removal: each goes by itself. */
  async #removeAll(keys: readonly Key[]): Promise<void> {
    for (const key of new Set(keys)) {
      const commit = new Commit<'gone'>();
      commit.remove('gone', key);
      await this.#deps.ledger.run(commit);
    }
  }

  async #forgetAccount(tag: string): Promise<void> {
    const { store } = this.#deps;
    const account = await store.readAccountOf(tag);
    if (account === undefined || account.locks.length > 0) return;
    await this.#removeAll([store.accountKey(tag)]);
  }
}
