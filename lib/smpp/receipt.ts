import type { Pdu } from './codec.ts';
import { normaliseMessageId } from './message-ids.ts';

/** What became of a message; `reason` is a state and an error code, never text of the message. */
export interface Receipt {
  readonly messageId: string;
  readonly state: 'delivered' | 'failed' | 'unknown';
  readonly reason?: string;
}

const RECEIPTED_MESSAGE_ID = 0x001e;
const MESSAGE_PAYLOAD = 0x0424;
const MESSAGE_STATE = 0x0427;
const MESSAGE_TYPE = 0x3c;
const DELIVERY_RECEIPT = 0x04;

/** By the start of the word, since vendors write the rest as they like. Other states are not final. */
const STATES: Readonly<Record<string, Receipt['state'] | undefined>> = {
  DELIV: 'delivered',
  EXPIR: 'failed',
  DELET: 'failed',
  UNDEL: 'failed',
  REJEC: 'failed',
  SKIPP: 'failed',
  UNKNO: 'unknown',
};
/** The values of the `message_state` parameter (SMPP 3.4, section 5.2.28). */
const WORDS = [
  'SCHEDULED',
  'ENROUTE',
  'DELIVRD',
  'EXPIRED',
  'DELETED',
  'UNDELIV',
  'ACCEPTD',
  'UNKNOWN',
  'REJECTD',
  'SKIPPED',
];

/** Reads a final receipt: optional parameters first, then the text. `undefined` for all else, as a person's SMS. */
export function readReceipt({ fields, tlvs }: Pdu): Receipt | undefined {
  const idTlv = tlvs.get(RECEIPTED_MESSAGE_ID);
  const isReceipt = (Number(fields.esm_class) & MESSAGE_TYPE) === DELIVERY_RECEIPT;
  // A person can write an SMS that looks like a receipt, but cannot set these.
  if (!isReceipt && idTlv === undefined) return undefined;
  const text = readText(fields.short_message, tlvs.get(MESSAGE_PAYLOAD));
  const messageId = normaliseMessageId(idTlv === undefined ? text('id') : printable(idTlv));
  const word = WORDS[tlvs.get(MESSAGE_STATE)?.[0] ?? -1] ?? text('stat').toUpperCase();
  const state = STATES[word.slice(0, 5)];
  if (messageId === '' || state === undefined) return undefined;
  if (state === 'delivered') return { messageId, state };
  return { messageId, state, reason: `${word} ${text('err')}`.replace(/ 0*$/, '') };
}

/** The words behind `id:`, `stat:` and `err:` (SMPP 3.4, appendix B); the message's own text is left out. */
function readText(shortMessage: unknown, payload: Buffer | undefined): (label: string) => string {
  const bytes = Buffer.isBuffer(shortMessage) && shortMessage.length > 0 ? shortMessage : payload;
  const [text = ''] = printable(bytes ?? Buffer.alloc(0)).split(/\btext:/i);
  return (label) => new RegExp(`\\b${label}:\\s*([\\w.+/=-]{1,65})`, 'i').exec(text)?.[1] ?? '';
}

/** Without NULs and other controls: what says to be UCS-2 is ASCII at times, and the other way round. */
function printable(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/[^ -~]/g, '');
}
