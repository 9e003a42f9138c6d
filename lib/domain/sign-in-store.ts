import { BoundedMap } from '../bounded-map.ts';
import { stateUnavailable } from '../errors.ts';
import { ACCOUNT_SECONDS, type Account, accountKey, type KnownAccount, readAccount, writeAccount } from './account.ts';
import { Commit, type Ledger, MOST_RACES, type Outcome, type Steps } from './commit.ts';
import { type Keyring, randomText } from './keyring.ts';
import { type Entry, type PersonIndex, shardOf } from './person.ts';
import type { Clock } from './ports.ts';
import { decodeRecord, encodeRecord, type SignInRecord, type SignInRef, type StoredSignIn } from './sign-in-record.ts';

/** A session's sign-in, as a commit has found it. */
export interface Loaded {
  readonly signIn?: StoredSignIn;
  /** The id that the record has moved to. */
  readonly movedTo?: string;
  /** Whether a right code has moved it. */
  readonly isUsed?: boolean;
  readonly account?: KnownAccount;
  readonly now: number;
}

/** The mark that a moved record leaves behind. */
type Mark = Pick<Loaded, 'isUsed'> & { readonly movedTo: string };

/** Places of the steps that load a sign-in. */
export interface LoadPlaces {
  readonly record: number;
  readonly account: number;
  readonly index: number;
}

/** How long a process may believe what it read: a sign-out elsewhere is heard of at the latest then. */
const CACHE_MILLISECONDS = 5_000;
const MOST_CACHED = 10_000;
/** How long a moved record's old key tells where it went. */
const MARK_SECONDS = 15 * 60;
/** A mark leads to a mark at most so many times. */
const MOST_MARKS = 10;

/** Reads and writes the records of sign-ins, each sealed for the session that holds its id. */
export class SignInStore {
  readonly #ledger: Ledger;
  readonly #keyring: Keyring;
  readonly #index: PersonIndex;
  readonly #clock: Clock;
  readonly #cache = new BoundedMap<string, Loaded & { readonly at: number }>(MOST_CACHED);

  constructor(ledger: Ledger, keyring: Keyring, index: PersonIndex, clock: Clock) {
    this.#ledger = ledger;
    this.#index = index;
    this.#keyring = keyring;
    this.#clock = clock;
  }

  newId(): string {
    return randomText(16);
  }

  recordKey(id: string): string {
    return this.#keyring.idKey('si', id);
  }

