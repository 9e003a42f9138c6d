import type { Logger } from '../log.ts';
import { BindRefusal } from './bind-refusal.ts';
import { encode, type Pdu, type PduFields } from './codec.ts';
import { Connection } from './connection.ts';
import { PendingAnswers } from './pending-answers.ts';
import { Silence } from './silence.ts';
import { SmscFailure } from './smsc-failure.ts';
import type { SmscSettings } from './smsc-settings.ts';
import type { Timings } from './timings.ts';

const INTERFACE_VERSION = 0x34;
const INVALID_LENGTH = 0x02;
const INVALID_COMMAND = 0x03;

interface BindEvents {
  /** A `deliver_sm` or `data_sm`, which is acknowledged already. Must not throw. */
  onDelivery(pdu: Pdu): void;
  /** There is room in the window again. */
  onRoom(): void;
}

/** One SMPP session, from the connection to the unbind; another attempt needs another one. */
export class Bind {
  /** Why the session ended; never rejects. */
  readonly closed: Promise<SmscFailure>;
  readonly #smsc: SmscSettings;
  readonly #timings: Timings;
  readonly #events: BindEvents;
  readonly #log: Logger;
  readonly #connection: Connection;
  readonly #pending = new PendingAnswers();
  #silence: Silence | undefined;
  #isBound = false;
  #inFlight = 0;
  #lateAnswers = 0;

  constructor(smsc: SmscSettings, timings: Timings, events: BindEvents, log: Logger) {
    this.#smsc = smsc;
    this.#timings = timings;
    this.#events = events;
    this.#log = log;
    this.#connection = new Connection(smsc, timings, {
      onBytes: () => this.#silence?.heard(),
      onPdu: (pdu) => (pdu.isResponse ? this.#settle(pdu) : this.#answer(pdu)),
    });
    this.closed = this.#connection.closed.then((failure) => {
      this.#isBound = false;
      this.#silence?.stop();
      this.#pending.failAll(failure.message);
      return failure;
    });
  }

  get isBound(): boolean {
    return this.#isBound && this.#connection.isOpen;
  }

  /** A transmitter gets none. */
  get hasReceipts(): boolean {
    return this.#smsc.bindMode === 'transceiver';
  }

  /** Whether one more message may wait for its answer. */
  get hasRoom(): boolean {
    return this.isBound && this.#inFlight < this.#smsc.window;
  }

  /** Connects and binds. False where that failed: `closed` tells why. */
  async open(): Promise<boolean> {
    const { systemId, password, systemType, bindMode } = this.#smsc;
    const identity = { system_id: systemId, password, system_type: systemType, interface_version: INTERFACE_VERSION };
    try {
      await this.#connection.open();
      const { command, status } = await this.request(`bind_${bindMode}`, identity, this.#timings.step);
      if (status !== 0 || command !== `bind_${bindMode}_resp`) throw new BindRefusal(status);
    } catch (error) {
      this.destroy(error instanceof SmscFailure ? error : new SmscFailure('it did not answer the bind'));
      return false;
    }
    this.#isBound = this.#connection.isOpen;
    this.#silence = this.#watchSilence();
    return this.#isBound;
  }

  /** Runs with one place of the window taken. */
  async use<Result>(job: () => Promise<Result>): Promise<Result> {
    this.#inFlight += 1;
    try {
      return await job();
    } finally {
      this.#inFlight -= 1;
      this.#events.onRoom();
    }
  }

  /** Rejects with `SmscFailure` where the request was not written, with `LostAnswer` where it was. */
  async request(command: string, fields: PduFields, timeoutMilliseconds: number): Promise<Pdu> {
    if (!this.#connection.isOpen) throw new SmscFailure('the connection was closed');
    const sequence = this.#pending.nextSequence();
    this.#connection.write(encode(command, sequence, fields));
    return this.#pending.add(sequence, command, timeoutMilliseconds);
  }

  /** Says goodbye where there is somebody to hear it. */
  async unbind(): Promise<void> {
    const wasBound = this.isBound;
    this.#isBound = false;
    if (wasBound) await this.request('unbind', {}, this.#timings.unbind).catch(() => undefined);
    if (wasBound && this.#connection.isOpen) this.#finish();
    else this.destroy(new SmscFailure('it was left'));
    await this.closed;
  }

  destroy(failure: SmscFailure): void {
    this.#connection.destroy(failure);
  }

  #finish(): void {
    this.#isBound = false;
    this.#connection.finish();
    const timer = setTimeout(() => this.destroy(new SmscFailure('it did not close')), this.#timings.unbind);
    void this.closed.then(() => clearTimeout(timer));
  }

  #watchSilence(): Silence {
    const ask = (): void => {
      // Any byte is a sign of life: what becomes of this answer does not matter.
      this.request('enquire_link', {}, this.#timings.dead).catch(() => undefined);
    };
    return new Silence(this.#timings, ask, () => this.destroy(new SmscFailure('it went silent')));
  }

  #settle(pdu: Pdu): void {
    if (this.#pending.settle(pdu)) return;
    this.#lateAnswers += 1;
    this.#log.debug(`${this.#smsc.name} answered what nobody waits for (${this.#lateAnswers} times so far)`);
  }

  #answer(pdu: Pdu): void {
    const { command, sequence } = pdu;
    if (command === 'alert_notification') return; // the one request without an answer
    const isKnown = ['enquire_link', 'unbind', 'deliver_sm', 'data_sm'].includes(command);
    const refusal = command === 'malformed' ? INVALID_LENGTH : INVALID_COMMAND;
    const bytes = isKnown ? encode(`${command}_resp`, sequence) : encode('generic_nack', sequence, {}, refusal);
    this.#connection.write(bytes);
    if (command === 'unbind') this.#finish();
    if (command === 'deliver_sm' || command === 'data_sm') this.#events.onDelivery(pdu);
  }
}
