import type { Steps } from './commit.ts';
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
    const [letter, name, seconds] = [word.slice(0, 1), word.slice(1, word.lastIndexOf('@')), word.split('@').at(-1)];
    const family = (Object.keys(LETTERS) as Family[]).find((known) => LETTERS[known] === letter);
    return family === undefined ? [] : [{ family, name, endsAt: Number.parseInt(seconds ?? '', 36) * 1000 }];
  });
}

function writeEntry({ family, name, endsAt }: Entry): string {
  return `${LETTERS[family]}${name}@${Math.ceil(endsAt / 1000).toString(36)}`;
}