  accountKey(tag: string): string {
    return accountKey(this.#keyring, tag);
  }

  /** A sign-in, as this process read it less than 5 s ago; a clock that was set back makes that no longer. */
  cached({ id }: SignInRef): (Loaded & { readonly at: number }) | undefined {
    const known = this.#cache.get(id);
    return known !== undefined && Math.abs(this.#clock() - known.at) < CACHE_MILLISECONDS ? known : undefined;
  }

  /** Forgets what was read; of one sign-in, or of all. */
  forget(ref?: SignInRef): void {
    if (ref === undefined) this.#cache.clear();
    else this.#cache.delete(ref.id);
  }

  /** Adds the steps that load a sign-in to a commit. */
  load(commit: Steps<never>, { id, tag }: SignInRef): LoadPlaces {
    return {
      record: commit.read(this.recordKey(id)),
      account: commit.read(this.accountKey(tag)),
      index: commit.read(this.#index.keyOf(tag, shardOf(id))),
    };
  }

  /** A sign-in, as a commit has found it; also one that was refused. */
  loaded(ref: SignInRef, outcome: Outcome<string>, places: LoadPlaces): Loaded {
    const raw = outcome.value(places.record);
    const account = readAccount(outcome.value(places.account));
    return this.#interpret(ref, raw, account, outcome.value(places.index), outcome.now);
  }

  /** Whether what was found under a record's key is still a record. */
  holds({ id }: SignInRef, raw: string | undefined): boolean {
    const key = this.recordKey(id);
    const text = raw === undefined ? undefined : this.#keyring.open(id, key, raw);
    return text !== undefined && decodeRecord(text) !== undefined;
  }

  /** One trip. */
  async read(ref: SignInRef): Promise<Loaded> {
    const commit = new Commit();
    const places = this.load(commit, ref);
    const at = this.#clock();
    const loaded = this.loaded(ref, await this.#ledger.run(commit), places);
    this.remember(ref, loaded, at);
    return loaded;
  }

  remember({ id }: SignInRef, loaded: Loaded, at: number): void {
    this.#cache.set(id, { ...loaded, at });
  }

  /** The same, led on by the marks of a record that has moved. */
  async follow(ref: SignInRef): Promise<{ readonly ref: SignInRef; readonly loaded: Loaded }> {
    let at = { ref, loaded: await this.read(ref) };
    for (let marks = 0; marks < MOST_MARKS && at.loaded.movedTo !== undefined; marks++) {
      const next = { ...ref, id: at.loaded.movedTo };
      at = { ref: next, loaded: await this.read(next) };
    }
    return at;
  }

  /** Changes a record in place. @returns the record as it will be */
  replace(commit: Steps<'record'>, stored: StoredSignIn, record: SignInRecord): StoredSignIn {
    const { id } = stored.ref;
    commit.expect('record', this.recordKey(id), stored.raw);
    return this.#write(commit, stored, id, record);
  }

  /**
   * Gives a record a new id; the old key tells where it went.
   *
   * @param isUsed whether a right code moves it
   * @returns the record as it will be
   */
  move(commit: Steps<'record'>, stored: StoredSignIn, id: string, record: SignInRecord, isUsed = false): StoredSignIn {
    const old = this.recordKey(stored.ref.id);
    const mark: Mark = { movedTo: id, ...(isUsed && { isUsed }) };
    commit.expect('record', old, stored.raw);
    commit.write(old, this.#keyring.seal(stored.ref.id, old, JSON.stringify(mark)), MARK_SECONDS);
    return this.#write(commit, stored, id, record);
  }

  /** Undoes a move that no session knows of yet. */
  moveBack(commit: Steps<'record'>, moved: StoredSignIn, stored: StoredSignIn, record: SignInRecord): void {
    this.remove(commit, moved);
    this.#write(commit, stored, stored.ref.id, record);
  }

  /** A record that stands on no other. @returns the record as it will be */
  create(
    commit: Steps<never>,
    ref: SignInRef,
    record: SignInRecord,
    { account, now }: Pick<StoredSignIn, 'account' | 'now'>,
  ): StoredSignIn {
    return this.#write(commit, { ref, account, now }, ref.id, record);
  }

  /** The entry of a record in the person's index. */
  entryOf({ ref, record }: StoredSignIn): Entry {
    return { family: 'record', name: this.recordKey(ref.id), endsAt: record.endsAt };
  }

  remove(commit: Steps<'record'>, { ref, raw }: StoredSignIn): void {
    const key = this.recordKey(ref.id);
    commit.expect('record', key, raw);
    commit.remove('record', key);
    this.#cache.delete(ref.id);
  }

  expectAccount(commit: Steps<'account'>, { ref, account }: Pick<StoredSignIn, 'ref' | 'account'>): void {
    commit.expect('account', this.accountKey(ref.tag), account.raw);
  }

  /** Renews a known account, or begins one. @returns the account as it will be */
  keepAccount(commit: Steps<'account'>, tag: string, found: KnownAccount | undefined, fresh: Account): KnownAccount {
    return this.changeAccount(commit, tag, found, found ?? fresh);
  }

  changeAccount(commit: Steps<'account'>, tag: string, found: KnownAccount | undefined, next: Account): KnownAccount {
    const key = this.accountKey(tag);
    const raw = writeAccount(next);
    commit.expect('account', key, found?.raw);
    commit.write(key, raw, ACCOUNT_SECONDS);
    return { ...next, raw };
  }

  async readAccountOf(tag: string): Promise<KnownAccount | undefined> {
    return readAccount(await this.#ledger.read(this.accountKey(tag)));
  }

  /**
   * Changes an account, also if another request changes it at the same time.
   *
   * @param change gives the account as it should be, or `undefined` to leave it
   * @returns whether it was changed
   */
  async updateAccount(tag: string, change: (known: KnownAccount | undefined) => Account | undefined): Promise<boolean> {
    let raw = (await this.readAccountOf(tag))?.raw;
    for (let race = 0; race < MOST_RACES; race++) {
      const known = readAccount(raw);
      const next = change(known);
      if (next === undefined) return false;
      const commit = new Commit<'account'>();
      this.changeAccount(commit, tag, known, next);
      const outcome = await this.#ledger.run(commit);
      if (outcome.refusal === undefined) return true;
      // The first step of the commit is the one that expects the account.
      raw = outcome.value(0);
    }
    throw stateUnavailable(undefined);
  }

  #write(
    commit: Steps<never>,
    { ref, account, now }: Pick<StoredSignIn, 'ref' | 'account' | 'now'>,
    id: string,
    record: SignInRecord,
  ): StoredSignIn {
    const key = this.recordKey(id);
    const raw = this.#keyring.seal(id, key, encodeRecord(record));
    commit.write(key, raw, Math.max(1, Math.ceil((record.endsAt - now) / 1000)));
    this.#cache.delete(ref.id);
    this.#cache.delete(id);
    return { ref: { ...ref, id }, record, raw, account, now };
  }

  #interpret(
    ref: SignInRef,
    raw: string | undefined,
    account: KnownAccount | undefined,
    index: string | undefined,
    now: number,
  ): Loaded {
    const key = this.recordKey(ref.id);
    const text = raw === undefined ? undefined : this.#keyring.open(ref.id, key, raw);
    const facts = { ...(account !== undefined && { account }), now };
    if (raw === undefined || text === undefined) return facts;
    const record = decodeRecord(text);
    if (record === undefined) return { ...facts, ...JSON.parse(text) };
    const isAgreed = this.#keyring.tagOf(record.subject) === ref.tag && record.epoch === account?.epoch;
    if (account === undefined || !isAgreed || record.endsAt <= now) return facts;
    return { ...facts, signIn: { ref, record, raw, account, now, index } };
  }
}
