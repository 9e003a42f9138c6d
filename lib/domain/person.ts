import { BoundedMap } from '../bounded-map.ts';
import { type Account, accountKey, type KnownAccount, newAccount, newMark, readAccount } from './account.ts';
import { Commit, type Ledger, type Outcome, type Steps } from './commit.ts';
import type { Keyring } from './keyring.ts';

/** How many parts an index has: sign-ins of one person at the same time rarely meet in one. */
const SHARDS = 8;

/**
 * The kind of key that an entry stands for: a record, an anchor, a challenge's messages, one message whose challenge is
 * over, a number, a browser, a typed name, a session whose code was used, a message in the history.
 */
type Family = 'record' | 'anchor' | 'messages' | 'sent' | 'number' | 'browser' | 'name' | 'used' | 'history';

export interface Entry {
  readonly family: Family;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
}

const LETTERS: Readonly<Record<Family, string>> = {
  record: 'r',
  anchor: 'a',
  messages: 'm',
  sent: 's',
  number: 'n',
  browser: 'b',
  name: 't',
  used: 'u',
  history: 'h',
};

/** Names the keys of one person that nobody could find by the person alone, so that all of them can be removed. */
export class PersonIndex {
  readonly #keyring: Keyring;

  constructor(keyring: Keyring) {
    this.#keyring = keyring;
  }

  keyOf(tag: string, shard: number): string {
    return this.#keyring.key('ix', `${tag}.${shard}`);
  }

  keysOf(tag: string): readonly string[] {
    return Array.from({ length: SHARDS }, (_, shard) => this.keyOf(tag, shard));
  }

  /** Adds entries to what was found in a part; entries that have ended make room. */
  add(
    commit: Steps<'index'>,
    { tag, shard }: { readonly tag: string; readonly shard: number },
    found: string | undefined,
    entries: readonly Entry[],
    now: number,
  ): number | undefined {
    const alive = readIndex(found).filter(({ endsAt }) => endsAt > now);
    const isThere = (entry: Entry): boolean =>
      alive.some(
        ({ family, name, endsAt }) => family === entry.family && name === entry.name && endsAt >= entry.endsAt,
      );
    const fresh = entries.filter((entry) => !isThere(entry));
    if (fresh.length === 0) return undefined;
    const isRenewed = (old: Entry): boolean =>
      fresh.some(({ family, name }) => family === old.family && name === old.name);
    const all = [...alive.filter((old) => !isRenewed(old)), ...fresh];
    const last = Math.max(...all.map(({ endsAt }) => endsAt));
    const key = this.keyOf(tag, shard);
    const place = commit.expect('index', key, found);
    commit.write(key, all.map(writeEntry).join(' '), Math.ceil((last - now) / 1000) + 1);
    return place;
  }
}

/** The part that names what belongs to a record. */
export function shardOf(id: string): number {
  return id.charCodeAt(0) % SHARDS;
}

export function readIndex(raw: string | undefined): readonly Entry[] {
  return (raw ?? '').split(' ').flatMap((word) => {
    const end = word.lastIndexOf('@');
    const family = (Object.keys(LETTERS) as Family[]).find((known) => LETTERS[known] === word[0]);
    const seconds = Number.parseInt(word.slice(end + 1), 36);
    return family === undefined ? [] : [{ family, name: word.slice(1, end), endsAt: seconds * 1000 }];
  });
}

function writeEntry({ family, name, endsAt }: Entry): string {
  return `${LETTERS[family]}${name}@${Math.ceil(endsAt / 1000).toString(36)}`;
}

/** The state that a first factor starts from. */
export interface Person {
  readonly account: KnownAccount | undefined;
  /** The part of the person's index that names the sign-in, as read. */
  readonly index: string | undefined;
  /** The account, or the one that begins now: with the lock of 0.1.0, if there is one. */
  accountOrNew(): Promise<Account>;
}

export interface PersonReaderDeps {
  readonly ledger: Ledger;
  readonly keyring: Keyring;
  readonly index: PersonIndex;
}

/** A record that is about to begin, and whose it is. */
interface RecordName {
  readonly id: string;
  readonly tag: string;
}

/** The keys of 0.1.0 under one secret: the mark of its last unlock, and the lock without one. */
interface Previous {
  readonly mark: number;
  readonly lock: number;
}

/** Reads what is kept of a person, for a sign-in that is about to begin. */
export class PersonReader {
  readonly #deps: PersonReaderDeps;

  constructor(deps: PersonReaderDeps) {
    this.#deps = deps;
  }

  /** One trip, and another if 0.1.0 has unlocked this person. */
  async read(ref: RecordName, subject: string): Promise<Person & { readonly now: number }> {
    const commit = new Commit();
    const interpret = this.add(commit, ref, subject);
    const outcome = await this.#deps.ledger.run(commit);
    return { ...interpret(outcome), now: outcome.now };
  }

