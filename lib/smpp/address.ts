import { gsmSeptets } from '../domain/gsm.ts';

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

/** The kind of address; absent fields are derived. */
export interface AddressKind {
  /** Type of number. @default INTERNATIONAL; ALPHANUMERIC for a source with letters, NETWORK_SPECIFIC for a short code */
  readonly ton?: TypeOfNumber | undefined;
  /** Numbering plan. @default ISDN; UNKNOWN for a source with letters, and for a short code */
  readonly npi?: NumberingPlan | undefined;
}

/** A sender whose kind cannot be seen from its characters. */
export interface SourceAddress extends AddressKind {
  /** Up to 11 letters and digits, or up to 20 digits. */
  readonly address: string;
}

/** A pattern of addresses, with their types. */
export interface AddressRange {
  /** Up to 40 characters. */
  readonly address: string;
  /** Type of number. @default UNKNOWN */
  readonly ton?: TypeOfNumber | undefined;
  /** Numbering plan. @default UNKNOWN */
  readonly npi?: NumberingPlan | undefined;
}

/** As it goes on the wire. */
export interface WireAddress {
  readonly address: string;
  readonly ton: number;
  readonly npi: number;
}

/**
 * Letters are ALPHANUMERIC, up to 8 digits without a plus are a short code, which is NETWORK_SPECIFIC; both are of an
 * unknown plan. Other digits are INTERNATIONAL and ISDN, and go without their plus.
 */
export function readSource(source: string | SourceAddress): WireAddress {
  const { address, ton, npi }: SourceAddress = typeof source === 'string' ? { address: source } : source;
  const [usualTon, usualNpi] = kindOf(address);
  const type = tonOf(ton ?? usualTon);
  const plan = ton === undefined ? usualNpi : type === TON.ALPHANUMERIC ? 'UNKNOWN' : 'ISDN';
  return {
    address: type === TON.ALPHANUMERIC ? address : address.replace(/^\+/, ''),
    ton: type,
    npi: npiOf(npi ?? plan),
  };
}

function kindOf(address: string): readonly [TypeOfNumber, NumberingPlan] {
  if (!/^\+?\d+$/.test(address)) return ['ALPHANUMERIC', 'UNKNOWN'];
  return /^\d{1,8}$/.test(address) ? ['NETWORK_SPECIFIC', 'UNKNOWN'] : ['INTERNATIONAL', 'ISDN'];
}

/** UNKNOWN unless said otherwise. */
export function readAddressRange(range: string | AddressRange): WireAddress {
  const {
    address,
    ton = 'UNKNOWN',
    npi = 'UNKNOWN',
  }: AddressRange = typeof range === 'string' ? { address: range } : range;
  return { address, ton: tonOf(ton), npi: npiOf(npi) };
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
