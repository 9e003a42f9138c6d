import { AndFilter, type Filter, OrFilter, PresenceFilter } from 'ldapts';
import { isAtOrBelow } from './distinguished-name.ts';
import { idFilter } from './id-attribute.ts';
import type { LdapSettings } from './ldap-settings.ts';
import type { ResultCodeName } from './result-code.ts';

export type UserKey = { readonly id: string } | { readonly username: string };

/** Where to look, for what, and which answers mean that there is not exactly one. */
export interface UserSearch {
  readonly base: string;
  readonly scope: 'base' | 'sub';
  readonly filter: Filter;
  readonly notFoundCodes: readonly ResultCodeName[];
}

/** The searches to try in turn until one finds somebody; none where nobody can be meant. */
export function userSearches(key: UserKey, settings: LdapSettings): readonly UserSearch[] {
  const value = 'id' in key ? key.id : key.username;
  // 389 Directory Server 2.3 reads a value up to its first NUL, and so would find "ada" by "ada\0".
  if (typeof value !== 'string' || value === '' || value.includes('\0')) return [];
  if (!('id' in key)) return searchBelow(settings.usernameFilter(value), settings);
  const isDn = settings.mayIdBeDn && value.includes('=');
  if (isDn) return isAtOrBelow(value, settings.baseDn) ? [searchAt(value, settings)] : [];
  return settings.idAttributes.flatMap((attribute) => searchBelow(idFilter(attribute, value), settings));
}

/** The filter for everybody who has a name to sign in with. */
export function everybodyFilter(settings: LdapSettings): Filter {
  const named = settings.usernameAttributes.map((attribute) => new PresenceFilter({ attribute }));
  return withExtraFilters(new OrFilter({ filters: named }), settings);
}

/**
 * A size limit is not asked for: ldapts 8.2 then hides that the answer was cut, and one entry of several would look
 * like the only one.
 */
function searchBelow(filter: Filter | undefined, settings: LdapSettings): readonly UserSearch[] {
  if (filter === undefined) return [];
  const found = withExtraFilters(filter, settings);
  return [{ base: settings.baseDn, scope: 'sub', filter: found, notFoundCodes: ['sizeLimitExceeded'] }];
}

function searchAt(dn: string, settings: LdapSettings): UserSearch {
  const filter = withExtraFilters(new PresenceFilter({ attribute: 'objectClass' }), settings);
  return { base: dn, scope: 'base', filter, notFoundCodes: ['noSuchObject', 'invalidDnSyntax'] };
}

function withExtraFilters(filter: Filter, { extraFilters }: LdapSettings): Filter {
  const extra = extraFilters();
  return extra.length === 0 ? filter : new AndFilter({ filters: [filter, ...extra] });
}