  /**
   * Adds the steps to a commit that does more.
   *
   * @param subject of the tag, if it is known
   * @returns what an outcome tells of the person
   */
  add(commit: Steps<never>, { id, tag }: RecordName, subject?: string): (outcome: Outcome<string>) => Person {
    const { index, keyring } = this.#deps;
    const accountPlace = commit.read(accountKey(keyring, tag));
    const part = commit.read(index.keyOf(tag, shardOf(id)));
    const marks = subject === undefined ? [] : keyring.previousKeys('unlock', subject);
    const locks = subject === undefined ? [] : keyring.previousKeys('lock', lockFacts(subject, ''));
    const previous = marks.map((mark, at) => ({ mark: commit.read(mark), lock: commit.read(locks[at] ?? mark) }));
    return (outcome) => {
      const account = readAccount(outcome.value(accountPlace));
      const accountOrNew = async (): Promise<Account> =>
        account ?? newAccount((await this.#isLocked(subject ?? '', previous, outcome)) ? [''] : []);
      return { account, index: outcome.value(part), accountOrNew };
    };
  }

  /** An unlock of 0.1.0 gave its counters and its lock other keys; the lock of before may still be there. */
  async #isLocked(subject: string, previous: readonly Previous[], outcome: Outcome<string>): Promise<boolean> {
    const { ledger, keyring } = this.#deps;
    const commit = new Commit();
    let isLocked = false;
    const places = previous.flatMap(({ mark, lock }, secret) => {
      const unlocked = outcome.value(mark);
      if (unlocked === undefined) {
        isLocked ||= outcome.value(lock) !== undefined;
        return [];
      }
      const key = keyring.previousKeys('lock', lockFacts(subject, unlocked))[secret];
      return key === undefined ? [] : [commit.read(key)];
    });
    if (places.length === 0 || isLocked) return isLocked;
    const found = await ledger.run(commit);
    return places.some((place) => found.value(place) !== undefined);
  }
}

/**
 * The parts by which 0.1.0 named a lock: the subject, the known browser, of which this version knows none, and the last
 * unlock.
 */
function lockFacts(subject: string, unlocked: string): string {
  return JSON.stringify([subject, '', unlocked]);
}

/** How long somebody who was removed or disabled in the directory may stay signed in. */
const SECONDS_BETWEEN_LOOKS = 5 * 60;
const MAX_UNNOTED = 10_000;

/** Decides when the directory is asked again for somebody who is signed in: once in five minutes, by one process. */
export class DirectoryRecheck {
  readonly #keyring: Keyring;
  /** When this process takes the next turn by itself, by the shared state's time, for each tag. */
  readonly #unnoted = new BoundedMap<string, number>(MAX_UNNOTED);
  /** Tags of people who are gone, and ids of sign-ins that must end, which could not be written. */
  readonly #refused = new BoundedMap<string, true>(MAX_UNNOTED);

  constructor(keyring: Keyring) {
    this.#keyring = keyring;
  }

  keyOf(tag: string): string {
    return this.#keyring.key('lk', tag);
  }

  /** The directory was asked a moment ago. */
  noteLook(commit: Steps<never>, tag: string): void {
    commit.write(this.keyOf(tag), newMark(), SECONDS_BETWEEN_LOOKS);
  }

  /** @returns the place of a step whose finding tells whether the turn was taken */
  takeTurn(commit: Steps<never>, tag: string): number {
    return commit.createOrSkip(this.keyOf(tag), newMark(), SECONDS_BETWEEN_LOOKS);
  }

  /** A turn that cannot be noted for all processes, as on a full server, is taken by each of them. */
  isTaken(outcome: Outcome<string>, place: number, tag: string): boolean {
    if (outcome.value(place) !== undefined) return false;
    if (!outcome.isReadOnly) return true;
    if (outcome.now < (this.#unnoted.get(tag) ?? 0)) return false;
    this.#unnoted.set(tag, outcome.now + SECONDS_BETWEEN_LOOKS * 1000);
    return true;
  }

  /** Keeps what the directory said for as long as it cannot be written. */
  refuse(tagOrId: string): void {
    this.#refused.set(tagOrId, true);
  }

  /** The directory knows the person, and what it said is written. */
  allow(tag: string, id: string): void {
    this.#refused.delete(tag);
    this.#refused.delete(id);
  }

  /** Once writes are taken again, the directory is asked at once, for all processes. */
  isRefused(outcome: Outcome<string>, tag: string, id: string): boolean {
    return outcome.isReadOnly && (this.#refused.has(tag) || this.#refused.has(id));
  }
}
