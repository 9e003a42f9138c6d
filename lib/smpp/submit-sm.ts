import type { WireAddress } from './address.ts';
import { HEADER_LENGTH } from './pdu.ts';
import type { StatusClasses } from './smpp-options.ts';
import type { SmscSettings } from './smsc-schema.ts';
import { TlvEncoder, type Tlvs } from './tlv.ts';

/** The fields that all submits of one sender through one SMSC share. */
export interface SubmitSmConstants {
  readonly service_type: string;
  readonly source: WireAddress;
  readonly destination: Omit<WireAddress, 'address'>;
  readonly tlvs: Tlvs;
}

/** The fields of one submit, by the names of the SMPP 3.4 specification. */
export interface SubmitSmFields {
  readonly destination_addr: string;
  readonly esm_class: number;
  readonly priority_flag: number;
  readonly validity_period: string;
  readonly registered_delivery: number;
  readonly data_coding: number;
  /** At most 255 bytes. */
  readonly short_message: Uint8Array;
  /** Optional parameters, as bytes. */
  readonly tlvs: Uint8Array;
}

const SUBMIT_SM = 0x04;
const LONGEST_RELATIVE_SECONDS = 24 * 60 * 60 - 1;
const NUL = 0;
const LONGEST_ADDRESS = 21;
const LONGEST_VALIDITY_PERIOD = 17;
const LONGEST_SHORT_MESSAGE = 255;
/** Numbers of a byte each behind the addresses, and the empty `schedule_delivery_time`. */
const NUMBERS_LENGTH = 9;
/** Fields that are never set: numbers, and an empty text. */
const [protocol_id, replace_if_present_flag, sm_default_msg_id, schedule_delivery_time] = [0, 0, 0, 0];

/**
 * Writes `submit_sm` (SMPP 3.4, section 4.4.1). Nearly all that is sent is this, and the package's encoder (0.5.1) takes
 * longer for it than all else together. Texts must be ASCII without NUL.
 */
export class SubmitSmEncoder {
  /** An upper bound of the PDU's length. */
  readonly mostBytes: number;
  readonly tlvs: TlvEncoder;
  readonly source: WireAddress;
  /** All between the header and the recipient. */
  readonly #beginning: Uint8Array;

  constructor({ service_type, source, destination, tlvs }: SubmitSmConstants) {
    this.tlvs = new TlvEncoder(tlvs);
    this.source = source;
    this.#beginning = Uint8Array.from([
      ...Buffer.from(service_type, 'latin1'),
      NUL,
      source.ton,
      source.npi,
      ...Buffer.from(source.address, 'latin1'),
      NUL,
      destination.ton,
      destination.npi,
    ]);
    const texts = LONGEST_ADDRESS + LONGEST_VALIDITY_PERIOD + LONGEST_SHORT_MESSAGE;
    this.mostBytes = HEADER_LENGTH + this.#beginning.length + texts + NUMBERS_LENGTH + this.tlvs.mostBytes;
  }

  /** Gives the end of the PDU, whose start it is given. */
  write(bytes: Buffer, start: number, sequence: number, fields: SubmitSmFields): number {
    const { short_message } = fields;
    let end = writeBytes(bytes, start + HEADER_LENGTH, this.#beginning);
    end = writeText(bytes, end, fields.destination_addr);
    bytes[end++] = fields.esm_class;
    bytes[end++] = protocol_id;
    bytes[end++] = fields.priority_flag;
    bytes[end++] = schedule_delivery_time;
    end = writeText(bytes, end, fields.validity_period);
    bytes[end++] = fields.registered_delivery;
    bytes[end++] = replace_if_present_flag;
    bytes[end++] = fields.data_coding;
    bytes[end++] = sm_default_msg_id;
    bytes[end++] = short_message.length;
    end = writeBytes(bytes, end, short_message);
    end = writeBytes(bytes, end, fields.tlvs);
    bytes.writeUInt32BE(end - start, start);
    bytes.writeUInt32BE(SUBMIT_SM, start + 4);
    bytes.writeUInt32BE(0, start + 8);
    bytes.writeUInt32BE(sequence, start + 12);
    return end;
  }
}

// Short texts are written faster like this than by a call of Buffer's. Both functions give the start of the next field.
function writeText(bytes: Buffer, start: number, text: string): number {
  for (let index = 0; index < text.length; index += 1) bytes[start + index] = text.charCodeAt(index);
  bytes[start + text.length] = NUL;
  return start + text.length + 1;
}

function writeBytes(bytes: Buffer, start: number, from: Uint8Array): number {
  for (let index = 0; index < from.length; index += 1) bytes[start + index] = from[index] ?? 0;
  return start + from.length;
}

/**
 * When an SMSC stops trying, YYMMDDhhmmsstnnp (SMPP 3.4, section 7.1.1): `000000000500000R` for five minutes from now,
 * or `260101120500000+` for a time in UTC, which needs a clock that is right; never rounded up. `now` is in
 * milliseconds since 1970.
 */
export function validityPeriod(lifeMilliseconds: number, form: SmscSettings['validityPeriod'], now: number): string {
  if (form === 'none') return '';
  return form === 'absolute' ? absolute(now + lifeMilliseconds) : relative(Math.floor(lifeMilliseconds / 1000));
}

function absolute(time: number): string {
  return `${new Date(time).toISOString().slice(2, 19).replace(/\D/g, '')}000+`;
}

function relative(lifeSeconds: number): string {
  const seconds = Math.max(0, Math.min(lifeSeconds, LONGEST_RELATIVE_SECONDS));
  const minutes = Math.floor(seconds / 60);
  return `000000${twoDigits(Math.floor(minutes / 60))}${twoDigits(minutes % 60)}${twoDigits(seconds % 60)}000R`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** How one SMSC wants messages. */
export class SubmitTerms {
  readonly classes: StatusClasses;
  readonly gsmDataCoding: SmscSettings['gsmDataCoding'];
  /** Responses are not waited for any longer. */
  readonly responseMilliseconds: number;
  readonly #form: SmscSettings['validityPeriod'];
  #priority: number;
  /** The period that was written last, by its length. */
  #seconds = Number.NaN;
  #period = '';

  constructor(smsc: SmscSettings, responseMilliseconds: number) {
    const { statusClasses, gsmDataCoding, validityPeriod: form, priority } = smsc;
    this.classes = statusClasses;
    this.gsmDataCoding = gsmDataCoding;
    this.responseMilliseconds = responseMilliseconds;
    this.#form = form;
    this.#priority = priority;
  }

  get hasValidity(): boolean {
    return this.#form !== 'none';
  }

  get priority(): number {
    return this.#priority;
  }

  dropPriority(): void {
    this.#priority = 0;
  }

  validityPeriod(lifeMilliseconds: number, now: number): string {
    const seconds = Math.floor(lifeMilliseconds / 1000);
    if (this.#form !== 'relative') return validityPeriod(lifeMilliseconds, this.#form, now);
    if (seconds !== this.#seconds) {
      this.#seconds = seconds;
      this.#period = validityPeriod(lifeMilliseconds, this.#form, now);
    }
    return this.#period;
  }
}
