import type { z } from 'zod';
import { SmsOtpConfigError } from './errors.ts';

/**
 * The options as the schema reads them, with its defaults.
 *
 * @param owner whose options they are, for the text of the problems
 * @throws SmsOtpConfigError with all problems, and none of the values
 */
export function checkOptions<Schema extends z.ZodType>(
  schema: Schema,
  options: unknown,
  owner: string,
): z.output<Schema> {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  throw new SmsOtpConfigError(
    result.error.issues.flatMap((issue) => {
      if (issue.code !== 'unrecognized_keys') return `${[owner, ...issue.path].join('.')}: ${issue.message}`;
      return issue.keys.map((key) => `${[owner, ...issue.path, key].join('.')}: there is no such option`);
    }),
  );
}
