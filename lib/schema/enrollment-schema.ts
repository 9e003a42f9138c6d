import { z } from 'zod';
import { PHONE_NUMBER_TYPES } from '../domain/phone-number.ts';
import type { EnrollmentOptions } from '../options.ts';
import { wholeNumber } from './bounded-number.ts';
import { callback, country } from './option-values.ts';

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
