import type { Client, SearchResult } from 'ldapts';
import { Deadline } from './deadline.ts';
import type { LdapSettings } from './ldap-settings.ts';
import { bindAs, Servers } from './servers.ts';
import { readEntry, type UserEntry, userAttributes } from './user-entry.ts';
import { everybodyFilter } from './user-search.ts';

/** Without pages (RFC 2696), servers answer with a limited number of entries, 500 or 1000, or with none. */
const PAGE_SIZE = 100;

/**
 * All people below the base, on a connection of their own. Each page has the time of a call.
 *
 * @throws DirectoryFault also in the midst of it, where the server lists no more
 */
export async function* listEntries(settings: LdapSettings): AsyncGenerator<UserEntry> {
  const { servers, trust, serviceAccount, timeoutMilliseconds } = settings.connection;
  const asked = { scope: 'sub', filter: everybodyFilter(settings), paged: { pageSize: PAGE_SIZE } } as const;
  const options = { ...asked, ...userAttributes(settings) };
  const connection = await new Servers(servers, trust).open(new Deadline(timeoutMilliseconds), bindAs(serviceAccount));
  let pages: AsyncGenerator<SearchResult> | undefined;
  const turn = (client: Client) => {
    pages ??= client.searchPaginated(settings.baseDn, options);
    return pages.next();
  };
  try {
    for (;;) {
      const { done, value } = await connection.run(turn, new Deadline(timeoutMilliseconds));
      if (done) return;
      for (const entry of value.searchEntries) yield readEntry(entry);
    }
  } finally {
    connection.close();
  }
}
