import type { Change, SearchOptions, SearchResult } from 'ldapts';
import type { LdapServer, ServerTrust } from './connect.ts';
import { ConnectionPool } from './connection-pool.ts';
import { Deadline } from './deadline.ts';
import { ConnectionLost, DirectoryFault } from './directory-fault.ts';
import { type BindCredentials, bindAs, Servers } from './servers.ts';

export interface ConnectionSettings {
  readonly servers: readonly LdapServer[];
  readonly trust: ServerTrust;
  /** Whom searches and changes are made as; absent: anonymous. */
  readonly serviceAccount: BindCredentials | undefined;
  readonly timeoutMilliseconds: number;
  /** Open at once, over both pools; each has one at least. */
  readonly connections: number;
}

/** A wrong password, or an account that may not sign in with it (locked, expired, without a password). */
const NO_MATCH = [
  'invalidCredentials',
  'constraintViolation',
  'inappropriateAuthentication',
  'insufficientAccessRights',
  'unwillingToPerform',
] as const;
/** Of a call's time, what may go into opening a connection. */
const OPENING = 0.6;

/**
 * The way to the directory: one pool under the service account for searches and changes, and another for passwords, so
 * that no user's bind ever touches the first. Every rejection is a `DirectoryFault`.
 */
export class Connections {
  readonly #timeoutMilliseconds: number;
  readonly #forService: ConnectionPool;
  readonly #forPasswords: ConnectionPool;

  constructor({ servers, trust, serviceAccount, timeoutMilliseconds, connections }: ConnectionSettings) {
    const order = new Servers(servers, trust);
    const openingMilliseconds = timeoutMilliseconds * OPENING;
    const half = Math.max(1, Math.floor(connections / 2));
    this.#timeoutMilliseconds = timeoutMilliseconds;
    this.#forService = new ConnectionPool(order, { size: half, openingMilliseconds, prepare: bindAs(serviceAccount) });
    this.#forPasswords = new ConnectionPool(order, { size: Math.max(1, connections - half), openingMilliseconds });
  }

  /** For one call, with all that it asks of the directory. */
  newDeadline(): Deadline {
    return new Deadline(this.#timeoutMilliseconds);
  }

  /** Under the service account, as changes are. */
  async search(base: string, options: SearchOptions, deadline: Deadline): Promise<SearchResult> {
    const search = () => this.#forService.run((client) => client.search(base, options), deadline);
    return search().catch((fault: unknown) => {
      // A connection that was idle is often dropped without a word. To ask once more changes nothing in the directory.
      if (fault instanceof ConnectionLost) return search();
      throw fault;
    });
  }

  async modify(dn: string, changes: Change[], deadline: Deadline): Promise<void> {
    await this.#forService.run((client) => client.modify(dn, changes), deadline);
  }

  /** Whether the directory takes this password, which must not be empty, for this DN, which must not be either. */
  async isPassword(dn: string, password: string, deadline: Deadline): Promise<boolean> {
    try {
      await this.#forPasswords.run((client) => client.bind(dn, password), deadline);
      return true;
    } catch (fault) {
      if (fault instanceof DirectoryFault && fault.isAnswer(NO_MATCH)) return false;
      throw fault;
    }
  }

  /** Waits for what runs, at most until its deadline. */
  async close(): Promise<void> {
    await Promise.all([this.#forService.close(), this.#forPasswords.close()]);
  }
}
