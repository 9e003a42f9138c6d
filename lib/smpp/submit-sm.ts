/** What a message says wherever it goes, by the names of the SMPP 3.4 specification. */
export interface MessageFields {
  readonly source_addr_ton: number;
  readonly source_addr_npi: number;
  readonly source_addr: string;
  readonly dest_addr_ton: number;
  readonly dest_addr_npi: number;
  readonly destination_addr: string;
  readonly esm_class: number;
  readonly data_coding: number;
  /** At most 255 bytes. */
  readonly short_message: Buffer;
}

/** How one SMSC is to treat it. */
export interface DeliveryFields {
  readonly service_type: string;
  readonly priority_flag: number;
  readonly validity_period: string;
  readonly registered_delivery: number;
}

const SUBMIT_SM = 0x04;
const HEADER_LENGTH = 16;
/** Twelve numbers of a byte each, and a NUL behind each of five texts. */
const BODY_LENGTH = 12 + 5;
/** What is never set: numbers, and an empty text. */
const [protocol_id, replace_if_present_flag, sm_default_msg_id, schedule_delivery_time] = [0, 0, 0, 0];

/**
 * The bytes of a `submit_sm` (SMPP 3.4, section 4.4.1). Nearly all that is sent is this, and the package's encoder (0.5.1)
 * takes longer for it than all else together. Texts must be ASCII without NUL.
 */
export function encodeSubmitSm(sequence: number, message: MessageFields, delivery: DeliveryFields): Buffer {
  const { source_addr, destination_addr, short_message } = message;
  const { service_type, validity_period } = delivery;
  const texts = service_type.length + source_addr.length + destination_addr.length + validity_period.length;
  const bytes = Buffer.allocUnsafe(HEADER_LENGTH + BODY_LENGTH + texts + short_message.length);
  let end = writeHeader(bytes, sequence);
  end = writeText(bytes, end, service_type);
  end = writeBytes(bytes, end, message.source_addr_ton, message.source_addr_npi);
  end = writeText(bytes, end, source_addr);
  end = writeBytes(bytes, end, message.dest_addr_ton, message.dest_addr_npi);
  end = writeText(bytes, end, destination_addr);
  end = writeBytes(bytes, end, message.esm_class, protocol_id, delivery.priority_flag, schedule_delivery_time);
  end = writeText(bytes, end, validity_period);
  end = writeBytes(bytes, end, delivery.registered_delivery, replace_if_present_flag, message.data_coding);
  end = writeBytes(bytes, end, sm_default_msg_id, short_message.length);
  bytes.set(short_message, end);
  return bytes;
}

function writeHeader(bytes: Buffer, sequence: number): number {
  bytes.writeUInt32BE(bytes.length, 0);
  bytes.writeUInt32BE(SUBMIT_SM, 4);
  bytes.writeUInt32BE(0, 8);
  return bytes.writeUInt32BE(sequence, 12);
}

/** Both of these give where the next field begins. */
function writeBytes(bytes: Buffer, start: number, ...values: readonly number[]): number {
  let end = start;
  for (const value of values) bytes[end++] = value;
  return end;
}

function writeText(bytes: Buffer, start: number, text: string): number {
  // Shorter texts are written faster like this than by a call of Buffer's.
  for (let index = 0; index < text.length; index += 1) bytes[start + index] = text.charCodeAt(index);
  bytes[start + text.length] = 0;
  return start + text.length + 1;
}
