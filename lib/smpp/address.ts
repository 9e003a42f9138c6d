import { gsmSeptets } from '../domain/gsm-alphabet.ts';

/** Types of number by their names (SMPP 3.4, section 5.2.5). */
export const TON = {
  UNKNOWN: 0,
  INTERNATIONAL: 1,
  NATIONAL: 2,
  NETWORK_SPECIFIC: 3,
  SUBSCRIBER_NUMBER: 4,
  ALPHANUMERIC: 5,
  ABBREVIATED: 6,
} as const;

/** Numbering plans by their names (SMPP 3.4, section 5.2.6). */
export const NPI = {
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

/** By name, or as the byte on the wire. */
export type TypeOfNumber = keyof typeof TON | number;
/** By name, or as the byte on the wire. */
export type NumberingPlan = keyof typeof NPI | number;

/** What kind of address it is; what is absent is derived. */
export interface AddressKind {
  /** Type of number. Default: INTERNATIONAL, or ALPHANUMERIC for a source with letters. */
  readonly ton?: TypeOfNumber | undefined;
  /** Numbering plan. Default: ISDN, or UNKNOWN for a source with letters. */
  readonly npi?: NumberingPlan | undefined;
}

/** A sender whose kind cannot be seen from its characters. */
export interface SourceAddress extends AddressKind {
  /** Up to 11 letters and digits, or up to 20 digits. */
  readonly address: string;
}

/** As it goes on the wire. */
export interface WireAddress {
  readonly address: string;
  readonly ton: number;
  readonly npi: number;
}

/** Letters are ALPHANUMERIC with an unknown plan, digits INTERNATIONAL and ISDN; a number goes without its plus. */
export function readSource(source: string | SourceAddress): WireAddress {
  const { address, ton, npi }: SourceAddress = typeof source === 'string' ? { address: source } : source;
  const type = tonOf(ton ?? (/^\+?\d+$/.test(address) ? 'INTERNATIONAL' : 'ALPHANUMERIC'));
  if (type === TON.ALPHANUMERIC) return { address, ton: type, npi: npiOf(npi ?? 'UNKNOWN') };
  return { address: address.replace(/^\+/, ''), ton: type, npi: npiOf(npi ?? 'ISDN') };
}

/** Whether a source can be shown as it is: 1 to 11 characters in both ASCII and GSM 03.38, or 1 to 20 digits. */
export function isSource({ address, ton }: WireAddress): boolean {
  if (ton !== TON.ALPHANUMERIC) return /^\d{1,20}$/.test(address);
  const septets = /^[ -~]+$/.test(address) ? gsmSeptets(address) : undefined;
  return septets !== undefined && septets.length <= 11;
}

/** INTERNATIONAL and ISDN unless said otherwise. */
export function readDestination({ ton = 'INTERNATIONAL', npi = 'ISDN' }: AddressKind): Omit<WireAddress, 'address'> {
  return { ton: tonOf(ton), npi: npiOf(npi) };
}

function tonOf(ton: TypeOfNumber): number {
  return typeof ton === 'number' ? ton : TON[ton];
}

function npiOf(npi: NumberingPlan): number {
  return typeof npi === 'number' ? npi : NPI[npi];
}
