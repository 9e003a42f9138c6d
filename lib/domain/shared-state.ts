import type { Finding } from './ports.ts';

/**
 * The name of one value or counter: the instance's name, a colon and the rest, as `smsOtp:record:…`. Keys of one
 * instance may be kept together (a hash tag of Redis Cluster), so all keys of a commit must begin with the same name. A key
 * that begins with a colon is one that another version wrote: its place is told by the rest alone, and it is only read.
 */
export type Key = string;

/**
 * One step of a commit, which reads, compares, writes or counts. A key holds a value or a counter: a step that counts on a
 * value is a mistake, which rejects the commit. All seconds are above 0 and may be fractions, down to a millisecond.
 */
export type Step = Read | Count | Expect | Write | Remove | Charge | Refund;

/** The value now. Never refuses. */
interface Read {
  /** The key of the value. */
  readonly read: Key;
}

/** The counter now. Never refuses. */
interface Count {
  /** The key of the counter. */
  readonly count: Key;
}

/** Refuses the commit if the key holds something else. */
interface Expect {
  /** The key to compare. */
  readonly expect: Key;
  /** The value that it must hold; `undefined` if it must be absent. */
  readonly value: string | undefined;
}

/** Replaces what the key holds, and gives it a new life. */
export interface Write {
  /** The key to write. */
  readonly write: Key;
  /** Well-formed Unicode without U+0000. */
  readonly value: string;
  /** The life of the value, by the clock of the store. */
  readonly ttlSeconds: number;
  /** If the key is there: `refuse` refuses the commit, `skip` leaves the key as it is. @default it is replaced */
  readonly ifAbsent?: 'refuse' | 'skip';
}

/** Removes a value or a counter. Refuses the commit if it is not there. */
interface Remove {
  /** The key to remove. */
  readonly remove: Key;
}

/**
 * Adds 1. The first one opens the window, which is fixed: later ones do not move it. Refuses the commit if the counter
 * would be more than `atMost`.
 */
export interface Charge {
  /** The key of the counter. */
  readonly charge: Key;
  /** The length of a window that this opens; an open one keeps its own. */
  readonly windowSeconds: number;
  /** The limit, which the total may reach; `Infinity` counts without one. */
  readonly atMost: number;
}

/** Takes 1 off, never below 0; opens no window. A counter of 0 leaves no key. Never refuses. */
export interface Refund {
  /** The key of the counter. */
  readonly refund: Key;
  /** As in the charge. */
  readonly windowSeconds: number;
  /** `now` of the commit that charged: nothing is taken off another window than the one that counted it. @default any window */
  readonly chargedAt?: number;
}

/** A counter with a window. */
export interface Counter {
  /** How often it was charged in its window, less what was taken off; 0 without a window. */
  readonly total: number;
  /** Until the window ends, rounded up, at least 1; 0 without a window. */
  readonly resetsInSeconds: number;
}

/**
 * The content of a key: the value, or the counter. An absent key is `undefined` for a step on values, and a counter of 0 for a
 * step on counters.
 */
export type Found = string | Counter | undefined;

/** The outcome of a commit. */
export interface CommitResult {
  /** The index of the first step that refused: nothing was done. @default absent: everything was done */
  readonly refusedBy?: number;
  /** For each step what its key held before the commit, also if it was refused. */
  readonly found: readonly Found[];
  /** The time of the commit by the clock of the store, in whole milliseconds since 1970. */
  readonly now: number;
}

/** A note for operators on a shared state that works. */
export interface SharedStateHealth {
  /** The only one to tell of: that it works is `undefined`, that it does not is a rejection. */
  readonly status: 'degraded';
  /** The defect and its remedy; never a key or a value. */
  readonly lastError: string;
}

/**
 * The truth about sign-ins, counters and deliveries, shared by all processes of the app. A rejection means "cannot say":
 * what needs the answer is refused with 503.
 */
export interface SharedState {
  /**
   * Does all steps at one moment, or none of them: atomic over all processes, in one round trip. The steps apply in their
   * order, and each sees those before it; a key may come several times. Without steps it tells the time.
   *
   * Rejects if it cannot say, within 2 seconds: it may have been done then.
   */
  commit(steps: readonly Step[]): Promise<CommitResult>;
  /** Rejects if it cannot be asked now, or would refuse to write. */
  health?(): Promise<void> | Promise<SharedStateHealth | undefined>;
  /** For the doctor: whether what was committed outlives a restart or a crash of the store. */
  examine?(): AsyncIterable<Finding>;
  /** Lets its connections go, if they are its own. */
  close?(): Promise<void>;
}

/** One day, of a window or a life. */
export const DAY_SECONDS = 24 * 60 * 60;
