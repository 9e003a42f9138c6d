import type { z } from 'zod';

const NOT_SET = 'is not set, and ';

/** What a value of another type should have been. */
const KINDS: Readonly<Record<string, string | undefined>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'an array',
  object: 'an object',
  record: 'an object',
};

/** Plain words where a schema has none of its own. They hold no value that was given. */
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

/** The problems of one issue, each with the option's name in front. */
export function problemsOf(owner: string, issue: z.core.$ZodIssue): readonly string[] {
  const name = [owner, ...issue.path].join('.');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${name}.${key}: there is no such option`);
  return [`${name}: ${issue.input === undefined ? NOT_SET : ''}${issue.message}`];
}

/** Whether it is that of an option which is not there, as from a variable of the environment that is not set. */
export function isNotSet(problem: string): boolean {
  return problem.includes(`: ${NOT_SET}`);
}
