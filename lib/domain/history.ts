import { BoundedMap } from '../bounded-map.ts';
import { newMark } from './account.ts';
import { Commit, type Ledger, MOST_RACES, type Steps } from './commit.ts';
import type { Keyring } from './keyring.ts';
import type { Clock } from './ports.ts';
import { DAY_SECONDS } from './shared-state.ts';

/** As long as support looks back. */
export const HISTORY_SECONDS = 7 * DAY_SECONDS;
/** People about whom a process has something to write at one time. */
const MOST_PEOPLE = 1_000;
/** The name under which faults are noted that concern no person, or nobody knows whom. */
const EVERYBODY = 'everybody';

/** The facts of one message that never change: ids and masks only. */
export interface HistoryEntry {
  /** Names its key. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly sentAt: number;
  /** The use of its code. */
  readonly purpose: 'sign-in' | 'step-up' | 'enroll' | 'change';
  /** Masked. */
  readonly phone: string;
  readonly isRepeat: boolean;
  /** The SMSC that took it, and the transport's route, if it has several. */
  readonly smsc?: string | undefined;
  readonly route?: string | undefined;
}

/** The state of one message. */
export interface HistoryOutcome {
  /** As of a delivery; `refused`: it surely did not go out. */
  readonly state: 'queued' | 'accepted' | 'delivered' | 'failed' | 'unknown' | 'refused';
  /** When it came to that, in milliseconds since 1970. */
  readonly at: number;
  /** The network's own code of a failure, or the error's of a refusal. */
  readonly reason?: string | undefined;
}

/** One message, as support sees it. */
export type HistorySend = HistoryEntry & HistoryOutcome;

/** Something that happened to a person, however often. */
export interface HistoryNote {
  /** An event's name, with a colon and its reason if it has one, as `sendRefused:TOO_MANY_SENDS`. */
  readonly kind: string;
  readonly total: number;
  /** Milliseconds since 1970, by the clock of the process that saw it. */
  readonly firstAt: number;
  readonly lastAt: number;
}

export interface HistoryDeps {
  readonly ledger: Ledger;
  readonly keyring: Keyring;
  /** Masks a number. */
  readonly masks: { of(number: string): string };
  readonly clock: Clock;
}

type Notes = Readonly<Record<string, readonly [total: number, firstAt: number, lastAt: number]>>;

/**
 * Answers the questions that support is asked: messages with their delivery, and refusals. A message's entry is written by the
 * commits that count, note and deliver it; a refusal, which has written nothing, is noted right after its answer.
 */
export class History {
  readonly #deps: HistoryDeps;
  /** Nothing is kept before somebody asks for it. */
  isOn = false;
  readonly #pending = new Map<string, BoundedMap<string, Notes[string]>>();
  readonly #writing = new Map<string, Promise<void>>();

  constructor(deps: HistoryDeps) {
    this.#deps = deps;
  }

