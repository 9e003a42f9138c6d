import type { z } from 'zod';
import { SmsOtpConfigError } from '../errors.ts';
import { describeIssue, problemsOf } from './option-problem.ts';

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
  // With `reportInput` what is not there can be told from what is wrong.
  const result = schema.safeParse(options, { error: describeIssue, reportInput: true });
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => problemsOf(owner, issue));
  // One value may break several bounds that are told in the same words.
  throw new SmsOtpConfigError([...new Set(problems)]);
}

/** When zod looks at a rule on several options: also where some are wrong, so that all problems are told at once. */
export function isObject({ value }: { readonly value: unknown }): boolean {
  return typeof value === 'object' && value !== null;
}
