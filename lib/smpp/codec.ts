import smpp, { type Command, type FieldType } from 'smpp';

/** The names and values of a PDU's fields, spelt as in the SMPP 3.4 specification. */
export type PduFields = Readonly<Record<string, unknown>>;

/** One decoded PDU. Text is left as the bytes that came. */
export interface Pdu {
  /** `'unknown'` for an id that SMPP does not have, `'malformed'` where the body cannot be read. */
  readonly command: string;
  readonly isResponse: boolean;
  readonly status: number;
  readonly sequence: number;
  readonly fields: PduFields;
  /** Optional parameters by tag. */
  readonly tlvs: ReadonlyMap<number, Buffer>;
}

/** The specification's names of `command_status` values. */
export const STATUS_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(smpp.errors).map(([name, status]) => [status, name]),
);

interface Layout {
  readonly command: string;
  readonly fields: readonly (readonly [name: string, type: FieldType])[];
}

/** By the command's id. */
const LAYOUTS: ReadonlyMap<number, Layout> = new Map(
  Object.entries(smpp.commandsById).map(([id, command]) => [Number(id), readLayout(command)]),
);
const NO_TLVS: ReadonlyMap<number, Buffer> = new Map();
const HEADER_LENGTH = 16;
const RESPONSE_BIT = 0x8000_0000;

/** A PDU's bytes. An answer with a status other than 0 goes without its body, as SMPP 3.4 wants it. */
export function encode(command: string, sequence: number, fields: PduFields = {}, status = 0): Buffer {
  return new smpp.PDU(command, { ...fields, sequence_number: sequence, command_status: status }).toBuffer();
}

/** Reads one whole frame; never throws. */
export function decode(frame: Buffer): Pdu {
  const layout = LAYOUTS.get(frame.readUInt32BE(4));
  if (layout === undefined) return toPdu(frame, 'unknown');
  try {
    const { fields, end } = readFields(frame, layout);
    return toPdu(frame, layout.command, fields, readTlvs(frame, end));
  } catch {
    return toPdu(frame, 'malformed');
  }
}

function toPdu(frame: Buffer, command: string, fields: PduFields = {}, tlvs = NO_TLVS): Pdu {
  const isResponse = frame.readUInt32BE(4) >= RESPONSE_BIT;
  return { command, isResponse, status: frame.readUInt32BE(8), sequence: frame.readUInt32BE(12), fields, tlvs };
}

// The package's own decoder (0.5.1) turns text into a string by data_coding, which ruins receipts that are labelled
// wrongly, and takes a string that is cut short. Hence only its tables are used here.
function readFields(frame: Buffer, layout: Layout): { fields: PduFields; end: number } {
  const fields: Record<string, unknown> = {};
  let offset = HEADER_LENGTH;
  for (const [name, type] of layout.fields) {
    if (offset === frame.length) break; // an error's answer has no body
    fields[name] = type.read(frame, offset);
    offset += type.size(fields[name]);
    if (offset > frame.length) throw new RangeError(`${name} ends behind its PDU`);
  }
  return { fields, end: offset };
}

/** What runs over the end is left out: the fields before it are sound. */
function readTlvs(frame: Buffer, start: number): ReadonlyMap<number, Buffer> {
  if (start + 4 > frame.length) return NO_TLVS;
  const tlvs = new Map<number, Buffer>();
  let offset = start;
  while (offset + 4 <= frame.length) {
    const end = offset + 4 + frame.readUInt16BE(offset + 2);
    if (end > frame.length) break;
    tlvs.set(frame.readUInt16BE(offset), frame.subarray(offset + 4, end));
    offset = end;
  }
  return tlvs;
}

function readLayout({ command, params = {} }: Command): Layout {
  return { command, fields: Object.entries(params).map(([name, { type }]) => [name, type]) };
}
