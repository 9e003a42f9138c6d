import { setTimeout as pause } from 'node:timers/promises';
import type { NetworkMood } from '../../lib/conformance/index.ts';
import type { DeliveryReceipt, SendResult, SmsMessage, SmsTransport } from '../../lib/domain/ports.ts';

/** A network in memory, which does what is rehearsed. */
export class MemoryNetwork {
  readonly received: Pick<SmsMessage, 'to' | 'text'>[] = [];
  #mood: NetworkMood = 'works';
  #to: string | undefined;

  rehearse(mood: NetworkMood, to?: string): void {
    this.#mood = mood;
    this.#to = to;
  }

  moodFor(to: string): NetworkMood {
    return this.#to === undefined || this.#to === to ? this.#mood : 'works';
  }
}

/** The reports of each mood, in their order; all others report a delivery. */
const REPORTS: Readonly<Partial<Record<NetworkMood, readonly DeliveryReceipt['state'][]>>> = {
  failsDelivery: ['failed'],
  reportsTwice: ['delivered', 'delivered'],
  takesBack: ['delivered', 'failed'],
};

/** A transport over it that keeps every promise. */
export class MemorySmsTransport implements SmsTransport {
  readonly #network: MemoryNetwork;
  readonly #listeners: ((receipt: DeliveryReceipt) => void)[] = [];
  readonly #sending = new Set<Promise<SendResult>>();
  readonly #delivered = new Set<string>();
  #isClosed = false;

  constructor(network: MemoryNetwork) {
    this.#network = network;
  }

  open(): void {}

  async send(message: SmsMessage): Promise<SendResult> {
    if (this.#isClosed) throw new Error('The transport is closed.');
    if (message.expiresAt.getTime() <= Date.now()) throw new Error('The message has expired.');
    const sending = this.#submit(message);
    this.#sending.add(sending);
    return sending.finally(() => this.#sending.delete(sending));
  }

  onReceipt(listener: (receipt: DeliveryReceipt) => void): void {
    this.#listeners.push(listener);
  }

  async health() {
    const status = this.#network.moodFor('') === 'isDown' ? ('down' as const) : ('ready' as const);
    return { status, smscs: { memory: { status, ...(status === 'down' && { lastError: 'ECONNREFUSED' }) } } };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#sending);
  }

  async #submit({ to, text }: SmsMessage): Promise<SendResult> {
    const mood = this.#network.moodFor(to);
    if (mood === 'refusesNumber') return { status: 'refused', reason: 'number' };
    if (['isBusy', 'isDown', 'isSilent'].includes(mood)) throw new Error(`The network ${mood}.`);
    const messageId = String(this.#network.received.push({ to, text }));
    if (mood === 'losesAnswers') return { status: 'unknown' };
    if (mood === 'isSlow') await pause(50);
    for (const state of REPORTS[mood] ?? ['delivered']) {
      if (mood === 'reportsEarly') this.#report(messageId, state);
      else setImmediate(() => this.#report(messageId, state));
    }
    return { status: 'accepted', smsc: 'memory', messageId };
  }

  #report(messageId: string, state: DeliveryReceipt['state']): void {
    if (this.#delivered.has(messageId) && state !== 'delivered') return;
    if (state === 'delivered') this.#delivered.add(messageId);
    for (const listener of this.#listeners) listener({ smsc: 'memory', messageId, state });
  }
}
