import type {
  DeliveryReceipt,
  Finding,
  SampleText,
  SendResult,
  SmsMessage,
  SmsTransport,
  TransportHealth,
} from '../domain/ports.ts';
import { debugLogger } from '../log.ts';
import { examineRoutes, examineSmscs, problemsOfTexts } from './diagnostics.ts';
import { Router } from './router.ts';
import { type RouteStats, statusOf } from './routes.ts';
import type { SmppTransportOptions } from './smpp-options.ts';
import { plainSmscsOf, readSmppOptions, type SmppSettings } from './smpp-schema.ts';
import type { SmscStats } from './smsc.ts';
import { TIMEOUTS, type Timeouts } from './timeouts.ts';

/** For an operator's metrics. Counts begin at 0 with the transport. */
export interface SmppStats {
  /** Messages that wait for room at any SMSC. */
  readonly waiting: number;
  /** Messages that were dropped because no SMSC had room in time. */
  readonly overdue: number;
  /** By the SMSC's name. */
  readonly smscs: Readonly<Record<string, SmscStats>>;
  /** By the route's name; without routes, all of it is `+`. */
  readonly routes: Readonly<Record<string, RouteStats>>;
}

/**
 * Sends SMS over SMPP 3.4, through the SMSC that works and has the least to do. Binds are kept up from `open`, or the
 * first `send`, until `close`. A message waits up to 5 seconds for a bind and its place in the window. If the last
 * attempt to bind failed and the next is not due by then, it is rejected at once.
 */
export class SmppTransport implements SmsTransport {
  readonly #settings: SmppSettings;
  readonly #timeouts: Timeouts;
  readonly #log = debugLogger('smpp');
  readonly #router: Router;
  readonly #listeners: ((receipt: DeliveryReceipt) => void)[] = [];
  #isOpen = false;
  #closed: Promise<void> | undefined;

  /**
   * The timeouts are there for tests.
   *
   * @throws SmsOtpConfigError if the options are wrong
   */
  constructor(options: SmppTransportOptions, timeouts: Timeouts = TIMEOUTS) {
    this.#settings = readSmppOptions(options);
    this.#timeouts = timeouts;
    this.#router = new Router(this.#settings, timeouts, this.#log, (receipt) => this.#tell(receipt));
    const plain = plainSmscsOf(this.#settings).map(({ name }) => name);
    if (plain.length > 0) this.#log.warn(`passwords and codes go in clear to ${plain.join(', ')}: use smpps://`);
  }

  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#log.info('SMPP Initialization'); // administrators who come from Gluu look for these words
    this.#router.start();
  }

  /** Takes 10 seconds at most, or 5 more than the longest `responseTimeoutSeconds` of its route. */
  send(message: SmsMessage): Promise<SendResult> {
    if (this.#closed !== undefined) return Promise.reject(new Error('The SMPP transport is closed.'));
    this.open();
    return this.#router.send(message);
  }

  /** Calls back for every receipt; a listener that throws is logged and keeps nobody else from hearing. */
  onReceipt(listener: (receipt: DeliveryReceipt) => void): void {
    this.#listeners.push(listener);
  }

  /** The state of the binds now; asks no server. */
  async health(): Promise<TransportHealth> {
    const smscs = Object.fromEntries(this.#router.smscs.map((smsc) => [smsc.name, smsc.health()]));
    const [status = 'down', ...others] = new Set(Object.values(smscs).map((health) => health.status));
    const health = { status: others.length === 0 ? status : ('degraded' as const), smscs };
    const routes = this.#router.routes.all;
    if (routes.some(({ isOnly }) => isOnly)) return health;
    return { ...health, routes: Object.fromEntries(routes.map((route) => [route.name, statusOf(route)])) };
  }

  /** For metrics; costs next to nothing. */
  stats(): SmppStats {
    const smscs = Object.fromEntries(this.#router.smscs.map((smsc) => [smsc.name, smsc.stats()]));
    const routes = Object.fromEntries(this.#router.routes.all.map(({ name, stats }) => [name, { ...stats }]));
    return { waiting: this.#router.waiting, overdue: this.#router.overdue, smscs, routes };
  }

  async *examine(samples: readonly SampleText[] = []): AsyncGenerator<Finding> {
    const { smscs } = this.#settings;
    yield* examineSmscs(smscs, this.#timeouts);
    yield* examineRoutes(this.#router.routes, smscs, samples);
  }

  /** Names the routes that need a template, and would get a text without one. */
  checkTexts(samples: readonly SampleText[]): readonly string[] {
    return problemsOfTexts(this.#router.routes, samples);
  }

  /** Waits for responses that are due, up to 5 seconds, then unbinds. */
  close(): Promise<void> {
    this.#closed ??= this.#router.close();
    return this.#closed;
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
