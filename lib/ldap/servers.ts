import { connect, type LdapServer, type ServerTrust } from './connect.ts';
import type { Connection } from './connection.ts';
import type { Deadline } from './deadline.ts';
import { DirectoryFault } from './directory-fault.ts';

/** The directory's servers, which all hold the same: tried in turn, beginning with the one that worked last. */
export class Servers {
  readonly #servers: readonly LdapServer[];
  readonly #trust: ServerTrust;
  #first = 0;

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

  /** Begins with the next server from now on, where it would have begun with this connection's. */
  leave(connection: Connection): void {
    if (this.#servers[this.#first]?.name === connection.server) this.#first = (this.#first + 1) % this.#servers.length;
  }

  async #openOne(server: LdapServer, deadline: Deadline, prepare: Prepare): Promise<Connection> {
    const connection = await connect(server, this.#trust, deadline);
    try {
      await prepare(connection, deadline);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }
}

/** What must have been done before anything else is, as a bind. */
export type Prepare = (connection: Connection, deadline: Deadline) => Promise<void>;

export interface BindCredentials {
  readonly dn: string;
  readonly password: string;
}

/** Nobody where there is no account. */
export function bindAs(account: BindCredentials | undefined): Prepare {
  return async (connection, deadline) => {
    if (account !== undefined) await connection.run((client) => client.bind(account.dn, account.password), deadline);
  };
}
