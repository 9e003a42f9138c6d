import { stateUnavailable } from '../errors.ts';
import { newMark } from './account.ts';
import { Commit, type Ledger, MOST_RACES, type Steps } from './commit.ts';
import type { History, HistoryEntry, HistoryOutcome } from './history.ts';
import type { Keyring } from './keyring.ts';
import { type Country, countryOf } from './phone-number.ts';
import type { DeliveryReceipt, SendResult } from './ports.ts';
import type { Key } from './shared-state.ts';

/** The delivery state of a challenge's last SMS. */
export type DeliveryState = 'queued' | 'accepted' | 'delivered' | 'failed' | 'unknown';

/** A message that the transport took, or may have taken. */
export type Sent = Extract<SendResult, { status: 'accepted' | 'unknown' }>;

/** One message of a challenge. */
export interface Sending {
  /** Counts the challenge's messages, from 1. */
  readonly place: number;
  readonly state: DeliveryState;
  /** When the commit counted it: milliseconds since 1970 by the shared state's clock. */
  readonly chargedAt: number;
  /** Keyed hash of the client's address that it was counted under. */
  readonly address: string;
  /** The name of the SMSC that took it. */
  readonly smsc?: string | undefined;
  /** The transport's route, if it has several. */
  readonly route?: string | undefined;
  /** Whether a right code gives nothing back for it: its charge is settled. */
  readonly isSettled?: boolean | undefined;
  /** The key under which its receipt finds it. */
  readonly message?: string | undefined;
}

/** A message that the SMSC has answered. */
export interface Note extends Pick<Sending, 'place' | 'chargedAt' | 'address'> {
  readonly handle: string;
  /** Absent if it surely was not sent; its charge is settled then. */
  readonly sent: Sent | undefined;
  /** E.164. */
  readonly number: string;
  readonly watched: Key;
  /** Its entry for support, if a history is kept. */
  readonly history?: HistoryEntry | undefined;
}

export interface Noted {
  readonly state: DeliveryState;
  /** The value of the watched key. */
  readonly watched: string | undefined;
}

/** The message that a receipt belongs to. */
export interface DeliveryFacts {
  readonly country?: Country;
  /** The transport's route, if it has several. */
  readonly route?: string;
  /** Since the message was sent. */
  readonly milliseconds: number;
}

/** The record of a message until its receipt comes. */
interface Message {
  readonly handle: string;
  readonly place: number;
  readonly chargedAt: number;
  readonly country?: Country | undefined;
  readonly route?: string | undefined;
  readonly history?: HistoryEntry | undefined;
}

type Told = HistoryOutcome & { readonly state: DeliveryState };

/**
 * Longer than an SMSC takes to answer. Most of what is never asked for is somebody else's, on an account that is
 * shared.
 */
const EARLY_SECONDS = 60;
/** As long as anything is kept of a message: receipts may come much later than a code is of use, and still count. */
export const MESSAGE_SECONDS = 60 * 60;

/**
 * Ties receipts to challenges through the shared state: a receipt may reach another process than the one that sent, and
 * may come before the SMSC's answer. A challenge's messages lie under a handle of its own, which moves with it.
 */
export class Deliveries {
  readonly #ledger: Ledger;
  readonly #keyring: Keyring;
  readonly #history: History;

  constructor(ledger: Ledger, keyring: Keyring, history: History) {
    this.#ledger = ledger;
    this.#keyring = keyring;
    this.#history = history;
  }

  keyOf(handle: string): string {
    return this.#keyring.idKey('dl', handle);
  }

  /** The challenge's messages, in their order, as a commit has found them. */
  sendingsOf(handle: string, raw: string | undefined): readonly Sending[] {
    const text = raw === undefined ? undefined : this.#keyring.open(handle, this.keyOf(handle), raw);
    return text === undefined ? [] : JSON.parse(text);
  }

  /**
   * Notes the SMSC's answer. A message without an id stays unknown: no receipt can name it.
   *
   * @param watched a key that is read in the same trip
   */
  async note({ handle, number, sent, watched, history, ...sending }: Note): Promise<Noted> {
    const { smsc, route, messageId } = sent ?? {};
    const message = smsc === undefined || messageId === undefined ? undefined : this.#messageKey(smsc, messageId);
    const state = stateOf(sent, message);
    const isSettled = sent === undefined ? true : undefined;
    const { place, chargedAt } = sending;
    const entry = history && { ...history, smsc, route };
    const facts = { handle, place, chargedAt, country: countryOf(number), route, history: entry };
    // Most challenges have one message: there is nothing to read first.
    let before: string | undefined;
    for (let race = 0; race < MOST_RACES; race++) {
      const commit = new Commit<'list'>();
      const all = [...this.sendingsOf(handle, before), { ...sending, state, smsc, route, message, isSettled }];
      const list = this.#replace(commit, handle, before, all);
      if (entry !== undefined) this.#history.write(commit, entry, { state, at: chargedAt });
      const also = commit.read(watched);
      const early = message === undefined ? undefined : this.#noteMessage(commit, message, facts);
      const outcome = await this.#ledger.run(commit);
      before = outcome.value(list.place);
      if (outcome.refusal !== undefined) continue;
      const told = early === undefined ? undefined : outcome.value(early)?.split(' ')[0];
      // A value that was just written need not be read for that.
      if (isFinal(told)) await this.#write(facts, { state: told, at: outcome.now }, list.raw);
      return { state: isFinal(told) ? told : state, watched: outcome.value(also) };
    }
    throw stateUnavailable(undefined);
  }

