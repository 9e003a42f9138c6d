import type { Clock } from '../domain/ports.ts';
import type { Charge, CommitResult, Refund, SharedState, Step, Write } from '../domain/shared-state.ts';
import { foundBy, toMilliseconds, type Window } from './encoding.ts';

/** The options of `memoryState()`. */
export interface MemoryStateOptions {
  /** If so many keys are alive, new ones are refused (503) rather than old ones forgotten. @default 1 000 000 */
  readonly maxKeys?: number;
  /** Milliseconds since 1970. @default the system's */
  readonly clock?: Clock;
}

/** A copy with methods of the app's own has it, too; it is the same if this package is there twice. */
const IN_MEMORY = Symbol.for('express-sms-otp: memoryState()');

/** Shared state of one process, in its memory: the default. Several processes need `redisState`. */
export function memoryState({ maxKeys = 1_000_000, clock = Date.now }: MemoryStateOptions = {}): SharedState {
  const engine = new MemoryEngine(maxKeys, clock);
  return {
    ...{ [IN_MEMORY]: true },
    commit: (steps) => engine.commit(steps),
    close: () => engine.close(),
  };
}

/** Whether a state is one that `memoryState()` made: it knows this process only. */
export function isMemoryState(state: SharedState): boolean {
  return IN_MEMORY in state;
}

interface Value {
  readonly value: string;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
}

/** Two flat shapes: with an object in an object each key would take a quarter more. */
type Entry = Value | Window;

/** An absent entry is one that is removed. */
type Changes = ReadonlyMap<string, Entry | undefined>;

const SWEEP_MILLISECONDS = 30_000;
/** Smaller steps back make no difference. */
const LEAST_STEP_MILLISECONDS = 1_000;

/**
 * Commits in one Map. It is synchronous, hence atomic. One sweep ends what nobody reads any more: a timer of JavaScript
 * each could not wait for 400 days.
 */
export class MemoryEngine implements SharedState {
  readonly entries = new Map<string, Entry>();
  readonly #timer = setInterval(() => this.#sweep(), SWEEP_MILLISECONDS).unref();
  readonly #maxKeys: number;
  readonly #clock: Clock;
  #latest = 0;

  constructor(maxKeys: number, clock: Clock) {
    this.#maxKeys = maxKeys;
    this.#clock = clock;
  }

  async commit(steps: readonly Step[]): Promise<CommitResult> {
    const now = this.#now();
    const entries = steps.map((step) => this.#read(keyOf(step), now));
    const found = steps.map((step, place) => foundBy(step, heldBy(entries[place]), now));
    const draft = new Draft(now);
    const refusedBy = steps.findIndex((step, place) => !draft.apply(step, entries[place]));
    if (refusedBy >= 0) return { refusedBy, found, now };
    this.#write(draft.changes);
    return { found, now };
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.entries.clear();
  }

  #now(): number {
    const time = Math.floor(this.#clock());
    if (this.#latest - time > LEAST_STEP_MILLISECONDS) this.#shorten(this.#latest - time);
    this.#latest = time;
    return time;
  }

  /** The clock was set back: else codes, counts and locks would live for so much longer, and some would live again. */
  #shorten(milliseconds: number): void {
    for (const [key, entry] of this.entries) {
      if ('value' in entry) this.entries.set(key, { ...entry, endsAt: entry.endsAt - milliseconds });
      else this.entries.set(key, { ...entry, startedAt: entry.startedAt - milliseconds });
    }
  }

  #read(key: string, now: number): Entry | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined || endOf(entry) > now) return entry;
    this.entries.delete(key);
    return undefined;
  }

  #write(changes: Changes): void {
    if (this.entries.size + changes.size > this.#maxKeys) this.#makeRoom(changes);
    for (const [key, entry] of changes) {
      if (entry === undefined) this.entries.delete(key);
      else this.entries.set(key, entry);
    }
  }

  /** Throws if it is full of entries that live: none of them is forgotten for a new one. */
  #makeRoom(changes: Changes): void {
    const growth = [...changes].reduce(
      (sum, [key, entry]) => sum + Number(entry !== undefined) - Number(this.entries.has(key)),
      0,
    );
    if (growth <= 0) return;
    if (this.entries.size + growth > this.#maxKeys) this.#sweep();
    if (this.entries.size + growth > this.#maxKeys)
      throw new Error(`memoryState() is full: ${this.#maxKeys} keys are alive.`);
  }

  #sweep(): void {
    const now = this.#now();
    for (const [key, entry] of this.entries) if (endOf(entry) <= now) this.entries.delete(key);
  }
}

/** The changes of one commit's steps so far. */
class Draft {
  readonly changes = new Map<string, Entry | undefined>();
  readonly #now: number;

  constructor(now: number) {
    this.#now = now;
  }

  /**
   * Whether the step agrees.
   *
   * @param before what its key held before the commit
   */
  apply(step: Step, before: Entry | undefined): boolean {
    if ('read' in step || 'count' in step) return true;
    const key = keyOf(step);
    const entry = this.changes.has(key) ? this.changes.get(key) : before;
    if ('expect' in step) return heldBy(entry) === step.value;
    if ('write' in step) return this.#applyWrite(step, entry);
    if ('charge' in step) return this.#applyCharge(step, entry);
    if ('refund' in step) return this.#applyRefund(step, entry);
    this.changes.set(key, undefined);
    return entry !== undefined;
  }

  #applyWrite({ write, value, ttlSeconds, ifAbsent }: Write, entry: Entry | undefined): boolean {
    if (entry !== undefined && ifAbsent !== undefined) return ifAbsent === 'skip';
    this.changes.set(write, { value, endsAt: this.#now + toMilliseconds(ttlSeconds) });
    return true;
  }

  #applyCharge({ charge, windowSeconds, atMost }: Charge, entry: Entry | undefined): boolean {
    const open = windowOf(entry) ?? { total: 0, startedAt: this.#now, milliseconds: toMilliseconds(windowSeconds) };
    return open.total + 1 <= atMost && this.#count(charge, open, 1);
  }

  #applyRefund({ refund, chargedAt }: Refund, entry: Entry | undefined): boolean {
    const open = windowOf(entry);
    return open === undefined || !isIn(open, chargedAt) || this.#count(refund, open, -1);
  }

  #count(key: string, { total, startedAt, milliseconds }: Window, points: number): true {
    const isEmpty = total + points === 0;
    this.changes.set(key, isEmpty ? undefined : { total: total + points, startedAt, milliseconds });
    return true;
  }
}

function keyOf(step: Step): string {
  if ('read' in step) return step.read;
  if ('count' in step) return step.count;
  if ('expect' in step) return step.expect;
  if ('write' in step) return step.write;
  if ('charge' in step) return step.charge;
  return 'refund' in step ? step.refund : step.remove;
}

function heldBy(entry: Entry | undefined): string | Window | undefined {
  return entry !== undefined && 'value' in entry ? entry.value : entry;
}

function endOf(entry: Entry): number {
  return 'value' in entry ? entry.endsAt : entry.startedAt + entry.milliseconds;
}

function windowOf(entry: Entry | undefined): Window | undefined {
  if (entry !== undefined && 'value' in entry) throw new Error('A step counts on a key that holds a value.');
  return entry;
}

function isIn({ startedAt, milliseconds }: Window, time: number | undefined): boolean {
  return time === undefined || (time >= startedAt && time < startedAt + milliseconds);
}
