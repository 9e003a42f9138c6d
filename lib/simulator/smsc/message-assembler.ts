import { randomBytes } from 'node:crypto';
import type { Pdu } from '../../smpp/codec.ts';
import { RecentEntries } from '../../smpp/recent-entries.ts';
import type { MessageLog, ReceivedMessage } from './messages.ts';
import { readPart } from './text.ts';

const MOST_INCOMPLETE = 1000;

/** Makes messages out of submits; parts wait here for the others. */
export class MessageAssembler {
  readonly #messages: MessageLog;
  /** By message, its parts by their index, while one is missing. */
  readonly #incomplete = new RecentEntries<Map<number, string>>(MOST_INCOMPLETE);

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
