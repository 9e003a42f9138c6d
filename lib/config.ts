import { z } from 'zod';
import type { CodeLength } from './domain/challenge.ts';
import { PHONE_NUMBER_TYPES } from './domain/phone-number.ts';
import type { SmsTransport, UserStore } from './domain/ports.ts';
import { LIMITS, type LimitName, type Limits } from './domain/rate-limiter.ts';
import type { SharedState } from './domain/shared-state.ts';
import { debugLogger, type Logger } from './log.ts';
import type { EnrollmentOptions, SmsOtpOptions } from './options.ts';
import { PAGE_NAMES } from './pages/render.ts';
import { checkOptions, isObject } from './schema/check-options.ts';
import { areLanguagesKnown, describeUnknown, localesSchema, messagesSchema } from './schema/languages-schema.ts';
import { callback, country, object, origin, path, seconds, secret, url, wholeNumber } from './schema/option-values.ts';
import { smsTemplatesSchema, templateProblems, transportProblems } from './schema/sms-templates-schema.ts';
import { stylesSchema } from './schema/styles-schema.ts';
import type { Views } from './views.ts';

/** The name that pages and SMS give to an app without one. */
export const UNNAMED = 'this site';
/** The fields that express-session has on each session, and those that every object has. */
const RESERVED_SESSION_KEYS = [
  ...Object.getOwnPropertyNames(Object.prototype),
  'cookie',
  'id',
  'req',
  'save',
  'reload',
  'destroy',
  'regenerate',
  'touch',
  'resetMaxAge',
];
const view = z
  .custom((value) => typeof value === 'function' || (typeof value === 'string' && value !== ''), {
    error: 'must be a function, or the name of a template',
  })
  .exactOptional();
const views: z.ZodType<Views> = z.strictObject(Object.fromEntries(PAGE_NAMES.map((name) => [name, view])));

/** The bound of each limit that the next table does not name. */
const MOST_OF_LIMITS = 10_000;

/** NIST SP 800-63B allows 100 failed attempts; an operator may carry millions of SMS a day. */
const MOST_BY_LIMIT: { readonly [Name in LimitName]?: number } = {
  attemptsPerChallenge: 100,
  failedCodesPerUserPerDay: 100,
  failedCodesPerUserPer30Days: 100,
  smsPerDay: 100_000_000,
};

/** The option `limits`. */
const limitsSchema = z.strictObject({
  ...limitSchemas(),
  passwordPauseSeconds: seconds(60, 86_400).default(1800),
  knownBrowser: z.boolean('must be true or false').default(true),
});

