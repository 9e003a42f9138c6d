import { SmsOtpError, stateUnavailable } from '../errors.ts';
import type { Account, KnownAccount } from './account.ts';
import type { Client } from './client.ts';
import { Commit, type Counter, type Ledger, MOST_RACES, type Outcome, type Steps } from './commit.ts';
import type { Keyring } from './keyring.ts';
import { isKnownTo, type KnownBrowser, type KnownBrowsers, requesterKey } from './known-browser.ts';
import { type Person, type PersonIndex, type PersonReader, shardOf } from './person.ts';
import type { Clock, Directory, PasswordReport } from './ports.ts';
import { type Charged, charge, type RateLimiter } from './rate-limiter.ts';
import type { SignInStore } from './sign-in-store.ts';
import type { User } from './user.ts';

export interface PasswordTry {
  /** As it was typed. */
  readonly username: string;
  readonly password: string;
  readonly client: Client;
  /** Is given the user that the directory has under this name, whatever becomes of the try. */
  readonly onFound: (user: User) => void;
  /** Is given the directory's report on a password that it has looked at. */
  readonly onReport?: (report: PasswordReport) => void;
}

/** The user whose password was right, and the state read on the way; nothing of it is written yet. */
export interface Proven {
  readonly user: User;
  readonly tag: string;
  /** Id of the known browser; empty for any other. */
  readonly browser: string;
  readonly account: KnownAccount | undefined;
  accountOrNew(): Promise<Account>;
  /** The id that the new record will have. */
  readonly id: string;
  /** The part of the person's index that will name it, as read. */
  readonly index: string | undefined;
  /** Milliseconds since 1970 by the shared state's clock, as of now. */
  readonly now: number;
  /** Gives back what the try was charged. */
  refund(commit: Steps<never>): void;
}

/** The charges of a try so far. */
interface Charging {
  readonly counters: readonly Counter[];
  /** The shared state's time of that commit. */
  readonly at: number;
}

type Label = 'told' | 'hidden';

export interface PasswordDeps {
  readonly ledger: Ledger;
  readonly keyring: Keyring;
  readonly limiter: RateLimiter;
  readonly browsers: KnownBrowsers;
  readonly store: SignInStore;
  readonly index: PersonIndex;
  readonly people: PersonReader;
  readonly directory: Directory;
  readonly clock: Clock;
}

/** Tries that are under way are not yet wrong. If they alone fill the limit, the next try waits a moment, not the pause. */
const BUSY_SECONDS = 2;

/** One try: what it was charged, and what was read on the way. */
export class PasswordRun {
  readonly #deps: PasswordDeps;
  readonly #attempt: PasswordTry;
  readonly #known: readonly KnownBrowser[];
  readonly #id: string;
  #read = new Map<string, Person>();
  #charged: readonly Charging[] = [];
  #browser: KnownBrowser | undefined;
  #tag = '';
  #isSomebody = false;
  /** The shared state's time less this process's. */
  #skew = 0;

  constructor(deps: PasswordDeps, attempt: PasswordTry) {
    this.#deps = deps;
    this.#attempt = attempt;
    this.#known = deps.browsers.read(attempt.client.tokens, deps.clock());
    this.#id = deps.store.newId();
  }

