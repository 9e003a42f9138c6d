import { stateUnavailable } from '../errors.ts';
import { type KnownAccount, readAccount } from './account.ts';
import { Commit, type Ledger, MOST_RACES, type Steps } from './commit.ts';
import type { Keyring } from './keyring.ts';
import type { Key } from './shared-state.ts';
import type { StoredSignIn } from './sign-in-record.ts';
import type { SignInStore } from './sign-in-store.ts';
import { isAlive, type TrustedBrowser } from './trusted-browser.ts';
import type { User } from './user.ts';

export interface TrustedBrowsersDeps {
  readonly ledger: Ledger;
  readonly keyring: Keyring;
  readonly store: SignInStore;
  readonly numbersOf: (user: User) => readonly string[];
}

/** All trusted browsers of a person, as they were at one moment. */
export interface TrustList {
  readonly all: readonly TrustedBrowser[];
  /** Exactly as it was read: every change expects this text. */
  readonly raw: string | undefined;
  readonly account: KnownAccount | undefined;
  readonly now: number;
}

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
/** As long as somebody may take to present a token again. */
const EMPTY_SECONDS = 60;

/** Keeps the trusted browsers of each person: one sealed value, with hashes of their tokens. */
export class TrustedBrowsers {
  /** For how long a browser is trusted; 0 without the option. */
  readonly days: number;
  readonly isOn: boolean;
  readonly #deps: TrustedBrowsersDeps;

  constructor(deps: TrustedBrowsersDeps, days: number) {
    this.#deps = deps;
    this.days = days;
    this.isOn = days > 0;
  }

  get lifeMilliseconds(): number {
    return this.days * DAY_MILLISECONDS;
  }

  keyOf(tag: string): Key {
    return this.#deps.keyring.key('tb', tag);
  }

  /** A number that is gone, and a time that is not told any more, are changes, too. */
  fingerprintOf(user: User): string {
    const { keyring, numbersOf } = this.#deps;
    const changedAt = user.passwordChangedAt === undefined ? '' : String(Number(user.passwordChangedAt));
    return keyring.hash('trusted', changedAt, ...[...numbersOf(user)].sort());
  }

  /** One trip. */
  async read(tag: string): Promise<TrustList> {
    const { ledger, store } = this.#deps;
    const commit = new Commit();
    const list = commit.read(this.keyOf(tag));
    const account = commit.read(store.accountKey(tag));
    const outcome = await ledger.run(commit);
    const raw = outcome.value(list);
    return { all: this.#open(tag, raw), raw, account: readAccount(outcome.value(account)), now: outcome.now };
  }

  /** Those that have not ended, the last used first. */
  async living(tag: string): Promise<readonly TrustedBrowser[]> {
    const { all, account, now } = await this.read(tag);
    return all.filter((browser) => isAlive(browser, account, now)).sort((a, b) => b.lastUsed - a.lastUsed);
  }

  /** Adds the steps that replace the list. Those that have ended are left out; their sign-ins ended with them. */
  write(commit: Steps<'trust'>, tag: string, { raw, now }: TrustList, all: readonly TrustedBrowser[]): void {
    const { keyring } = this.#deps;
    const key = this.keyOf(tag);
    const alive = all.filter(({ endsAt }) => endsAt > now);
    const end = Math.max(...alive.map(({ endsAt }) => endsAt), now + EMPTY_SECONDS * 1000);
    commit.expect('trust', key, raw);
    commit.write(key, keyring.seal(sealId(tag), key, JSON.stringify(alive)), Math.ceil((end - now) / 1000));
  }

  /** Ends browsers and the sign-ins that they have opened, in one commit. @returns those that were there */
  async end(tag: string, isMeant: (browser: TrustedBrowser) => boolean): Promise<readonly TrustedBrowser[]> {
    const { ledger, store } = this.#deps;
    for (let race = 0; race < MOST_RACES; race++) {
      const list = await this.read(tag);
      const gone = list.all.filter(isMeant);
      if (gone.length === 0) return [];
      const opened = await this.#signInsOf(
        tag,
        gone.flatMap(({ signIns }) => signIns),
      );
      const commit = new Commit<'trust' | 'record'>();
      this.write(
        commit,
        tag,
        list,
        list.all.filter((browser) => !gone.includes(browser)),
      );
      for (const signIn of opened) store.remove(commit, signIn);
      if ((await ledger.run(commit)).refusal !== undefined) continue;
      store.forget();
      return gone;
    }
    throw stateUnavailable(undefined);
  }

  /** Ends all of a person, as when something stronger, or weaker, has taken their place. */
  async endAll(tag: string): Promise<readonly TrustedBrowser[]> {
    return this.end(tag, () => true);
  }

  /** Whether a person is as they were when the browser was trusted. */
  fits({ fingerprint }: Pick<TrustedBrowser, 'fingerprint'>, user: User): boolean {
    return this.fingerprintOf(user) === fingerprint;
  }

  /** Ends sign-ins that a browser has opened; one that has a code meanwhile stays. */
  async endSignIns(tag: string, opened: TrustedBrowser['signIns']): Promise<void> {
    const { ledger, store } = this.#deps;
    for (const signIn of await this.#signInsOf(tag, opened)) {
      const commit = new Commit<'record'>();
      store.remove(commit, signIn);
      await ledger.run(commit);
    }
  }

  async #signInsOf(tag: string, opened: TrustedBrowser['signIns']): Promise<readonly StoredSignIn[]> {
    const { ledger, store } = this.#deps;
    const refs = opened.map(({ id }) => ({ id, tag }));
    const commit = new Commit();
    const places = refs.map((ref) => store.load(commit, ref));
    const outcome = await ledger.run(commit);
    return refs.flatMap((ref, row) => {
      const at = places[row];
      const signIn = at && store.loaded(ref, outcome, at).signIn;
      return signIn?.record.grant?.by === 'trustedBrowser' ? [signIn] : [];
    });
  }

  #open(tag: string, raw: string | undefined): readonly TrustedBrowser[] {
    const text = raw === undefined ? undefined : this.#deps.keyring.open(sealId(tag), this.keyOf(tag), raw);
    if (text === undefined) return [];
    return JSON.parse(text);
  }
}

function sealId(tag: string): string {
  return `trusted ${tag}`;
}
