import { createCipheriv, createDecipheriv, createHmac, hash, randomFillSync, timingSafeEqual } from 'node:crypto';
import { BoundedMap } from '../bounded-map.ts';

/** A value with what it was sealed from. */
interface Seal {
  readonly id: string;
  readonly text: string;
  readonly sealed: string;
}

interface Secret {
  readonly bytes: Buffer;
  readonly fingerprint: string;
  /** The key that HKDF extracts from it (RFC 5869, 2.2): the same for all keys. */
  readonly extracted: Buffer;
}

const NO_SALT = Buffer.alloc(32);
const FIRST_BLOCK = Uint8Array.of(1);
/** One sign-in asks for the same values several times; each is worked out once. */
const MOST_KNOWN = 1_000;
const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const AUTH_TAG_BYTES = 16;
const FINGERPRINT_LENGTH = 16;

/**
 * The instance's secrets, the newest first, and everything that is derived from them. The instance's name is part of
 * every derivation: two instances with one secret have nothing in common.
 */
export class Keyring {
  readonly #name: string;
  readonly #newest: Secret;
  readonly #oldest: Secret;
  readonly #secrets: readonly Secret[];
  readonly #hashes = new BoundedMap<string, string>(MOST_KNOWN);
  readonly #idKeys = new BoundedMap<string, string>(MOST_KNOWN);
  readonly #sealKeys = new BoundedMap<string, Uint8Array>(MOST_KNOWN);
  /** By their keys: a process mostly reads what it has written a moment ago. */
  readonly #seals = new BoundedMap<string, Seal>(MOST_KNOWN);

  /** @param secrets the newest first, at least one */
  constructor(name: string, secrets: readonly string[]) {
    this.#name = name;
    this.#secrets = secrets.map((secret) => this.#read(secret));
    const newest = this.#secrets.at(0);
    const oldest = this.#secrets.at(-1);
    if (newest === undefined || oldest === undefined) throw new RangeError('A keyring needs a secret.');
    this.#newest = newest;
    this.#oldest = oldest;
  }

  /** Names the secret that new challenges are derived from, without giving it away. */
  get newest(): string {
    return this.#newest.fingerprint;
  }

  /** Whether a secret is still on the ring. */
  has(fingerprint: string): boolean {
    return this.#secrets.some((secret) => secret.fingerprint === fingerprint);
  }