  /** Of a send that is about to be counted; one that fails and is tried again is two. */
  entryOf(
    { purpose, number }: Pick<HistoryEntry, 'purpose'> & { readonly number: string },
    isRepeat: boolean,
    now: number,
  ): HistoryEntry {
    return { name: newMark(), sentAt: now, purpose, phone: this.#deps.masks.of(number), isRepeat };
  }

  keyOf(name: string): string {
    return this.#deps.keyring.idKey('hs', name);
  }

  /** All keys of a person. */
  keysOf(tag: string, names: readonly string[]): readonly string[] {
    return [this.notesKey(tag), ...names.map((name) => this.keyOf(name))];
  }

  notesKey(tag: string): string {
    return this.#deps.keyring.key('hn', tag);
  }

  /** Adds the step that replaces what is kept of a message. */
  write(commit: Steps<never>, entry: HistoryEntry, outcome: HistoryOutcome): void {
    const key = this.keyOf(entry.name);
    const text = JSON.stringify({ ...entry, ...outcome } satisfies HistorySend);
    commit.write(key, this.#deps.keyring.seal(entry.name, key, text), HISTORY_SECONDS);
  }

  /** The same for a receipt that comes when nothing else is known of its message; it takes back no delivery. */
  async update(entry: HistoryEntry, outcome: HistoryOutcome): Promise<void> {
    const [known] = await this.readSends([entry.name]);
    if (known === undefined || known.state === 'delivered') return;
    const commit = new Commit();
    this.write(commit, entry, outcome);
    await this.#deps.ledger.run(commit);
  }

  /** Nobody waits for it: if it cannot be written, support does not see it. Notes that come meanwhile go in one commit. */
  note(userId: string | undefined, kind: string): void {
    const tag = this.#tagOf(userId);
    if (!this.#pending.has(tag) && this.#pending.size >= MOST_PEOPLE) return;
    const now = this.#deps.clock();
    const notes = this.#pending.get(tag) ?? new BoundedMap<string, Notes[string]>(100);
    const [total, firstAt] = notes.get(kind) ?? [0, now];
    notes.set(kind, [total + 1, firstAt, now]);
    this.#pending.set(tag, notes);
    if (this.#writing.has(tag)) return;
    const written = this.#flush(tag)
      .catch(() => undefined)
      .finally(() => this.#writing.delete(tag));
    this.#writing.set(tag, written);
  }

  /** Resolves once nothing is to be written any more. */
  async settled(): Promise<void> {
    while (this.#writing.size > 0) await Promise.all(this.#writing.values());
  }

  /** The notes of a person, or the faults of everybody; the newest first. */
  async readNotes(userId: string | undefined): Promise<readonly HistoryNote[]> {
    const tag = this.#tagOf(userId);
    return listOf(this.#open(tag, await this.#deps.ledger.read(this.notesKey(tag))));
  }

  /** The messages of these names that are still kept; the newest first. */
  async readSends(names: readonly string[]): Promise<readonly HistorySend[]> {
    const { ledger, keyring } = this.#deps;
    const commit = new Commit();
    const places = names.map((name) => commit.read(this.keyOf(name)));
    const outcome = await ledger.run(commit);
    const sends = names.flatMap((name, at): readonly HistorySend[] => {
      const raw = outcome.value(places[at]);
      const text = raw === undefined ? undefined : keyring.open(name, this.keyOf(name), raw);
      return text === undefined ? [] : [JSON.parse(text)];
    });
    return sends.toSorted((one, other) => other.sentAt - one.sentAt);
  }

  #tagOf(userId: string | undefined): string {
    return userId === undefined ? EVERYBODY : this.#deps.keyring.tagOf(userId);
  }

  async #flush(tag: string): Promise<void> {
    for (let notes = this.#take(tag); notes !== undefined; notes = this.#take(tag)) await this.#add(tag, notes);
  }

  #take(tag: string): ReadonlyMap<string, Notes[string]> | undefined {
    const notes = this.#pending.get(tag);
    this.#pending.delete(tag);
    return notes;
  }

  async #add(tag: string, fresh: ReadonlyMap<string, Notes[string]>): Promise<void> {
    const { ledger, keyring } = this.#deps;
    const key = this.notesKey(tag);
    let before = await ledger.read(key);
    for (let race = 0; race < MOST_RACES; race++) {
      const commit = new Commit<'notes'>();
      const expected = commit.expect('notes', key, before);
      const text = JSON.stringify(this.#merge(this.#open(tag, before), fresh));
      commit.write(key, keyring.seal(tag, key, text), HISTORY_SECONDS);
      const outcome = await ledger.run(commit);
      if (outcome.refusal === undefined) return;
      before = outcome.value(expected);
    }
  }

  #merge(known: Notes, fresh: ReadonlyMap<string, Notes[string]>): Notes {
    const oldest = this.#deps.clock() - HISTORY_SECONDS * 1000;
    const alive = Object.entries(known).filter(([, [, , lastAt]]) => lastAt > oldest);
    const merged = new Map(alive);
    for (const [kind, [total, firstAt, lastAt]] of fresh) {
      const [before, begun] = merged.get(kind) ?? [0, firstAt];
      merged.set(kind, [before + total, begun, lastAt]);
    }
    return Object.fromEntries(merged);
  }

  #open(tag: string, raw: string | undefined): Notes {
    const text = raw === undefined ? undefined : this.#deps.keyring.open(tag, this.notesKey(tag), raw);
    return text === undefined ? {} : JSON.parse(text);
  }
}

function listOf(notes: Notes): readonly HistoryNote[] {
  return Object.entries(notes)
    .map(([kind, [total, firstAt, lastAt]]) => ({ kind, total, firstAt, lastAt }))
    .toSorted((one, other) => other.lastAt - one.lastAt);
}
