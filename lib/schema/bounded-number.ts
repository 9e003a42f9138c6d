import { z } from 'zod';

/** A whole number within bounds, which each refusal names. */
export function wholeNumber(least: number, most: number, what = 'a whole number'): z.ZodInt {
  const problem = `must be ${what} from ${least} to ${most}`;
  return z.int(problem).min(least, problem).max(most, problem);
}

/** A time in seconds. */
export function seconds(least: number, most: number): z.ZodInt {
  return wholeNumber(least, most, 'a whole number of seconds');
}