/** The option `enrollment`. */
const enrollmentSchema = z.strictObject({
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

/** The schema of all options: values, defaults, and rules between several options. */
const schema = z
  .strictObject({
    secret: z.union(
      [secret, z.array(secret).min(1, 'must have at least one secret').readonly()],
      'must be a text of at least 32 bytes, or several',
    ),
    userStore: object<UserStore>('must be a user store', 'findUser'),
    transport: object<SmsTransport>('must be an SMS transport', 'send'),
    name: z
      .string()
      .regex(/^[A-Za-z][\w-]{0,63}$/, 'must begin with a letter, and have letters, digits, hyphens and underscores')
      .refine((name) => !RESERVED_SESSION_KEYS.includes(name), 'is a name that express-session uses itself')
      .default('smsOtp'),
    shared: object<SharedState>('must be a shared state', 'commit').optional(),
    currentUser: callback<NonNullable<SmsOtpOptions['currentUser']>>().optional(),
    authRequired: z.boolean('must be true or false').default(true),
    requiredFor: callback<NonNullable<SmsOtpOptions['requiredFor']>>().default(() => () => true),
    basePath: path.default('/auth'),
    publicPath: z.union([path, z.literal('')], 'must be a path as /app, or empty').default(''),
    loginUrl: url.regex(/^[^?#]*$/, 'must be a path alone, without ? and #').optional(),
    afterSignInUrl: url.default('/'),
    origin: origin.optional(),
    trustedOrigins: z.array(origin).readonly().default([]),
    appName: z
      .string()
      .regex(/^[^\p{Cc}\u2028\u2029]{1,40}$/u, 'must be one line of 1 to 40 characters')
      .default(UNNAMED),
    codeLength: z.literal<CodeLength[]>([6, 7, 8], 'must be 6, 7 or 8').default(6),
    codeTtlSeconds: seconds(60, 600).default(300),
    resendAfterSeconds: z
      .array(seconds(1, 3600))
      .min(1, 'must name at least one pause')
      .readonly()
      .default([30, 60, 120]),
    limits: limitsSchema.prefault({}),
    sessionMaxAgeSeconds: seconds(60, 2_592_000).default(43_200),
    keepSession: z.array(z.string()).readonly().optional(),
    defaultCountry: country.optional(),
    numberFormat: z
      .enum(['mixed', 'national', 'international'], "must be 'mixed', 'national' or 'international'")
      .default('mixed'),
    allowedCountries: z.array(country).min(1, 'must name at least one country').readonly().optional(),
    enrollment: enrollmentSchema.optional(),
    trustBrowser: z.strictObject({ days: wholeNumber(1, 90, 'a whole number of days').default(30) }).optional(),
    recoveryCodes: z.boolean('must be true or false').default(false),
    beforeSend: callback<NonNullable<SmsOtpOptions['beforeSend']>>().optional(),
    messages: messagesSchema.prefault({}),
    locales: localesSchema.prefault({}),
    smsTemplates: smsTemplatesSchema.prefault({}),
    views: views.prefault({}),
    styles: stylesSchema.optional(),
    acr: z
      .string()
      .regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/, 'must be a word without quotes')
      .default('smpp'),
    logger: object<Logger>('must be a logger', 'debug', 'info', 'warn', 'error').default(() => debugLogger('core')),
    allowInsecure: z
      .array(z.enum(['memorySessions', 'insecureCookie', 'memoryState', 'plainSmpp', 'plainLdap']))
      .readonly()
      .default([]),
  } satisfies Record<keyof SmsOtpOptions, z.ZodType>)
  .refine(({ currentUser, loginUrl }) => currentUser === undefined || loginUrl !== undefined, {
    path: ['loginUrl'],
    error: 'is needed with currentUser: the page on which the app signs people in',
    when: isObject,
  })
  .refine(({ currentUser, userStore }) => currentUser !== undefined || userStore?.checkPassword !== undefined, {
    path: ['userStore'],
    error: 'needs checkPassword, unless the app signs people in by itself (currentUser)',
    when: isObject,
  })
  .refine(({ enrollment, userStore }) => enrollment === undefined || userStore?.changePhoneNumbers !== undefined, {
    path: ['userStore'],
    error: 'needs changePhoneNumbers, so that people can enter numbers (enrollment)',
    when: isObject,
  })
  .refine(areLanguagesKnown, {
    path: ['messages'],
    error: describeUnknown,
    when: isObject,
  })
  .refine(areEnrolledAllowed, {
    path: ['enrollment', 'allowedCountries'],
    error: 'names a country that allowedCountries lacks, so it would get no code',
    when: isObject,
  })
  .superRefine(
    (options, context) => {
      for (const message of templateProblems(options)) {
        const [name = '', ...words] = message.split(': ');
        context.addIssue({ code: 'custom', message: words.join(': '), path: ['smsTemplates', ...name.split('.')] });
      }
      for (const message of transportProblems(options))
        context.addIssue({ code: 'custom', message, path: ['transport'] });
    },
    { when: isObject },
  );

/** The options with their defaults. */
export type Config = z.output<typeof schema>;

/** @throws SmsOtpConfigError with all problems, and none of the values */
export function readConfig(options: SmsOtpOptions): Config {
  return checkOptions(schema, options satisfies z.input<typeof schema>, 'smsOtp');
}

function limitSchemas(): { [Name in LimitName]: z.ZodDefault<z.ZodType<Limits[Name]>> } {
  const bounds: Readonly<Record<string, number>> = MOST_BY_LIMIT;
  const schemas = Object.entries(LIMITS).map(([name, { default: value }]) => [
    name,
    limit(bounds[name] ?? MOST_OF_LIMITS).default(value),
  ]);
  return Object.fromEntries(schemas);
}

function limit(most: number): z.ZodType<number | false, number | false> {
  const problem = `must be a whole number from 1 to ${most}, or false`;
  return z.union([z.int(problem).min(1, problem).max(most, problem), z.literal(false)], problem);
}

/** Whether each country whose numbers may be entered is one that gets codes; what is no list is a problem of its own. */
function areEnrolledAllowed({
  enrollment,
  allowedCountries,
}: {
  readonly enrollment?: unknown;
  readonly allowedCountries?: unknown;
}): boolean {
  const entered: unknown = Object(enrollment).allowedCountries;
  if (!Array.isArray(entered) || !Array.isArray(allowedCountries)) return true;
  return entered.every((one) => allowedCountries.includes(one));
}
