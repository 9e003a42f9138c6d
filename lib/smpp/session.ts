import { BindCutOff, BindRefusal, SmscFailure } from './command-status.ts';
import { Connection, type ConnectionListener, EncodedPdu, type OutgoingPdu, type Way } from './connection.ts';
import { encode, isDelivery, type Pdu, type PduFields, responseTo } from './pdu.ts';
import { NoResponse, type OpenRequest, RequestWindow } from './request-window.ts';
import type { SmscSettings } from './smsc-schema.ts';
import { KeepAlive, type Timeouts } from './timeouts.ts';

/** Of a session's first request, which is the bind. */
const FIRST_SEQUENCE = 1;

export type BindMode = 'transceiver' | 'transmitter' | 'receiver';

/** How to bind, and whether the account was bound like that before. */
export interface BindPlan extends Way {
  readonly mode: BindMode;
  readonly isProven: boolean;
}

/** Tells the SMSC what happens to its session. */
export interface SessionListener {
  /** A `deliver_sm` or `data_sm`, which is acknowledged already. Must not throw. */
  onDelivery(pdu: Pdu): void;
  /** A response that no request waits for. */
  onLateResponse(): void;
  /** The connection takes bytes again. */
  onRoom(): void;
}

/** One SMPP session, from the connection to the unbind; another attempt needs another one. */
export class Session implements ConnectionListener {
  /** Why the session ended; never rejects. */
  readonly closed: Promise<SmscFailure>;
  /** Messages that go on here after a pause, unless it ends before. */
  readonly pausing = new Set<(failure: SmscFailure) => void>();
  readonly #smsc: SmscSettings;
  readonly #plan: BindPlan;
  readonly #timeouts: Timeouts;
  readonly #listener: SessionListener;
  readonly #connection: Connection;
  readonly #requests = new RequestWindow();
  #keepAlive: KeepAlive | undefined;
  #isBinding = false;
  #isBound = false;
  /** Messages that are under way may still be answered. */
  #isEnding = false;
  #reasonToLeave: SmscFailure | undefined;
  #inFlight = 0;

