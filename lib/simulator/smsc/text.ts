import { gsmSeptets } from '../../domain/gsm.ts';
import type { Pdu } from '../../smpp/pdu.ts';

const UDH_INDICATOR = 0x40;
const UCS2 = 8;
const MESSAGE_PAYLOAD = 0x0424;
const ESCAPE = 0x1b;
/** By element: concatenation with a reference of 8 bits, and of 16 (3GPP TS 23.040, section 9.2.3.24). */
const REFERENCE_LENGTHS = new Map([
  [0x00, 1],
  [0x08, 2],
]);

/** The text of one submit: a whole text, or one part of it. */
export interface ReceivedPart {
  readonly text: string;
  /** Absent if the submit carries the whole text. */
  readonly concatenation?: { readonly reference: number; readonly total: number; readonly index: number };
}

/** Reads a submit's text: GSM 03.38, one septet a byte, or UCS-2; with or without a user data header. */
export function readPart({ fields, tlvs }: Pdu): ReceivedPart {
  const short = Buffer.isBuffer(fields.short_message) ? fields.short_message : Buffer.alloc(0);
  const bytes = short.length > 0 ? short : (tlvs.get(MESSAGE_PAYLOAD) ?? short);
  const hasHeader = (Number(fields.esm_class) & UDH_INDICATOR) !== 0;
  const headerLength = hasHeader ? (bytes[0] ?? 0) + 1 : 0;
  const decodeText = fields.data_coding === UCS2 ? decodeUcs2 : decodeGsm;
  const text = decodeText(bytes.subarray(headerLength));
  const concatenation = readConcatenation(bytes.subarray(1, headerLength));
  return concatenation === undefined ? { text } : { text, concatenation };
}

function readConcatenation(header: Buffer): ReceivedPart['concatenation'] {
  for (let offset = 0; offset + 2 <= header.length; offset += 2 + (header[offset + 1] ?? 0)) {
    const referenceLength = REFERENCE_LENGTHS.get(header[offset] ?? -1);
    const element = header.subarray(offset + 2, offset + 2 + (header[offset + 1] ?? 0));
    if (referenceLength === undefined || element.length !== referenceLength + 2) continue;
    const [total = 0, index = 0] = element.subarray(referenceLength);
    return { reference: element.readUIntBE(0, referenceLength), total, index };
  }
  return undefined;
}

function decodeUcs2(bytes: Buffer): string {
  return Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)))
    .swap16()
    .toString('utf16le');
}

const CHARACTERS = new Map<string, string>();
for (let code = 0; code < 0x2100; code += 1) {
  const character = String.fromCharCode(code);
  const septets = gsmSeptets(character);
  if (septets !== undefined) CHARACTERS.set(septets.join(), character);
}

function decodeGsm(bytes: Buffer): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 1) {
    const key = bytes[index] === ESCAPE ? `${ESCAPE},${bytes[++index]}` : String(bytes[index]);
    text += CHARACTERS.get(key) ?? '\ufffd';
  }
  return text;
}
