import { randomInt } from 'node:crypto';
import { gsmSeptets } from '../domain/gsm-alphabet.ts';
import type { MessageFields } from './submit-sm.ts';

const GSM = { dataCoding: 0, whole: 160, part: 153 };
const UCS2 = { dataCoding: 8, whole: 70, part: 67 };
const MOST_PARTS = 255;
const UDH_INDICATOR = 0x40;
const ESCAPE = 0x1b;

/** What a submit says of its text. */
export type TextFields = Pick<MessageFields, 'data_coding' | 'esm_class' | 'short_message'>;

/**
 * A text as the fields of one submit, or of several that the phone joins: GSM 03.38 with one septet a byte, or UCS-2.
 *
 * @throws RangeError where it takes more than 255 parts.
 */
export function encodeText(text: string): readonly TextFields[] {
  const septets = gsmSeptets(text);
  const { dataCoding, whole, part } = septets === undefined ? UCS2 : GSM;
  const units = septets ?? Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  const toBytes = septets === undefined ? toUcs2 : Buffer.from;
  const chunks = units.length <= whole ? [units] : split(units, part);
  if (chunks.length > MOST_PARTS) throw new RangeError('The text takes more than 255 SMS.');
  const reference = randomInt(256);
  return chunks.map((chunk, index) => {
    const bytes = toBytes(chunk);
    if (chunks.length === 1) return { data_coding: dataCoding, esm_class: 0, short_message: bytes };
    // 3GPP TS 23.040, section 9.2.3.24.1: concatenation with a reference of 8 bits.
    const header = Buffer.from([5, 0, 3, reference, chunks.length, index + 1]);
    return { data_coding: dataCoding, esm_class: UDH_INDICATOR, short_message: Buffer.concat([header, bytes]) };
  });
}

/** No part ends between the halves of a character: after the escape septet, or after a high surrogate. */
function split(units: readonly number[], length: number): readonly number[][] {
  const parts: number[][] = [];
  for (let start = 0; start < units.length; ) {
    const last = units[start + length - 1] ?? 0;
    const isHalf = last === ESCAPE || (last >= 0xd800 && last <= 0xdbff);
    const end = start + length - (isHalf ? 1 : 0);
    parts.push(units.slice(start, end));
    start = end;
  }
  return parts;
}

function toUcs2(units: readonly number[]): Buffer {
  const bytes = Buffer.alloc(units.length * 2);
  for (const [index, unit] of units.entries()) bytes.writeUInt16BE(unit, index * 2);
  return bytes;
}
