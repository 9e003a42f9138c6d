import { createHash } from 'node:crypto';
import type { Key } from '../domain/shared-state.ts';

/**
 * Where keys are in Redis. All keys of an instance have its name as their hash tag, as `{smsOtp}:record:…`: one node of a
 * cluster holds them, so that one script can reach them all.
 */
export class RedisKeys {
  readonly #isCluster: boolean;
  #name = '';
  #tag: string | undefined;

  constructor(isCluster: boolean) {
    this.#isCluster = isCluster;
  }

  /** That of the last key; `undefined` before the first. */
  get tag(): string | undefined {
    return this.#tag;
  }

  /** The prefix of the keys of 0.1.0; before the first key is known, one that no key has. */
  get previous(): string {
    return this.#name || ':';
  }

  placeOf(key: Key): string {
    if (key.startsWith(':')) return this.#isCluster ? this.placeOf(key.slice(1)) : key.slice(1);
    if (this.#tag === undefined || this.#name === '' || !key.startsWith(this.#name)) {
      this.#name = key.slice(0, key.indexOf(':') + 1);
      this.#tag = tagOf(this.#name.slice(0, -1));
    }
    return `${this.#tag}:${key.slice(this.#name.length)}`;
  }
}

/** Braces of a name would end the tag too early. */
function tagOf(name: string): string {
  if (!/[{}]/.test(name) && name !== '') return `{${name}}`;
  return `{${createHash('sha256').update(name).digest('base64url').slice(0, 22)}}`;
}
