import { randomBytes } from 'node:crypto';
import express from 'express';
import { z } from 'zod';

const text = z.string();
const port = text.transform(Number).refine(isPort, 'must be a port, from 0 to 65535');
const origin = text.refine(isOrigin, 'must be an origin, as https://bank.example.org');
const trustProxy = text.transform(readHops).refine(isTrustProxy, "must be a number of hops, or proxies' addresses");
const list = text.transform((value) => value.split(',').map((part) => part.trim()));

const variables = z.object({
  PORT: port.default(3000),
  INBOX_PORT: port.default(3001),
  INBOX_URL: text.optional(),
  CLIENT_PORT: port.default(3002),
  WORKERS: text.transform(Number).refine(isCount, 'must be a number of processes, from 1 to 64').default(4),
  ORIGIN: origin.optional(),
  SKIN: z.enum(['dark-blue'], 'must be dark-blue').optional(),
  TRUST_PROXY: trustProxy.optional(),
  SESSION_SECRET: text.optional(),
  SMS_OTP_SECRET: text.min(32, 'must be 32 characters or more').optional(),
  SMS_OTP_LIMITS: text.transform(readJson).optional(),
  SMPP_URL: list.optional(),
  SMPP_SOURCE: text.default('ExampleBank'),
  REDIS_URL: text.refine(isRedisUrl, 'must be redis://host:port, rediss://host:port or unix:///path').optional(),
  DATABASE_URL: text.refine(isDatabaseUrl, 'must be postgres://user:password@host/database').optional(),
  LDAP_URL: list.optional(),
  LDAP_STARTTLS: z.stringbool().default(false),
  LDAP_BASE_DN: text.default('ou=people,dc=example,dc=org'),
  LDAP_BIND_DN: text.optional(),
  LDAP_BIND_PASSWORD: text.optional(),
  LDAP_USERNAME_ATTRIBUTE: list.optional(),
  LDAP_PHONE_ATTRIBUTE: list.optional(),
});

/** The demo's settings from the environment. */
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

/** In place of a secret that the environment does not set: sign-ins then end with this process. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 65_535;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 64;
}

function isOrigin(value: string): boolean {
  return URL.canParse(value) && /^https?:/.test(value) && new URL(value).origin === value;
}

function isRedisUrl(value: string): boolean {
  return URL.canParse(value) && /^(rediss?|unix):$/.test(new URL(value).protocol);
}

function isDatabaseUrl(value: string): boolean {
  return URL.canParse(value) && /^postgres(ql)?:$/.test(new URL(value).protocol);
}

function readHops(value: string): number | string {
  return /^\d+$/.test(value) ? Number(value) : value;
}

/** By Express's own rule. The word `true` is none of it: anybody could then choose the address that limits count. */
function isTrustProxy(value: number | string): boolean {
  try {
    express().set('trust proxy', value);
    return true;
  } catch {
    return false;
  }
}

function readJson(value: string, context: z.RefinementCtx): Record<string, number | false> {
  try {
    return z.record(z.string(), z.union([z.number(), z.literal(false)])).parse(JSON.parse(value));
  } catch {
    context.addIssue('must be JSON as {"sendsPerUserPerHour": 20}');
    return z.NEVER;
  }
}
