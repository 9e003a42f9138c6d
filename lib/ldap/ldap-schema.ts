import { FilterParser } from 'ldapts';
import { z } from 'zod';
import { isLoopback } from '../loopback.ts';
import { checkOptions, isObject } from '../schema/check-options.ts';
import { wholeNumber } from '../schema/option-values.ts';
import { tlsOptions } from '../schema/tls-options.ts';
import type { ActiveDirectoryOptions, LdapUserStoreOptions } from './ldap-options.ts';
import { readServerUrl, type ServerUrl } from './servers.ts';

const text = z.string().min(1, 'must not be empty');
// RFC 4512, section 1.4; other characters would mean something else in a search (`*`, `+`).
const attribute = z.string().regex(/^[a-z][a-z0-9-]*$/i, 'must be the name of an attribute');
const attributes = z.union([attribute, z.array(attribute).min(1).readonly()], {
  error: 'must be the name of an attribute, or several in an array',
});
const serverUrl = z
  .string()
  .refine((url) => readServerUrl(url) !== undefined, 'must be ldap://host:port or ldaps://host:port, and no more');
const timeout = 'must be a number of seconds above 0, up to 60';

const both = {
  url: z.union([serverUrl, z.array(serverUrl).min(1).readonly()], {
    error: 'must be ldap://host:port or ldaps://host:port, or several in an array',
  }),
  startTls: z.boolean().optional(),
  tls: tlsOptions.optional(),
  allowInsecure: z.array(z.literal('plainLdap')).readonly().optional(),
  bindDn: text.optional(),
  // With an empty password many servers say "success" and search as nobody (RFC 4513, section 5.1.2).
  bindPassword: text.optional(),
  baseDn: text,
  userFilter: z
    .string()
    .refine(isFilter, 'must be a filter (RFC 4515), with letters beyond ASCII as they are')
    .optional(),
  phoneAttribute: attributes.optional(),
  displayNameAttribute: attributes.optional(),
  localeAttribute: attribute.optional(),
  countryAttribute: attribute.optional(),
  mustChange: z.enum(['refuse', 'allow'], "must be 'refuse' or 'allow'").optional(),
  attributes: z.array(attribute).readonly().optional(),
  timeoutSeconds: z.number(timeout).positive(timeout).max(60, timeout).optional(),
  connections: wholeNumber(1, 100).optional(),
};

const schema = safe(
  z.strictObject({
    ...both,
    usernameAttribute: attributes.optional(),
    idAttribute: attribute.optional(),
  } satisfies Record<keyof LdapUserStoreOptions, z.ZodType>),
);

const activeDirectorySchema = safe(
  z.strictObject({
    ...both,
    upnSuffixes: z
      .array(z.string().regex(/^[^@\s]+$/, 'must be a suffix without @'))
      .readonly()
      .optional(),
  } satisfies Record<keyof ActiveDirectoryOptions, z.ZodType>),
);

/** @throws SmsOtpConfigError with all problems, and none of the values. */
export function checkLdapOptions(options: LdapUserStoreOptions): void {
  checkOptions(schema, options satisfies z.input<typeof schema>, 'LdapUserStore');
}

/** @throws SmsOtpConfigError as above. */
export function checkActiveDirectoryOptions(options: ActiveDirectoryOptions): void {
  checkOptions(activeDirectorySchema, options satisfies z.input<typeof activeDirectorySchema>, 'LdapUserStore');
}

/** The options that are checked together; some of them may be wrong. */
interface Together {
  readonly url?: unknown;
  readonly startTls?: unknown;
  readonly allowInsecure?: unknown;
  readonly bindDn?: unknown;
  readonly bindPassword?: unknown;
}

/** Rules between options: no secret is sent without TLS, and no account is half given. */
function safe<Schema extends z.ZodType<Together>>(options: Schema): Schema {
  return options
    .refine(({ bindDn, bindPassword }) => (bindDn === undefined) === (bindPassword === undefined), {
      error: 'bindDn and bindPassword go together',
      when: isObject,
    })
    .refine((given) => !given.startTls || !serversOf(given).some(({ isTls }) => isTls), {
      error: 'startTls is for ldap:// servers; ldaps:// is encrypted from the first byte',
      when: isObject,
    })
    .refine((given) => given.startTls || allowsPlain(given) || serversOf(given).every(isSafe), {
      error: "ldap:// sends passwords in clear: use ldaps:// or startTls, or allow it by allowInsecure: ['plainLdap']",
      when: isObject,
    });
}

// These read options of which some may be wrong, so that all problems are told at once.
function serversOf({ url }: Together): readonly ServerUrl[] {
  const urls = [url].flat().map((item) => (typeof item === 'string' ? readServerUrl(item) : undefined));
  return urls.filter((server) => server !== undefined);
}

function allowsPlain({ allowInsecure }: Together): boolean {
  return Array.isArray(allowInsecure) && allowInsecure.includes('plainLdap');
}

function isSafe({ isTls, host }: ServerUrl): boolean {
  return isTls || isLoopback(host);
}

function isFilter(filter: string): boolean {
  // ldapts 8.2 reads the escaped bytes of one character as one character each, and so would look for another text.
  if (/\\[89a-f]/i.test(filter)) return false;
  try {
    FilterParser.parseString(filter);
    return true;
  } catch {
    return false;
  }
}
