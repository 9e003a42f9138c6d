import { z } from 'zod';
import { gsmSeptets } from '../domain/gsm-alphabet.ts';

/** Types of number by their names in SMPP 3.4, section 5.2.5. */
const TON = {
  UNKNOWN: 0,
  INTERNATIONAL: 1,
  NATIONAL: 2,
  NETWORK_SPECIFIC: 3,
  SUBSCRIBER_NUMBER: 4,
  ALPHANUMERIC: 5,
  ABBREVIATED: 6,
} as const;

/** Numbering plans by their names in SMPP 3.4, section 5.2.6. */
const NPI = {
  UNKNOWN: 0,
  ISDN: 1,
  DATA: 3,
  TELEX: 4,
  LAND_MOBILE: 6,
  NATIONAL: 8,
  PRIVATE: 9,
  ERMES: 10,
  INTERNET: 14,
  WAP: 18,
} as const;

/** By name, or as the number on the wire (0 to 255). */
export type TypeOfNumber = keyof typeof TON | number;
export type NumberingPlan = keyof typeof NPI | number;

/** What a sender or recipient is, beside its digits. */
export interface AddressKind {
  readonly ton?: TypeOfNumber;
  readonly npi?: NumberingPlan;
}

export interface SourceAddress extends AddressKind {
  readonly address: string;
}

const kind = { ton: byteByName(TON).optional(), npi: byteByName(NPI).optional() };

/** A number as a destination: INTERNATIONAL and ISDN where nothing else is said. */
export const destinationSchema = z
  .strictObject(kind satisfies Record<keyof AddressKind, z.ZodType>)
  .transform(({ ton = TON.INTERNATIONAL, npi = NPI.ISDN }) => ({ ton, npi }));

/** A sender: letters are ALPHANUMERIC with an unknown plan, digits are INTERNATIONAL and ISDN. */
export const sourceSchema = z
  .preprocess(
    (value) => (typeof value === 'string' ? { address: value } : value),
    z.strictObject({ address: z.string(), ...kind } satisfies Record<keyof SourceAddress, z.ZodType>),
  )
  .transform(({ address, ton = /^\+?\d+$/.test(address) ? TON.INTERNATIONAL : TON.ALPHANUMERIC, npi }) => ({
    address: ton === TON.ALPHANUMERIC ? address : address.replace(/^\+/, ''),
    ton,
    npi: npi ?? (ton === TON.ALPHANUMERIC ? NPI.UNKNOWN : NPI.ISDN),
  }))
  .refine(({ address, ton }) => (ton === TON.ALPHANUMERIC ? isAlphanumeric(address) : /^\d{1,20}$/.test(address)), {
    error: 'must be 1 to 11 letters and digits of the GSM alphabet (ASCII), or a number of at most 20 digits',
  });

function byteByName(names: Readonly<Record<string, number>>) {
  return z
    .union([z.enum(names), z.int().min(0).max(255)])
}

function isAlphanumeric(address: string): boolean {
  const septets = /^[ -~]+$/.test(address) ? gsmSeptets(address) : undefined;
  return septets !== undefined && septets.length <= 11;
}
