import { isIP } from 'node:net';
import { z } from 'zod';
import { host, seconds, wholeNumber } from '../schema/option-values.ts';
import { tlsOptions } from '../schema/tls-options.ts';
import { urlOf } from '../url.ts';
import { addressRange, cOctetString, source, tlvs } from './sender-schema.ts';
import type { SmscOptions } from './smpp-options.ts';

/** A key, which may also be text as `'0x400'`, as a number in a literal becomes. */
const statusOtherThanOk = z
  .string()
  .refine((key) => z.int().min(1).max(0xffff_ffff).safeParse(Number(key)).success, 'must be a status other than 0')
  .transform((key) => String(Number(key)));
const statusClass = z.enum(['throttled', 'transient', 'session', 'number', 'route', 'config', 'bug']);
/** Words in receipts are compared in capitals. */
const receiptWord = z
  .string()
  .regex(/^\S{1,32}$/, 'must be a word of a receipt, as FAILED')
  .transform((word) => word.toUpperCase());
const rate = 'must be a number from 0.1 to 10000';

const objectSchema = z.strictObject({
  name: z.string().min(1).max(255).optional(),
  host,
  port: wholeNumber(1, 65_535).optional(),
  receiverPort: wholeNumber(1, 65_535).optional(),
  localAddress: z
    .string()
    .refine((address) => isIP(address) !== 0, 'must be an IP address of this machine')
    .optional(),
  tls: z.preprocess((tls) => (typeof tls === 'boolean' ? (tls ? {} : undefined) : tls), tlsOptions.optional()),
  systemId: cOctetString(15),
  // SMPP 3.4 has 8 characters; many SMSCs give out longer ones.
  password: cOctetString(64),
  systemType: cOctetString(12),
  serviceType: cOctetString(5),
  interfaceVersion: z.literal([0x33, 0x34, 0x50], 'must be 0x33, 0x34 or 0x50').default(0x34),
  addressRange,
  bindMode: z.enum(['transceiver', 'transmitter', 'transmitter+receiver']).default('transceiver'),
  binds: wholeNumber(1, 32).default(1),
  priority: wholeNumber(0, 3).default(1),
  window: wholeNumber(1, 1000).default(10),
  messagesPerSecond: z.number(rate).min(0.1, rate).max(10_000, rate).optional(),
  idleUnbindSeconds: seconds(1, 3600).optional(),
  enquireLinkSeconds: seconds(1, 600).optional(),
  responseTimeoutSeconds: seconds(1, 30).optional(),
  bindTimeoutSeconds: seconds(1, 60).optional(),
  validityPeriod: z.enum(['relative', 'absolute', 'none']).default('relative'),
  gsmDataCoding: z.literal([0, 1, 3, 0xf0], 'must be 0, 1, 3 or 0xF0').default(0),
  requestReceipts: z.boolean().default(true),
  receiptStates: z.record(receiptWord, z.enum(['delivered', 'failed', 'unknown', 'pending'])).default({}),
  messageIdFormat: z.enum(['auto', 'hex', 'decimal', 'text']).default('auto'),
  statusClasses: z.record(statusOtherThanOk, statusClass).default({}),
  source: source.optional(),
  tlvs,
} satisfies Record<keyof SmscOptions, z.ZodType>);

/** An SMSC's URL or object, checked and with all defaults in their places. */
export const smscSchema = z
  .custom<unknown>(isTextOrObject, 'must be a URL as smpps://user:password@host:port, or an object')
  .transform((value, context) => {
    if (typeof value !== 'string') return value;
    const options = readSmscUrl(value);
    if (options === undefined)
      context.addIssue(
        'must be smpps://user:password@host:port, or smpp://…, and no more; in a password write # / ? @ % as %23 %2F %3F %40 %25',
      );
    return options ?? z.NEVER;
  })
  .pipe(objectSchema)
  .transform(({ port, tls, name, ...smsc }) => {
    const wirePort = port ?? (tls === undefined ? 2775 : 3550);
    return { ...smsc, tls, port: wirePort, name: name ?? `${smsc.host}:${wirePort}` };
  });

/** One SMSC. `tls` is absent if the connection is plain. */
export type SmscSettings = Readonly<z.output<typeof smscSchema>>;

function isTextOrObject(value: unknown): boolean {
  return typeof value === 'string' || (typeof value === 'object' && value !== null);
}

const SCHEMES: Readonly<Record<string, { readonly tls: boolean } | undefined>> = {
  'smpp:': { tls: false },
  'smpps:': { tls: true },
  'ssmpp:': { tls: true },
};

/** The options in an SMSC's URL; `undefined` if it is none, or has a path, a query or a fragment. */
function readSmscUrl(text: string): SmscOptions | undefined {
  const url = urlOf(text);
  if (url === undefined) return undefined;
  const { protocol, hostname, port, username, password, pathname, search, hash } = url;
  const scheme = SCHEMES[protocol];
  const hasMore = `${search}${hash}` !== '' || !['', '/'].includes(pathname);
  if (scheme === undefined || hostname === '' || hasMore) return undefined;
  try {
    return {
      ...scheme,
      host: hostname.replace(/^\[|\]$/g, ''),
      ...(port !== '' && { port: Number(port) }),
      ...(username !== '' && { systemId: decodeURIComponent(username) }),
      ...(password !== '' && { password: decodeURIComponent(password) }),
    };
  } catch {
    return undefined; // a percent sign that begins no character
  }
}
