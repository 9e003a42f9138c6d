import { createSecureContext } from 'node:tls';
import { EqualityFilter, type Filter, FilterParser, OrFilter } from 'ldapts';
import type { LdapServer } from './connection.ts';
import type { ConnectionSettings } from './connections.ts';
import { USUAL_ID_ATTRIBUTES } from './id-attribute.ts';
import type { LdapUserStoreOptions } from './ldap-options.ts';
import { readServerUrl } from './servers.ts';

/** The options with all defaults in place, in the shape in which they are used. */
export interface LdapSettings {
  readonly connection: ConnectionSettings;
  readonly baseDn: string;
  /** The filter that an entry must also match, at this moment. */
  readonly extraFilters: () => readonly Filter[];
  /** The entries that a typed name may mean; `undefined`: none. */
  readonly usernameFilter: (name: string) => Filter | undefined;
  readonly usernameAttributes: readonly string[];
  readonly phoneAttributes: readonly string[];
  /** The first that an entry has is its id. */
  readonly idAttributes: readonly string[];
  /** Whether the DN is the id of an entry that has none of them. */
  readonly mayIdBeDn: boolean;
  readonly displayNameAttributes: readonly string[];
  readonly localeAttribute: string;
  readonly countryAttribute: string | undefined;
  readonly attributes: readonly string[];
  /** Whether a password that must be changed first opens nothing. */
  readonly refusesMustChange: boolean;
  /** Numbers that one person can have; `undefined`: many. */
  readonly maxNumbers: number | undefined;
}

/** Expects options that have been checked. */
export function ldapSettings(options: LdapUserStoreOptions): LdapSettings {
  const usernameAttributes = list(options.usernameAttribute ?? 'uid');
  const extraFilters = options.userFilter === undefined ? [] : [FilterParser.parseString(options.userFilter)];
  return {
    connection: connectionSettings(options),
    baseDn: options.baseDn,
    extraFilters: () => extraFilters,
    usernameFilter: (name) => anyAttributeFilter(usernameAttributes, name),
    usernameAttributes,
    phoneAttributes: list(options.phoneAttribute ?? ['phoneNumberVerified', 'mobile']),
    idAttributes: options.idAttribute === undefined ? USUAL_ID_ATTRIBUTES : [options.idAttribute],
    mayIdBeDn: options.idAttribute === undefined,
    displayNameAttributes: list(options.displayNameAttribute ?? ['displayName', 'cn']),
    localeAttribute: options.localeAttribute ?? 'preferredLanguage',
    countryAttribute: options.countryAttribute,
    attributes: options.attributes ?? [],
    refusesMustChange: options.mustChange !== 'allow',
    maxNumbers: undefined,
  };
}

/** The value travels as bytes of its own, so no character in it has a meaning for the search. */
function anyAttributeFilter(attributes: readonly string[], value: string): Filter {
  return new OrFilter({ filters: attributes.map((attribute) => new EqualityFilter({ attribute, value })) });
}

function connectionSettings(options: LdapUserStoreOptions): ConnectionSettings {
  const { url, startTls = false, tls = {}, bindDn, bindPassword, timeoutSeconds = 5, connections = 8 } = options;
  const hasAccount = bindDn !== undefined && bindPassword !== undefined;
  return {
    servers: list(url).flatMap((item) => server(item, startTls)),
    trust: { secureContext: createSecureContext(tls), servername: tls.servername },
    serviceAccount: hasAccount ? { dn: bindDn, password: bindPassword } : undefined,
    timeoutMilliseconds: timeoutSeconds * 1000,
    connections,
  };
}

function server(url: string, startTls: boolean): LdapServer | [] {
  const parts = readServerUrl(url);
  if (parts === undefined) return [];
  const { host, port, isTls } = parts;
  return { name: `${host}:${port}`, host, port, security: isTls ? 'tls' : startTls ? 'startTls' : 'none' };
}

function list(oneOrSeveral: string | readonly string[]): readonly string[] {
  return typeof oneOrSeveral === 'string' ? [oneOrSeveral] : oneOrSeveral;
}
