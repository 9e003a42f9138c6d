import { randomBytes } from 'node:crypto';
import type { Counter, Steps } from './commit.ts';
import type { WithoutCode } from './grant.ts';
import type { Requester } from './known-browser.ts';
import type { Key } from './shared-state.ts';

/** The way to a grant that a spare code opens. */
type SpareWay = Exclude<WithoutCode, 'trustedBrowser'>;

/** A code that stands in for one by SMS, as it was typed. */
export interface TypedSpare {
  /** In the letters of its alphabet, without anything that separates them. */
  readonly symbols: string;
  /** The place in its set; 0 for one that is alone. */
  readonly place: number;
}

/** A spare code that was right. */
export interface FoundSpare {
  /** Whether its grant may change the numbers once without a code to an old one. */
  readonly mayReplaceNumber: boolean;
  /** Codes that are left of its set afterwards. */
  readonly left?: number;
  /** Uses it up: one caller wins. @returns the place of the step that finds the value as it is */
  spend(commit: Steps<'code'>): number;
  /** The same code in a value that somebody has changed meanwhile; `undefined` if it is gone. */
  again(raw: string | undefined): FoundSpare | undefined;
  /** Nothing came of it: it lives on, unless the value has changed since. */
  restore(commit: Steps<'code'>, now: number): void;
}

/** One kind of spare codes. Each try is counted before it is looked at, whether or not there is a code. */
export interface SpareCodes {
  readonly way: SpareWay;
  /** `undefined` if the text has not the shape of such a code. */
  read(symbols: string): TypedSpare | undefined;
  keyOf(subject: string): Key;
  counterOf(requester: Requester): Counter;
  /**
   * @param raw the value under the key, as the commit that counted the try has found it
   * @returns `undefined` if it is wrong, used up, or not there: nobody can tell which
   */
  find(typed: TypedSpare, subject: string, raw: string | undefined): Promise<FoundSpare | undefined>;
}

/** Crockford's base 32: no I, L, O or U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Random letters and digits, 5 bits each. */
export function newSymbols(count: number): string {
  return Array.from(randomBytes(count), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

/**
 * Reads letters and digits as people type them: in either case, in groups, with O for 0 and I or L for 1.
 *
 * @returns `undefined` if anything else is among them
 */
export function readSymbols(typed: string): string | undefined {
  const symbols = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}\p{Cf}]/gu, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  return /^[0-9A-HJKMNP-TV-Z]+$/.test(symbols) ? symbols : undefined;
}

/** In groups that can be read out and typed. */
export function inGroups(symbols: string, size: number): string {
  return (symbols.match(new RegExp(`.{1,${size}}`, 'g')) ?? []).join('-');
}
