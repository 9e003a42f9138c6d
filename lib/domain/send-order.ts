import type { Challenge, ChallengeFacts } from './challenge.ts';
import type { Client } from './client.ts';
import type { Steps } from './commit.ts';
import type { HistoryEntry } from './history.ts';
import type { Recipient } from './send-limiter.ts';
import type { SignInRecord, StoredSignIn } from './sign-in-record.ts';
import type { User } from './user.ts';

/** Reasons for which a send's commit is refused. */
export type SendLabel = 'record' | 'account' | 'anchor' | 'sends' | 'day' | 'month' | 'index';

/** The state that a send starts from, and how its commit writes it. */
export interface SendBase {
  /** Without the new challenge. */
  readonly record: SignInRecord;
  readonly tag: string;
  /** Milliseconds since 1970 by the shared state's clock. */
  readonly now: number;
  readonly unlock: string;
  readonly locks: readonly string[];
  /** The part of the person's index that was read. */
  readonly index: string | undefined;
  /** The id of a record that another request of this browser has just begun, and that this one goes on with. */
  readonly joined?: string | undefined;
  /** Adds the steps that write the record and what goes with it. @returns the record as it will be */
  write(commit: Steps<SendLabel>, record: SignInRecord): StoredSignIn;
  /** The state to start from after a lost race. @throws SmsOtpError if nothing is left */
  again(): Promise<SendBase>;
}

export interface SendOrder extends ChallengeFacts {
  readonly user: User;
  readonly client: Client;
  readonly base: SendBase;
  /** Whether the session must hold the record before the message goes out. */
  readonly isNewSession: boolean;
  /** Whether all of the app's session survives that. */
  readonly keepsAll?: boolean;
}

/** One send, as its commit writes it. */
export interface SendPlan {
  readonly order: SendOrder;
  readonly to: Recipient;
  /** The record without the challenge, to which a send that fails goes back. */
  readonly before: SignInRecord;
  readonly challenge: Challenge;
  readonly isRepeat: boolean;
  readonly signIn: StoredSignIn;
  /** Names the anchor, which keeps a second send away. */
  readonly anchor: string | undefined;
  /** Its entry for support, if a history is kept. */
  readonly history: HistoryEntry | undefined;
}
