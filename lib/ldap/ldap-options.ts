import { FilterParser } from 'ldapts';
import { z } from 'zod';
import { checkOptions, isObject } from '../schema/check-options.ts';
import { wholeNumber } from '../schema/option-values.ts';
import { type TlsOptions, tlsOptions } from '../schema/tls-options.ts';
import { isLoopback } from '../url.ts';
import { readServerUrl, type ServerUrl } from './servers.ts';

/** The options of `LdapUserStore`. Only `url` and `baseDn` are required. */
export interface LdapUserStoreOptions {
  /** `ldaps://host:port` or `ldap://host:port`; several servers that hold the same are tried in turn. */
  readonly url: string | readonly string[];
  /** Encrypts `ldap://` connections before anything else is said on them. @default false */
  readonly startTls?: boolean;
  /** A private CA, a client certificate (PEM), or the name that the server's certificate has. It is always checked. */
  readonly tls?: TlsOptions;
  /** Accepts passwords in clear over the network. @default only to the machine itself */
  readonly allowInsecure?: readonly 'plainLdap'[];
  /** The account that searches. @default anonymous */
  readonly bindDn?: string;
  /** Its password; an empty one is refused, since a directory takes it for anonymous. */
  readonly bindPassword?: string;
  /** The entry below which the people are. */
  readonly baseDn: string;
  /** The attribute that holds the name people type. @default `uid` */
  readonly usernameAttribute?: string | readonly string[];
  /** Narrows every search (RFC 4515), as `(memberOf=cn=staff,dc=example,dc=org)`. @default none */
  readonly userFilter?: string;
  /**
   * Where the numbers are: all values of all these, in order; flags, as `TRUE`, are passed over. A
   * new number goes into the last.
   * @default `phoneNumberVerified`, `mobile`
   */
  readonly phoneAttribute?: string | readonly string[];
  /**
   * A value that nobody ever had before or will have after.
   * @default `entryUUID`, `objectGUID` or `nsUniqueId`, or the DN if there is none of them
   */
  readonly idAttribute?: string;
  /** The first that has a value is shown. @default `displayName`, `cn` */
  readonly displayNameAttribute?: string | readonly string[];
  /** The attribute with the language of the person, as `de` or `sv-SE`. @default `preferredLanguage` */
  readonly localeAttribute?: string;
  /**
   * The attribute of the country whose national numbers a person's are (ISO 3166-1 alpha-2), as `c`, in place of
   * `defaultCountry`.
   * @default none; `c` with Active Directory
   */
  readonly countryAttribute?: string;
  /**
   * People who must change their password first, as after a reset by the help desk: they are refused, or let in if the
   * directory accepts the password. Active Directory never does.
   * @default `'refuse'`
   */
  readonly mustChange?: 'refuse' | 'allow';
  /** Further attributes that go into `user.attributes`. @default none */
  readonly attributes?: readonly string[];
  /** The longest that a call may take: above 0, up to 60. @default 5 */
  readonly timeoutSeconds?: number;
  /**
   * Connections open at once: half for searches and changes, half for passwords, and one of each at least. 64
   * operations may wait for each half; further ones are rejected.
   * From 1 to 100.
   *
   * @default 8
   */
  readonly connections?: number;
}

/** The options of `LdapUserStore.forActiveDirectory`. `phoneAttribute` is `mobile` by default. */
export interface ActiveDirectoryOptions extends Omit<LdapUserStoreOptions, 'usernameAttribute' | 'idAttribute'> {
  /**
   * Suffixes of user principal names that people may leave off or add, as `example.org`: `ada` and `ada@example.org`
   * then mean the same person.
   * @default none
   */
  readonly upnSuffixes?: readonly string[];
}

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