  /** The known browser's own counter, or those of the address and the typed name. */
  async chargeRequest(): Promise<void> {
    const [browser] = this.#known;
    const counters = browser === undefined ? this.#strangerCounters() : this.#subjectCounters(browser.tag, browser.id);
    const tags = this.#known.map(({ tag }) => tag);
    const refused = await this.#charge({ told: counters, hidden: [] }, tags);
    if (refused === undefined) return;
    const isOver = browser !== undefined && !isKnownTo(browser, this.#read.get(browser.tag)?.account);
    // The token has ended: this browser is like any other.
    if (!isOver) throw tooManyPasswords(refused);
  }

  /**
   * The counter of the person whom the directory means; a name that nobody has is treated alike.
   *
   * @returns whether a password may be looked at
   */
  async chargeSubject(user: User | undefined): Promise<boolean> {
    const { keyring } = this.#deps;
    this.#isSomebody = user !== undefined;
    this.#tag = user === undefined ? keyring.hash('nobody', nameOf(this.#attempt)) : keyring.tagOf(user.id);
    const isTheirs = (each: KnownBrowser): boolean =>
      each.tag === this.#tag && isKnownTo(each, this.#read.get(each.tag)?.account);
    this.#browser = this.#known.find(isTheirs);
    const [first] = this.#known;
    if (this.#browser !== undefined && this.#browser === first && this.#charged.length > 0) return true;
    if (first !== undefined) await this.giveBack();
    const own = this.#subjectCounters(this.#tag, this.#browser?.id ?? '');
    // If no browser was known, the stranger's counters are charged already.
    const strangers = first === undefined ? [] : this.#strangerCounters();
    const counters = this.#browser === undefined ? { told: strangers, hidden: own } : { told: own, hidden: [] };
    const refused = await this.#charge(counters, [this.#tag], user?.id);
    if (refused !== undefined && refused.label === 'told') throw tooManyPasswords(refused);
    return refused === undefined;
  }

  proven(user: User): Proven {
    const person = this.#read.get(this.#tag);
    if (person === undefined) throw new Error('A password was looked at before its person was read.');
    return {
      ...person,
      user,
      tag: this.#tag,
      browser: this.#browser?.id ?? '',
      id: this.#id,
      now: this.#deps.clock() + this.#skew,
      refund: (commit) => this.#refund(commit),
    };
  }

  /** The password was wrong, or was not looked at. */
  async countWrong(): Promise<void> {
    if (this.#charged.length === 0) return;
    let found = this.#read.get(this.#tag)?.index;
    for (let race = 0; race < MOST_RACES; race++) {
      const commit = new Commit<Label | 'index'>();
      const part = this.#isSomebody ? this.#nameTheirs(commit, found) : undefined;
      for (const { counters } of this.#charged) {
        for (const counter of counters)
          commit.charge('told', { ...wrongOnly(counter), atMost: Number.POSITIVE_INFINITY });
      }
      const outcome = await this.#deps.ledger.charge(commit);
      if (outcome.refusal !== 'index') return;
      found = outcome.value(part);
    }
    throw stateUnavailable(undefined);
  }

  /** Counters under the typed name are found by the person. */
  #nameTheirs(commit: Steps<'index'>, found: string | undefined): number | undefined {
    const { index, keyring, limiter, clock } = this.#deps;
    const now = clock() + this.#skew;
    const endsAt = now + limiter.windowSeconds('failedPasswordsPerUser') * 1000;
    const entry = { family: 'name', name: keyring.hash('name', nameOf(this.#attempt)), endsAt } as const;
    return index.add(commit, { tag: this.#tag, shard: shardOf(this.#id) }, found, [entry], now);
  }

  async giveBack(): Promise<void> {
    const commit = new Commit();
    this.#refund(commit);
    this.#charged = [];
    if (commit.steps.length > 0) await this.#deps.ledger.charge(commit);
  }

  #refund(commit: Steps<never>): void {
    for (const { counters, at } of this.#charged) for (const counter of counters) commit.refund(counter, at);
  }

  /** @returns why the commit was refused, and for how long it would be again */
  async #charge(
    { told, hidden }: Readonly<Record<Label, readonly Counter[]>>,
    tags: readonly string[],
    subject?: string,
  ): Promise<{ readonly label: Label; readonly seconds: number } | undefined> {
    const { ledger, clock, people } = this.#deps;
    const commit = new Commit<Label>();
    const readers = tags.map((tag) => ({ tag, personIn: people.add(commit, { id: this.#id, tag }, subject) }));
    const wrong = told.map((counter) => ({ place: commit.count(wrongOnly(counter).key), counter }));
    const charged = charge(commit, 'told', told);
    charge(commit, 'hidden', hidden);
    const outcome = await ledger.charge(commit);
    this.#skew = outcome.now - clock();
    for (const { tag, personIn } of readers) this.#read.set(tag, personIn(outcome));
    if (outcome.refusal !== undefined) return { label: outcome.refusal, seconds: pauseOf(outcome, charged, wrong) };
    this.#charged = [...this.#charged, { counters: [...told, ...hidden], at: outcome.now }];
    return undefined;
  }

  #strangerCounters(): readonly Counter[] {
    const { limiter, keyring } = this.#deps;
    const address = keyring.hash('address', this.#attempt.client.addressBlock);
    return [
      ...limiter.counter('failedPasswordsPerAddressPerHour', address),
      ...limiter.counter('failedPasswordsPerUser', keyring.hash('name', nameOf(this.#attempt))),
    ];
  }

  #subjectCounters(tag: string, browser: string): readonly Counter[] {
    return this.#deps.limiter.counter('failedPasswordsPerUser', requesterKey({ tag, browser }));
  }
}

/** Some directories take any domain before the backslash: each would be a name of its own, with its own tries. */
function nameOf({ username }: Pick<PasswordTry, 'username'>): string {
  return username.normalize('NFKC').trim().toLowerCase().replace(/\s+/g, ' ').replace(/^.*\\/, '');
}

/** Counts wrong passwords only, beside the counter that also holds tries under way. */
function wrongOnly({ key, windowSeconds }: Counter): Omit<Counter, 'atMost'> {
  return { key: `${key}:w`, windowSeconds };
}

/** The pause of what wrong passwords alone have used up; a moment for what tries under way have. */
function pauseOf(outcome: Outcome<Label>, charged: Charged, wrong: Charged): number {
  const seconds = charged.map(({ place, counter }, row) => {
    const { total, resetsInSeconds } = outcome.counted(place);
    if (total < counter.atMost) return 0;
    return outcome.counted(wrong[row]?.place ?? -1).total >= counter.atMost ? resetsInSeconds : BUSY_SECONDS;
  });
  return Math.max(1, ...seconds);
}

function tooManyPasswords({ seconds }: { readonly seconds: number }): SmsOtpError {
  return new SmsOtpError('TOO_MANY_ATTEMPTS', {
    retryAfterSeconds: seconds,
  });
}
