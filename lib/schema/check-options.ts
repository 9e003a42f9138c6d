import type { z } from 'zod';
import { SmsOtpConfigError } from '../errors.ts';

const NOT_SET = 'is not set, and ';

/** The expected kind, for a value of another type. */
const KINDS: Readonly<Record<string, string | undefined>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'an array',
  object: 'an object',
  record: 'an object',
};

/**
 * Checks options against a schema and fills in its defaults.
 *
 * @param owner the function or class that takes them, for the text of the problems
 * @throws SmsOtpConfigError with all problems, and none of the values
 */
export function checkOptions<Schema extends z.ZodType>(
  schema: Schema,
  options: unknown,
  owner: string,
): z.output<Schema> {
  // `reportInput` tells a missing value from a wrong one.
  const result = schema.safeParse(options, { error: describeIssue, reportInput: true });
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => problemsOf(owner, issue));
  // One value may break several bounds that have the same message.
  throw new SmsOtpConfigError([...new Set(problems)]);
}

/**
 * When zod applies a rule that concerns several options: even if some of them are wrong, so that all problems are
 * reported at once.
 */
export function isObject({ value }: { readonly value: unknown }): boolean {
  return typeof value === 'object' && value !== null;
}

/** Plain words for issues of a schema that has none of its own. They contain no given value. */
export function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? 'of another type'}`;
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`;
    case 'too_small':
      return ['string', 'array'].includes(issue.origin) && issue.minimum === 1 ? 'must not be empty' : undefined;
    case 'too_big':
      return issue.origin === 'string' ? `must have at most ${issue.maximum} characters` : undefined;
    case 'invalid_key':
      return issue.issues[0]?.message;
    case 'unrecognized_keys':
      return `there is no such option as ${issue.keys.join(', ')}`;
  }
}

/** The problems of one issue, each preceded by the option's name. */
function problemsOf(owner: string, issue: z.core.$ZodIssue): readonly string[] {
  const name = [owner, ...issue.path].join('.');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${name}.${key}: there is no such option`);
  return [`${name}: ${issue.input === undefined ? NOT_SET : ''}${issue.message}`];
}

/** Whether the problem is an option that is not set, for example because an environment variable is missing. */
export function isNotSet(problem: string): boolean {
  return problem.includes(`: ${NOT_SET}`);
}
