import { z } from 'zod';
import { isCountry } from '../domain/phone-number.ts';
import { checkOptions, isObject } from '../schema/check-options.ts';
import { isLoopback } from '../url.ts';
import { destination, source, tlvs } from './sender-schema.ts';
import type { RouteOptions, SmppTransportOptions } from './smpp-options.ts';
import { type SmscSettings, smscSchema } from './smsc-schema.ts';

const EVERYWHERE = '+';

const target = z
  .string()
  .refine((to) => /^\+\d{0,15}$/.test(to) || isCountry(to), "must be a prefix as '+91', '+', or a country as 'IN'");
const route = z.strictObject({
  to: z.preprocess((to) => (typeof to === 'string' ? [to] : to), z.array(target).min(1)),
  smscs: z.array(z.string()).min(1).optional(),
  source: source.optional(),
  tlvs,
} satisfies Record<keyof RouteOptions, z.ZodType>);

const schema = z
  .strictObject({
    smscs: z.array(smscSchema).min(1),
    routes: z.array(route).default([]),
    source,
    destination,
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
  })
  .superRefine((settings, context) => {
    for (const message of problemsOf(settings)) context.addIssue({ code: 'custom', message, path: ['routes'] });
  });

/** The options, checked and with all defaults in their places. */
export type SmppSettings = Readonly<z.output<typeof schema>>;

/** @throws SmsOtpConfigError with all problems, and none of the values */
export function readSmppOptions(options: SmppTransportOptions): SmppSettings {
  return checkOptions(schema, options, 'SmppTransport');
}

/** The SMSCs that get passwords and codes in clear over a network. */
export function plainSmscsOf(options: { readonly smscs: unknown }): readonly SmscSettings[] {
  return smscsOf(options).filter(({ tls, host }) => tls === undefined && !isLoopback(host));
}

/** The SMSCs for numbers without a route. */
export function unnamedSmscsOf({ smscs, routes }: Pick<SmppSettings, 'smscs' | 'routes'>): readonly SmscSettings[] {
  const named = routes.flatMap(({ smscs: names = [] }) => names);
  return smscs.filter(({ name }) => !named.includes(name));
}

function* problemsOf({ smscs, routes }: Pick<SmppSettings, 'smscs' | 'routes'>): Generator<string> {
  const names = smscs.map(({ name }) => name);
  const targets = routes.flatMap(({ to }) => to);
  if (routes.some((it) => it.smscs?.some((name) => !names.includes(name)))) yield 'names an SMSC that there is not';
  if (new Set(targets).size < targets.length) yield 'has two routes for the same prefix or country';
  if (routes.length === 0 || unnamedSmscsOf({ smscs, routes }).length > 0) return;
  if (!targets.includes(EVERYWHERE)) yield "names all SMSCs, so other numbers need a route: add one to '+'";
  if (routes.some((it) => it.smscs === undefined)) yield 'names all SMSCs, so each route needs its smscs';
}

// These look at options of which some may be wrong, so that all problems are told at once.
function smscsOf({ smscs }: { readonly smscs: unknown }): readonly SmscSettings[] {
  return Array.isArray(smscs) ? smscs.filter((smsc) => typeof smsc?.host === 'string') : [];
}

function allowsPlain({ allowInsecure }: { readonly allowInsecure: unknown }): boolean {
  return Array.isArray(allowInsecure) && allowInsecure.includes('plainSmpp');
}
