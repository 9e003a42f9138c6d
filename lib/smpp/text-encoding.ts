import { randomInt } from 'node:crypto';
import { segmentText } from '../domain/segments.ts';
import type { MessageFields } from './submit-sm.ts';

/** SMPP 3.4, section 5.2.19; 0 is the SMSC's own alphabet, which is GSM 03.38. */
const DATA_CODING = { gsm: 0, ucs2: 8 } as const;
const MOST_PARTS = 255;
const UDH_INDICATOR = 0x40;

/** What a submit says of its text. */
export type TextFields = Pick<MessageFields, 'data_coding' | 'esm_class' | 'short_message'>;

/**
 * A text as the fields of one submit, or of several that the phone joins: GSM 03.38 with one septet a byte, or UCS-2.
 *
 * @throws RangeError where it takes more than 255 parts.
 */
export function encodeText(text: string): readonly TextFields[] {
  const { alphabet, segments } = segmentText(text);
  const data_coding = DATA_CODING[alphabet];
  const toBytes = alphabet === 'ucs2' ? toUcs2 : Buffer.from;
  if (segments.length > MOST_PARTS) throw new RangeError('The text takes more than 255 SMS.');
  const reference = randomInt(256);
  return segments.map((units, index) => {
    const bytes = toBytes(units);
    if (segments.length === 1) return { data_coding, esm_class: 0, short_message: bytes };
    // 3GPP TS 23.040, section 9.2.3.24.1: concatenation with a reference of 8 bits.
    const header = Buffer.from([5, 0, 3, reference, segments.length, index + 1]);
    return { data_coding, esm_class: UDH_INDICATOR, short_message: Buffer.concat([header, bytes]) };
  });
}

function toUcs2(units: readonly number[]): Buffer {
  const bytes = Buffer.alloc(units.length * 2);
  for (const [index, unit] of units.entries()) bytes.writeUInt16BE(unit, index * 2);
  return bytes;
}
