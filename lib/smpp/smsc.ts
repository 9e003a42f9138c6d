import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../log.ts';
import { Backoff } from './backoff.ts';
import { Bind } from './bind.ts';
import { BindRefusal } from './bind-refusal.ts';
import type { Pdu, PduFields } from './codec.ts';
import { type Outcome, readFault } from './outcome.ts';
import { SmscFailure } from './smsc-failure.ts';
import type { SmscSettings } from './smsc-settings.ts';
import { Submitter } from './submitter.ts';
import type { Timings } from './timings.ts';

interface SmscEvents {
  /** A `deliver_sm` or `data_sm` came. Must not throw. */
  onDelivery(pdu: Pdu): void;
  /** It can take a message now, or it cannot for a while. */
  onChange(): void;
  /** A bind came about, the first or another one. */
  onBound(): void;
}

/** One SMSC, with a bind that is kept up from `start` to `close`. */
export class Smsc {
  readonly #settings: SmscSettings;
  readonly #timings: Timings;
  readonly #events: SmscEvents;
  readonly #log: Logger;
  readonly #backoff: Backoff;
  readonly #submitter: Submitter;
  readonly #closing = new AbortController();
  #running: Promise<void> | undefined;
  #bind: Bind | undefined;
  #failure: SmscFailure | undefined;
  /** Milliseconds since 1970; 0 while there is a bind or an attempt. */
  #nextAttemptAt = 0;
  #saidReceiptsAreOff = false;

  constructor(settings: SmscSettings, timings: Timings, events: SmscEvents, log: Logger) {
    this.#settings = settings;
    this.#timings = timings;
    this.#events = events;
    this.#log = log;
    this.#backoff = new Backoff(timings.shortestPause, timings.longestPause);
    this.#submitter = new Submitter(settings, timings.answer);
  }

  get name(): string {
    return this.#settings.name;
  }

  get isBound(): boolean {
    return this.#bind?.isBound ?? false;
  }

  get hasRoom(): boolean {
    return this.#bind?.hasRoom ?? false;
  }

  /** What is wrong with it, if anything is known to be. */
  get failure(): string | undefined {
    return this.#failure?.message;
  }

  /** Whether a bind may come about by then (milliseconds since 1970). */
  isExpectedBy(time: number): boolean {
    return this.#nextAttemptAt <= time && !this.#closing.signal.aborted;
  }

  start(): void {
    this.#running ??= this.#keepBound();
  }

  /** Needs `hasRoom`. Sends the parts one after the other, and tells what became of the message; never rejects. */
  async submit(parts: readonly PduFields[], deadline: number): Promise<Outcome> {
    const bind = this.#bind;
    if (bind === undefined) return readFault(new SmscFailure('there is no bind'));
    return bind.use(() => this.#submitter.submit(bind, parts, deadline));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#events.onChange();
    await this.#bind?.unbind();
    await this.#running;
  }

  async #keepBound(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const failure = await this.#runBindAsItCan();
      if (signal.aborted) return;
      this.#report(failure);
      const milliseconds = failure.isConfig ? this.#timings.configPause : this.#backoff.next();
      this.#nextAttemptAt = Date.now() + milliseconds;
      this.#events.onChange();
      await pause(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);
      this.#nextAttemptAt = 0;
    }
  }

  /** Where a transceiver is refused, a transmitter is tried at once, and once. */
  async #runBindAsItCan(): Promise<SmscFailure> {
    const { bindMode } = this.#settings;
    const failure = await this.#runBind(bindMode);
    const goesOn = failure instanceof BindRefusal && failure.mayBeAboutMode && bindMode === 'transceiver';
    return goesOn && !this.#closing.signal.aborted ? this.#runBind('transmitter') : failure;
  }

  /** One session from beginning to end; gives what ended it. */
  async #runBind(bindMode: SmscSettings['bindMode']): Promise<SmscFailure> {
    const events = { onDelivery: this.#events.onDelivery, onRoom: this.#events.onChange };
    const bind = new Bind({ ...this.#settings, bindMode }, this.#timings, events, this.#log);
    this.#bind = bind;
    const boundAt = (await bind.open()) ? Date.now() : Number.POSITIVE_INFINITY;
    if (bind.isBound) {
      this.#log.info(`${this.name} is bound`);
      if (!bind.hasReceipts) this.#sayReceiptsAreOff();
      this.#failure = undefined;
      this.#events.onBound();
      this.#events.onChange();
    }
    const failure = await bind.closed;
    if (Date.now() - boundAt >= this.#timings.stable) this.#backoff.reset();
    this.#bind = undefined;
    return failure;
  }

  /** Aloud where it is not by choice. */
  #sayReceiptsAreOff(): void {
    if (this.#saidReceiptsAreOff) return;
    this.#saidReceiptsAreOff = true;
    const level = this.#settings.bindMode === 'transmitter' ? 'info' : 'warn';
    this.#log[level](`${this.name} is bound as a transmitter: receipts are off`);
  }

  /** Aloud where it is news, quietly where it goes on. */
  #report(failure: SmscFailure): void {
    const isNews = failure.message !== this.#failure?.message;
    this.#failure = failure;
    const level = !isNews ? 'debug' : failure.isConfig ? 'error' : 'warn';
    const outlook = failure.isConfig ? '; the next attempt is in 5 minutes' : '';
    this.#log[level](`${this.name} cannot be used: ${failure.message}${outlook}`);
  }
}
