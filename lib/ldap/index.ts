export type { TlsOptions } from '../schema/tls-options.ts';
export type { ActiveDirectoryOptions, LdapUserStoreOptions } from './ldap-options.ts';
export { LdapUserStore } from './ldap-user-store.ts';
