import { AndFilter, type Client, type Filter, OrFilter, PresenceFilter, type SearchResult } from 'ldapts';
import { Deadline } from '../deadline.ts';
import type { ResultCodeName } from './directory-fault.ts';
import { isAtOrBelow } from './distinguished-name.ts';
import { idFilter } from './id-attribute.ts';
import type { LdapSettings } from './ldap-settings.ts';
import { bindAs, Servers } from './servers.ts';
import { readEntry, USUAL_COUNTRY_ATTRIBUTE, type UserEntry, userAttributes } from './user-entry.ts';

/** Without pages (RFC 2696), servers answer with 500 or 1000 entries at most, or with none. */
const PAGE_SIZE = 100;

export type UserKey = { readonly id: string } | { readonly username: string };

/** One search for a person, with the result codes that mean "not exactly one". */
export interface UserSearch {
  readonly base: string;
  readonly scope: 'base' | 'sub';
  readonly filter: Filter;
  readonly notFoundCodes: readonly ResultCodeName[];
}

/** The searches to try in turn until one finds somebody; none if the key can mean nobody. */
export function userSearches(key: UserKey, settings: LdapSettings): readonly UserSearch[] {
  const value = 'id' in key ? key.id : key.username;
  // 389 Directory Server 2.3 reads some values with control characters as other ones. No name has any (RFC 8265).
  if (typeof value !== 'string' || value === '' || /\p{Cc}/u.test(value)) return [];
  if (!('id' in key)) return searchBelow(settings.usernameFilter(value), settings);
  const isDn = settings.mayIdBeDn && value.includes('=');
  if (isDn) return isAtOrBelow(value, settings.baseDn) ? [searchAt(value, settings)] : [];
  return settings.idAttributes.flatMap((attribute) => searchBelow(idFilter(attribute, value), settings));
}

/**
 * All people below the base, on a connection of their own. Each page has the time of a call.
 *
 * @throws DirectoryFault also in the midst of it, if the server lists no more
 */
export async function* listEntries(settings: LdapSettings): AsyncGenerator<UserEntry> {
  const { servers, trust, serviceAccount, timeoutMilliseconds } = settings.connection;
  const asked = { scope: 'sub', filter: everybodyFilter(settings), paged: { pageSize: PAGE_SIZE } } as const;
  const { attributes, explicitBufferAttributes } = userAttributes(settings);
  // Only the doctor lists people, and tells if their countries differ.
  const asks = new Set([...attributes, USUAL_COUNTRY_ATTRIBUTE]);
  const options = { ...asked, attributes: [...asks], explicitBufferAttributes };
  const connection = await new Servers(servers, trust).open(new Deadline(timeoutMilliseconds), bindAs(serviceAccount));
  let pages: AsyncGenerator<SearchResult> | undefined;
  const nextPage = (client: Client) => {
    pages ??= client.searchPaginated(settings.baseDn, options);
    return pages.next();
  };
  try {
    for (;;) {
      const { done, value } = await connection.run(nextPage, new Deadline(timeoutMilliseconds));
      if (done) return;
      for (const entry of value.searchEntries) yield readEntry(entry);
    }
  } finally {
    connection.close();
  }
}

/** The filter for everybody who has a name to sign in with. */
function everybodyFilter(settings: LdapSettings): Filter {
  const named = settings.usernameAttributes.map((attribute) => new PresenceFilter({ attribute }));
  return withExtraFilters(new OrFilter({ filters: named }), settings);
}

/** Without a size limit: with one, ldapts 8.2 hides that the response was cut, and one of several looks like the only one. */
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
