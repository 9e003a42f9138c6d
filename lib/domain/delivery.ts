import { type DeliveryState, isDeliveryState, isFinal } from './delivery-state.ts';
import type { Sent } from './dispatch-report.ts';
import type { Keyring } from './keyring.ts';
import { type Country, countryOf } from './phone-number.ts';
import type { Clock, DeliveryReceipt, SharedState } from './ports.ts';
import type { SendHistory, Sending } from './send-history.ts';

/** What a receipt is told of its message. */
export interface DeliveryFacts {
  readonly country?: Country;
  /** Since the message was sent. */
  readonly milliseconds: number;
}

/** What is kept of a message until its receipt comes. */
interface Message {
  readonly challengeId: string;
  readonly sentAt: number;
  readonly country?: Country | undefined;
}

/**
 * Longer than an SMSC takes to answer. Most of what is never asked for is somebody else's, on an account that is
 * shared.
 */
const EARLY_SECONDS = 60;
/** Receipts may come much later than a code is of use; then they are still worth counting. */
const MEMORY_SECONDS = 60 * 60;

/**
 * Ties receipts to challenges through the shared state: a receipt may reach another process than the one that sent, and
 * may come before the SMSC's answer.
 */
export class Deliveries {
  readonly #state: SharedState;
  readonly #keyring: Keyring;
  readonly #clock: Clock;

  constructor(state: SharedState, keyring: Keyring, clock: Clock) {
    this.#state = state;
    this.#keyring = keyring;
    this.#clock = clock;
  }

  /** The challenge's messages, in their order. */
  async sendings(challengeId: string): Promise<readonly Sending[]> {
    const sendings = await this.#state.get(this.#sendingsKey(challengeId));
    return sendings === undefined ? [] : JSON.parse(sendings);
  }

  async read(challengeId: string): Promise<SendHistory> {
    const [sendings, state] = await Promise.all([
      this.sendings(challengeId),
      this.#state.get(this.#stateKey(challengeId)),
    ]);
    return { sendings, state: isDeliveryState(state) ? state : undefined };
  }

  /** A message is about to go out. Only whoever won the cool-down comes here: while it lasts, nobody else writes. */
  async begin(challengeId: string, addressBlock: string, before: SendHistory): Promise<void> {
    await this.#writeState(challengeId, 'queued');
    // Last: where something fails before, the list holds no message that never went out.
    await this.#writeSendings(challengeId, [...before.sendings, { at: this.#clock(), addressBlock }]);
  }

  /** The message surely was not sent: what became of those before still holds. */
  async cancel(challengeId: string, { sendings, state }: SendHistory): Promise<void> {
    await this.forget(challengeId);
    if (sendings.length > 0) await this.#writeSendings(challengeId, sendings);
    if (state !== undefined) await this.#writeState(challengeId, state);
  }

  /**
   * A message without an id stays unknown: no receipt can name it.
   *
   * @param number E.164; where the message went
   */
  async settle(challengeId: string, result: Sent, number: string): Promise<void> {
    await this.#writeState(challengeId, result.messageId === undefined ? 'unknown' : result.status);
    if (result.smsc === undefined) return;
    const sentAt = await this.#noteSmsc(challengeId, result.smsc);
    if (result.messageId === undefined) return;
    const message: Message = { challengeId, sentAt, country: countryOf(number) };
    await this.#state.set(this.#messageKey(result.smsc, result.messageId), JSON.stringify(message), MEMORY_SECONDS);
    // Whoever writes second, this or the receipt, finds what the other wrote.
    const early = await this.#state.get(this.#receiptKey(result.smsc, result.messageId));
    if (isFinal(early)) await this.#writeState(challengeId, early);
  }

  /** @returns what is known of its message; `undefined` where that is none of ours, or its answer is still to come */
  async receive(receipt: DeliveryReceipt): Promise<DeliveryFacts | undefined> {
    const { smsc, messageId, state } = receipt;
    const now = this.#clock();
    await this.#state.set(this.#receiptKey(smsc, messageId), state, EARLY_SECONDS);
    const record = await this.#state.get(this.#messageKey(smsc, messageId));
    if (record === undefined) return undefined;
    await this.#state.delete(this.#receiptKey(smsc, messageId));
    const { challengeId, sentAt, country }: Message = JSON.parse(record);
    const last = (await this.sendings(challengeId)).at(-1);
    if (last?.at === sentAt) await this.#writeState(challengeId, state);
    return { ...(country === undefined ? {} : { country }), milliseconds: now - sentAt };
  }

  async state(challengeId: string): Promise<DeliveryState> {
    const state = await this.#state.get(this.#stateKey(challengeId));
    return isDeliveryState(state) ? state : 'unknown';
  }

  async forget(challengeId: string): Promise<void> {
    const keys = [this.#sendingsKey(challengeId), this.#stateKey(challengeId)];
    await Promise.all(keys.map((key) => this.#state.delete(key)));
  }

  /** @returns when the message was sent that the SMSC took */
  async #noteSmsc(challengeId: string, smsc: string): Promise<number> {
    const sendings = await this.sendings(challengeId);
    const last = sendings.at(-1) ?? { at: this.#clock() };
    await this.#writeSendings(challengeId, [...sendings.slice(0, -1), { ...last, smsc }]);
    return last.at;
  }

  async #writeSendings(challengeId: string, sendings: readonly Sending[]): Promise<void> {
    await this.#state.set(this.#sendingsKey(challengeId), JSON.stringify(sendings), MEMORY_SECONDS);
  }

  async #writeState(challengeId: string, state: DeliveryState): Promise<void> {
    await this.#state.set(this.#stateKey(challengeId), state, MEMORY_SECONDS);
  }

  #sendingsKey(challengeId: string): string {
    return this.#keyring.stateKey('sent', challengeId);
  }

  #stateKey(challengeId: string): string {
    return this.#keyring.stateKey('delivery', challengeId);
  }

  #messageKey(smsc: string, messageId: string): string {
    return this.#keyring.stateKey('message', smsc, messageId);
  }

  #receiptKey(smsc: string, messageId: string): string {
    return this.#keyring.stateKey('receipt', smsc, messageId);
  }
}
