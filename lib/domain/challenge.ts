import { createHash } from 'node:crypto';
import { generateSync } from '@otplib/hotp';
import { NodeCryptoPlugin } from '@otplib/plugin-crypto-node';
import { withPlainDigits } from './dial-string.ts';
import { type Keyring, randomText } from './keyring.ts';
import type { User } from './user.ts';

// The default of otplib 13 is an ES module all the way down, which CommonJS test runners cannot load.
const CRYPTO = new NodeCryptoPlugin();
/** No code lives longer than 10 minutes (NIST SP 800-63B-4, 3.1.3.2); the clocks of a store's servers differ by less than one. */
const LONGEST_MILLISECONDS = 11 * 60 * 1000;

/** HOTP (RFC 4226) has 31 bits: with more digits some codes would be likelier than others. */
export type CodeLength = 6 | 7 | 8;

/** The code of one generation, with its leading zeros. The same key and generation always give the same code. */
export function deriveCode(key: Uint8Array, generation: number, digits: CodeLength): string {
  return generateSync({ secret: key, counter: generation, digits, crypto: CRYPTO });
}

/**
 * The digits of what a person typed or pasted, in any script, without blanks, dashes, marks that nobody sees and signs of
 * punctuation, as in `#123 456.`; `undefined` if that is not a code's shape. The script of the pages reads it likewise.
 */
export function readCode(typed: string, digits: CodeLength): string | undefined {
  if (/\p{No}/u.test(typed)) return undefined;
  const code = withPlainDigits(typed).replace(/[\s\p{P}]/gu, '');
  return code.length === digits && /^[0-9]+$/.test(code) ? code : undefined;
}

export const PURPOSES = ['sign-in', 'step-up', 'enroll', 'change'] as const;

/** The use of a code; a code for one purpose is worth nothing for another. */
export type Purpose = (typeof PURPOSES)[number];

/**
 * A change of a user's numbers, in E.164. `vouchedBy` is the one whose code has allowed the new one; `isReplacement` is one
 * that a spare code has allowed.
 */
export type PhoneChange =
  | { readonly add: string }
  | { readonly add: string; readonly isReplacement: true }
  | { readonly add: string; readonly vouchedBy: string }
  | { readonly remove: string };

/** One pending code and its facts. The code itself is not among them. Times are the shared state's, in milliseconds. */
export interface Challenge {
  readonly purpose: Purpose;
  /** E.164. */
  readonly number: string;
  /** The change that its code makes, if it is asked for on the account page. */
  readonly change?: PhoneChange | undefined;
  /** 128 random bits that never leave the server. */
  readonly bits: string;
  /** Fingerprint of the secret that its codes come from. */
  readonly secret: string;
  /** Counts the codes of this challenge; only the latest is accepted. */
  readonly generation: number;
  /** Codes that were compared, of all generations together. */
  readonly attempts: number;
  /** Messages that were sent, or are about to be. */
  readonly sends: number;
  readonly endsAt: number;
  /** When the code may be sent again. */
  readonly resendAt: number;
}

export interface CodePolicy {
  readonly codeLength: CodeLength;
  readonly codeTtlSeconds: number;
  /** The pauses between sends of one challenge; the last repeats. */
  readonly resendAfterSeconds: readonly number[];
}

/** A code's destination and purpose. */
export type ChallengeFacts = Pick<Challenge, 'purpose' | 'number' | 'change'>;

/** A challenge with its first message. */
export function newChallenge(facts: ChallengeFacts, policy: CodePolicy, secret: string, now: number): Challenge {
  return {
    ...facts,
    bits: randomText(16),
    secret,
    generation: 0,
    attempts: 0,
    sends: 1,
    endsAt: now + policy.codeTtlSeconds * 1000,
    resendAt: now + pauseAfter(0, policy),
  };
}

/**
 * The same challenge with one more message: the same code while more than half of its life is left, else the next one,
 * which has a life of its own and ends the one before. Neither gives attempts back.
 */
export function repeatChallenge(challenge: Challenge, policy: CodePolicy, now: number): Challenge {
  const isFresh = challenge.endsAt - now > (policy.codeTtlSeconds * 1000) / 2;
  const next = isFresh
    ? challenge
    : { ...challenge, generation: challenge.generation + 1, endsAt: now + policy.codeTtlSeconds * 1000 };
  return { ...next, sends: challenge.sends + 1, resendAt: now + pauseAfter(challenge.sends, policy) };
}

/** Whether a challenge is pending for exactly this. */
export function isFor(challenge: Challenge, { purpose, number, change }: ChallengeFacts): boolean {
  return (
    challenge.purpose === purpose &&
    challenge.number === number &&
    JSON.stringify(challenge.change) === JSON.stringify(change)
  );
}

/** The code of the current generation; `undefined` if the secret that it began with is gone. */
export function codeOf(
  challenge: Challenge,
  subject: string,
  keyring: Keyring,
  digits: CodeLength,
): string | undefined {
  const { secret, bits, purpose, number, generation } = challenge;
  const key = keyring.deriveKey(secret, 'code', bits, purpose, subject, number);
  return key && deriveCode(key, generation, digits);
}

/**
 * Whether the directory still agrees with what a challenge began with.
 *
 * @param mayEnroll whether the user may enter a first number
 */
export function isStillWanted(
  { purpose, number, change }: Challenge,
  user: User,
  numbersOf: (user: User) => readonly string[],
  mayEnroll: (user: User) => boolean,
): boolean {
  // Allowed by the grant that it needs, and by no number.
  if (change !== undefined && 'isReplacement' in change) return true;
  // A new number stands on the one whose code has vouched for it.
  const needed = change !== undefined && 'vouchedBy' in change ? change.vouchedBy : number;
  // A directory that holds E.164, as most do, need not be read again.
  const isKnown = user.phoneNumbers.includes(needed) || numbersOf(user).includes(needed);
  if (purpose !== 'enroll' || change !== undefined || isKnown) return isKnown;
  return mayEnroll(user);
}

/** Whether this challenge is valid only while the grant that it started from is. */
export function needsGrant({ purpose, change }: Challenge): boolean {
  return purpose === 'step-up' || change !== undefined;
}

/** Whether its code is worth nothing any more: its end has come, or is too far away, as after the clock was set back. */
export function isOver({ endsAt }: Pick<Challenge, 'endsAt'>, now: number): boolean {
  return endsAt <= now || endsAt - now > LONGEST_MILLISECONDS;
}

function pauseAfter(sends: number, { resendAfterSeconds }: CodePolicy): number {
  return (resendAfterSeconds[Math.min(sends, resendAfterSeconds.length - 1)] ?? 0) * 1000;
}

/** Names a challenge's messages; it moves with the challenge. */
export function handleOf({ bits }: Pick<Challenge, 'bits'>): string {
  return createHash('sha256').update(bits).digest('base64url').slice(0, 22);
}
