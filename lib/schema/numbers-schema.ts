import { z } from 'zod';
import { isCountry, PHONE_NUMBER_TYPES } from '../domain/phone-number.ts';
import type { EnrollmentOptions } from '../options.ts';
import { callback, wholeNumber } from './option-values.ts';

export const country = z.string().refine(isCountry, 'must be a country as SE');

/** The option `enrollment`. */
export const enrollmentSchema = z.strictObject({
  when: z.union(
    [z.literal('always'), callback<Exclude<EnrollmentOptions['when'], 'always'>>()],
    "must be 'always' or a function",
  ),
  allowedCountries: z.array(country).min(1, 'must name at least one country').readonly(),
  types: z
    .array(z.enum(PHONE_NUMBER_TYPES))
    .min(1, 'must name at least one type')
    .readonly()
    .default(['MOBILE', 'FIXED_LINE_OR_MOBILE']),
  maxNumbers: wholeNumber(1, 20).default(5),
} satisfies Record<keyof EnrollmentOptions, z.ZodType>);

interface Options {
  readonly enrollment?: unknown;
  readonly allowedCountries?: unknown;
}

/** Whether each country whose numbers may be entered is one that gets codes; what is no list is a problem of its own. */
export function areEnrolledAllowed({ enrollment, allowedCountries }: Options): boolean {
  const entered: unknown = Object(enrollment).allowedCountries;
  if (!Array.isArray(entered) || !Array.isArray(allowedCountries)) return true;
  return entered.every((one) => allowedCountries.includes(one));
}
