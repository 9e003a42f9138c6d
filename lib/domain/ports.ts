import type { Finding } from './finding.ts';
import type { User } from './user.ts';

/**
 * Where people, their passwords and their phone numbers live. A rejection means "cannot say" (503); it never means
 * "wrong password", and never lets anybody in.
 */
export interface UserStore {
  /** `undefined` where nobody, or more than one, is meant, and where the account is disabled. */
  findUser(key: { readonly id: string } | { readonly username: string }): Promise<User | undefined>;
  /** Needed unless the app has `currentUser`. Is never called with an empty password. */
  checkPassword?(user: User, password: string): Promise<boolean>;
  /**
   * Writes exactly this change, and only where the store still holds what was read: else `'conflict'`.
   * `remove` is a value as `findUser` gave it.
   */
  changePhoneNumbers?(
    user: User,
    change: { readonly add?: string; readonly remove?: string },
  ): Promise<'done' | 'conflict'>;
  /**
   * Where the numbers of a user that it has found stand, for logs and the doctor: the entry, and for each of
   * `phoneNumbers` the attribute. `undefined` if it does not know.
   */
  phoneSource?(user: User): { readonly dn: string; readonly attributes: readonly string[] } | undefined;
  /** Resolves where the store can be asked now. */
  health?(): Promise<void>;
  /** Everybody whom `findUser` can find, for a count of usable numbers. May reject in the midst of it. */
  users?(): AsyncIterable<User>;
  /** Looks at the way to the store, and with `mustWrite` at whether numbers can be written; changes nothing. */
  examine?(wish: { readonly mustWrite: boolean }): AsyncIterable<Finding>;
  /** Whether people may write their own numbers, tried with the right password of one; changes nothing. */
  examineOwnRights?(user: User, password: string): Promise<Finding>;
  /** Lets its connections go; called by `close()` of `smsOtp()`. */
  close?(): Promise<void>;
}

/** One SMS. */
export interface SmsMessage {
  /** E.164 with its plus. */
  readonly to: string;
  /** In any alphabet, of one or several segments; never to be logged. */
  readonly text: string;
  /** When the code in the text dies: later than that it need not arrive. */
  readonly expiresAt: Date;
}

/** What became of a submit. `unknown` counts as sent: the network may still deliver it. */
export type SendResult =
  | { readonly status: 'accepted' | 'unknown'; readonly smsc?: string; readonly messageId?: string }
  | { readonly status: 'refused'; readonly reason: 'number' };

/** What the network says of a message later. */
export interface DeliveryReceipt {
  /** The name of the SMSC that took the message. */
  readonly smsc: string;
  /** In the form that `send` gave. */
  readonly messageId: string;
  /** `unknown`: it is over, and the network cannot say how. */
  readonly state: 'delivered' | 'failed' | 'unknown';
  /** The network's own code, for logs and events. Default: none. */
  readonly reason?: string;
}

/** `degraded`: it works, but less well than it should. `down`: what needs it is refused. */
export type HealthStatus = 'ready' | 'degraded' | 'down';

/** Whether messages can be sent now. */
export interface TransportHealth {
  /** `degraded` where some SMSCs work and others do not. */
  readonly status: HealthStatus;
  /** By the SMSC's name. */
  readonly smscs: Readonly<Record<string, SmscHealth>>;
}

export interface SmscHealth {
  readonly status: HealthStatus;
  /** Since when it has this status, in ISO 8601. */
  readonly since?: string;
  /** Names a status or a system error, never a number or a text. */
  readonly lastError?: string;
}

/** What carries an SMS. */
export interface SmsTransport {
  /** Rejects only where the message surely was not sent. */
  send(message: SmsMessage): Promise<SendResult>;
  /** Calls back for every receipt, also for one that comes before `send` resolves. Called once, at start. */
  onReceipt?(listener: (receipt: DeliveryReceipt) => void): void;
  /** Connects ahead of the first message; `send` works without it. */
  open?(): void;
  /** How each SMSC is now; sends nothing. */
  health?(): Promise<TransportHealth>;
  /** Looks at the way to each SMSC, step by step, and sends nothing. */
  examine?(): AsyncIterable<Finding>;
  /** Drains, then unbinds. */
  close?(): Promise<void>;
}

/** What an operator should know of a shared state that works. */
export interface SharedStateHealth {
  /** The only one to tell of: that it works is `undefined`, that it does not is a rejection. */
  readonly status: 'degraded';
  /** What is wrong and what to do about it; never a key or a value. */
  readonly lastError: string;
}

/**
 * The truth about challenges, grants, counters and deliveries, shared by all processes of the app. A rejection means
 * "cannot say": what needs the answer is refused with 503.
 */
export interface SharedState {
  /**
   * Atomically adds points (0: only reads; negative: gives back, never below 0; neither opens a window). The window
   * begins at the first add and is fixed; it may end early where the count is 0 again. Without one `resetsInSeconds`, which
   * is rounded up, is 0.
   */
  add(key: string, points: number, windowSeconds: number): Promise<{ total: number; resetsInSeconds: number }>;
  /** `undefined` where there is no such key, or its time is over. */
  get(key: string): Promise<string | undefined>;
  /** False where `ifAbsent` and the key is there. */
  set(key: string, value: string, ttlSeconds: number, ifAbsent?: boolean): Promise<boolean>;
  /** True for the one caller that removed it. */
  delete(key: string): Promise<boolean>;
  /** Rejects where it cannot be asked now. */
  health?(): Promise<void> | Promise<SharedStateHealth | undefined>;
  /** Milliseconds since 1970 by the clock that ends keys. */
  time?(): Promise<number>;
  /** Lets its connections go, where they are its own. */
  close?(): Promise<void>;
}

/** Milliseconds since 1970; handed in, so that tests can move it. */
export type Clock = () => number;
