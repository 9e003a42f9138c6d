import { encode, type Pdu, type PduFields } from './codec.ts';
import { Connection } from './connection.ts';
import { KeepAlive } from './keep-alive.ts';
import { PendingAnswers } from './pending-answers.ts';
import { SmscFailure } from './smsc-failure.ts';
import { answerTo, isDelivery } from './smsc-request.ts';
import type { SmscSettings } from './smsc-schema.ts';
import { type DeliveryFields, encodeSubmitSm, type MessageFields } from './submit-sm.ts';
import type { Timings } from './timings.ts';

export interface SessionEvents {
  /** A `deliver_sm` or `data_sm`, which is acknowledged already. Must not throw. */
  onDelivery(pdu: Pdu): void;
  /** An answer came that nobody waits for. */
  onLateAnswer(): void;
  /** What was written is on its way. */
  onDrain(): void;
}

/** Requests and answers, in both directions, over one connection. */
export class Session {
  /** Why it ended; never rejects. */
  readonly closed: Promise<SmscFailure>;
  readonly #timings: Timings;
  readonly #events: SessionEvents;
  readonly #connection: Connection;
  readonly #pending = new PendingAnswers();
  #keepAlive: KeepAlive | undefined;

  constructor(smsc: SmscSettings, timings: Timings, events: SessionEvents) {
    this.#timings = timings;
    this.#events = events;
    this.#connection = new Connection(smsc, timings, {
      onBytes: () => this.#keepAlive?.heard(),
      onPdu: (pdu) => (pdu.isResponse ? this.#settle(pdu) : this.#answer(pdu)),
      onDrain: () => events.onDrain(),
    });
    this.closed = this.#connection.closed.then((failure) => {
      this.#keepAlive?.stop();
      this.#pending.failAll(failure.message);
      return failure;
    });
  }

  get isOpen(): boolean {
    return this.#connection.isOpen;
  }

  /** Whether the peer does not take what was written: then no more should be. */
  get isClogged(): boolean {
    return this.#connection.isClogged;
  }

  /** Resolves when connected; rejects where that fails. */
  open(): Promise<void> {
    return this.#connection.open();
  }

  /** Rejects with `SmscFailure` where the request was not written, with `LostAnswer` where it was. */
  request(command: string, fields: PduFields, timeoutMilliseconds: number): Promise<Pdu> {
    return this.#ask(command, (sequence) => encode(command, sequence, fields), timeoutMilliseconds);
  }

  /** As `request`. */
  submit(message: MessageFields, delivery: DeliveryFields, timeoutMilliseconds: number): Promise<Pdu> {
    return this.#ask('submit_sm', (sequence) => encodeSubmitSm(sequence, message, delivery), timeoutMilliseconds);
  }

  /** From now on a peer that says nothing is asked whether it is there, and left where it stays silent. */
  watch(): void {
    const ask = (): void => {
      // Any byte is a sign of life: what becomes of this answer does not matter.
      this.request('enquire_link', {}, this.#timings.dead).catch(() => undefined);
    };
    this.#keepAlive = new KeepAlive(this.#timings, ask, () => this.destroy(new SmscFailure('it went silent')));
  }

  /** Sends what is written, then FIN; where the peer does not do the same in time, it is left. */
  finish(): void {
    this.#connection.finish();
    const timer = setTimeout(() => this.destroy(new SmscFailure('it did not close')), this.#timings.unbind);
    void this.closed.then(() => clearTimeout(timer));
  }

  destroy(failure: SmscFailure): void {
    this.#connection.destroy(failure);
  }

  #ask(command: string, toBytes: (sequence: number) => Buffer, timeoutMilliseconds: number): Promise<Pdu> {
    if (!this.#connection.isOpen) return Promise.reject(new SmscFailure('the connection was closed'));
    const sequence = this.#pending.nextSequence();
    this.#connection.write(toBytes(sequence));
    return this.#pending.add(sequence, command, timeoutMilliseconds);
  }

  #settle(pdu: Pdu): void {
    if (!this.#pending.settle(pdu)) this.#events.onLateAnswer();
  }

  #answer(pdu: Pdu): void {
    const bytes = answerTo(pdu);
    if (bytes !== undefined) this.#connection.write(bytes);
    if (pdu.command === 'unbind') this.finish();
    // Later, so that the answers which came with it, perhaps to the message that it reports on, are taken first.
    if (isDelivery(pdu)) setImmediate(() => this.#events.onDelivery(pdu));
  }
}
