import type { Challenge, Purpose } from './challenge.ts';
import type { Grant } from './grant.ts';
import type { User } from './user.ts';

/** What a sign-in waits for; `verified` once both factors are there. */
export type Stage = 'none' | 'number' | 'send' | 'enroll' | 'code' | 'verified';

/**
 * What the session holds about one sign-in. Nothing in it is a counter or must change atomically: sessions are read,
 * modified and written as a whole, and the last writer wins.
 */
export interface SignIn {
  /** Names this sign-in where its session id will still change. */
  readonly id: string;
  /** The user's stable id. */
  readonly subject: string;
  /** Milliseconds since 1970 of the first factor. */
  readonly startedAt: number;
  /** Authentication methods (RFC 8176) of the first factor. */
  readonly amr: readonly string[];
  /** The user's epoch when it began: a sign-out everywhere since then has ended it. */
  readonly epoch?: string | undefined;
  /** Whom the app's own login named, where it signs people in. */
  readonly currentUser?: string | undefined;
  /** The user's own, for pages that need no directory. */
  readonly locale?: string | undefined;
  readonly challengeId?: string | undefined;
  /** Of the last challenge. */
  readonly purpose?: Purpose | undefined;
  /** E.164; the one that was chosen where there are several. */
  readonly number?: string | undefined;
  readonly grantId?: string | undefined;
  readonly returnTo?: string | undefined;
  /** E.164; the list that was last shown, which an index means. */
  readonly shown?: readonly string[] | undefined;
}

/** Where a sign-in stands: worked out anew each time from the shared state. */
export interface Standing {
  readonly stage: Stage;
  readonly signIn?: SignIn;
  readonly challenge?: Challenge;
  readonly grant?: Grant;
}

/** A standing together with what the directory says of the user now. */
export interface FullStanding extends Standing {
  readonly user?: User;
  /** E.164; empty where none can be read. */
  readonly numbers: readonly string[];
}
