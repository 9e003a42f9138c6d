import type { Finding } from '../domain/finding.ts';
import type { DeliveryReceipt, SendResult, SmsMessage, SmsTransport, TransportHealth } from '../domain/ports.ts';
import { debugLogger } from '../log.ts';
import { examineSmscs } from './examination.ts';
import { Failover } from './failover.ts';
import type { Receipt } from './receipt.ts';
import type { SmppTransportOptions } from './smpp-options.ts';
import { plainSmscsOf, readSmppOptions, type SmppSettings } from './smpp-schema.ts';
import type { SmppStats } from './smpp-stats.ts';
import { Smsc } from './smsc.ts';
import { readMessage, SHORTEST_LIFE_SECONDS } from './submission.ts';
import { SubmitQueue } from './submit-queue.ts';
import { TIMINGS, type Timings } from './timings.ts';
import { UnderWay } from './under-way.ts';

/**
 * Sends SMS over SMPP 3.4, through the SMSC that works and has the least to do. Binds are kept up from `open`, or the
 * first `send`, until `close`. A message waits up to 5 seconds for a bind and its place in the window; where the last
 * attempt to bind failed and the next is not due by then, it is rejected at once.
 */
export class SmppTransport implements SmsTransport {
  readonly #settings: SmppSettings;
  readonly #timings: Timings;
  readonly #log = debugLogger('smpp');
  readonly #smscs: readonly Smsc[];
  readonly #queue: SubmitQueue;
  readonly #listeners: ((receipt: DeliveryReceipt) => void)[] = [];
  readonly #underWay = new UnderWay();
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
      const events = {
        onReceipt: (receipt: Receipt | undefined) => receipt && this.#tell({ smsc: settings.name, ...receipt }),
        onRoom: () => this.#queue.serve(),
        onLoss: () => this.#queue.review(),
        onBound: () => {
          this.#sayOnce('SMPP Initialized successfully');
          this.#queue.serve();
        },
      };
      return new Smsc(settings, timings, events, this.#log);
    });
    this.#queue = new SubmitQueue(this.#smscs);
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
    return this.#underWay.run(() => this.#send(message));
  }

  /** Calls back for every receipt; a listener that throws is logged and keeps nobody else from hearing. */
  onReceipt(listener: (receipt: DeliveryReceipt) => void): void {
    this.#listeners.push(listener);
  }

  /** What the binds are like now; asks nobody. */
  async health(): Promise<TransportHealth> {
    const smscs = Object.fromEntries(this.#smscs.map((smsc) => [smsc.name, smsc.health()]));
    const [status = 'down', ...others] = new Set(Object.values(smscs).map((health) => health.status));
    return { status: others.length === 0 ? status : 'degraded', smscs };
  }

  /** For metrics; costs next to nothing. */
  stats(): SmppStats {
    const smscs = Object.fromEntries(this.#smscs.map((smsc) => [smsc.name, smsc.stats()]));
    return { waiting: this.#queue.length, overdue: this.#queue.overdue, smscs };
  }

  examine(): AsyncIterable<Finding> {
    return examineSmscs(this.#settings.smscs, this.#timings);
  }

  /** Waits for answers that are due, up to 5 seconds, then unbinds. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.#underWay.done(this.#timings.drain);
    await Promise.all(this.#smscs.map((smsc) => smsc.close()));
  }

  async #send(message: SmsMessage): Promise<SendResult> {
    const now = Date.now();
    const { recipient, parts, expiresAt } = readMessage(message, this.#settings, now);
    const submission = { recipient, parts, expiresAt, deadline: now + this.#timings.send };
    const lastSubmit = Math.min(submission.deadline, expiresAt - SHORTEST_LIFE_SECONDS * 1000);
    const failover = new Failover();
    while (failover.tried.length < this.#smscs.length) {
      const deadline = Math.min(Date.now() + this.#timings.step, lastSubmit);
      try {
        const attempt = await this.#queue.submit(submission, failover.tried, deadline);
        if (!failover.record(attempt)) break;
      } catch (error) {
        return failover.result(error instanceof Error ? error.message : 'unknown');
      }
    }
    return failover.result();
  }

  /** What operators who come from Gluu look for in the log. */
  #sayOnce(words: string): void {
    if (this.#said.has(words)) return;
    this.#said.add(words);
    this.#log.info(words);
  }

  #tell(receipt: DeliveryReceipt): void {
    for (const listener of this.#listeners) {
      try {
        listener(receipt);
      } catch {
        this.#log.error(`a listener for receipts of ${receipt.smsc} threw`);
      }
    }
  }
}
