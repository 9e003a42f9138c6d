import { BindRefusal } from './bind-refusal.ts';
import type { Pdu, PduFields } from './codec.ts';
import { Session, type SessionEvents } from './session.ts';
import { SmscFailure } from './smsc-failure.ts';
import type { SmscSettings } from './smsc-schema.ts';
import type { DeliveryFields, MessageFields } from './submit-sm.ts';
import type { Timings } from './timings.ts';

const INTERFACE_VERSION = 0x34;

export type BindMode = 'transceiver' | 'transmitter' | 'receiver';

/** How to bind, and whether the account was bound like that before. */
interface BindPlan {
  readonly mode: BindMode;
  readonly isProven: boolean;
}

/** One SMPP session, from the connection to the unbind; another attempt needs another one. */
export class Bind {
  /** Why the session ended; never rejects. */
  readonly closed: Promise<SmscFailure>;
  readonly #smsc: SmscSettings;
  readonly #plan: BindPlan;
  readonly #timings: Timings;
  readonly #session: Session;
  #isBound = false;
  #inFlight = 0;

  constructor(smsc: SmscSettings, plan: BindPlan, timings: Timings, events: SessionEvents) {
    this.#smsc = smsc;
    this.#plan = plan;
    this.#timings = timings;
    this.#session = new Session(smsc, timings, events);
    this.closed = this.#session.closed;
  }

  get isBound(): boolean {
    return this.#isBound && this.#session.isOpen;
  }

  /** Whether receipts come for what is sent here: over the bind itself, or over a receiver beside it. */
  get hasReceipts(): boolean {
    return this.#plan.mode === 'transceiver' || this.#smsc.bindMode === 'transmitter+receiver';
  }

  /** Messages that wait for their answers. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Whether one more message may wait for its answer. */
  get hasRoom(): boolean {
    return this.isBound && this.#inFlight < this.#smsc.window && !this.#session.isClogged;
  }

  /** Connects and binds. False where that failed: `closed` tells why. */
  async open(): Promise<boolean> {
    const { mode, isProven } = this.#plan;
    try {
      await this.#session.open();
      const { command, status } = await this.request(`bind_${mode}`, this.#identity(), this.#timings.step);
      if (status !== 0 || command !== `bind_${mode}_resp`) {
        throw new BindRefusal(status, { isProven, classes: this.#smsc.statusClasses });
      }
    } catch (error) {
      this.destroy(error instanceof SmscFailure ? error : new SmscFailure('it did not answer the bind'));
      return false;
    }
    this.#isBound = this.#session.isOpen;
    this.#session.watch();
    return this.#isBound;
  }

  /** One place of the window is taken until `leave`. */
  enter(): void {
    this.#inFlight += 1;
  }

  leave(): void {
    this.#inFlight -= 1;
  }

  /** Rejects with `SmscFailure` where the request was not written, with `LostAnswer` where it was. */
  request(command: string, fields: PduFields, timeoutMilliseconds: number): Promise<Pdu> {
    return this.#session.request(command, fields, timeoutMilliseconds);
  }

  /** As `request`. */
  submit(message: MessageFields, delivery: DeliveryFields, timeoutMilliseconds: number): Promise<Pdu> {
    return this.#session.submit(message, delivery, timeoutMilliseconds);
  }

  /** Says goodbye where there is somebody to hear it. */
  async unbind(): Promise<void> {
    const wasBound = this.isBound;
    this.#isBound = false;
    if (wasBound) await this.request('unbind', {}, this.#timings.unbind).catch(() => undefined);
    if (wasBound && this.#session.isOpen) this.#session.finish();
    else this.destroy(new SmscFailure('it was left'));
    await this.closed;
  }

  destroy(failure: SmscFailure): void {
    this.#session.destroy(failure);
  }

  #identity(): PduFields {
    const { systemId, password, systemType, addressRange } = this.#smsc;
    return {
      system_id: systemId,
      password,
      system_type: systemType,
      interface_version: INTERFACE_VERSION,
      address_range: addressRange,
    };
  }
}
