import { createHash, randomBytes } from 'node:crypto';
import type { Account } from './account.ts';

/** A token that was replaced stays good for so long: its answer may have been lost, or two tabs have used it at once. */
const GRACE_MILLISECONDS = 60_000;
/**
 * One of several that were given at once may be the one that the browser has kept: it is good until its person, who signs
 * in once a day, has come back. For longer it would let a thief wait who has used a copy in that moment.
 */
const SIBLING_MILLISECONDS = 36 * 60 * 60 * 1000;
/** A family's name and 128 random bits. */
const TOKEN = /^(?<family>[\w-]{16})\.(?<bits>[\w-]{22})$/;
/** Tokens that one use after the other in the same moment leaves; more are no person's. */
const MOST_SIBLINGS = 20;

/** The tokens that replaced one another in one browser: a family. Times are the shared state's, in milliseconds. */
export interface TrustedBrowser {
  /** Hash of the family's name, which only the browser knows. */
  readonly id: string;
  /** The newest first. */
  readonly generations: readonly Generation[];
  /** The account's when it was trusted: another one ends it. */
  readonly epoch: string;
  readonly unlock: string;
  /** Keyed hash of the person's numbers and of the password's age, as they were then. */
  readonly fingerprint: string;
  /** As `Firefox, Linux`; empty if it says nothing that is known. */
  readonly label: string;
  readonly since: number;
  readonly lastUsed: number;
  /** No use prolongs it. */
  readonly endsAt: number;
  /** The sign-ins that it has opened, which end with it. */
  readonly signIns: readonly { readonly id: string; readonly endsAt: number }[];
}

/** Tokens that were given in place of the same one. */
interface Generation {
  /** If the next one has begun, that in whose place it came is the first. */
  readonly hashes: readonly string[];
  /** When the next one began; absent for the newest. */
  readonly replacedAt?: number;
}

/** A token as a browser presents it. */
export interface PresentedToken {
  readonly token: string;
  readonly id: string;
  readonly hash: string;
}

/** A token that the browser is to keep. */
export interface TrustToken {
  readonly token: string;
  /** The presented ones of this person, which it takes the place of. */
  readonly replaces: readonly string[];
  readonly milliseconds: number;
}

/** The reason why a browser is trusted no longer. */
export type TrustEnd = 'copied' | 'changed' | 'ended';

/** Others are none of ours. */
export function readTokens(tokens: readonly string[]): readonly PresentedToken[] {
  return tokens.flatMap((token) => {
    const { family, bits } = TOKEN.exec(token)?.groups ?? {};
    return family === undefined || bits === undefined ? [] : [{ token, id: digest(family), hash: digest(bits) }];
  });
}

/** A family that begins, with its first token. */
export function newTrustedBrowser(
  facts: Pick<TrustedBrowser, 'fingerprint' | 'label' | 'endsAt' | 'signIns'>,
  { epoch, unlock }: Account,
  now: number,
): { readonly browser: TrustedBrowser; readonly token: string } {
  const family = randomBytes(12).toString('base64url');
  const { token, hash } = newToken(family);
  const generations = [{ hashes: [hash] }];
  return { browser: { ...facts, id: digest(family), generations, epoch, unlock, since: now, lastUsed: now }, token };
}

/**
 * Whether a token still is good: the newest; the very one in whose place it came, which must be the newest for a browser
 * that lost the answer; for a while one beside that, if all of these were given and replaced within a moment, since answers
 * may come in another order; and any other that was replaced a moment ago. All others are copies: a browser keeps one token, so
 * that two which were given in place of the same one are never both presented long after.
 */
export function isGood({ generations }: TrustedBrowser, { hash }: PresentedToken, now: number): boolean {
  const place = generations.findIndex(({ hashes }) => hashes.includes(hash));
  const found = generations[place];
  if (found === undefined) return false;
  const { hashes, replacedAt = 0 } = found;
  if (place === 0 || (place === 1 && hashes[0] === hash)) return true;
  const begunAt = generations[place + 1]?.replacedAt ?? Number.NEGATIVE_INFINITY;
  const isSibling = place === 1 && replacedAt - begunAt < GRACE_MILLISECONDS;
  return now - replacedAt < (isSibling ? SIBLING_MILLISECONDS : GRACE_MILLISECONDS);
}

/** With a new token in place of a good one. The newest is replaced; one before it gets another of the newest's age. */
export function rotate(
  browser: TrustedBrowser,
  { token: presented, hash }: PresentedToken,
  now: number,
): { readonly browser: TrustedBrowser; readonly token: string } {
  const [newest, ...older] = browser.generations;
  const next = newToken(presented.split('.')[0] ?? '');
  const isNewest = newest?.hashes.includes(hash) === true;
  const siblings = isNewest || newest === undefined ? [] : newest.hashes;
  const first = { hashes: [next.hash, ...siblings].slice(0, MOST_SIBLINGS) };
  const replaced = { hashes: [hash, ...(newest?.hashes ?? []).filter((other) => other !== hash)], replacedAt: now };
  const before = isNewest ? [replaced, ...older] : older;
  const kept = before.filter(({ replacedAt = now }, place) => place === 0 || now - replacedAt < GRACE_MILLISECONDS);
  return { browser: { ...browser, generations: [first, ...kept], lastUsed: now }, token: next.token };
}

/** Whether it has not ended by its days, by a sign-out everywhere, a change of numbers or an unlock. */
export function isAlive({ epoch, unlock, endsAt }: TrustedBrowser, account: Account | undefined, now: number): boolean {
  return endsAt > now && epoch === account?.epoch && unlock === account.unlock;
}

function newToken(family: string): { readonly token: string; readonly hash: string } {
  const bits = randomBytes(16).toString('base64url');
  return { token: `${family}.${bits}`, hash: digest(bits) };
}

/** Needs no key: what is hashed has 96 random bits or more. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
