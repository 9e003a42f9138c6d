import { z } from 'zod';
import { checkOptions } from '../schema/check-options.ts';
import { host, wholeNumber } from '../schema/option-values.ts';
import { isSource, NPI, readSource, TON } from './address.ts';
import { cOctetString } from './sender-schema.ts';
import type { SmppTransportOptions } from './smpp-options.ts';

/**
 * The properties of Gluu's "SMPP SMS OTP" script, as its table has them: types and plans by jSMPP's names, numbers as
 * text. An empty value counts as absent.
 */
export interface GluuSmppProperties {
  /** Host name or address. */
  readonly smpp_server: string;
  /** From 1 to 65535. */
  readonly smpp_port: string | number;
  /** The name at the SMSC, up to 15 characters. @default none, as for `password` */
  readonly system_id?: string;
  /** Up to 64 characters. @default none */
  readonly password?: string;
  /** The type of number of the sender. @default `ALPHANUMERIC` */
  readonly source_addr_ton?: string;
  /** The numbering plan of the sender. @default `ISDN` */
  readonly source_addr_npi?: string;
  /** The sender. @default `Gluu OTP` */
  readonly source_addr?: string;
  /** `INTERNATIONAL` or `UNKNOWN`: numbers always go out in their international form. @default `INTERNATIONAL` */
  readonly dest_addr_ton?: string;
  /** The numbering plan of the people's numbers. @default `ISDN` */
  readonly dest_addr_npi?: string;
  /** From 0 to 3. @default 3 */
  readonly priority_flag?: string | number;
  /** `ALPHA_DEFAULT` only; characters that this alphabet lacks go out in UCS-2. @default `ALPHA_DEFAULT` */
  readonly data_coding_alphabet?: string;
}

const source = {
  source_addr_ton: oneOf(TON).default('ALPHANUMERIC'),
  source_addr: z.string('must be a text').default('Gluu OTP'),
};

const schema = z
  .strictObject({
    smpp_server: host,
    smpp_port: orDigits(wholeNumber(1, 65_535)),
    system_id: cOctetString(15),
    password: cOctetString(64),
    ...source,
    source_addr_npi: oneOf(NPI).default('ISDN'),
    dest_addr_ton: oneOf({ INTERNATIONAL: TON.INTERNATIONAL, UNKNOWN: TON.UNKNOWN }).default('INTERNATIONAL'),
    dest_addr_npi: oneOf(NPI).default('ISDN'),
    priority_flag: orDigits(wholeNumber(0, 3)).default(3),
    data_coding_alphabet: oneOf({ ALPHA_DEFAULT: 0 }).default('ALPHA_DEFAULT'),
  } satisfies Record<keyof GluuSmppProperties, z.ZodType>)
  .refine(({ source_addr: address, source_addr_ton: ton }) => isSource(readSource({ address, ton })), {
    error: 'must be 1 to 11 printable ASCII characters if ALPHANUMERIC, else a number of 1 to 20 digits',
    path: ['source_addr'],
    // Even if other properties are wrong, so that all problems are told at once.
    when: ({ value }) => z.object(source).safeParse(value).success,
  });

/**
 * Options for `SmppTransport` that speak as Gluu's script does: one SMSC in clear, bound as a transmitter, hence without
 * receipts. In production, off the machine itself, they need `allowInsecure: ['plainSmpp']` beside them. Not kept are the
 * script's time of delivery, since a code goes out at once, and its message class.
 *
 * @throws SmsOtpConfigError with all properties that cannot be honoured, by name, and none of the values
 */
export function smppOptionsFromGluu(properties: GluuSmppProperties): SmppTransportOptions {
  const gluu = checkOptions(schema, withoutEmpty(properties), 'smppOptionsFromGluu');
  return {
    smscs: [
      {
        host: gluu.smpp_server,
        port: gluu.smpp_port,
        systemId: gluu.system_id,
        password: gluu.password,
        serviceType: 'CMT',
        bindMode: 'transmitter',
        priority: gluu.priority_flag,
      },
    ],
    source: { address: gluu.source_addr, ton: gluu.source_addr_ton, npi: gluu.source_addr_npi },
    destination: { ton: gluu.dest_addr_ton, npi: gluu.dest_addr_npi },
  };
}

function withoutEmpty(properties: unknown): unknown {
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties)) return properties;
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== ''));
}

/** The same as digits, as the table has it, also with blanks around them. */
function orDigits(number: z.ZodInt) {
  const isDigits = (value: unknown): boolean => typeof value === 'string' && /^\s*\d+\s*$/.test(value);
  return z.preprocess((value) => (isDigits(value) ? Number(value) : value), number);
}

function oneOf<Name extends string>(names: Readonly<Record<Name, number>>) {
  return z.custom<Name>(
    (value) => typeof value === 'string' && Object.hasOwn(names, value),
    `must be one of ${Object.keys(names).join(', ')}`,
  );
}
