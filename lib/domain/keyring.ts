import { createHash, createHmac } from 'node:crypto';
import { Memo } from './memo.ts';

interface Secret {
  readonly bytes: Buffer;
  readonly fingerprint: string;
  /** What HKDF extracts from it (RFC 5869, 2.2): the same for all keys. */
  readonly extracted: Buffer;
}

const NO_SALT = Buffer.alloc(32);
const FIRST_BLOCK = Uint8Array.of(1);

/**
 * The instance's secrets, the newest first, and everything that is derived from them. The instance's name is part of
 * every derivation, so that two instances with one secret still have nothing in common.
 */
export class Keyring {
  readonly #name: string;
  readonly #newest: Secret;
  readonly #oldest: Secret;
  readonly #byFingerprint: ReadonlyMap<string, Secret>;
  readonly #stateMacs = new Memo<string>();

  /** @param secrets the newest first, at least one */
  constructor(name: string, secrets: readonly string[]) {
    this.#name = name;
    const all = secrets.map((secret) => this.#read(secret));
    const [newest, oldest] = [all.at(0), all.at(-1)];
    if (newest === undefined || oldest === undefined) throw new RangeError('A keyring needs a secret.');
    this.#newest = newest;
    this.#oldest = oldest;
    this.#byFingerprint = new Map(all.map((secret) => [secret.fingerprint, secret]));
  }

  /** Names the secret that new challenges are derived from, without giving it away. */
  get newest(): string {
    return this.#newest.fingerprint;
  }

  /** A key of 32 bytes for one use (HKDF, RFC 5869); `undefined` where that secret is no longer on the ring. */
  deriveKey(fingerprint: string, use: string, ...facts: readonly string[]): Uint8Array | undefined {
    const secret = this.#byFingerprint.get(fingerprint);
    if (secret === undefined) return undefined;
    // A hash: a directory's id may be longer than the 1024 bytes of info that some implementations of HKDF take.
    const info = createHash('sha256')
      .update(lengthPrefixed([this.#name, use, ...facts]))
      .digest();
    // HKDF expands (RFC 5869, 2.3): the first block is all of 32 bytes.
    return createHmac('sha256', secret.extracted).update(info).update(FIRST_BLOCK).digest();
  }

  /**
   * A key for the shared state that does not tell whom it is about, only that others are about the same. It comes from the
   * oldest secret: while a new one is rolled out, all processes must count in the same place.
   */
  stateKey(kind: string, ...facts: readonly string[]): string {
    const mac = this.#stateMacs.of(JSON.stringify(facts), () => this.#mac(this.#oldest.bytes, 'state', ...facts));
    // Joined, not concatenated: V8 would keep all parts of each key for as long as a store keeps the key.
    return [this.#name, kind, mac].join(':');
  }

  /** A stand-in for a phone number in events and logs: always the same for one number, and not to be turned back. */
  pseudonym(number: string): string {
    return this.#mac(this.#oldest.bytes, 'pseudonym', number).slice(0, 16);
  }

  #read(secret: string): Secret {
    const bytes = Buffer.from(secret, 'utf8');
    const extracted = createHmac('sha256', NO_SALT).update(bytes).digest();
    return { bytes, extracted, fingerprint: this.#mac(bytes, 'fingerprint').slice(0, 16) };
  }

  #mac(key: Buffer, ...facts: readonly string[]): string {
    return createHmac('sha256', key)
      .update(lengthPrefixed([this.#name, ...facts]))
      .digest('base64url');
  }
}

/** Unambiguous: no two lists of facts give the same bytes. */
function lengthPrefixed(facts: readonly string[]): Buffer {
  const bytes = Buffer.alloc(facts.reduce((sum, fact) => sum + 4 + Buffer.byteLength(fact), 0));
  let offset = 0;
  for (const fact of facts) {
    const length = bytes.write(fact, offset + 4);
    offset = bytes.writeUInt32BE(length, offset) + length;
  }
  return bytes;
}
