import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { BoundedMap } from '../../bounded-map.ts';
import type { Pdu } from '../../smpp/pdu.ts';
import { readPart } from './text.ts';

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

/** The last 1000 messages, oldest first, and the waits for the next. */
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

/** Makes messages out of submits; parts wait here for the others. */
export class MessageAssembler {
  readonly #messages: MessageLog;
  /** By message, its parts by their index, while one is missing. */
  readonly #incomplete = new BoundedMap<string, Map<number, string>>(KEPT);

  constructor(messages: MessageLog) {
    this.#messages = messages;
  }

  /** Takes one submit and gives its message id, which is also the id of the message that it makes complete. */
  assemble(submit: Pdu, isRefused: boolean): string {
    const id = randomBytes(8).toString('hex');
    const text = isRefused ? readPart(submit).text : this.#join(submit);
    if (text !== undefined) this.#messages.add(describe(submit, id, text, isRefused ? 'refused' : 'accepted'));
    return id;
  }

  /** The whole text once its last part is here. */
  #join(submit: Pdu): string | undefined {
    const { text, concatenation } = readPart(submit);
    if (concatenation === undefined) return text;
    const { reference, total, index } = concatenation;
    const key = [submit.fields.source_addr, submit.fields.destination_addr, reference, total].join();
    const parts = (this.#incomplete.get(key) ?? new Map<number, string>()).set(index, text);
    if (parts.size < total) {
      this.#incomplete.set(key, parts);
      return undefined;
    }
    this.#incomplete.delete(key);
    return [...parts]
      .sort(([one], [other]) => one - other)
      .map(([, part]) => part)
      .join('');
  }
}

/** To whom a submit goes, in E.164. */
export function numberOf({ fields }: Pdu): string {
  return `+${String(fields.destination_addr).replace(/^\+/, '')}`;
}

function describe(submit: Pdu, id: string, text: string, status: ReceivedMessage['status']): ReceivedMessage {
  const from = String(submit.fields.source_addr);
  return { id, to: numberOf(submit), from, text, receivedAt: new Date().toISOString(), status };
}

/** A request as it was on the wire: fields by their SMPP names, `short_message` as bytes. */
export type SubmitRecord = Pick<Pdu, 'fields' | 'tlvs' | 'sequence'>;

/** The last 1000 submits and binds, oldest first, for assertions. */
export class SmscRecords {
  readonly submits: SubmitRecord[] = [];
  readonly binds: SubmitRecord[] = [];

  add(pdu: Pdu): void {
    if (pdu.command === 'submit_sm') keep(this.submits, pdu);
    if (pdu.command.startsWith('bind_')) keep(this.binds, pdu);
  }
}

function keep(list: SubmitRecord[], { fields, tlvs, sequence }: Pdu): void {
  list.push({ fields, tlvs, sequence });
  if (list.length > KEPT) list.shift();
}
