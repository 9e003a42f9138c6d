import { randomInt } from 'node:crypto';
import { gsmSeptets } from '../domain/gsm-alphabet.ts';
import { segmentText } from '../domain/segments.ts';

/** What one submit says of its text. */
export interface TextFields {
  readonly data_coding: number;
  readonly esm_class: number;
  readonly short_message: Buffer;
}

/** SMPP 3.4, section 5.2.19; 0 is the SMSC's own alphabet, which is GSM 03.38. */
const DATA_CODING = { gsm: 0, ucs2: 8 } as const;
const MOST_PARTS = 255;
const UDH_INDICATOR = 0x40;
const LONGEST_WHOLE = 160;
/** The septet by UTF-16 unit below 0x100, of those that have one of their own. */
const NONE = 0xff;
const SEPTETS = Uint8Array.from({ length: 0x100 }, (_, unit) => {
  const [septet = NONE, ...more] = gsmSeptets(String.fromCharCode(unit)) ?? [];
  return more.length > 0 ? NONE : septet;
});

/**
 * A text as the fields of one submit, or of several that the phone joins: GSM 03.38 with one septet a byte, or UCS-2.
 *
 * @throws RangeError if it takes more than 255 parts
 */
export function encodeText(text: string): readonly TextFields[] {
  const whole = encodeWhole(text);
  if (whole !== undefined) return [{ data_coding: DATA_CODING.gsm, esm_class: 0, short_message: whole }];
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

/** Most texts are one SMS without a character of the extension table: these need one pass and no array. */
function encodeWhole(text: string): Buffer | undefined {
  if (text.length > LONGEST_WHOLE) return undefined;
  const bytes = Buffer.allocUnsafe(text.length);
  for (let index = 0; index < text.length; index += 1) {
    const septet = SEPTETS[text.charCodeAt(index)] ?? NONE;
    if (septet === NONE) return undefined;
    bytes[index] = septet;
  }
  return bytes;
}

function toUcs2(units: readonly number[]): Buffer {
  const bytes = Buffer.alloc(units.length * 2);
  for (const [index, unit] of units.entries()) bytes.writeUInt16BE(unit, index * 2);
  return bytes;
}
