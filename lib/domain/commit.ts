import { stateUnavailable } from '../errors.ts';
import { randomText } from './keyring.ts';
import type { Clock } from './ports.ts';
import type { CommitResult, Counter as Counted, Found, Key, SharedState, Step } from './shared-state.ts';

/** One limit that a commit charges. */
export interface Counter {
  readonly key: Key;
  readonly windowSeconds: number;
  /** `Infinity` if the limit is lifted for this charge; without a limit there is no counter. */
  readonly atMost: number;
}

/** How often a commit is tried that loses races: each time it starts again from what is there. */
export const MOST_RACES = 10;
/** After so many milliseconds of silence nobody waits for a second answer. */
const PATIENCE_MILLISECONDS = 500;
/** More than one process asks while its shared state is down. */
const MOST_OWED = 10_000;
/** Longer than a client of the shared state repeats a command. */
const NONCE_SECONDS = 10;

/** The steps of one commit, each with a label that tells why it may refuse. */
export class Commit<Label extends string = never> {
  readonly #steps: Step[] = [];
  readonly #labels: (Label | undefined)[] = [];

  get steps(): readonly Step[] {
    return this.#steps;
  }

  labelOf(step: number): Label | undefined {
    return this.#labels[step];
  }

  /** @returns the step's place, by which its finding is asked for */
  read(key: Key): number {
    return this.#add({ read: key });
  }

  count(key: Key): number {
    return this.#add({ count: key });
  }

  expect(label: Label, key: Key, value: string | undefined): number {
    return this.#add({ expect: key, value }, label);
  }

  write(key: Key, value: string, ttlSeconds: number): number {
    return this.#add({ write: key, value, ttlSeconds });
  }

  /** Refuses if the key is there. */
  create(label: Label, key: Key, value: string, ttlSeconds: number): number {
    return this.#add({ write: key, value, ttlSeconds, ifAbsent: 'refuse' }, label);
  }

  /** A key that only this commit writes: it refuses if the commit was done already. */
  mark(key: Key, nonce: string, ttlSeconds: number): number {
    return this.#add({ write: key, value: nonce, ttlSeconds, ifAbsent: 'refuse' });
  }

  /** Leaves a key that is there; its finding tells which it was. */
  createOrSkip(key: Key, value: string, ttlSeconds: number): number {
    return this.#add({ write: key, value, ttlSeconds, ifAbsent: 'skip' });
  }

  remove(label: Label, key: Key): number {
    return this.#add({ remove: key }, label);
  }

  charge(label: Label, { key, windowSeconds, atMost }: Counter): number {
    return this.#add({ charge: key, windowSeconds, atMost }, label);
  }

  /** @param chargedAt only the window that counted it is given back */
  refund({ key, windowSeconds }: Pick<Counter, 'key' | 'windowSeconds'>, chargedAt?: number): number {
    return this.#add({ refund: key, windowSeconds, ...(chargedAt !== undefined && { chargedAt }) });
  }

  #add(step: Step, label?: Label): number {
    this.#labels.push(label);
    return this.#steps.push(step) - 1;
  }
}

/** A commit to which steps are added, by code that knows these labels only. */
export type Steps<Label extends string = never> = Omit<Commit<Label>, 'steps' | 'labelOf'>;

/** The result of a commit: what it did, or why it did nothing. */
export class Outcome<Label extends string> {
  /** Why nothing was changed; `undefined` if all of it was done. */
  readonly refusal: Label | undefined;
  /** The shared state's time, in milliseconds since 1970. */
  readonly now: number;
  /** Whether writes that may be skipped were left out, because the shared state took none. */
  readonly isReadOnly: boolean;
  readonly #found: readonly Found[];

  constructor(found: readonly Found[], now: number, refusal: Label | undefined, isReadOnly = false) {
    this.#found = found;
    this.now = now;
    this.refusal = refusal;
    this.isReadOnly = isReadOnly;
  }

  /** The value before the commit, as the step of that place found it; `undefined` for a step that was left out. */
  value(step: number | undefined): string | undefined {
    const found = step === undefined ? undefined : this.#found[step];
    return typeof found === 'string' ? found : undefined;
  }

  /** The counter before the commit. */
  counted(step: number): Counted {
    const found = this.#found[step];
    return typeof found === 'object' ? found : { total: 0, resetsInSeconds: 0 };
  }
}

/** The shared state as the domain uses it: what it cannot say is `STATE_UNAVAILABLE`. */
export class Ledger {
  readonly #state: SharedState;
  readonly #nonceKey: (nonce: string) => Key;
  readonly #clock: Clock;
  /** Commits that take back what was charged by one whose outcome nobody has learned. */
  readonly #owed: (readonly Step[])[] = [];

