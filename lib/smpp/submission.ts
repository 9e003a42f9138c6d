import type { SmsMessage } from '../domain/ports.ts';
import type { WireAddress } from './address.ts';
import type { MessageFields } from './submit-sm.ts';
import { encodeText } from './text-encoding.ts';

/** Less life than this is not worth an SMS. */
export const SHORTEST_LIFE_SECONDS = 20;

/** A message on its way to an SMSC. Times are in milliseconds since 1970. */
export interface Submission {
  /** Digits only. */
  readonly recipient: string;
  /** One submit each. */
  readonly parts: readonly MessageFields[];
  readonly expiresAt: number;
  /** After that no answer is waited for. */
  readonly deadline: number;
}

interface Addresses {
  readonly source: WireAddress;
  readonly destination: Omit<WireAddress, 'address'>;
}

/**
 * Now is in milliseconds since 1970.
 *
 * @throws Error where the number is not E.164, or where the message lives less than 20 seconds from now.
 */
export function readMessage(
  message: SmsMessage,
  { source, destination }: Addresses,
  now: number,
): Omit<Submission, 'deadline'> {
  const recipient = message.to.replace(/^\+/, '');
  const expiresAt = message.expiresAt.getTime();
  if (!/^[1-9]\d{6,14}$/.test(recipient)) throw new Error('The phone number is not E.164.');
  if (!(expiresAt - now >= SHORTEST_LIFE_SECONDS * 1000)) {
    throw new Error('The message lives less than 20 seconds from now.');
  }
  const parts = encodeText(message.text).map(({ esm_class, data_coding, short_message }) => ({
    source_addr_ton: source.ton,
    source_addr_npi: source.npi,
    source_addr: source.address,
    dest_addr_ton: destination.ton,
    dest_addr_npi: destination.npi,
    destination_addr: recipient,
    esm_class,
    data_coding,
    short_message,
  }));
  return { recipient, parts, expiresAt };
}
