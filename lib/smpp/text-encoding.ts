import { randomInt } from 'node:crypto';
import { gsmSeptets, segmentText } from '../domain/gsm.ts';

/** The fields of one submit that describe its text. */
export interface TextFields {
  readonly data_coding: number;
  readonly esm_class: number;
  readonly short_message: Buffer;
}

/** For texts that are in GSM 03.38: the SMSC's own alphabet, the same by another label, ASCII, or Latin-1. */
export type GsmDataCoding = 0 | 1 | 3 | 0xf0;

/** SMPP 3.4, section 5.2.19. */
const [ASCII, LATIN_1] = [1, 3] as const;
export const UCS_2 = 8;
/** The highest character that each can write. */
const LAST_CHARACTER: Readonly<Record<number, number>> = { [ASCII]: 0x7f, [LATIN_1]: 0xff };
const MOST_PARTS = 255;
const UDH_INDICATOR = 0x40;
const LONGEST_WHOLE = 160;
const LONGEST_UCS_2 = { whole: 70, part: 67 } as const;
/** The septet by UTF-16 unit below 0x100, of those that have one of their own. */
const NONE = 0xff;
const SEPTETS = Uint8Array.from({ length: 0x100 }, (_, unit) => {
  const [septet = NONE, ...more] = gsmSeptets(String.fromCharCode(unit)) ?? [];
  return more.length > 0 ? NONE : septet;
});

/**
 * A text as the fields of one submit, or of several that the phone joins: GSM 03.38 as the SMSC wants it, or UCS-2.
 *
 * @throws RangeError if it takes more than 255 parts
 */
export function encodeText(text: string, gsmDataCoding: GsmDataCoding = 0): readonly TextFields[] {
  const last = LAST_CHARACTER[gsmDataCoding];
  const whole = last === undefined ? encodeWhole(text) : undefined;
  if (whole !== undefined) return [{ data_coding: gsmDataCoding, esm_class: 0, short_message: whole }];
  const { alphabet, segments } = segmentText(text);
  if (alphabet === 'ucs2') return join(segments.map(toUcs2), UCS_2);
  if (last === undefined)
    return join(
      segments.map((septets) => Buffer.from(septets)),
      gsmDataCoding,
    );
  const texts = cut(text, segments);
  const fits = Array.from(text).every((character) => character.charCodeAt(0) <= last);
  if (fits)
    return join(
      texts.map((part) => Buffer.from(part, 'latin1')),
      gsmDataCoding,
    );
  return join(unitsOf(text).map(toUcs2), UCS_2);
}

/** The same parts in characters: those of the extension table take two septets. */
function cut(text: string, segments: readonly (readonly number[])[]): readonly string[] {
  let start = 0;
  return segments.map(({ length }) => {
    let [end, septets] = [start, 0];
    while (septets < length && end < text.length) {
      septets += gsmSeptets(text.charAt(end))?.length ?? 1;
      end += 1;
    }
    const part = text.slice(start, end);
    start = end;
    return part;
  });
}

function join(parts: readonly Buffer[], data_coding: number): readonly TextFields[] {
  if (parts.length > MOST_PARTS) throw new RangeError('The text takes more than 255 SMS.');
  const reference = randomInt(256);
  return parts.map((bytes, index) => {
    if (parts.length === 1) return { data_coding, esm_class: 0, short_message: bytes };
    // 3GPP TS 23.040, section 9.2.3.24.1: concatenation with a reference of 8 bits.
    const header = Buffer.from([5, 0, 3, reference, parts.length, index + 1]);
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

/** UTF-16 units of a text that is in GSM 03.38, in SMS of 70, or of 67 if there are several. */
function unitsOf(text: string): readonly (readonly number[])[] {
  const units = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  if (units.length <= LONGEST_UCS_2.whole) return [units];
  const { part } = LONGEST_UCS_2;
  const count = Math.ceil(units.length / part);
  return Array.from({ length: count }, (_, index) => units.slice(index * part, (index + 1) * part));
}

function toUcs2(units: readonly number[]): Buffer {
  const bytes = Buffer.alloc(units.length * 2);
  for (const [index, unit] of units.entries()) bytes.writeUInt16BE(unit, index * 2);
  return bytes;
}
