import type { HealthStatus } from '../domain/ports.ts';
import { type Account, type BindListener, ReconnectingSession } from './reconnecting-session.ts';
import type { BindMode } from './session.ts';
import type { SmscSettings } from './smsc-schema.ts';
import { type OutgoingMessage, Submit, type SubmitListener, type SubmitResult } from './submit.ts';
import { type SubmitSmEncoder, SubmitTerms } from './submit-sm.ts';
import { Throttle } from './throttle.ts';
import type { Timeouts } from './timeouts.ts';

const NEVER = Number.POSITIVE_INFINITY;

/** Tells the SMSC of its binds, and of the messages on them. */
export interface PoolListener extends BindListener, SubmitListener {}

/** All binds to one SMSC: those that send, and a receiver if one is wanted. */
export class BindPool {
  readonly #window: number;
  readonly #senders: readonly SendingSession[];
  readonly #receiver: ReconnectingSession | undefined;
  readonly #all: readonly ReconnectingSession[];

  constructor(smsc: SmscSettings, timeouts: Timeouts, listener: PoolListener) {
    const account = { smsc, timeouts, proven: new Set<BindMode>() };
    const terms = new SubmitTerms(smsc, timeouts.response);
    this.#window = smsc.window;
    this.#senders = Array.from({ length: smsc.binds }, () => new SendingSession(account, terms, listener));
    const hasReceiver = smsc.bindMode === 'transmitter+receiver';
    this.#receiver = hasReceiver ? new ReconnectingSession('receiver', account, listener) : undefined;
    this.#all = [...this.#senders, ...(this.#receiver === undefined ? [] : [this.#receiver])];
  }

  /** How many are bound. */
  get bound(): number {
    return this.#all.filter(({ isBound }) => isBound).length;
  }

  get inFlight(): number {
    let sum = 0;
    for (const { inFlight } of this.#senders) sum += inFlight;
    return sum;
  }

  /** How full the windows are: from 0 to 1. */
  get load(): number {
    let bound = 0;
    for (const { isBound } of this.#senders) if (isBound) bound += 1;
    return this.inFlight / Math.max(1, bound * this.#window);
  }

  /** When one may take another message, in milliseconds since 1970; never if no window has room. */
  get freeAt(): number {
    let earliest = NEVER;
    for (const { freeAt } of this.#senders) if (freeAt < earliest) earliest = freeAt;
    return earliest;
  }

  get status(): HealthStatus {
    if (this.#all.every(({ isBoundOrIdle }) => isBoundOrIdle)) return 'ready';
    return this.#senders.some(({ isBoundOrIdle }) => isBoundOrIdle) ? 'degraded' : 'down';
  }

  /** The fault of one of them, if any is known. */
  get failure(): string | undefined {
    return this.#all.find(({ failure }) => failure !== undefined)?.failure?.message;
  }

  /** Whether one that sends may come about by then (milliseconds since 1970). */
  isExpectedBy(time: number): boolean {
    return this.#senders.some((sender) => sender.isExpectedBy(time));
  }

  /** Only the first: the others follow when it has shown that the account is right. */
  start(): void {
    this.#senders[0]?.start();
  }

  startAll(): void {
    for (const session of this.#all) session.start();
  }

  /**
   * A message waits: binds that were let go are needed again, and without any bind also those for which others left no
   * room.
   */
  wake(): void {
    const isCutOff = !this.#senders.some(({ isBound }) => isBound);
    for (const session of this.#all) if (isCutOff || session.isBoundOrIdle) session.wake();
  }

  /** Needs a `freeAt` that has come. Sends through the bind with the most room. */
  submit(message: OutgoingMessage, encoder: SubmitSmEncoder): void {
    const now = Date.now();
    let best: SendingSession | undefined;
    for (const sender of this.#senders) {
      if (sender.freeAt <= now && (best === undefined || sender.inFlight < best.inFlight)) best = sender;
    }
    this.#receiver?.touch();
    (best ?? this.#senders[0])?.submit(message, encoder, now);
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((session) => session.close()));
  }
}

/** A bind that sends, up to its own rate limit. */
class SendingSession extends ReconnectingSession implements SubmitListener {
  readonly #terms: SubmitTerms;
  readonly #throttle: Throttle;
  readonly #listener: PoolListener;
  /** A message that is refused each time it comes, as for its number, must not slow all others down each time. */
  readonly #slowedBy = new WeakSet<OutgoingMessage>();

  constructor(account: Account, terms: SubmitTerms, listener: PoolListener) {
    super(account.smsc.bindMode === 'transceiver' ? 'transceiver' : 'transmitter', account, listener);
    this.#terms = terms;
    this.#throttle = new Throttle(account.smsc.messagesPerSecond);
    this.#listener = listener;
  }

  get inFlight(): number {
    return this.session?.inFlight ?? 0;
  }

  /** When it may take another message, in milliseconds since 1970; never if its window has no room. */
  get freeAt(): number {
    return this.session?.hasRoom === true ? this.#throttle.freeAt : NEVER;
  }

  submit(message: OutgoingMessage, encoder: SubmitSmEncoder, now: number): void {
    const { session } = this;
    if (session === undefined) {
      message.onResult({ kind: 'session', reason: 'did not get the message: there is no bind' });
      return;
    }
    if (encoder.tlvs.needsTemplate && message.templateId === undefined) {
      message.onResult({
        kind: 'route',
        reason: 'did not get the message: its TLVs need a templateId, and it has none',
      });
      return;
    }
    const submit = new Submit(message, encoder, this.#terms, session, this);
    this.touch();
    this.#throttle.take(submit.parts.length, now);
    session.enter();
    submit.send();
  }

  onPart(messageId: string): void {
    this.#listener.onPart(messageId);
  }

  onThrottled(message: OutgoingMessage): void {
    if (!this.#slowedBy.has(message)) this.#throttle.slowDown(Date.now());
    this.#slowedBy.add(message);
    this.#listener.onThrottled(message);
  }

  onSubmitted(submit: Submit, result: SubmitResult): void {
    submit.session.leave();
    this.#listener.onSubmitted(submit, result);
  }
}
