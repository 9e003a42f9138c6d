import type { HealthStatus, SmscHealth } from '../domain/ports.ts';
import type { Logger } from '../log.ts';
import { BindPool, type PoolListener } from './bind-pool.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import type { SmscFailure } from './command-status.ts';
import { DeliveryReceipts, type Receipt } from './delivery-receipts.ts';
import type { Pdu } from './pdu.ts';
import type { Session } from './session.ts';
import { SmscLog } from './smsc-log.ts';
import type { SmscSettings } from './smsc-schema.ts';
import type { OutgoingMessage, Submit, SubmitResult } from './submit.ts';
import type { SubmitSmEncoder } from './submit-sm.ts';
import type { Timeouts } from './timeouts.ts';

/** Counts of one SMSC since the start, and its state now. */
export interface SmscStats {
  /** Sessions that are bound, a receiver included. */
  readonly bound: number;
  /** Messages that wait for their responses. */
  readonly inFlight: number;
  /** How often a message was given to it, whatever became of it. */
  readonly submits: number;
  /** How often it refused a message, or a part of one, because it was too much or its queue was full. */
  readonly throttled: number;
  /** Responses that came after the wait for them was over. */
  readonly lateAnswers: number;
}

/** Tells the transport what happens at an SMSC. */
export interface SmscListener {
  /** A receipt that is new. Must not throw. */
  onReceipt(smsc: Smsc, receipt: Receipt): void;
  /** The SMSC that a receipt belongs to, given the one that it came from. */
  ownerOf(pdu: Pdu, from: Smsc): Smsc;
  /** It may have room for a message. */
  onRoom(): void;
  /** A bind failed or ended. */
  onLoss(): void;
  /** A bind came about, the first or another one. */
  onBound(): void;
  /** Whether a route has others beside it. */
  hasOthers(smsc: Smsc): boolean;
}

/** One SMSC: its binds, how well it does, and what it says of messages later. */
export class Smsc implements PoolListener {
  readonly name: string;
  readonly #listener: SmscListener;
  readonly #log: SmscLog;
  readonly #timeouts: Timeouts;
  readonly #binds: BindPool;
  readonly #receipts: DeliveryReceipts;
  readonly #breaker = new CircuitBreaker();
  readonly #counts = { submits: 0, throttled: 0, lateAnswers: 0 };
  #status: HealthStatus = 'down';
  #since = new Date();

  constructor(settings: SmscSettings, timeouts: Timeouts, listener: SmscListener, log: Logger) {
    this.name = settings.name;
    this.#listener = listener;
    this.#timeouts = timeouts;
    this.#log = new SmscLog(settings, log);
    this.#receipts = new DeliveryReceipts(settings.messageIdFormat, settings.receiptStates);
    this.#binds = new BindPool(settings, timeouts, this);
  }

  /** When it may take another message, in milliseconds since 1970; never if no window has room. */
  get freeAt(): number {
    return this.#binds.freeAt;
  }

  /** How full its windows are: from 0 to 1. */
  get load(): number {
    return this.#binds.load;
  }

  /** Whether it is bound, or can be at once. */
  get isUp(): boolean {
    return this.#binds.status !== 'down';
  }

  /** Its fault, if any is known. */
  get failure(): string | undefined {
    return this.#binds.failure ?? this.#breaker.fault;
  }

  /** Whether it is as good as any for this number: it fails neither its messages nor those to it in particular. */
  suits(recipient: string, now: number): boolean {
    return this.#breaker.allows(now) && !this.#receipts.hasRejected(recipient, now);
  }

  /** Whether it may have a bind by then (milliseconds since 1970). */
  isExpectedBy(time: number): boolean {
    return this.#binds.isExpectedBy(time);
  }

  start(): void {
    this.#binds.start();
  }

  /** A message waits. */
  wake(): void {
    this.#binds.wake();
  }

  /** Needs a `freeAt` that has come. The message's `onResult` is called once. */
  submit(message: OutgoingMessage, encoder: SubmitSmEncoder): void {
    this.#counts.submits += 1;
    this.#breaker.begin();
    this.#binds.submit(message, encoder);
  }

  onPart(messageId: string): void {
    this.#receipts.expectPart(messageId);
  }

  onThrottled(): void {
    this.#counts.throttled += 1;
  }

  onSubmitted({ message }: Submit, result: SubmitResult): void {
    this.#learn(result, message.recipient);
    this.#listener.onRoom();
    message.onResult(result.kind === 'ok' ? { kind: 'ok', messageId: this.#enter(result, message) } : result);
  }

  #enter({ messageId, earlierIds }: Extract<SubmitResult, { kind: 'ok' }>, { recipient }: OutgoingMessage): string {
    if (earlierIds === undefined) return this.#receipts.enter(messageId, recipient);
    const { id, receipt } = this.#receipts.enterParts([...earlierIds, messageId], recipient, Date.now());
    if (receipt !== undefined) setImmediate(() => this.#listener.onReceipt(this, receipt));
    return id;
  }

  health(): SmscHealth {
    this.#noteStatus();
    const lastError = this.failure;
    const since = this.#since.toISOString();
    return { status: this.#status, since, ...(lastError !== undefined && { lastError }) };
  }

  stats(): SmscStats {
    return { bound: this.#binds.bound, inFlight: this.#binds.inFlight, ...this.#counts };
  }

  async close(): Promise<void> {
    const closed = this.#binds.close();
    this.#listener.onLoss(); // messages that wait for it alone wait in vain
    await closed;
  }

  onDelivery(pdu: Pdu): void {
    this.#listener.ownerOf(pdu, this).report(pdu);
  }

  /** Whether it was given the message that this reports on. */
  isOwnerOf(pdu: Pdu): boolean {
    return this.#receipts.isAbout(pdu);
  }

  /** It has reported on a message, or another one on its behalf. */
  report(pdu: Pdu): void {
    const receipt = this.#receipts.read(pdu);
    if (receipt !== undefined) this.#listener.onReceipt(this, receipt);
  }

  onRoom(): void {
    this.#listener.onRoom();
  }

  onLateResponse(): void {
    this.#counts.lateAnswers += 1;
    this.#log.answeredLate(this.#counts.lateAnswers);
  }

  onBound(session: Session): void {
    this.#binds.startAll();
    this.#log.bound(session);
    this.#breaker.reset();
    this.#noteStatus();
    this.#listener.onBound();
  }

  onFailure(failure: SmscFailure): void {
    this.#log.failed(failure, this.#timeouts.configPause);
    this.#noteStatus();
    this.#listener.onLoss();
  }

  #learn(result: SubmitResult, recipient: string): void {
    const wasOpen = this.#breaker.isOpen;
    this.#breaker.learn(result, recipient, Date.now());
    const { isOpen } = this.#breaker;
    this.#log.submitted(result, isOpen, isOpen && this.#listener.hasOthers(this));
    if (isOpen !== wasOpen) this.#noteStatus();
  }

  #noteStatus(): void {
    const { status } = this.#binds;
    const now = status === 'ready' && this.#breaker.isOpen ? 'degraded' : status;
    if (now === this.#status) return;
    this.#status = now;
    this.#since = new Date();
  }
}
