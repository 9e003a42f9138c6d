import type { Keyring } from './keyring.ts';
import type { Clock, DeliveryReceipt, SendResult, SharedState } from './ports.ts';

/** What became of a challenge's last SMS. */
export type DeliveryState = 'queued' | 'accepted' | 'delivered' | 'failed' | 'unknown';

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

  /** When the challenge's messages were sent, in milliseconds since 1970. */
  async sentAt(challengeId: string): Promise<readonly number[]> {
    const times = await this.#state.get(this.#timesKey(challengeId));
    return times === undefined ? [] : JSON.parse(times);
  }

  /** A message is about to go out. Only whoever won the cool-down comes here, so nobody writes in between. */
  async begin(challengeId: string): Promise<void> {
    await this.#writeTimes(challengeId, [...(await this.sentAt(challengeId)), this.#clock()]);
    await this.#writeState(challengeId, 'queued');
  }

  /** The message surely was not sent. */
  async cancel(challengeId: string): Promise<void> {
    await this.#writeTimes(challengeId, (await this.sentAt(challengeId)).slice(0, -1));
    await this.#state.delete(this.#stateKey(challengeId));
  }

  /** A message without an id stays unknown: no receipt can name it. */
  async settle(challengeId: string, result: Extract<SendResult, { status: 'accepted' | 'unknown' }>): Promise<void> {
    await this.#writeState(challengeId, result.messageId === undefined ? 'unknown' : result.status);
    if (result.smsc === undefined || result.messageId === undefined) return;
    await this.#state.set(this.#messageKey(result.smsc, result.messageId), challengeId, MEMORY_SECONDS);
    // Whoever writes second, this or the receipt, finds what the other wrote.
    const early = await this.#state.get(this.#receiptKey(result.smsc, result.messageId));
    if (isFinal(early)) await this.#writeState(challengeId, early);
  }

  /** @returns whether a challenge was waiting for it */
  async receive(receipt: DeliveryReceipt): Promise<boolean> {
    const { smsc, messageId, state } = receipt;
    await this.#state.set(this.#receiptKey(smsc, messageId), state, MEMORY_SECONDS);
    const challengeId = await this.#state.get(this.#messageKey(smsc, messageId));
    if (challengeId !== undefined) await this.#writeState(challengeId, state);
    return challengeId !== undefined;
  }

  async state(challengeId: string): Promise<DeliveryState> {
    const state = await this.#state.get(this.#stateKey(challengeId));
    return state === 'queued' || state === 'accepted' || isFinal(state) ? state : 'unknown';
  }

  async forget(challengeId: string): Promise<void> {
    await this.#state.delete(this.#timesKey(challengeId));
    await this.#state.delete(this.#stateKey(challengeId));
  }

  async #writeTimes(challengeId: string, times: readonly number[]): Promise<void> {
    await this.#state.set(this.#timesKey(challengeId), JSON.stringify(times), MEMORY_SECONDS);
  }

  async #writeState(challengeId: string, state: DeliveryState): Promise<void> {
    await this.#state.set(this.#stateKey(challengeId), state, MEMORY_SECONDS);
  }

  #timesKey(challengeId: string): string {
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

function isFinal(state: string | undefined): state is 'delivered' | 'failed' | 'unknown' {
  return state === 'delivered' || state === 'failed' || state === 'unknown';
}
