import { newMark } from './account.ts';
import type { Counter, Steps } from './commit.ts';
import { isSameText, type Keyring } from './keyring.ts';
import { type Requester, requesterKey } from './known-browser.ts';
import type { Key } from './shared-state.ts';
import { type FoundSpare, newSymbols, type SpareCodes, type TypedSpare } from './spare-code.ts';

/** 50 random bits. */
const SYMBOLS = 10;
/** Over all codes of one user: at 50 bits nobody guesses one. */
const TRIES = { windowSeconds: 60 * 60, atMost: 5 } as const;

/** A help code as it lies in the shared state. */
interface Stored {
  /** Names the secret that it is hashed under. */
  readonly secret: string;
  readonly mac: string;
  readonly mayReplaceNumber: boolean;
  readonly endsAt: number;
}

/**
 * Codes that a help desk reads out to a person whom it knows. One lives per user: a new one takes the place of the old.
 * The shared state holds a keyed hash of it.
 */
export class HelpCodes implements SpareCodes {
  readonly way = 'helpCode';
  readonly #keyring: Keyring;

  constructor(keyring: Keyring) {
    this.#keyring = keyring;
  }

  /** @returns the code, which nobody can read again */
  issue(
    commit: Steps<never>,
    subject: string,
    { minutes, mayReplaceNumber }: { readonly minutes: number; readonly mayReplaceNumber: boolean },
    now: number,
  ): string {
    const code = newSymbols(SYMBOLS);
    const { newest } = this.#keyring;
    const stored = {
      secret: newest,
      mac: this.#mac(newest, subject, code),
      mayReplaceNumber,
      endsAt: now + minutes * 60_000,
    };
    commit.write(this.keyOf(subject), write(stored), minutes * 60);
    return code;
  }

  read(symbols: string): TypedSpare | undefined {
    return symbols.length === SYMBOLS ? { symbols, place: 0 } : undefined;
  }

  keyOf(subject: string): Key {
    return this.#keyring.key('hc', this.#keyring.tagOf(subject));
  }

  /** A known browser has its own. */
  counterOf(requester: Requester): Counter {
    return { key: this.#keyring.key('ht', requesterKey(requester)), ...TRIES };
  }

  async find({ symbols }: TypedSpare, subject: string, raw: string | undefined): Promise<FoundSpare | undefined> {
    const stored = raw === undefined ? undefined : read(raw);
    const mac = this.#mac(stored?.secret ?? this.#keyring.newest, subject, symbols);
    if (stored === undefined || mac === '' || !isSameText(mac, stored.mac)) return undefined;
    const key = this.keyOf(subject);
    return {
      mayReplaceNumber: stored.mayReplaceNumber,
      again: () => undefined,
      spend: (commit) => {
        const place = commit.expect('code', key, raw);
        commit.remove('code', key);
        return place;
      },
      restore: (commit, now) => {
        commit.expect('code', key, undefined);
        commit.write(key, write(stored), Math.max(1, Math.ceil((stored.endsAt - now) / 1000)));
      },
    };
  }

  /** Empty if that secret is no longer on the ring. */
  #mac(secret: string, subject: string, code: string): string {
    return this.#keyring.mac(secret, 'help code', subject, code) ?? '';
  }
}

/** With a mark: no two values are alike. */
function write({ secret, mac, mayReplaceNumber, endsAt }: Stored): string {
  return [secret, mac, mayReplaceNumber ? 'replace' : '', endsAt.toString(36), newMark()].join('.');
}

function read(raw: string): Stored {
  const [secret = '', mac = '', mayReplaceNumber, endsAt = ''] = raw.split('.');
  return { secret, mac, mayReplaceNumber: mayReplaceNumber === 'replace', endsAt: Number.parseInt(endsAt, 36) };
}
