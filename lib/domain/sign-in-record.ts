import type { SmsOtpErrorCode } from '../errors.ts';
import type { KnownAccount } from './account.ts';
import { type Challenge, isOver, needsGrant, type Purpose } from './challenge.ts';
import { type Grant, isDoneBy } from './grant.ts';

/** How long the way from the first factor to the code may take. */
const UNFINISHED_SECONDS = 15 * 60;

/** The step that a sign-in waits for; `verified` once nothing more is needed. */
export type Stage = 'none' | 'number' | 'send' | 'enroll' | 'code' | 'verified';

/** The whole truth about one sign-in: one value in the shared state. Times are its clock's, in milliseconds. */
export interface SignInRecord {
  /** The user's stable id. */
  readonly subject: string;
  readonly startedAt: number;
  /** A rewrite never prolongs it. */
  readonly endsAt: number;
  /** The account's when it began: another one ends it. */
  readonly epoch: string;
  /** Authentication methods (RFC 8176) of the first factor. */
  readonly amr: readonly string[];
  /** The known browser in which it began; empty for any other. */
  readonly browser: string;
  /** Keyed hash of the user that the app's own login named. */
  readonly currentUser?: string | undefined;
  /** The user's own, for pages that need no directory. */
  readonly locale?: string | undefined;
  readonly returnTo?: string | undefined;
  /** The numbers that were shown last, in E.164: a form names one of them by its place. */
  readonly shown?: readonly string[] | undefined;
  /** The trusted browsers that were last shown, likewise. */
  readonly shownBrowsers?: readonly string[] | undefined;
  /** E.164; the one that was chosen if there are several. */
  readonly number?: string | undefined;
  /** Of the last challenge. */
  readonly purpose?: Purpose | undefined;
  readonly challenge?: Challenge | undefined;
  readonly grant?: Grant | undefined;
  /** Under the app's own login: begun by a list of numbers, and by no send yet. */
  readonly isList?: boolean | undefined;
  /** Signed out before the code: it keeps the pending challenge for the same person in the same browser, and no more. */
  readonly isSignedOut?: boolean | undefined;
  /** The answer to the last form, for the page after the redirect. */
  readonly lastError?: LastError | undefined;
}

interface LastError {
  readonly code: SmsOtpErrorCode;
  readonly attemptsRemaining?: number | undefined;
  /** As it was typed, if it may be shown again. */
  readonly typed?: string | undefined;
  /** Whether the box that trusts the browser was ticked. */
  readonly trusts?: boolean | undefined;
}

/** The part of a sign-in that a session holds; nothing in it changes. */
export interface SignInRef {
  /** 128 random bits. */
  readonly id: string;
  /** Names the account's keys. */
  readonly tag: string;
  /** Keyed hash of the user that the app's own login named. */
  readonly currentUser?: string | undefined;
}

/** A record with its account, as they were at one moment. */
export interface StoredSignIn {
  readonly ref: SignInRef;
  readonly record: SignInRecord;
  /** Exactly as it was read: every change of the record expects this text. */
  readonly raw: string;
  readonly account: KnownAccount;
  /** Milliseconds since 1970 by the shared state's clock. */
  readonly now: number;
  /** The part of the person's index that names this record, as read. */
  readonly index?: string | undefined;
}

/** The facts that every new record begins with. */
export function newRecord(
  facts: Pick<SignInRecord, 'subject' | 'epoch' | 'amr' | 'browser'> & Partial<SignInRecord>,
  now: number,
): SignInRecord {
  return { ...facts, startedAt: now, endsAt: endOfUnfinished(now) };
}

/** When a sign-in without a grant ends. */
function endOfUnfinished(startedAt: number): number {
  return startedAt + UNFINISHED_SECONDS * 1000;
}

/** The challenge that a code can still be typed for; also one whose attempts are used up. */
export function pendingOf({ challenge, grant }: SignInRecord, now: number): Challenge | undefined {
  if (challenge === undefined || isOver(challenge, now)) return undefined;
  return needsGrant(challenge) && grant === undefined ? undefined : challenge;
}

/** The stage as far as the record alone tells: `send` may turn out to be `number` or `enroll`. */
export function stageOf(record: SignInRecord, now: number): Exclude<Stage, 'number' | 'enroll'> {
  if (record.isSignedOut === true) return 'none';
  if (pendingOf(record, now) !== undefined) return 'code';
  return isDoneBy(record.grant) ? 'verified' : 'send';
}

/** With a code that is pending from here on. */
export function withChallenge(record: SignInRecord, challenge: Challenge): SignInRecord {
  const { number, purpose } = challenge;
  // A number that is not proven is nobody's choice yet.
  const chosen = purpose === 'enroll' ? record.number : number;
  return { ...record, challenge, purpose, number: chosen, lastError: undefined };
}

/** With both factors. Its life begins with the grant. */
export function withGrant(record: SignInRecord, grant: Grant, sessionMaxAgeSeconds: number): SignInRecord {
  const endsAt = (grant.authTime + sessionMaxAgeSeconds) * 1000;
  return { ...record, grant, endsAt, challenge: undefined, purpose: undefined, lastError: undefined };
}

/** After a sign-out without a grant: signing in again in this browser goes on with the same code. */
export function signedOutRecord(record: SignInRecord): SignInRecord {
  const { subject, startedAt, epoch, amr, browser, challenge } = record;
  const endsAt = Math.min(record.endsAt, challenge?.endsAt ?? 0);
  return { subject, startedAt, endsAt, epoch, amr, browser, challenge, isSignedOut: true };
}

/** Names in what is stored: there are many records. A name that is not here is written as it is. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  subject: 's',
  startedAt: 'b',
  endsAt: 'e',
  epoch: 'p',
  browser: 'w',
  currentUser: 'u',
  locale: 'l',
  returnTo: 't',
  number: 'n',
  purpose: 'f',
  challenge: 'c',
  grant: 'g',
  bits: 'r',
  secret: 'k',
  generation: 'j',
  attempts: 'a',
  sends: 'm',
  resendAt: 'q',
};
const LONG_NAMES = Object.fromEntries(Object.entries(SHORT_NAMES).map(([name, short]) => [short, name]));

export function encodeRecord(record: SignInRecord): string {
  const { challenge } = record;
  return JSON.stringify(renamed({ ...record, challenge: challenge && renamed(challenge, SHORT_NAMES) }, SHORT_NAMES));
}

/** The counterpart of `encodeRecord`; `undefined` for any other value. */
export function decodeRecord(text: string): SignInRecord | undefined {
  const record = renamed(JSON.parse(text), LONG_NAMES);
  if (!isRecord(record)) return undefined;
  if (record.challenge === undefined) return record;
  const challenge = renamed(record.challenge, LONG_NAMES);
  return { ...record, challenge: isChallenge(challenge) ? challenge : undefined };
}

function isRecord(value: object): value is SignInRecord {
  return 'subject' in value;
}

function isChallenge(value: object): value is Challenge {
  return 'bits' in value;
}

/** In a loop: it runs several times a request, and lists of names and facts take much longer. */
function renamed(value: object, names: Readonly<Record<string, string>>): object {
  const facts: Record<string, unknown> = {};
  for (const [name, fact] of Object.entries(value)) if (fact !== undefined) facts[names[name] ?? name] = fact;
  return facts;
}
