import { z } from 'zod';
import { PURPOSES } from '../domain/challenge.ts';
import {
  NOTICES,
  type Occasion,
  problemsOfTemplates,
  type SmsTemplate,
  type SmsTemplates,
  textsInUse,
} from '../domain/message.ts';
import type { Country } from '../domain/phone-number.ts';
import type { SmsTransport } from '../domain/ports.ts';
import { isObject } from './check-options.ts';
import { country } from './option-values.ts';

const template = z.strictObject({
  text: z.string().min(1).max(1000),
  templateId: z.string().exactOptional(),
  lastLine: z.boolean().exactOptional(),
} satisfies Record<keyof SmsTemplate, z.ZodType>);
const occasions = [...PURPOSES, ...NOTICES].map((occasion) => [occasion, template.exactOptional()] as const);
const byOccasion: z.ZodType<NonNullable<SmsTemplates[Country]>> = z.strictObject(Object.fromEntries(occasions));

/** The option `smsTemplates`; what its texts must have is looked at with the other options. */
export const smsTemplatesSchema: z.ZodType<SmsTemplates> = z.record(country, byOccasion, {
  error: ({ code }) => (code === 'invalid_key' ? 'must be named by a country, as IN' : 'must be an object'),
});

interface Options {
  readonly transport?: unknown;
  readonly allowedCountries?: unknown;
  readonly smsTemplates?: unknown;
  readonly enrollment?: unknown;
  readonly recoveryCodes?: unknown;
  readonly trustBrowser?: unknown;
  readonly userStore?: unknown;
}

/** Problems of the texts, and the missing ones; a value that is no template at all is a problem of its own. */
export function templateProblems(options: Options): readonly string[] {
  const used = occasionsOf(options);
  return Object.entries(Object(options.smsTemplates)).flatMap(([name, own]) => {
    if (!country.safeParse(name).success || !isObject({ value: own })) return [];
    const given = Object.keys(Object(own));
    const right = Object.entries(Object(own)).filter(([, value]) => template.safeParse(value).success);
    const templates = byOccasion.safeParse(Object.fromEntries(right)).data ?? {};
    const missing = used.filter((occasion) => !given.includes(occasion));
    return problemsOfTemplates({ [name]: templates }, missing);
  });
}

const countries = z.array(country).readonly().optional();

/** Problems that the transport has with texts that can occur: their templates count, not their words. */
export function transportProblems({ transport, smsTemplates = {}, allowedCountries }: Options): readonly string[] {
  const templates = smsTemplatesSchema.safeParse(smsTemplates);
  const allowed = countries.safeParse(allowedCountries);
  if (!checksTexts(transport) || !templates.success || !allowed.success) return [];
  const samples = textsInUse(templates.data, allowed.data).map(({ country, occasion }) => {
    const { text = '', templateId } = (country && occasion && templates.data[country]?.[occasion]) ?? {};
    return { text, ...(country && { country }), ...(templateId !== undefined && { templateId }) };
  });
  return transport.checkTexts(samples);
}

function checksTexts(transport: unknown): transport is Required<Pick<SmsTransport, 'checkTexts'>> {
  return typeof Object(transport).checkTexts === 'function';
}

/**
 * The texts that can occur: any route of the app may ask for a step-up, and an administrator changes what the store can
 * write.
 */
function occasionsOf({ enrollment, recoveryCodes, trustBrowser, userStore }: Options): readonly Occasion[] {
  const canChange = typeof Object(userStore).changePhoneNumbers === 'function';
  return [
    'sign-in',
    'step-up',
    ...(enrollment === undefined ? [] : (['enroll', 'change'] as const)),
    ...(canChange ? (['numberAdded', 'numberRemoved'] as const) : []),
    ...(recoveryCodes === true ? (['recoveryCodeUsed'] as const) : []),
    ...(trustBrowser === undefined ? [] : (['browserCopied'] as const)),
  ];
}
