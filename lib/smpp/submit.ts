import type { SmsMessage } from '../domain/ports.ts';
import type { WireAddress } from './address.ts';
import type { PduFields } from './codec.ts';
import { encodeText } from './text-encoding.ts';

/** Less life than this is not worth an SMS. */
export const SHORTEST_LIFE_SECONDS = 20;
const LONGEST_LIFE_SECONDS = 24 * 60 * 60 - 1;
const SMSC_DELIVERY_RECEIPT = 1;

interface SubmitAddresses {
  readonly source: WireAddress;
  readonly destination: Omit<WireAddress, 'address'>;
}

/**
 * The fields of the submits that make up one message; only the last asks for a receipt. The time is in milliseconds.
 *
 * @throws Error where the number is not E.164, or where the message lives less than 20 seconds from now.
 */
export function submitFields(message: SmsMessage, { source, destination }: SubmitAddresses, now: number): PduFields[] {
  const number = message.to.replace(/^\+/, '');
  if (!/^[1-9]\d{6,14}$/.test(number)) throw new Error('The phone number is not E.164.');
  const life = Math.floor((message.expiresAt.getTime() - now) / 1000);
  if (!(life >= SHORTEST_LIFE_SECONDS)) throw new Error('The message lives less than 20 seconds from now.');
  const common = {
    source_addr_ton: source.ton,
    source_addr_npi: source.npi,
    source_addr: source.address,
    dest_addr_ton: destination.ton,
    dest_addr_npi: destination.npi,
    destination_addr: number,
    validity_period: relativeTime(Math.min(life, LONGEST_LIFE_SECONDS)),
  };
  const parts = encodeText(message.text);
  return parts.map((part, index) => {
    const isLast = index === parts.length - 1;
    return { ...common, ...part, registered_delivery: isLast ? SMSC_DELIVERY_RECEIPT : 0 };
  });
}

/** YYMMDDhhmmsstnnp (SMPP 3.4, section 7.1.1), as `000000000500000R` for five minutes. */
function relativeTime(seconds: number): string {
  return `000000${new Date(seconds * 1000).toISOString().slice(11, 19).replaceAll(':', '')}000R`;
}
