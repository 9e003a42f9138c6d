import { setTimeout as pause } from 'node:timers/promises';
import type { Finding } from '../domain/finding.ts';
import type { DeliveryReceipt, SendResult, SmsMessage, SmsTransport, TransportHealth } from '../domain/ports.ts';
import { debugLogger } from '../log.ts';
import type { Pdu } from './codec.ts';
import { examineSmscs } from './examination.ts';
import { Failover } from './failover.ts';
import { readReceipt } from './receipt.ts';
import type { SmppTransportOptions } from './smpp-options.ts';
import { plainSmscsOf, readSmppOptions, type SmppSettings } from './smpp-settings.ts';
import { Smsc } from './smsc.ts';
import { SHORTEST_LIFE_SECONDS, submitFields } from './submit.ts';
import { TIMINGS, type Timings } from './timings.ts';
import { type Attempt, WaitingLine } from './waiting-line.ts';

/**
 * Sends SMS over SMPP 3.4, through the first SMSC that works. Binds are kept up from `open`, or the first `send`, until
 * `close`. A message waits up to 5 seconds for a bind and its place in the window; where the last attempt to bind
 * failed and the next is not due by then, it is rejected at once.
 */
export class SmppTransport implements SmsTransport {
  readonly #settings: SmppSettings;
  readonly #timings: Timings;
  readonly #log = debugLogger('smpp');
  readonly #smscs: readonly Smsc[];
  readonly #line: WaitingLine;
  readonly #listeners: ((receipt: DeliveryReceipt) => void)[] = [];
  readonly #sending = new Set<Promise<SendResult>>();
  readonly #said = new Set<string>();
  #closed: Promise<void> | undefined;

  /**
   * The timings are there for tests.
   *
   * @throws SmsOtpConfigError where the options are wrong.
   */
  constructor(options: SmppTransportOptions, timings: Timings = TIMINGS) {
    this.#settings = readSmppOptions(options);
    this.#timings = timings;
    this.#smscs = this.#settings.smscs.map((settings) => {
      const onDelivery = (pdu: Pdu): void => this.#takeDelivery(settings.name, pdu);
      const onBound = (): void => this.#sayOnce('SMPP Initialized successfully');
      return new Smsc(settings, timings, { onDelivery, onBound, onChange: () => this.#line.serve() }, this.#log);
    });
    this.#line = new WaitingLine(this.#smscs);
    const plain = plainSmscsOf(this.#settings).map(({ name }) => name);
    if (plain.length > 0) this.#log.warn(`passwords and codes go in clear to ${plain.join(', ')}: use smpps://`);
  }

  open(): void {
    this.#sayOnce('SMPP Initialization');
    for (const smsc of this.#smscs) smsc.start();
  }

  /** Takes 10 seconds at most. */
  async send(message: SmsMessage): Promise<SendResult> {
    if (this.#closed !== undefined) throw new Error('The SMPP transport is closed.');
    this.open();
    const sending = this.#send(message);
    this.#sending.add(sending);
    return sending.finally(() => this.#sending.delete(sending));
  }

  onReceipt(listener: (receipt: DeliveryReceipt) => void): void {
    this.#listeners.push(listener);
  }

  async health(): Promise<TransportHealth> {
    const bound = this.#smscs.filter(({ isBound }) => isBound).length;
    const status = bound === 0 ? 'down' : bound < this.#smscs.length ? 'degraded' : 'ready';
    const smscs = this.#smscs.map(({ name, isBound, failure }): [string, TransportHealth['smscs'][string]] => [
      name,
      { status: isBound ? 'ready' : 'down', ...(failure !== undefined && { lastError: failure }) },
    ]);
    return { status, smscs: Object.fromEntries(smscs) };
  }

  examine(): AsyncIterable<Finding> {
    return examineSmscs(this.#settings.smscs, this.#timings, this.#log);
  }

  /** Waits for answers that are due, up to 5 seconds, then unbinds. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const drained = new AbortController();
    const longest = pause(this.#timings.drain, undefined, { signal: drained.signal }).catch(() => undefined);
    await Promise.race([Promise.allSettled(this.#sending), longest]);
    drained.abort();
    await Promise.all(this.#smscs.map((smsc) => smsc.close()));
  }

  async #send(message: SmsMessage): Promise<SendResult> {
    const end = Date.now() + this.#timings.send;
    const lastSubmit = Math.min(end, message.expiresAt.getTime() - SHORTEST_LIFE_SECONDS * 1000);
    submitFields(message, this.#settings, Date.now()); // what is wrong with the message is said before it waits
    const way = new Failover();
    while (way.tried.size < this.#smscs.length) {
      const deadline = Math.min(Date.now() + this.#timings.step, lastSubmit);
      try {
        const job = (smsc: Smsc) => smsc.submit(submitFields(message, this.#settings, Date.now()), end);
        const attempt = await this.#line.submit(job, way.tried, deadline);
        this.#report(attempt);
        if (!way.mayGoOn(attempt)) break;
      } catch (error) {
        return way.result(error instanceof Error ? error.message : 'unknown');
      }
    }
    return way.result();
  }

  /** What operators who come from Gluu look for in the log. */
  #sayOnce(words: string): void {
    if (this.#said.has(words)) return;
    this.#said.add(words);
    this.#log.info(words);
  }

  /** Aloud where only the operator can help. */
  #report({ smsc, outcome }: Attempt): void {
    if (outcome.kind === 'ok') return;
    const level = ['route', 'config', 'bug'].includes(outcome.kind) ? 'warn' : 'debug';
    this.#log[level](`${smsc.name} ${outcome.reason}`);
  }

  #takeDelivery(smsc: string, pdu: Pdu): void {
    const receipt = readReceipt(pdu);
    if (receipt === undefined) return;
    for (const listener of this.#listeners) {
      try {
        listener({ smsc, ...receipt });
      } catch {
        this.#log.error(`a listener for receipts of ${smsc} threw`);
      }
    }
  }
}