  /** @param nonceKey names the key of a commit that only charges, by which one that was done is known again */
  constructor(state: SharedState, clock: Clock, nonceKey: (nonce: string) => Key) {
    this.#state = state;
    this.#clock = clock;
    this.#nonceKey = nonceKey;
  }

  /**
   * Does all steps at one moment, or none.
   *
   * @throws SmsOtpError `STATE_UNAVAILABLE`
   */
  async run<Label extends string>(commit: Commit<Label>): Promise<Outcome<Label>> {
    const startedAt = this.#clock();
    try {
      const outcome = this.#outcomeOf(commit, await this.#state.commit(commit.steps));
      if (this.#owed.length > 0) this.#payBack();
      return outcome;
    } catch (cause) {
      if (this.#clock() - startedAt < PATIENCE_MILLISECONDS) return this.#askAgain(commit, cause);
      this.#takeBack(commit.steps);
      throw stateUnavailable(cause);
    }
  }

  /** One value. */
  async read(key: Key): Promise<string | undefined> {
    const commit = new Commit();
    const place = commit.read(key);
    return (await this.run(commit)).value(place);
  }

  /** The same for a commit that writes no value of its own: a key that nobody else writes tells whether it was done. */
  charge<Label extends string>(commit: Commit<Label>): Promise<Outcome<Label>> {
    const nonce = randomText(9);
    commit.mark(this.#nonceKey(nonce), nonce, NONCE_SECONDS);
    return this.run(commit);
  }

  /** Finds the result of a commit whose answer was lost: it is done now, or was done then, or cannot be known. */
  async #askAgain<Label extends string>(commit: Commit<Label>, cause: unknown): Promise<Outcome<Label>> {
    // A server that is full, or takes no writes, still tells what it holds.
    const reads = asReads(commit.steps);
    let second: CommitResult;
    try {
      second = await this.#state.commit(reads ?? commit.steps);
    } catch {
      this.#takeBack(commit.steps);
      throw stateUnavailable(cause);
    }
    if (reads !== undefined) return new Outcome<Label>(second.found, second.now, undefined, true);
    if (second.refusedBy === undefined || !wasDone(commit.steps, second.found)) return this.#outcomeOf(commit, second);
    return new Outcome<Label>(second.found, second.now, undefined);
  }

  /** Remembers what a commit has charged whose outcome nobody learns; it is taken back once the state answers again. */
  #takeBack(steps: readonly Step[]): void {
    const proof = steps.find(
      (step) => 'write' in step && step.ifAbsent !== 'skip' && !isRenewal(steps, step.write, step.value),
    );
    const refunds = steps.flatMap((step): readonly Step[] =>
      'charge' in step && !isRefunded(steps, step.charge)
        ? [{ refund: step.charge, windowSeconds: step.windowSeconds }]
        : [],
    );
    if (proof === undefined || !('write' in proof) || refunds.length === 0) return;
    if (this.#owed.length < MOST_OWED) this.#owed.push([{ expect: proof.write, value: proof.value }, ...refunds]);
  }

  /** The state answers again: what is owed to it is given back, if it was taken at all. */
  #payBack(): void {
    for (const steps of this.#owed.splice(0)) {
      this.#state.commit(steps).catch(() => this.#owed.length < MOST_OWED && this.#owed.push(steps));
    }
  }

  #outcomeOf<Label extends string>(commit: Commit<Label>, { refusedBy, found, now }: CommitResult): Outcome<Label> {
    if (refusedBy === undefined) return new Outcome<Label>(found, now, undefined);
    const refusal = commit.labelOf(refusedBy);
    if (refusal === undefined) throw stateUnavailable(new Error('The shared state refused a step that cannot refuse.'));
    return new Outcome<Label>(found, now, refusal);
  }
}

/** The steps without their writes, if each of these may be skipped and nothing else could refuse or change anything. */
function asReads(steps: readonly Step[]): readonly Step[] | undefined {
  const reads: Step[] = [];
  for (const step of steps) {
    if ('write' in step && step.ifAbsent === 'skip') reads.push({ read: step.write });
    else if ('read' in step) reads.push(step);
    else return undefined;
  }
  return reads;
}

/** A written value is unique, unless it only renews what was expected: a key that holds it was written by this commit. */
function wasDone(steps: readonly Step[], found: readonly Found[]): boolean {
  return steps.some(
    (step, place) =>
      'write' in step &&
      step.ifAbsent !== 'skip' &&
      found[place] === step.value &&
      !isRenewal(steps, step.write, step.value),
  );
}

function isRenewal(steps: readonly Step[], key: Key, value: string): boolean {
  return steps.some((step) => 'expect' in step && step.expect === key && step.value === value);
}

/** A limit that was only asked. */
function isRefunded(steps: readonly Step[], key: Key): boolean {
  return steps.some((step) => 'refund' in step && step.refund === key);
}
