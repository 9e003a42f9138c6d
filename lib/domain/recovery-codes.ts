import { randomBytes, scrypt } from 'node:crypto';
import { newMark } from './account.ts';
import type { Counter, Steps } from './commit.ts';
import { isSameText, type Keyring } from './keyring.ts';
import type { Requester } from './known-browser.ts';
import { DAY_SECONDS, type Key } from './shared-state.ts';
import { type FoundSpare, inGroups, newSymbols, type SpareCodes, type TypedSpare } from './spare-code.ts';

/** Codes of one set. */
const CODES = 10;
/** 80 random bits each. */
const SYMBOLS = 16;
const GROUP = 4;
/** 80 random bits need no stretching: it must cost an attacker with a dump something, and a server little. */
const COST = { N: 4096, r: 8, p: 1 } as const;
const HASH_BYTES = 32;
const SALT_BYTES = 16;
/** A set lives so long after the last sign-in of its user. */
const LIFE_SECONDS = 400 * DAY_SECONDS;
/** Each costs one hash. */
const TRIES = { windowSeconds: DAY_SECONDS, atMost: 10 } as const;
/** Each costs as many hashes as it has codes. */
const SETS = { windowSeconds: DAY_SECONDS, atMost: 10 } as const;
const USED = '-';

/** A set as it lies in the shared state: hashes under one salt and their numbers, used ones struck out. */
interface StoredSet {
  readonly salt: string;
  readonly hashes: readonly string[];
}

/** A new set of codes, and what the shared state holds of it. */
export interface RecoverySet {
  /** As they are shown, each with its number. */
  readonly codes: readonly string[];
  readonly value: string;
}

/**
 * Numbered codes on paper, each for one sign-in. They are hashed with a salt (scrypt) and no key: paper outlives a
 * rotation of the secrets, and so does the name of the key.
 */
export class RecoveryCodes implements SpareCodes {
  readonly way = 'recoveryCode';
  readonly isOn: boolean;
  readonly #keyring: Keyring;

  constructor(keyring: Keyring, isOn: boolean) {
    this.#keyring = keyring;
    this.isOn = isOn;
  }

  /** Works out a new set; nothing is written yet. */
  async create(): Promise<RecoverySet> {
    const salt = randomBytes(SALT_BYTES).toString('base64url');
    const codes = Array.from({ length: CODES }, () => newSymbols(SYMBOLS));
    const hashes: string[] = [];
    // One after the other: the threads that hash are those that read files and look up names.
    for (const [place, code] of codes.entries()) hashes.push(await hashOf(salt, place, code));
    return {
      codes: codes.map((code, place) => `${place + 1}-${inGroups(code, GROUP)}`),
      value: write({ salt, hashes }),
    };
  }

  /** Takes the place of the set before. */
  store(commit: Steps<never>, subject: string, { value }: RecoverySet): void {
    commit.write(this.keyOf(subject), value, LIFE_SECONDS);
  }

  /** The same set, for another 400 days. */
  renew(commit: Steps<'code'>, subject: string, raw: string): void {
    commit.expect('code', this.keyOf(subject), raw);
    commit.write(this.keyOf(subject), raw, LIFE_SECONDS);
  }

  /** How many codes of a set can still be used. */
  leftOf(raw: string | undefined): number {
    return raw === undefined ? 0 : read(raw).hashes.filter((hash) => hash !== USED).length;
  }

  read(symbols: string): TypedSpare | undefined {
    const number = symbols.slice(0, -SYMBOLS);
    if (!this.isOn || !/^(?:[1-9]|10)$/.test(number)) return undefined;
    return { symbols: symbols.slice(-SYMBOLS), place: Number(number) - 1 };
  }

  keyOf(subject: string): Key {
    return this.#keyring.idKey('rc', subject);
  }

  /** All browsers together. */
  counterOf({ tag }: Requester): Counter {
    return { key: this.#keyring.key('rt', tag), ...TRIES };
  }

  /** New sets of one user. */
  setsOf({ tag }: Pick<Requester, 'tag'>): Counter {
    return { key: this.#keyring.key('rs', tag), ...SETS };
  }

  async find(
    { symbols, place }: TypedSpare,
    subject: string,
    raw: string | undefined,
  ): Promise<FoundSpare | undefined> {
    // Hashed in any case: the time of an answer does not tell whether there is such a code.
    const hash = await hashOf(read(raw ?? '').salt, place, symbols);
    return this.#found(this.keyOf(subject), raw, place, hash);
  }

  #found(key: Key, raw: string | undefined, place: number, hash: string): FoundSpare | undefined {
    const { salt, hashes } = read(raw ?? '');
    const stored = hashes[place];
    if (raw === undefined || stored === undefined || !isSameText(hash, stored)) return undefined;
    const spent = write({ salt, hashes: hashes.map((each, at) => (at === place ? USED : each)) });
    return {
      mayReplaceNumber: true,
      left: this.leftOf(spent),
      again: (now) => this.#found(key, now, place, hash),
      spend: (commit) => {
        const found = commit.expect('code', key, raw);
        commit.write(key, spent, LIFE_SECONDS);
        return found;
      },
      restore: (commit) => {
        commit.expect('code', key, spent);
        commit.write(key, write({ salt, hashes }), LIFE_SECONDS);
      },
    };
  }
}

function hashOf(salt: string, place: number, code: string): Promise<string> {
  return new Promise((resolve, reject) => {
    scrypt(code, `${salt}.${place}`, HASH_BYTES, COST, (error, hash) =>
      error === null ? resolve(hash.toString('base64url')) : reject(error),
    );
  });
}

/** With a mark: no two values are alike, also of two callers who use up the same code. */
function write({ salt, hashes }: StoredSet): string {
  return [newMark(), salt, ...hashes].join('.');
}

function read(raw: string): StoredSet {
  const [, salt = '', ...hashes] = raw.split('.');
  return { salt, hashes };
}
