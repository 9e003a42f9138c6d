import { z } from 'zod';
import { LIMITS, type LimitName, type Limits } from '../domain/rate-limiter.ts';
import { seconds } from './option-values.ts';

const MOST = 10_000;

/** NIST SP 800-63B allows 100 failed attempts; an operator may carry millions of SMS a day. */
const MOST_BY_NAME: { readonly [Name in LimitName]?: number } = {
  attemptsPerChallenge: 100,
  failedCodesPerUserPerDay: 100,
  failedCodesPerUserPer30Days: 100,
  smsPerDay: 100_000_000,
};

/** The option `limits`. */
export const limitsSchema = z.strictObject({
  ...limitSchemas(),
  passwordPauseSeconds: seconds(60, 86_400).default(1800),
  knownBrowser: z.boolean('must be true or false').default(true),
});

function limitSchemas(): { [Name in LimitName]: z.ZodDefault<z.ZodType<Limits[Name]>> } {
  const bounds: Readonly<Record<string, number>> = MOST_BY_NAME;
  const schemas = Object.entries(LIMITS).map(([name, { default: value }]) => [
    name,
    limit(bounds[name] ?? MOST).default(value),
  ]);
  return Object.fromEntries(schemas);
}

function limit(most: number): z.ZodType<number | false, number | false> {
  const problem = `must be a whole number from 1 to ${most}, or false`;
  return z.union([z.int(problem).min(1, problem).max(most, problem), z.literal(false)], problem);
}
