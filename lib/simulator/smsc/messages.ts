import { EventEmitter, once } from 'node:events';

/** A message as the phone shows it, with what the simulator made of it. */
export interface ReceivedMessage {
  /** Unique in this simulator. */
  readonly id: string;
  /** E.164 with its plus. */
  readonly to: string;
  /** The source address. */
  readonly from: string;
  /** Decoded, with all segments put together. */
  readonly text: string;
  /** ISO 8601. */
  readonly receivedAt: string;
  /** `accepted` until the receipt says more. */
  readonly status: 'accepted' | 'delivered' | 'failed' | 'refused';
}

type MessageListener = (message: ReceivedMessage) => void;

const KEPT = 1000;

/** The last 1000 messages, oldest first, and those who wait for one. */
export class MessageLog {
  readonly #messages: ReceivedMessage[] = [];
  readonly #taken = new Set<string>();
  readonly #events = new EventEmitter<{ message: [ReceivedMessage]; error: [Error] }>().setMaxListeners(0);

  get all(): readonly ReceivedMessage[] {
    return this.#messages;
  }

  onMessage(listener: MessageListener): () => void {
    this.#events.on('message', listener);
    return () => this.#events.off('message', listener);
  }

  add(message: ReceivedMessage): void {
    this.#messages.push(message);
    if (this.#messages.length > KEPT) this.#taken.delete(this.#messages.shift()?.id ?? '');
    this.#events.emit('message', message);
  }

  setStatus(id: string, status: ReceivedMessage['status']): void {
    const index = this.#messages.findLastIndex((message) => message.id === id);
    const message = this.#messages[index];
    if (message === undefined || message.status === status) return;
    const changed = { ...message, status };
    this.#messages[index] = changed;
    this.#events.emit('message', changed);
  }

  /** The oldest message to this number that was not taken yet; a refused one never reached the phone. */
  async next(to: string, timeoutMilliseconds: number): Promise<ReceivedMessage> {
    const signal = AbortSignal.timeout(timeoutMilliseconds);
    for (;;) {
      const message = this.#messages.find(
        (candidate) => candidate.to === to && candidate.status !== 'refused' && !this.#taken.has(candidate.id),
      );
      if (message !== undefined) {
        this.#taken.add(message.id);
        return message;
      }
      await once(this.#events, 'message', { signal }).catch((error: unknown) => {
        if (signal.aborted) throw new Error(`No message to that number arrived within ${timeoutMilliseconds} ms.`);
        throw error;
      });
    }
  }

  /** Rejects every wait. */
  close(): void {
    if (this.#events.listenerCount('error') > 0) {
      this.#events.emit('error', new Error('The SMSC simulator was closed.'));
    }
    this.#events.removeAllListeners();
  }
}
