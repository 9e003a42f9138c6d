import { AndFilter, EqualityFilter, type Filter, OrFilter, PresenceFilter } from 'ldapts';
import { isAtOrBelow } from './distinguished-name.ts';
import type { LdapSettings } from './ldap-settings.ts';
import type { ResultCodeName } from './result-code.ts';

export type UserKey = { readonly id: string } | { readonly username: string };

/** Where to look, for what, and which answers mean that there is not exactly one. */
interface UserSearch {
  readonly base: string;
  readonly scope: 'base' | 'sub';
  readonly filter: Filter;
  readonly notOne: readonly ResultCodeName[];
}

/** The attribute that is the id where no other is set and the directory has it (RFC 4530). */
export const ENTRY_UUID = 'entryUUID';

/** `undefined` where nobody can be meant. */
export function userSearch(key: UserKey, settings: LdapSettings): UserSearch | undefined {
  const value = 'id' in key ? key.id : key.username;
  if (typeof value !== 'string' || value === '') return undefined;
  if (!('id' in key)) return below(settings, settings.usernameAttributes, value);
  const { idAttribute, baseDn } = settings;
  const isDn = idAttribute === undefined && value.includes('=');
  if (!isDn) return below(settings, [idAttribute ?? ENTRY_UUID], value);
  return isAtOrBelow(value, baseDn) ? at(value, settings) : undefined;
}

/**
 * A size limit is not asked for: ldapts 8.2 then hides that the answer was cut, and one entry of several would look
 * like the only one.
 */
function below(settings: LdapSettings, attributes: readonly string[], value: string): UserSearch {
  // The value travels as bytes of its own, so no character in it has a meaning for the search.
  const filters = attributes.map((attribute) => new EqualityFilter({ attribute, value }));
  const filter = narrowed(new OrFilter({ filters }), settings);
  return { base: settings.baseDn, scope: 'sub', filter, notOne: ['sizeLimitExceeded'] };
}

function at(dn: string, settings: LdapSettings): UserSearch {
  const filter = narrowed(new PresenceFilter({ attribute: 'objectClass' }), settings);
  return { base: dn, scope: 'base', filter, notOne: ['noSuchObject', 'invalidDnSyntax'] };
}

function narrowed(filter: Filter, { userFilter }: LdapSettings): Filter {
  return userFilter === undefined ? filter : new AndFilter({ filters: [filter, userFilter] });
}