  /** A key of 32 bytes for one use (HKDF, RFC 5869); `undefined` if that secret is no longer on the ring. */
  deriveKey(fingerprint: string, use: string, ...facts: readonly string[]): Uint8Array | undefined {
    const secret = this.#secrets.find((known) => known.fingerprint === fingerprint);
    if (secret === undefined) return undefined;
    // A hash: a directory's id may be longer than the 1024 bytes of info that some implementations of HKDF take.
    const info = hash('sha256', lengthPrefixed([this.#name, use, ...facts]), 'buffer');
    // HKDF expands (RFC 5869, 2.3): the first block is all of 32 bytes.
    return createHmac('sha256', secret.extracted).update(info).update(FIRST_BLOCK).digest();
  }

  /** Names a subject without telling it: 96 bits, of the oldest secret, so that all processes of a rotation agree. */
  tagOf(subject: string): string {
    return this.#tag(this.#oldest, subject);
  }

  /** The tags of a subject under the other secrets, for what must outlive a rotation. */
  otherTagsOf(subject: string): readonly string[] {
    return this.#secrets.slice(0, -1).map((secret) => this.#tag(secret, subject));
  }

  /** A keyed hash of 128 bits, always the same for the same facts; of the oldest secret, as the tags. */
  hash(use: string, ...facts: readonly string[]): string {
    return this.#hashes.recall(nameOf(use, facts), () => this.#mac(this.#oldest.bytes, use, ...facts).slice(0, 22));
  }

  /** A keyed hash of 256 bits under the secret of that name, or `undefined` if that is no longer on the ring. */
  mac(fingerprint: string, use: string, ...facts: readonly string[]): string | undefined {
    const key = this.deriveKey(fingerprint, use, ...facts);
    return key && Buffer.from(key).toString('base64url');
  }

  /** A key of the shared state. All keys of an instance begin alike, so that a Redis Cluster keeps them together. */
  key(kind: string, rest: string): string {
    // Joined, not concatenated: V8 would keep all parts of each key for as long as a store keeps the key.
    return [this.#name, kind, rest].join(':');
  }

  /** The names that 0.1.0 gave to this, one for each secret: it may have known fewer. They are only read. */
  previousKeys(kind: string, fact: string): readonly string[] {
    return this.#secrets.map(({ bytes }) => `:${this.key(kind, this.#mac(bytes, 'state', fact))}`);
  }

  /** Needs no secret: the id has 128 random bits. */
  idKey(kind: string, id: string): string {
    return this.#idKeys.recall(nameOf(kind, [id]), () => {
      const digest = hash('sha256', lengthPrefixed([kind, this.#name, id]), 'buffer');
      return this.key(kind, digest.toString('base64url', 0, 24));
    });
  }

  /** Encrypts for who holds the id (AES-256-GCM); the key that the value lies under is bound to it. */
  seal(id: string, key: string, text: string): string {
    const { fingerprint } = this.#newest;
    const iv = randomBuffer(IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.#sealKey(fingerprint, id) ?? NO_SALT, iv);
    cipher.setAAD(Buffer.from(key + fingerprint));
    const bytes = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    const sealed = fingerprint + bytes.toString('base64url');
    this.#seals.set(key, { id, text, sealed });
    return sealed;
  }

  /** `undefined` if it was not sealed for this id under this key, or by a secret that is no longer on the ring. */
  open(id: string, key: string, sealed: string): string | undefined {
    const known = this.#seals.get(key);
    if (known?.sealed === sealed && known.id === id) return known.text;
    const text = this.#decrypt(id, key, sealed);
    if (text !== undefined) this.#seals.set(key, { id, text, sealed });
    return text;
  }

  #decrypt(id: string, key: string, sealed: string): string | undefined {
    const fingerprint = sealed.slice(0, FINGERPRINT_LENGTH);
    const bytes = Buffer.from(sealed.slice(FINGERPRINT_LENGTH), 'base64url');
    const secret = this.#sealKey(fingerprint, id);
    if (secret === undefined || bytes.length < IV_BYTES + AUTH_TAG_BYTES) return undefined;
    const decipher = createDecipheriv(CIPHER, secret, bytes.subarray(0, IV_BYTES), { authTagLength: AUTH_TAG_BYTES });
    decipher.setAAD(Buffer.from(key + fingerprint)).setAuthTag(bytes.subarray(-AUTH_TAG_BYTES));
    const text = decipher.update(bytes.subarray(IV_BYTES, -AUTH_TAG_BYTES));
    try {
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch {
      return undefined;
    }
  }

  /** A stand-in for a phone number in events and logs: always the same for one number, and not to be turned back. */
  pseudonym(number: string): string {
    return this.#mac(this.#oldest.bytes, 'pseudonym', number).slice(0, 16);
  }

  #sealKey(fingerprint: string, id: string): Uint8Array | undefined {
    if (!this.has(fingerprint)) return undefined;
    return this.#sealKeys.recall(fingerprint + id, () => this.deriveKey(fingerprint, 'seal', id) ?? NO_SALT);
  }

  #tag({ bytes }: Secret, subject: string): string {
    const tag = (): string => this.#mac(bytes, 'tag', subject).slice(0, 16);
    return bytes === this.#oldest.bytes ? this.#hashes.recall(nameOf('tag', [subject]), tag) : tag();
  }

  #read(secret: string): Secret {
    const bytes = Buffer.from(secret, 'utf8');
    const extracted = createHmac('sha256', NO_SALT).update(bytes).digest();
    return { bytes, extracted, fingerprint: this.#mac(bytes, 'fingerprint').slice(0, FINGERPRINT_LENGTH) };
  }

  #mac(key: Buffer, ...facts: readonly string[]): string {
    return createHmac('sha256', key)
      .update(lengthPrefixed([this.#name, ...facts]))
      .digest('base64url');
  }
}

/** Takes as long for a wrong text as for the right one, if both are of one length. */
export function isSameText(given: string, expected: string): boolean {
  const left = Buffer.from(given);
  const right = Buffer.from(expected);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Unambiguous, too, and shorter: a use has no blank, and does not begin as JSON does. */
function nameOf(use: string, facts: readonly string[]): string {
  return facts.length === 1 ? `${use} ${facts[0]}` : JSON.stringify([use, ...facts]);
}

/** Unambiguous: no two lists of facts give the same bytes. */
function lengthPrefixed(facts: readonly string[]): Buffer {
  const bytes = Buffer.allocUnsafe(facts.reduce((sum, fact) => sum + 4 + Buffer.byteLength(fact), 0));
  let offset = 0;
  for (const fact of facts) {
    const length = bytes.write(fact, offset + 4);
    offset = bytes.writeUInt32BE(length, offset) + length;
  }
  return bytes;
}

/** To ask the system for a few bytes takes nearly as long as for many; Node does likewise in `randomUUID`. */
const pool = Buffer.alloc(4_096);
let used = pool.length;

/** Random bytes as base64url; nobody gets the same bytes again. */
export function randomText(byteCount: number): string {
  return randomBuffer(byteCount).toString('base64url');
}

/** @param byteCount at most 64 */
export function randomBuffer(byteCount: number): Buffer {
  if (used + byteCount > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const part = pool.subarray(used, used + byteCount);
  const taken = Buffer.from(part);
  // Bytes that were handed out do not stay in the pool.
  part.fill(0);
  used += byteCount;
  return taken;
}
