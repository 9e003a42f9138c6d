import { randomBytes } from 'node:crypto';
import type { Pdu } from '../../smpp/codec.ts';
import type { MessageLog, ReceivedMessage } from './messages.ts';
import { readPart } from './text.ts';

const KEPT = 1000;

/** Makes messages out of submits; parts wait here for the others. */
export class MessageAssembler {
  readonly #messages: MessageLog;
  /** Of the last 1000 messages of which a part is missing. */
  readonly #incomplete = new Map<string, Map<number, string>>();

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
    this.#incomplete.delete(key);
    if (parts.size < total) {
      this.#keep(key, parts);
      return undefined;
    }
    return [...parts]
      .sort(([one], [other]) => one - other)
      .map(([, part]) => part)
      .join('');
  }

  #keep(key: string, parts: Map<number, string>): void {
    this.#incomplete.set(key, parts);
    const [oldest = ''] = this.#incomplete.keys();
    if (this.#incomplete.size > KEPT) this.#incomplete.delete(oldest);
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
