import type { SmsMessage } from '../domain/ports.ts';
import type { WireAddress } from './address.ts';
import type { PduFields } from './codec.ts';
import { encodeText } from './text-encoding.ts';
import { type ValidityForm, validityPeriod } from './validity-period.ts';

/** Less life than this is not worth an SMS. */
export const SHORTEST_LIFE_SECONDS = 20;
const SMSC_DELIVERY_RECEIPT = 1;

interface SubmitOptions {
  readonly source: WireAddress;
  readonly destination: Omit<WireAddress, 'address'>;
  readonly validityPeriod: ValidityForm;
}

/**
 * The fields of the submits that make up one message; only the last asks for a receipt. The time is in milliseconds.
 *
 * @throws Error where the number is not E.164, or where the message lives less than 20 seconds from now.
 */
export function submitFields(message: SmsMessage, options: SubmitOptions, now: number): PduFields[] {
  const { source, destination } = options;
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
    validity_period: validityPeriod(life, options.validityPeriod, now),
  };
  const parts = encodeText(message.text);
  return parts.map((part, index) => {
    const isLast = index === parts.length - 1;
    return { ...common, ...part, registered_delivery: isLast ? SMSC_DELIVERY_RECEIPT : 0 };
  });
}