  /** @returns what is known of its message; `undefined` if that is none of ours, or its answer is still to come */
  async receive(receipt: DeliveryReceipt): Promise<DeliveryFacts | undefined> {
    const { smsc, messageId, state } = receipt;
    const message = this.#messageKey(smsc, messageId);
    const commit = new Commit();
    const known = commit.read(message);
    commit.write(earlyKey(message), `${state} ${newMark()}`, EARLY_SECONDS);
    const outcome = await this.#ledger.run(commit);
    const facts = this.#readMessage(message, outcome.value(known));
    if (facts === undefined) return undefined;
    await this.#write(facts, { state, at: outcome.now, reason: receipt.reason });
    const { country, route, chargedAt } = facts;
    return {
      ...(country !== undefined && { country }),
      ...(route !== undefined && { route }),
      milliseconds: Math.max(0, outcome.now - chargedAt),
    };
  }

  /** The names by which messages are found whose challenge is over. */
  namesOf(sendings: readonly Sending[]): readonly string[] {
    return sendings.flatMap(({ message }) =>
      message === undefined ? [] : [message.slice(this.#keyring.key('ms', '').length)],
    );
  }

  /** The keys of one such message. */
  keysOfName(name: string): readonly string[] {
    const message = this.#keyring.key('ms', name);
    return [message, earlyKey(message)];
  }

  /** All keys of a challenge's messages, for who must leave none. */
  keysOf(handle: string, raw: string | undefined): readonly string[] {
    const messages = this.sendingsOf(handle, raw).flatMap(({ message }) =>
      message === undefined ? [] : [message, earlyKey(message)],
    );
    return [this.keyOf(handle), ...messages];
  }

  #noteMessage(commit: Steps<'list'>, message: string, facts: Message): number {
    commit.write(message, this.#keyring.seal(message, message, JSON.stringify(facts)), MESSAGE_SECONDS);
    return commit.read(earlyKey(message));
  }

  /** @returns the place of the step that reads what is replaced, and what the key holds afterwards */
  #replace(
    commit: Steps<'list'>,
    handle: string,
    before: string | undefined,
    sendings: readonly Sending[],
  ): { readonly place: number; readonly raw: string } {
    const key = this.keyOf(handle);
    const place = commit.expect('list', key, before);
    const raw = this.#keyring.seal(handle, key, JSON.stringify(sendings));
    commit.write(key, raw, MESSAGE_SECONDS);
    return { place, raw };
  }

  /** A receipt changes only its own message, and takes back no delivery. */
  async #write({ handle, place, history }: Message, told: Told, known?: string): Promise<void> {
    let raw = known ?? (await this.#ledger.read(this.keyOf(handle)));
    // A code that was entered has taken its list along; support still wants to know.
    if (raw === undefined && history !== undefined) return this.#history.update(history, told);
    for (let race = 0; race < MOST_RACES && raw !== undefined; race++) {
      const before = this.sendingsOf(handle, raw);
      const isOpen = before.some((sending) => sending.place === place && sending.state !== 'delivered');
      const next = before.map((one) => (isOpen && one.place === place ? { ...one, state: told.state } : one));
      const commit = new Commit<'list'>();
      const list = this.#replace(commit, handle, raw, next);
      if (isOpen && history !== undefined) this.#history.write(commit, history, told);
      const outcome = await this.#ledger.run(commit);
      if (outcome.refusal === undefined) return;
      raw = outcome.value(list.place);
    }
  }

  #readMessage(key: string, raw: string | undefined): Message | undefined {
    const text = raw === undefined ? undefined : this.#keyring.open(key, key, raw);
    return text === undefined ? undefined : JSON.parse(text);
  }

  #messageKey(smsc: string, messageId: string): string {
    return this.#keyring.key('ms', this.#keyring.hash('message', smsc, messageId));
  }
}

/** The state of the last of so many messages; it is queued until its answer is noted. */
export function lastState(sendings: readonly Sending[], sends: number): DeliveryState {
  return sendings.find(({ place }) => place === sends)?.state ?? 'queued';
}

function stateOf(sent: Sent | undefined, message: string | undefined): DeliveryState {
  if (sent === undefined) return 'failed';
  return message === undefined ? 'unknown' : sent.status;
}

function earlyKey(message: string): string {
  return `${message}:early`;
}

function isFinal(state: string | undefined): state is 'delivered' | 'failed' | 'unknown' {
  return state === 'delivered' || state === 'failed' || state === 'unknown';
}
