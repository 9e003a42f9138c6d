import { z } from 'zod';
import { isLoopback } from '../loopback.ts';
import { checkOptions, isObject } from '../schema/check-options.ts';
import { type AddressKind, isSource, NPI, readDestination, readSource, type SourceAddress, TON } from './address.ts';
import type { SmppTransportOptions } from './smpp-options.ts';
import { type SmscSettings, smscSchema } from './smsc-schema.ts';

const kind = { ton: byteNamed(TON), npi: byteNamed(NPI) } satisfies Record<keyof AddressKind, z.ZodType>;
const source = z
  .preprocess(
    (value) => (typeof value === 'string' ? { address: value } : value),
    z.strictObject(
      { address: z.string(), ...kind } satisfies Record<keyof SourceAddress, z.ZodType>,
      'must be a text, or an object',
    ),
  )
  .transform(readSource)
  .refine(isSource, 'must be 1 to 11 printable ASCII characters, or a number of 1 to 20 digits');

const schema = z
  .strictObject({
    smscs: z.array(smscSchema).min(1),
    source,
    destination: z.strictObject(kind).prefault({}).transform(readDestination),
    allowInsecure: z.array(z.literal('plainSmpp')).default([]),
  } satisfies Record<keyof SmppTransportOptions, z.ZodType>)
  .refine((options) => new Set(smscsOf(options).map(({ name }) => name)).size === smscsOf(options).length, {
    error: 'each SMSC needs a name of its own',
    path: ['smscs'],
    when: isObject,
  })
  .refine((options) => process.env.NODE_ENV !== 'production' || allowsPlain(options) || !plainSmscsOf(options).length, {
    error: "smpp:// sends passwords and codes in clear: use smpps://, or allow it by allowInsecure: ['plainSmpp']",
    path: ['smscs'],
    when: isObject,
  });

/** The options, checked and with all defaults in their places. */
export type SmppSettings = Readonly<z.output<typeof schema>>;

/** @throws SmsOtpConfigError with all problems, and none of the values. */
export function readSmppOptions(options: SmppTransportOptions): SmppSettings {
  return checkOptions(schema, options, 'SmppTransport');
}

/** The SMSCs that get passwords and codes in clear over a network. */
export function plainSmscsOf(options: { readonly smscs: unknown }): readonly SmscSettings[] {
  return smscsOf(options).filter(({ tls, host }) => tls === undefined && !isLoopback(host));
}

// These look at options of which some may be wrong, so that all problems are told at once.
function smscsOf({ smscs }: { readonly smscs: unknown }): readonly SmscSettings[] {
  return Array.isArray(smscs) ? smscs.filter((smsc) => typeof smsc?.host === 'string') : [];
}

function allowsPlain({ allowInsecure }: { readonly allowInsecure: unknown }): boolean {
  return Array.isArray(allowInsecure) && allowInsecure.includes('plainSmpp');
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
