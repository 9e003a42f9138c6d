import { createSecureContext } from 'node:tls';
import { type Filter, FilterParser } from 'ldapts';
import type { LdapServer } from './connect.ts';
import type { ConnectionSettings } from './connections.ts';
import type { LdapUserStoreOptions } from './ldap-options.ts';
import { readServerUrl } from './server-url.ts';

/** The options with all defaults in their places, in the shape in which they are used. */
export interface LdapSettings {
  readonly connection: ConnectionSettings;
  readonly baseDn: string;
  readonly userFilter: Filter | undefined;
  readonly usernameAttributes: readonly string[];
  readonly phoneAttributes: readonly string[];
  /** `undefined`: entryUUID, or the DN. */
  readonly idAttribute: string | undefined;
  readonly displayNameAttributes: readonly string[];
  readonly localeAttribute: string;
  readonly attributes: readonly string[];
}

/** Expects options that have been checked. */
export function ldapSettings(options: LdapUserStoreOptions): LdapSettings {
  return {
    connection: connectionSettings(options),
    baseDn: options.baseDn,
    userFilter: options.userFilter === undefined ? undefined : FilterParser.parseString(options.userFilter),
    usernameAttributes: list(options.usernameAttribute ?? 'uid'),
    phoneAttributes: list(options.phoneAttribute ?? ['phoneNumberVerified', 'mobile']),
    idAttribute: options.idAttribute,
    displayNameAttributes: list(options.displayNameAttribute ?? ['displayName', 'cn']),
    localeAttribute: options.localeAttribute ?? 'preferredLanguage',
    attributes: options.attributes ?? [],
  };
}

function connectionSettings(options: LdapUserStoreOptions): ConnectionSettings {
  const { url, startTls = false, tls = {}, bindDn, bindPassword, timeoutSeconds = 5, connections = 8 } = options;
  const hasAccount = bindDn !== undefined && bindPassword !== undefined;
  return {
    servers: list(url).flatMap((item) => server(item, startTls)),
    trust: { secureContext: createSecureContext(tls), servername: tls.servername },
    serviceAccount: hasAccount ? { dn: bindDn, password: bindPassword } : undefined,
    timeoutMs: timeoutSeconds * 1000,
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
