import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);
const text = z.string().min(1);
const list = text.transform((value) => value.split(',').map((part) => part.trim()));

const variables = z.object({
  PORT: port.default(3000),
  INBOX_PORT: port.default(3001),
  ORIGIN: text.optional(),
  TRUST_PROXY: text.optional(),
  SESSION_SECRET: text.optional(),
  SMS_OTP_SECRET: text.optional(),
  SMS_OTP_LIMITS: text.transform(readJson).optional(),
  SMPP_URL: list.optional(),
  SMPP_SOURCE: text.default('ExampleBank'),
  LDAP_URL: list.optional(),
  LDAP_STARTTLS: z.stringbool().default(false),
  LDAP_BASE_DN: text.default('ou=people,dc=example,dc=org'),
  LDAP_BIND_DN: text.optional(),
  LDAP_BIND_PASSWORD: text.optional(),
  LDAP_USERNAME_ATTRIBUTE: list.optional(),
  LDAP_PHONE_ATTRIBUTE: list.optional(),
});

/** What the demo reads from the environment. */
export type Environment = z.output<typeof variables>;

/** @throws Error with every variable that is wrong, without its value */
export function readEnvironment(environment: NodeJS.ProcessEnv): Environment {
  // An empty variable is one that is not set.
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const { success, data, error } = variables.safeParse(set);
  if (success) return data;
  const names = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`The environment is wrong:\n  ${names.join('\n  ')}`);
}

function readJson(value: string, context: z.RefinementCtx): Record<string, number | false> {
  try {
    return z.record(z.string(), z.union([z.number(), z.literal(false)])).parse(JSON.parse(value));
  } catch {
    context.addIssue('must be JSON as {"sendsPerUserPerHour": 20}');
    return z.NEVER;
  }
}
