import { encode } from '../../smpp/codec.ts';
import type { IdForm, MessageBehaviour, Reaction } from './behaviour.ts';

const SYSTEM_ERROR = 0x08;
/** SMPP 3.4, section 3.2: no PDU is shorter than its header. */
const TOO_SHORT = 5;

/** What refuses the message; 0 where it is taken. */
export function statusOf({ submitStatus, reaction }: MessageBehaviour): number {
  return submitStatus ?? (reaction === 'nack' ? SYSTEM_ERROR : 0);
}

/** The id, which is hexadecimal, as this SMSC writes it. */
export function writeId(id: string, form: IdForm): string {
  if (form === 'hex') return id;
  if (form === 'upperHex') return id.toUpperCase();
  const decimal = BigInt(`0x${id}`).toString();
  return form === 'decimal' ? decimal : decimal.padStart(20, '0');
}

/** The bytes with which a submit is answered; none where that goes without. */
export function answerBytes(sequence: number, id: string, status: number, reaction: Reaction): Buffer {
  const answer = encode('submit_sm_resp', sequence, { message_id: id }, status);
  switch (reaction) {
    case 'answer':
      return answer;
    case 'nack':
      return encode('generic_nack', sequence, {}, status);
    case 'cutShort':
      return answer.subarray(0, answer.length / 2);
    case 'shortLength':
      answer.writeUInt32BE(TOO_SHORT);
      return answer;
    case 'longLength':
      answer.writeUInt32BE(answer.length + 16);
      return answer;
    case 'garbage':
      return Buffer.alloc(64, 0xff);
    case 'silence':
    case 'drop':
      return Buffer.alloc(0);
  }
}
