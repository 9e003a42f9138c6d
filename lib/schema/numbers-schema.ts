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
