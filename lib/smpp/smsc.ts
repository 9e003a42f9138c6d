import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../log.ts';
import { Backoff } from './backoff.ts';
import { Bind } from './bind.ts';
import type { Pdu, PduFields } from './codec.ts';
import { type Outcome, readAnswer, readFault } from './outcome.ts';
import { SmscFailure } from './smsc-failure.ts';
import type { SmscSettings } from './smsc-settings.ts';
import type { Timings } from './timings.ts';

const INVALID_COMMAND_LENGTH = 0x02;
const INVALID_BIND_STATE = 0x04;
const INVALID_PRIORITY = 0x06;

interface SmscEvents {
  /** A `deliver_sm` or `data_sm` came. Must not throw. */
  onDelivery(pdu: Pdu): void;
  /** It can take a message now, or it cannot for a while. */
  onChange(): void;
}

/** One SMSC, with a bind that is kept up from `start` to `close`. */
export class Smsc {
  readonly #settings: SmscSettings;
  readonly #timings: Timings;
  readonly #events: SmscEvents;
  readonly #log: Logger;
  readonly #backoff: Backoff;
  readonly #closing = new AbortController();
  #running: Promise<void> | undefined;
  #bind: Bind | undefined;
  #failure: SmscFailure | undefined;
  /** Milliseconds since 1970; 0 while there is a bind or an attempt. */
  #nextAttemptAt = 0;
  #priority = 1;

  constructor(settings: SmscSettings, timings: Timings, events: SmscEvents, log: Logger) {
    this.#settings = settings;
    this.#timings = timings;
    this.#events = events;
    this.#log = log;
    this.#backoff = new Backoff(timings.shortestPause, timings.longestPause);
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
    try {
      return await bind.use(() => this.#submitParts(bind, parts, deadline));
    } catch (error) {
      return readFault(error);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#events.onChange();
    await this.#bind?.unbind();
    await this.#running;
  }

  async #submitParts(bind: Bind, parts: readonly PduFields[], deadline: number): Promise<Outcome> {
    let outcome: Outcome = { kind: 'bug', reason: 'was given nothing to send' };
    for (const part of parts) {
      const answer = await this.#submitPart(bind, part, deadline);
      if (answer.status === INVALID_COMMAND_LENGTH || answer.status === INVALID_BIND_STATE) {
        bind.destroy(new SmscFailure('it lost track of the session'));
      }
      outcome = readAnswer(answer);
      if (outcome.kind !== 'ok') break;
    }
    return outcome;
  }

  async #submitPart(bind: Bind, part: PduFields, deadline: number): Promise<Pdu> {
    const fields = { ...part, service_type: this.#settings.serviceType, priority_flag: this.#priority };
    const timeout = Math.min(this.#timings.answer, deadline - Date.now());
    const answer = await bind.request('submit_sm', fields, timeout);
    if (answer.status !== INVALID_PRIORITY || fields.priority_flag === 0) return answer;
    this.#priority = 0;
    return this.#submitPart(bind, part, deadline);
  }

  async #keepBound(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const failure = await this.#runBind();
      if (signal.aborted) return;
      this.#report(failure);
      const milliseconds = failure.isConfig ? this.#timings.configPause : this.#backoff.next();
      this.#nextAttemptAt = Date.now() + milliseconds;
      this.#events.onChange();
      await pause(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);
      this.#nextAttemptAt = 0;
    }
  }

  /** One session from beginning to end; gives what ended it. */
  async #runBind(): Promise<SmscFailure> {
    const events = { onDelivery: this.#events.onDelivery, onRoom: this.#events.onChange };
    const bind = new Bind(this.#settings, this.#timings, events, this.#log);
    this.#bind = bind;
    const boundAt = (await bind.open()) ? Date.now() : Number.POSITIVE_INFINITY;
    if (bind.isBound) {
      this.#log.info(`${this.name} is bound`);
      this.#failure = undefined;
      this.#events.onChange();
    }
    const failure = await bind.closed;
    if (Date.now() - boundAt >= this.#timings.stable) this.#backoff.reset();
    this.#bind = undefined;
    return failure;
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
