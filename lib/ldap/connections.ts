import type { Client } from 'ldapts';
import type { LdapServer, ServerTrust } from './connect.ts';
import type { Connection } from './connection.ts';
import { Deadline } from './deadline.ts';
import { DirectoryFault } from './directory-fault.ts';
import { type Prepare, Servers } from './servers.ts';
import { Turns } from './turns.ts';

export interface ConnectionSettings {
  readonly servers: readonly LdapServer[];
  readonly trust: ServerTrust;
  /** Whom searches and changes are made as; absent: anonymous. */
  readonly serviceAccount: { readonly dn: string; readonly password: string } | undefined;
  readonly timeoutMs: number;
  /** Passwords tried at once, each on a connection of its own. */
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

/**
 * The way to the directory: one connection under the service account for all searches and changes, and a fresh one
 * for each password, so that no user's bind ever touches the first. Every rejection is a `DirectoryFault`.
 */
export class Connections {
  readonly #settings: ConnectionSettings;
  readonly #servers: Servers;
  readonly #turns: Turns;
  #service: Connection | undefined;
  #opening: Promise<Connection> | undefined;
  #isClosed = false;

  constructor(settings: ConnectionSettings) {
    this.#settings = settings;
    this.#servers = new Servers(settings.servers, settings.trust);
    this.#turns = new Turns(settings.connections);
  }

  /** For one call, with all that it asks of the directory. */
  newDeadline(): Deadline {
    return new Deadline(this.#settings.timeoutMs);
  }

  /** Runs an operation under the service account. */
  async asService<T>(operation: (client: Client) => Promise<T>, deadline: Deadline): Promise<T> {
    return this.#run(await this.#serviceConnection(), operation, deadline);
  }

  /** Whether the directory takes this password, which must not be empty, for this DN, which must not be either. */
  async isPassword(dn: string, password: string, deadline: Deadline): Promise<boolean> {
    return this.#turns.run(async () => {
      const connection = await this.#open(deadline);
      try {
        await this.#run(connection, (client) => client.bind(dn, password), deadline);
        return true;
      } catch (fault) {
        if (fault instanceof DirectoryFault && fault.isAnswer(NO_MATCH)) return false;
        throw fault;
      } finally {
        connection.close();
      }
    }, deadline);
  }

  /** Ends the service connection and what runs on it; passwords under way are still tried. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#opening?.catch(() => {});
    this.#service?.close();
  }

  async #serviceConnection(): Promise<Connection> {
    if (this.#service?.isOpen) return this.#service;
    // One for all who wait: each would else open its own.
    this.#opening ??= this.#openService().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #openService(): Promise<Connection> {
    const { serviceAccount } = this.#settings;
    this.#service = await this.#open(this.newDeadline(), async (connection, deadline) => {
      if (serviceAccount === undefined) return;
      await connection.run((client) => client.bind(serviceAccount.dn, serviceAccount.password), deadline);
    });
    return this.#service;
  }

  async #open(deadline: Deadline, prepare?: Prepare): Promise<Connection> {
    if (this.#isClosed) throw new DirectoryFault('The user store is closed.');
    return this.#servers.open(deadline, prepare);
  }

  async #run<T>(connection: Connection, operation: (client: Client) => Promise<T>, deadline: Deadline): Promise<T> {
    try {
      return await connection.run(operation, deadline);
    } catch (fault) {
      if (!connection.isOpen) this.#servers.leave(connection);
      throw fault;
    }
  }
}
