import type { SmsOtpError } from '../errors.ts';
import type { Challenge, ChallengeFacts } from './challenge.ts';
import type { Client } from './client.ts';
import type { Steps } from './commit.ts';
import type { HistoryEntry } from './history.ts';
import type { Keyring } from './keyring.ts';
import { type Recipient, tooManySends } from './send-limiter.ts';
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

/** The state that a new record starts from. */
export interface NewBase extends SendBase {
  /** The record as it would be without a code. */
  readonly signIn: StoredSignIn;
  again(): Promise<NewBase>;
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

/** An anchor's message to another request of the same browser. */
interface Anchor {
  readonly id: string;
  readonly resendAt: number;
}

/** Another request of the same browser has just begun the same challenge. */
export class SentAlready extends Error {
  /** Id of its record. */
  readonly id: string;
  /** The refusal if that sign-in is over by now, though its message went out. */
  readonly wait: SmsOtpError;

  constructor(id: string, wait: SmsOtpError) {
    super('Another request of this browser sends the code.');
    this.id = id;
    this.wait = wait;
  }
}

/** Names the anchor of a send, by which a double press of one browser is one SMS; absent for a program without a session. */
export function anchorOf(keyring: Keyring, { client, user, purpose, number }: SendOrder): string | undefined {
  const { scope } = client.session;
  return scope === undefined ? undefined : keyring.hash('anchor', scope, user.id, purpose, number);
}

/** Keeps a second send away until the next one is due. @returns the step's place */
export function createAnchor(
  commit: Steps<'anchor'>,
  keyring: Keyring,
  anchor: string,
  id: string,
  resendAt: number,
  now: number,
): number {
  const key = keyring.key('an', anchor);
  const value: Anchor = { id, resendAt };
  const seconds = Math.max(1, Math.ceil((resendAt - now) / 1000));
  return commit.create('anchor', key, keyring.seal(anchor, key, JSON.stringify(value)), seconds);
}

/** Finds the send that another request of this browser has begun: a first send joins it, any other must wait. */
export function heldBy(
  keyring: Keyring,
  { anchor = '', order }: { readonly anchor: string | undefined; readonly order: SendOrder },
  raw: string | undefined,
  now: number,
): SentAlready | SmsOtpError {
  const text = raw === undefined ? undefined : keyring.open(anchor, keyring.key('an', anchor), raw);
  const { id, resendAt }: Anchor = text === undefined ? { id: '', resendAt: now } : JSON.parse(text);
  const wait = tooManySends((resendAt - now) / 1000);
  return order.isNewSession && id !== '' ? new SentAlready(id, wait) : wait;
}
