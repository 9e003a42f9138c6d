import {
  AndFilter,
  type Client,
  type Filter,
  OrFilter,
  PresenceFilter,
  type SearchOptions,
  type SearchResult,
} from 'ldapts';
import { Deadline } from '../deadline.ts';
import type { Connection } from './connection.ts';
import { DirectoryFault, type ResultCodeName } from './directory-fault.ts';
import { isAtOrBelow } from './distinguished-name.ts';
import { idFilter, usualAttributesOf } from './id-attribute.ts';
import type { LdapSettings } from './ldap-settings.ts';
import { bindAs, Servers } from './servers.ts';
import { readEntry, USUAL_COUNTRY_ATTRIBUTE, type UserEntry, userAttributes } from './user-entry.ts';

/** Without pages (RFC 2696), servers answer with 500 or 1000 entries at most, or with none. */
const PAGE_SIZE = 100;
const NO_PAGES: readonly ResultCodeName[] = [
  'protocolError',
  'adminLimitExceeded',
  'unavailableCriticalExtension',
  'unwillingToPerform',
];

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
  const attributes = settings.mayIdBeDn ? usualAttributesOf(value) : settings.idAttributes;
  return attributes.flatMap((attribute) => searchBelow(idFilter(attribute, value), settings));
}

/**
 * All people below the base, on a connection of their own. Each page has the time of a call.
 *
 * @throws DirectoryFault also in the midst of it, if the server lists no more
 */
export async function* listEntries(settings: LdapSettings): AsyncGenerator<UserEntry> {
  const { servers, trust, serviceAccount, timeoutMilliseconds } = settings.connection;
  const deadline = new Deadline(timeoutMilliseconds);
  const connection = await new Servers(servers, trust).open(deadline, bindAs(serviceAccount));
  try {
    for await (const { searchEntries } of searchEverybody(connection, settings)) {
      for (const entry of searchEntries) yield readEntry(entry);
    }
  } finally {
    connection.close();
  }
}

/** In pages; at once if the server refuses pages (slapd can be told to), and gives what it gives without. */
async function* searchEverybody(connection: Connection, settings: LdapSettings): AsyncGenerator<SearchResult> {
  const { attributes, explicitBufferAttributes } = userAttributes(settings);
  // Only the doctor lists people, and tells if their countries differ.
  const asked = { attributes: [...new Set([...attributes, USUAL_COUNTRY_ATTRIBUTE])], explicitBufferAttributes };
  const options = { scope: 'sub', filter: everybodyFilter(settings), ...asked } as const;
  const pages = searchInPages(connection, settings, options);
  const first = await pages.next().catch((fault: unknown) => {
    if (!(fault instanceof DirectoryFault && fault.hasCode(NO_PAGES))) throw fault;
  });
  if (first === undefined) {
    const deadline = new Deadline(settings.connection.timeoutMilliseconds);
    yield await connection.run((client) => client.search(settings.baseDn, options), deadline);
  } else if (!first.done) {
    yield first.value;
    yield* pages;
  }
}

async function* searchInPages(
  connection: Connection,
  { baseDn, connection: { timeoutMilliseconds } }: LdapSettings,
  options: SearchOptions,
): AsyncGenerator<SearchResult> {
  let pages: AsyncGenerator<SearchResult> | undefined;
  const nextPage = (client: Client) => {
    pages ??= client.searchPaginated(baseDn, { ...options, paged: { pageSize: PAGE_SIZE } });
    return pages.next();
  };
  for (;;) {
    const { done, value } = await connection.run(nextPage, new Deadline(timeoutMilliseconds));
    if (done) return;
    yield value;
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

export function searchAt(dn: string, settings: LdapSettings): UserSearch {
  const filter = withExtraFilters(new PresenceFilter({ attribute: 'objectClass' }), settings);
  return { base: dn, scope: 'base', filter, notFoundCodes: ['noSuchObject', 'invalidDnSyntax'] };
}

function withExtraFilters(filter: Filter, { extraFilters }: LdapSettings): Filter {
  const extra = extraFilters();
  return extra.length === 0 ? filter : new AndFilter({ filters: [filter, ...extra] });
}
