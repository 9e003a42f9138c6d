import { randomBytes } from 'node:crypto';
import type { Pdu } from '../smpp/codec.ts';
import type { MessageLog, ReceivedMessage } from './smsc-messages.ts';
import { readPart } from './smsc-text.ts';

/** Makes messages out of submits; parts wait here for the others. */
export class SmscInbox {
  readonly #messages: MessageLog;
  readonly #incomplete = new Map<string, Map<number, string>>();

  constructor(messages: MessageLog) {
    this.#messages = messages;
  }

  /** Takes one submit and gives its message id, which is also the id of the message that it makes complete. */
  take(submit: Pdu, isRefused: boolean): string {
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
    this.#incomplete.set(key, parts);
    if (parts.size < total) return undefined;
    this.#incomplete.delete(key);
    return [...parts]
      .sort(([one], [other]) => one - other)
      .map(([, part]) => part)
      .join('');
  }
}

function describe({ fields }: Pdu, id: string, text: string, status: ReceivedMessage['status']): ReceivedMessage {
  const to = `+${String(fields.destination_addr).replace(/^\+/, '')}`;
  return { id, to, from: String(fields.source_addr), text, receivedAt: new Date().toISOString(), status };
}