  constructor(smsc: SmscSettings, plan: BindPlan, timeouts: Timeouts, listener: SessionListener) {
    this.#smsc = smsc;
    this.#plan = plan;
    this.#timeouts = timeouts;
    this.#listener = listener;
    this.#connection = new Connection(portOf(smsc, plan), timeouts, this, plan);
    this.closed = this.#connection.closed.then((failure) => {
      this.#keepAlive?.stop();
      this.#requests.failAll(failure.message);
      for (const onEnd of this.pausing) onEnd(failure);
      if (this.#isEnding && this.#reasonToLeave === undefined) return new SmscFailure('it has unbound');
      return failure.isClose && this.#isBinding && !plan.isProven ? new BindCutOff(failure.message) : failure;
    });
  }

  get isBound(): boolean {
    return this.#isBound && this.#connection.isOpen;
  }

  /** Whether receipts come for what is sent here: over the session itself, or over a receiver beside it. */
  get hasReceipts(): boolean {
    if (!this.#smsc.requestReceipts) return false;
    return this.#plan.mode === 'transceiver' || this.#smsc.bindMode === 'transmitter+receiver';
  }

  /** Messages that have a place in the window. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Whether one more message may be sent. */
  get hasRoom(): boolean {
    return this.isBound && this.#inFlight < this.#smsc.window && !this.#connection.isBackpressured;
  }

  /** Connects and binds. False if that fails: `closed` tells why. */
  async open(): Promise<boolean> {
    const { mode, isProven } = this.#plan;
    try {
      await this.#connection.open();
      this.#isBinding = true;
      const { command, status } = await this.request(`bind_${mode}`, this.#identity(), this.#timeouts.step);
      if (status !== 0 || command !== `bind_${mode}_resp`) {
        throw new BindRefusal(status, { isProven, classes: this.#smsc.statusClasses });
      }
    } catch (error) {
      this.destroy(this.#bindFailure(error));
      return false;
    }
    this.#isBinding = false;
    this.#isBound = this.#connection.isOpen && !this.#isEnding;
    this.#watch();
    return this.#isBound;
  }

  #bindFailure(error: unknown): SmscFailure {
    if (error instanceof SmscFailure) return error;
    const isMalformed = error instanceof NoResponse && error.command === 'malformed';
    return new SmscFailure(isMalformed ? 'its answer to the bind cannot be read' : 'it did not answer the bind');
  }

  /** Takes a place in the window until `leave`. */
  enter(): void {
    this.#inFlight += 1;
  }

  leave(): void {
    this.#inFlight -= 1;
  }

  /** Fails with `SmscFailure` if the request was not written, with `NoResponse` if it was. */
  send(request: OpenRequest & OutgoingPdu & { fail(error: Error): void }): void {
    if (!this.#connection.isOpen) request.fail(new SmscFailure('the connection was closed'));
    else if (this.#isEnding) request.fail(new SmscFailure('it has unbound'));
    else this.#connection.write(request, this.#requests.add(request));
  }

  /** As `send`, with a promise of the response. */
  request(command: string, fields: PduFields, timeoutMilliseconds: number): Promise<Pdu> {
    return new Promise((respond, fail) => {
      this.send(new Exchange(command, fields, timeoutMilliseconds, respond, fail));
    });
  }

  /** Says goodbye if the SMSC can hear it. */
  async unbind(): Promise<void> {
    const wasBound = this.isBound;
    this.#isBound = false;
    if (wasBound) await this.request('unbind', {}, this.#timeouts.unbind).catch(() => undefined);
    if (wasBound && this.#connection.isOpen) this.#finish();
    else if (!this.#isEnding) this.destroy(new SmscFailure('it was left'));
    await this.closed;
  }

  /**
   * Sends no more messages, and reads on: SMSCs unbind before a restart with responses still under way, and without
   * those the messages go out twice.
   */
  end(failure?: SmscFailure): void {
    this.#isBound = false;
    this.#isEnding = true;
    this.#reasonToLeave ??= failure;
    this.#expectClose();
  }

  destroy(failure: SmscFailure): void {
    this.#connection.destroy(failure);
  }

  onBytes(): void {
    this.#keepAlive?.heard();
  }

  onPdu(pdu: Pdu): void {
    if (!pdu.isResponse) this.#answer(pdu);
    else if (!this.#requests.settle(this.#isBinding ? asAnswerToBind(pdu) : pdu)) this.#listener.onLateResponse();
    if (this.#isEnding && this.#requests.size === 0) this.#leave();
  }

  onDrain(): void {
    this.#listener.onRoom();
  }

  #answer(pdu: Pdu): void {
    const bytes = responseTo(pdu);
    if (bytes !== undefined) this.#connection.write(new EncodedPdu(bytes), pdu.sequence);
    if (pdu.command === 'unbind') this.end();
    // Later, so that the responses which came with it, perhaps to the message that it reports on, are taken first.
    if (isDelivery(pdu)) setImmediate(() => this.#listener.onDelivery(pdu));
  }

  #leave(): void {
    if (this.#reasonToLeave !== undefined) this.destroy(this.#reasonToLeave);
    else if (this.#connection.isOpen) this.#connection.finish();
  }

  #finish(): void {
    this.#connection.finish();
    this.#expectClose();
  }

  #expectClose(): void {
    const timer = setTimeout(() => this.destroy(new SmscFailure('it did not close')), this.#timeouts.unbind);
    void this.closed.then(() => clearTimeout(timer));
  }

  /** From now on a silent peer is asked for a sign of life, and left if it gives none. */
  #watch(): void {
    const ask = (): void => {
      // Any byte is a sign of life: what becomes of this response does not matter.
      this.request('enquire_link', {}, this.#timeouts.dead).catch(() => undefined);
    };
    this.#keepAlive = new KeepAlive(this.#timeouts, ask, () => this.destroy(new SmscFailure('it went silent')));
  }

  #identity(): PduFields {
    const { systemId, password, systemType, interfaceVersion, addressRange } = this.#smsc;
    return {
      system_id: systemId,
      password,
      system_type: systemType,
      interface_version: interfaceVersion,
      addr_ton: addressRange.ton,
      addr_npi: addressRange.npi,
      address_range: addressRange.address,
    };
  }
}

/** An SMSC that could not read a request does not know its number (SMPP 3.4, section 4.3.1): here it is the bind. */
function asAnswerToBind(pdu: Pdu): Pdu {
  return pdu.command === 'generic_nack' && pdu.sequence === 0 ? { ...pdu, sequence: FIRST_SEQUENCE } : pdu;
}

/** Receivers of some SMSCs have a port of their own. */
function portOf(smsc: SmscSettings, { mode }: BindPlan): SmscSettings {
  return mode === 'receiver' && smsc.receiverPort !== undefined ? { ...smsc, port: smsc.receiverPort } : smsc;
}

/** Any request but a message. */
class Exchange extends EncodedPdu implements OpenRequest {
  readonly responseCommand: string;
  deadline = 0;
  readonly timeoutMilliseconds: number;
  readonly respond: (pdu: Pdu) => void;
  readonly fail: (error: Error) => void;

  constructor(
    command: string,
    fields: PduFields,
    timeoutMilliseconds: number,
    respond: (pdu: Pdu) => void,
    fail: (error: Error) => void,
  ) {
    super(encode(command, 0, fields));
    this.responseCommand = `${command}_resp`;
    this.timeoutMilliseconds = timeoutMilliseconds;
    this.respond = respond;
    this.fail = fail;
  }
}
