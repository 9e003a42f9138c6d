import smpp, { type Command, type FieldType } from 'smpp';

/** The names and values of a PDU's fields, spelt as in the SMPP 3.4 specification. */
export type PduFields = Readonly<Record<string, unknown>>;

/** One decoded PDU. Text is left as the bytes that came. */
export interface Pdu {
  /** `'unknown'` for an id that SMPP does not have, `'malformed'` if the body cannot be read. */
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
const NO_FIELDS: PduFields = {};
export const HEADER_LENGTH = 16;
const RESPONSE_BIT = 0x8000_0000;
const SUBMIT_SM_RESP = 0x8000_0004;
const MOST_BYTES = 64 * 1024;
const INVALID_LENGTH = 0x02;
const INVALID_COMMAND = 0x03;
const ANSWERED = ['enquire_link', 'unbind', 'deliver_sm', 'data_sm'];
const WITHOUT_RESPONSE = ['alert_notification', 'outbind'];

/** A PDU's bytes. A response with a status other than 0 has no body (SMPP 3.4). */
export function encode(command: string, sequence: number, fields: PduFields = {}, status = 0): Buffer {
  return new smpp.PDU(command, { ...fields, sequence_number: sequence, command_status: status }).toBuffer();
}

/** The response to a request of the SMSC; some requests have none. */
export function responseTo({ command, sequence }: Pdu): Buffer | undefined {
  if (WITHOUT_RESPONSE.includes(command)) return undefined;
  if (ANSWERED.includes(command)) return encode(`${command}_resp`, sequence);
  return encode('generic_nack', sequence, {}, command === 'malformed' ? INVALID_LENGTH : INVALID_COMMAND);
}

/** Whether it brings a receipt, or a message from somebody. */
export function isDelivery({ command }: Pdu): boolean {
  return command === 'deliver_sm' || command === 'data_sm';
}

/** Reads one whole frame; never throws. */
export function decode(frame: Buffer): Pdu {
  const id = frame.readUInt32BE(4);
  if (id === SUBMIT_SM_RESP) return decodeSubmitResponse(frame);
  const layout = LAYOUTS.get(id);
  if (layout === undefined) return toPdu(frame, 'unknown');
  try {
    const { fields, end } = readFields(frame, layout);
    return toPdu(frame, layout.command, fields, readTlvs(frame, end));
  } catch {
    return toPdu(frame, isRefusal(frame) ? layout.command : 'malformed');
  }
}

/** Nearly all that comes is this, and the way by the tables costs several times as much. */
function decodeSubmitResponse(frame: Buffer): Pdu {
  if (frame.length === HEADER_LENGTH) return toPdu(frame, 'submit_sm_resp');
  const end = frame.indexOf(0, HEADER_LENGTH);
  if (end < 0) return toPdu(frame, isRefusal(frame) ? 'submit_sm_resp' : 'malformed');
  const fields = { message_id: frame.toString('latin1', HEADER_LENGTH, end) };
  return toPdu(frame, 'submit_sm_resp', fields, readTlvs(frame, end + 1));
}

/** The header alone says so: an unreadable body does not take it back. */
function isRefusal(frame: Buffer): boolean {
  return frame.readUInt32BE(4) >= RESPONSE_BIT && frame.readUInt32BE(8) !== 0;
}

function toPdu(frame: Buffer, command: string, fields = NO_FIELDS, tlvs = NO_TLVS): Pdu {
  const isResponse = frame.readUInt32BE(4) >= RESPONSE_BIT;
  return { command, isResponse, status: frame.readUInt32BE(8), sequence: frame.readUInt32BE(12), fields, tlvs };
}

// The package's own decoder (0.5.1) turns text into a string by data_coding, which ruins receipts that are labelled
// wrongly, and takes a string that is cut short. Hence only its tables are used here.
function readFields(frame: Buffer, layout: Layout): { fields: PduFields; end: number } {
  const fields: Record<string, unknown> = {};
  let offset = HEADER_LENGTH;
  for (const [name, type] of layout.fields) {
    if (offset === frame.length) break; // the response to an error has no body
    fields[name] = type.read(frame, offset);
    offset += type.size(fields[name]);
    if (offset > frame.length) throw new RangeError(`${name} ends behind its PDU`);
  }
  return { fields, end: offset };
}

/** A parameter that runs over the end is left out: the fields before it are sound. */
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

/** Cuts a stream of bytes into PDUs. */
export class Framer {
  #rest: Buffer = Buffer.alloc(0);

  /** Whether a PDU has begun and its end is missing. */
  get isPartial(): boolean {
    return this.#rest.length > 0;
  }

  /**
   * The PDUs that these bytes complete.
   *
   * @throws Error if a length is below 16 or above 64 KiB: there is no telling where the next PDU begins
   */
  *push(chunk: Buffer): Generator<Buffer> {
    const bytes = this.isPartial ? Buffer.concat([this.#rest, chunk]) : chunk;
    let start = 0;
    while (bytes.length - start >= 4) {
      const length = bytes.readUInt32BE(start);
      if (length < HEADER_LENGTH || length > MOST_BYTES) throw new Error(describe(bytes.subarray(start)));
      if (bytes.length - start < length) break;
      yield bytes.subarray(start, start + length);
      start += length;
    }
    this.#rest = bytes.subarray(start);
  }
}

function describe(bytes: Buffer): string {
  if (bytes.toString('latin1', 0, 4) === 'HTTP') return 'the peer speaks HTTP, not SMPP';
  return `a PDU length of ${bytes.readUInt32BE()} is not SMPP`;
}
