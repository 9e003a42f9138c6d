import type { Client } from 'ldapts';
import type { Deadline } from '../deadline.ts';
import { urlOf } from '../url.ts';
import { type Connection, connect, type LdapServer, type ServerTrust } from './connection.ts';
import { ConnectionLost, DirectoryFault, type ResultCodeName } from './directory-fault.ts';

/** A copy, or a global catalog, takes no writes. It may name the server that does, but no referral is followed. */
const TAKES_NO_WRITES: readonly ResultCodeName[] = ['referral', 'unwillingToPerform'];
const WRITABLE =
  'Name in url a server that takes writes: this one is a copy (replica, consumer, global catalog). If the directory takes none at all, turn enrollment off.';
const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'ldap:': 389, 'ldaps:': 636 };

export interface ServerUrl {
  readonly isTls: boolean;
  readonly host: string;
  readonly port: number;
}

/** Host and port of an LDAP URL; `undefined` if it is none, or has a path, a query or a name in it (RFC 4516). */
export function readServerUrl(text: string): ServerUrl | undefined {
  const url = urlOf(text);
  if (url === undefined) return undefined;
  const { protocol, hostname, port, username, password, pathname, search, hash } = url;
  const defaultPort = DEFAULT_PORTS[protocol];
  const hasMore = `${username}${password}${search}${hash}` !== '' || !['', '/'].includes(pathname);
  if (defaultPort === undefined || hostname === '' || hasMore) return undefined;
  const host = hostname.replace(/^\[|\]$/g, '');
  return { isTls: protocol === 'ldaps:', host, port: port === '' ? defaultPort : Number(port) };
}

/** The step that a connection needs before anything else, as a bind. */
export type Prepare = (connection: Connection, deadline: Deadline) => Promise<void>;

export interface BindCredentials {
  readonly dn: string;
  readonly password: string;
}

/** Without an account the connection stays anonymous. */
export function bindAs(account: BindCredentials | undefined): Prepare {
  return async (connection, deadline) => {
    if (account !== undefined) await connection.run((client) => client.bind(account.dn, account.password), deadline);
  };
}

/** The directory's servers, which all hold the same: tried in turn, beginning with the one that worked last. */
export class Servers {
  readonly #servers: readonly LdapServer[];
  readonly #trust: ServerTrust;
  #first = 0;
  /** How often a connection to each was lost. Its others of that time are not trusted either: what drops one mostly drops all. */
  readonly #losses = new Map<string, number>();
  readonly #lossesBefore = new WeakMap<Connection, number>();
  /** The server that took a write last. */
  #writer: LdapServer | undefined;

  constructor(servers: readonly LdapServer[], trust: ServerTrust) {
    this.#servers = servers;
    this.#trust = trust;
  }

  /**
   * A connection on which `prepare`, if any, has succeeded. One silent server does not use up the time of the others.
   *
   * @throws DirectoryFault that names every server's fault.
   */
  async open(deadline: Deadline, prepare: Prepare = async () => {}): Promise<Connection> {
    const faults: string[] = [];
    const order = [...this.#servers.slice(this.#first), ...this.#servers.slice(0, this.#first)];
    for (const [tried, server] of order.entries()) {
      try {
        const connection = await this.#openOne(server, deadline.part(order.length - tried), prepare);
        this.#first = this.#servers.indexOf(server);
        return connection;
      } catch (error) {
        if (!(error instanceof DirectoryFault)) throw error;
        faults.push(error.message);
      }
    }
    throw new DirectoryFault(faults.join(' '));
  }

  /**
   * Makes a change on the first server that takes writes, which is then tried first.
   *
   * @throws DirectoryFault; one that came after the request was sent may have made the change
   */
  async write(change: (client: Client) => Promise<void>, deadline: Deadline, prepare: Prepare): Promise<void> {
    const order = [...new Set([...(this.#writer ? [this.#writer] : []), ...this.#servers])];
    const faults: DirectoryFault[] = [];
    for (const [tried, server] of order.entries()) {
      const part = deadline.part(order.length - tried);
      const connection = await this.#openOne(server, part, prepare).catch((fault: unknown) => {
        faults.push(asFault(fault));
      });
      if (connection === undefined) continue;
      try {
        await connection.run(change, part);
        this.#writer = server;
        return;
      } catch (error) {
        const fault = asFault(error);
        if (!takesNoWrites(fault)) throw fault;
        faults.push(fault);
      } finally {
        connection.close();
      }
    }
    throw noWriter(faults);
  }

  /** From now on the server of this connection is tried last, if it was the first. */
  markFailed(connection: Connection, fault: unknown): void {
    const { server } = connection;
    if (fault instanceof ConnectionLost && this.#isOfNow(connection))
      this.#losses.set(server, this.#lossesOf(server) + 1);
    if (this.#servers[this.#first]?.name === server) this.#first = (this.#first + 1) % this.#servers.length;
  }

  /** Whether it is open, and none to its server that was opened as early as this one has been lost. */
  isTrusted(connection: Connection): boolean {
    return connection.isOpen && this.#isOfNow(connection);
  }

  #isOfNow(connection: Connection): boolean {
    return this.#lossesBefore.get(connection) === this.#lossesOf(connection.server);
  }

  #lossesOf(server: string): number {
    return this.#losses.get(server) ?? 0;
  }

  async #openOne(server: LdapServer, deadline: Deadline, prepare: Prepare): Promise<Connection> {
    const losses = this.#lossesOf(server.name);
    const connection = await connect(server, this.#trust, deadline);
    this.#lossesBefore.set(connection, losses);
    try {
      await prepare(connection, deadline);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }
}

export function takesNoWrites(fault: DirectoryFault): boolean {
  return fault.hasCode(TAKES_NO_WRITES);
}

function noWriter(faults: readonly DirectoryFault[]): DirectoryFault {
  const message = faults.map((fault) => fault.message).join(' ');
  const readOnly = faults.find(takesNoWrites);
  return new DirectoryFault(message, readOnly?.resultCode, readOnly && { remedy: WRITABLE });
}

function asFault(error: unknown): DirectoryFault {
  if (error instanceof DirectoryFault) return error;
  throw error;
}
