import type { TlsOptions } from '../schema/tls-options.ts';

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
  /** The longest that a call may take. @default 5; up to 60 */
  readonly timeoutSeconds?: number;
  /**
   * Connections open at once: half for searches and changes, half for passwords, and one of each at least. 64
   * operations may wait for each half; further ones are rejected.
   * @default 8; up to 100
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
