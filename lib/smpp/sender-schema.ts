import { z } from 'zod';
import {
  type AddressKind,
  type AddressRange,
  isSource,
  NPI,
  readAddressRange,
  readDestination,
  readSource,
  type SourceAddress,
  TON,
} from './address.ts';
import { isOurTag, type Tlvs, type TlvValue } from './tlv.ts';

const LONGEST_VALUE = 1024;
const [BYTE, PAIR, QUAD] = [1, 2, 4] as const;

const kind = { ton: byteNamed(TON), npi: byteNamed(NPI) } satisfies Record<keyof AddressKind, z.ZodType>;

/** A sender, as it goes on the wire. */
export const source = orText(
  z.strictObject(
    { address: z.string(), ...kind } satisfies Record<keyof SourceAddress, z.ZodType>,
    'must be a text, or an object',
  ),
)
  .transform(readSource)
  .refine(isSource, 'must be 1 to 11 printable ASCII characters, or a number of 1 to 20 digits');

export const destination = z.strictObject(kind).prefault({}).transform(readDestination);

export const addressRange = orText(
  z.strictObject(
    { address: z.string(), ...kind } satisfies Record<keyof AddressRange, z.ZodType>,
    'must be a text, or an object',
  ),
)
  .prefault('')
  .refine(({ address }) => /^[ -~]{0,40}$/.test(address), 'must be printable ASCII of up to 40 characters')
  .transform(readAddressRange);

const tag = z
  .string()
  .refine((key) => isOurTag(Number(key)), 'must be a tag from 0x1400 to 0x3FFF, or one of SMPP 3.4 for submit_sm');
const tlvValue = z.custom<TlvValue>(
  isTlvValue,
  "must be a text, { octets: '…' }, { number, length: 1, 2 or 4 }, bytes, or { templateId: true }",
);
export const tlvs: z.ZodType<Tlvs> = z.record(tag, tlvValue).default({});

/** Printable ASCII, empty by default: a NUL inside would move all fields behind it. */
export function cOctetString(maximum: number) {
  return z
    .string()
    .max(maximum)
    .regex(/^[ -~]*$/, 'must be printable ASCII')
    .default('');
}

function orText<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => (typeof value === 'string' ? { address: value } : value), schema);
}

function isTlvValue(value: unknown): boolean {
  if (value instanceof Uint8Array) return value.length <= LONGEST_VALUE;
  if (isTlvText(value)) return true;
  if (typeof value !== 'object' || value === null) return false;
  if ('octets' in value) return hasOnly(value, 'octets') && isTlvText(value.octets);
  return (
    'number' in value && 'length' in value && hasOnly(value, 'number', 'length') && fits(value.number, value.length)
  );
}

function isTlvText(value: unknown): boolean {
  if (typeof value === 'string') return value.length < LONGEST_VALUE && /^[ -~]*$/.test(value);
  return (
    typeof value === 'object' && value !== null && hasOnly(value, 'templateId') && Object.values(value)[0] === true
  );
}

function hasOnly(value: object, ...keys: readonly string[]): boolean {
  return Object.keys(value).length === keys.length && keys.every((key) => key in value);
}

function fits(number: unknown, length: unknown): boolean {
  const isLength = length === BYTE || length === PAIR || length === QUAD;
  return isLength && Number.isInteger(number) && Number(number) >= 0 && Number(number) < 2 ** (8 * length);
}

function byteNamed<Name extends string>(names: Readonly<Record<Name, number>>) {
  return z
    .custom<Name | number>(
      (value) =>
        typeof value === 'string' ? Object.hasOwn(names, value) : z.int().min(0).max(255).safeParse(value).success,
      `must be one of ${Object.keys(names).join(', ')}, or a number from 0 to 255`,
    )
    .optional();
}
