import type { SmscHealth } from '../domain/ports.ts';
import type { Logger } from '../log.ts';
import type { BindKeeperEvents } from './bind-keeper.ts';
import { Binds } from './binds.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import type { Outcome } from './outcome.ts';
import type { Receipt } from './receipt.ts';
import { ReceiptBook } from './receipt-book.ts';
import type { SmscStats } from './smpp-stats.ts';
import { SmscLog } from './smsc-log.ts';
import type { SmscSettings } from './smsc-schema.ts';
import { SmscStatus } from './smsc-status.ts';
import type { Submission } from './submission.ts';
import type { Timings } from './timings.ts';

interface SmscEvents {
  /** Something came: a receipt that is new, perhaps. Must not throw. */
  onReceipt(receipt: Receipt | undefined): void;
  /** It may have room for a message. */
  onRoom(): void;
  /** A bind failed or ended. */
  onLoss(): void;
  /** A bind came about, the first or another one. */
  onBound(): void;
}

/** One SMSC: its binds, how well it does, and what it says of messages later. */
export class Smsc {
  readonly name: string;
  readonly #events: SmscEvents;
  readonly #log: SmscLog;
  readonly #binds: Binds;
  readonly #receipts: ReceiptBook;
  readonly #breaker = new CircuitBreaker();
  readonly #status = new SmscStatus();
  readonly #counts = { submits: 0, throttled: 0, lateAnswers: 0 };

  constructor(settings: SmscSettings, timings: Timings, events: SmscEvents, log: Logger) {
    this.name = settings.name;
    this.#events = events;
    this.#log = new SmscLog(settings, log);
    this.#receipts = new ReceiptBook(settings.messageIdFormat);
    this.#binds = new Binds(settings, timings, this.#listen());
  }

  /** When it may take another message, in milliseconds since 1970; never where no window has room. */
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

  /** What is wrong with it, if anything is known to be. */
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

  /** Needs a `freeAt` that has come. Tells what became of the message; never rejects. */
  async submit(submission: Submission): Promise<Outcome> {
    this.#counts.submits += 1;
    this.#breaker.begin();
    const outcome = await this.#binds.submit(submission);
    this.#learn(outcome, submission.recipient);
    this.#events.onRoom();
    if (outcome.kind !== 'ok') return outcome;
    return { kind: 'ok', messageId: this.#receipts.enter(outcome.messageId, submission.recipient) };
  }

  health(): SmscHealth {
    this.#noteStatus();
    return this.#status.describe(this.failure);
  }

  stats(): SmscStats {
    return { bound: this.#binds.bound, inFlight: this.#binds.inFlight, ...this.#counts };
  }

  async close(): Promise<void> {
    const closed = this.#binds.close();
    this.#events.onLoss(); // who waits for it alone waits in vain
    await closed;
  }

  #listen(): BindKeeperEvents {
    return {
      onDelivery: (pdu) => this.#events.onReceipt(this.#receipts.read(pdu)),
      onDrain: () => this.#events.onRoom(),
      onLateAnswer: () => {
        this.#counts.lateAnswers += 1;
        this.#log.answeredLate(this.#counts.lateAnswers);
      },
      onBound: (bind) => {
        this.#log.bound(bind);
        this.#breaker.reset();
        this.#noteStatus();
        this.#events.onBound();
      },
      onFailure: (failure) => {
        this.#log.failed(failure);
        this.#noteStatus();
        this.#events.onLoss();
      },
    };
  }

  #learn(outcome: Outcome, recipient: string): void {
    const wasOpen = this.#breaker.isOpen;
    if (outcome.kind === 'throttled') this.#counts.throttled += 1;
    this.#breaker.learn(outcome, recipient, Date.now());
    this.#log.submitted(outcome, this.#breaker.isOpen);
    if (this.#breaker.isOpen !== wasOpen) this.#noteStatus();
  }

  #noteStatus(): void {
    const { status } = this.#binds;
    this.#status.note(status === 'ready' && this.#breaker.isOpen ? 'degraded' : status);
  }
}
