import { z } from 'zod';
import { checkOptions } from './check-options.ts';
import type { CodeLength } from './domain/code.ts';
import { LIMITS, type LimitName, type Limits } from './domain/limits.ts';
import { isCountry, PHONE_NUMBER_TYPES } from './domain/phone-number.ts';
import type { SharedState, SmsTransport, UserStore } from './domain/ports.ts';
import { areLanguagesKnown, localesSchema, messagesSchema } from './locale-options.ts';
import { debugLogger, type Logger } from './log.ts';
import type { EnrollmentOptions, SmsOtpOptions } from './options.ts';
import { PAGE_NAMES } from './pages/render.ts';
import { stylesSchema } from './styles.ts';
import type { Views } from './views.ts';

const RESERVED_SESSION_KEYS = [
  'cookie',
  'id',
  'req',
  'save',
  'reload',
  'destroy',
  'regenerate',
  'touch',
  'constructor',
];
/** Path segments that mean themselves, whoever reads them. */
const PATH = /^(\/(?!\.{1,2}(\/|$))[\w.~-]+)+$/;

const count = z.int('must be a whole number').min(1, 'must be at least 1');
const limit = z.union([count.max(10_000), z.literal(false)], 'must be a whole number from 1 to 10000, or false');
/** NIST SP 800-63B allows 100 failures in all. */
const failureLimit = z.union([count.max(100), z.literal(false)], 'must be a whole number from 1 to 100, or false');
const path = z.string().regex(PATH, 'must be a path as /auth, without a slash at its end');
const url = z.string().regex(/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/, 'must be a path on this site, as /login');
const origin = z.string().refine(isOrigin, 'must be an origin as https://app.example.org, without a path');
const country = z.string().refine(isCountry, 'must be a country as SE');
const secret = z.string().refine((text) => Buffer.byteLength(text) >= 32, 'must have at least 32 bytes');

const view = z
  .custom((value) => typeof value === 'function' || (typeof value === 'string' && value !== ''), {
    error: 'must be a function, or the name of a template',
  })
  .exactOptional();
const views: z.ZodType<Views> = z.strictObject(Object.fromEntries(PAGE_NAMES.map((name) => [name, view])));

const schema = z
  .strictObject({
    secret: z.union([secret, z.array(secret).min(1).readonly()], 'must be a text of at least 32 bytes, or several'),
    userStore: object<UserStore>('must be a user store', 'findUser'),
    transport: object<SmsTransport>('must be an SMS transport', 'send'),
    name: z
      .string()
      .regex(/^[A-Za-z][\w-]{0,63}$/, 'must begin with a letter, and have letters, digits, hyphens and underscores')
      .refine((name) => !RESERVED_SESSION_KEYS.includes(name), 'is a name that express-session uses itself')
      .default('smsOtp'),
    shared: object<SharedState>('must be a shared state', 'add', 'get', 'set', 'delete').optional(),
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
      .default('this site'),
    codeLength: z.literal<CodeLength[]>([6, 7, 8], 'must be 6, 7 or 8').default(6),
    codeTtlSeconds: seconds(60, 600).default(300),
    resendAfterSeconds: z
      .array(seconds(1, 3600))
      .min(1, 'must name at least one pause')
      .readonly()
      .default([30, 60, 120]),
    limits: z
      .strictObject({
        ...limitSchemas(),
        passwordPauseSeconds: seconds(60, 86_400).default(1800),
        knownBrowser: z.boolean('must be true or false').default(true),
      })
      .prefault({}),
    sessionMaxAgeSeconds: seconds(60, 2_592_000).default(43_200),
    keepSession: z.array(z.string()).readonly().optional(),
    defaultCountry: country.optional(),
    enrollment: z
      .strictObject({
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
        maxNumbers: count.max(20, 'must be at most 20').default(5),
      } satisfies Record<keyof EnrollmentOptions, z.ZodType>)
      .optional(),
    beforeSend: callback<NonNullable<SmsOtpOptions['beforeSend']>>().optional(),
    messages: messagesSchema.prefault({}),
    locales: localesSchema.prefault({}),
    views: views.prefault({}),
    styles: stylesSchema.optional(),
    acr: z
      .string()
      .regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/, 'must be a word without quotes')
      .default('smpp'),
    logger: object<Logger>('must have debug, info, warn and error', 'debug', 'info', 'warn', 'error').default(() =>
      debugLogger('core'),
    ),
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
    error: 'names a language that is not there: locales adds one',
    when: isObject,
  });

/** The options with their defaults. */
export type Config = z.output<typeof schema>;

/** @throws SmsOtpConfigError with all problems, and none of the values */
export function readConfig(options: SmsOtpOptions): Config {
  return checkOptions(schema, options satisfies z.input<typeof schema>, 'smsOtp');
}

/** Looks also at options of which some are wrong, so that all problems are told at once. */
function isObject({ value }: { readonly value: unknown }): boolean {
  return typeof value === 'object' && value !== null;
}

function limitSchemas(): { [Name in LimitName]: z.ZodDefault<z.ZodType<Limits[Name]>> } {
  const guesses: readonly string[] = [
    'attemptsPerChallenge',
    'failedCodesPerUserPerDay',
    'failedCodesPerUserPer30Days',
  ];
  const schemas = Object.entries(LIMITS).map(([name, { default: value }]) => [
    name,
    (guesses.includes(name) ? failureLimit : limit).default(value),
  ]);
  return Object.fromEntries(schemas);
}

function seconds(least: number, most: number): z.ZodInt {
  const problem = `must be a whole number of seconds from ${least} to ${most}`;
  return z.int(problem).min(least, problem).max(most, problem);
}

function callback<Type>(): z.ZodCustom<Type, Type> {
  return z.custom<Type>((value) => typeof value === 'function', 'must be a function');
}

/** Somebody's object, kept as it is: known by its methods. */
function object<Type extends object>(problem: string, ...methods: (keyof Type)[]): z.ZodCustom<Type, Type> {
  return z.custom<Type>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      methods.every((method) => typeof (value as Type)[method] === 'function'),
    `${problem}, with ${methods.join(', ')}`,
  );
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text;
}
