import type { Client } from 'ldapts';
import { Pool } from 'tarn';
import type { Connection } from './connection.ts';
import { Deadline } from './deadline.ts';
import { DirectoryFault } from './directory-fault.ts';
import type { Prepare, Servers } from './servers.ts';

/** How many operations may wait for a connection; to let more wait would only make all of them late. */
const MAX_WAITING = 64;
/** Firewalls forget idle connections without a word; ours end sooner. */
const IDLE_MILLISECONDS = 60_000;
/** Where none could be opened, the next of those who wait tries after this. */
const RETRY_MILLISECONDS = 50;

export interface PoolSettings {
  /** Connections open at once. */
  readonly size: number;
  /** How long the opening of one may take, over all servers. */
  readonly openingMilliseconds: number;
  readonly prepare?: Prepare;
}

/** Connections that are alike, each used by one operation at a time, and opened only as they are needed. */
export class ConnectionPool {
  readonly #servers: Servers;
  readonly #size: number;
  readonly #pool: Pool<Connection>;
  #isClosed = false;

  constructor(servers: Servers, { size, openingMilliseconds, prepare }: PoolSettings) {
    this.#servers = servers;
    this.#size = size;
    this.#pool = new Pool<Connection>({
      create: () => servers.open(new Deadline(openingMilliseconds), prepare),
      validate: ({ isOpen }) => isOpen,
      destroy: (connection) => connection.close(),
      min: 0,
      max: size,
      idleTimeoutMillis: IDLE_MILLISECONDS,
      createRetryIntervalMillis: RETRY_MILLISECONDS,
      propagateCreateError: true,
    });
  }

  /** @throws DirectoryFault, also where no connection was free until the deadline, or too many wait already. */
  async run<T>(operation: (client: Client) => Promise<T>, deadline: Deadline): Promise<T> {
    const connection = await this.#acquire(deadline);
    try {
      return await connection.run(operation, deadline);
    } catch (fault) {
      if (!connection.isOpen) this.#servers.leave(connection);
      throw fault;
    } finally {
      this.#pool.release(connection);
    }
  }

  /** Waits for the operations that run; those that still wait are rejected. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#pool.destroy();
  }

  async #acquire(deadline: Deadline): Promise<Connection> {
    if (this.#isClosed || deadline.isOver) throw this.#noConnection();
    if (this.#pool.numUsed() + this.#pool.numPendingAcquires() >= this.#size + MAX_WAITING) {
      throw new DirectoryFault('Too many operations wait for the directory.');
    }
    const acquiring = this.#pool.acquire();
    const abort = () => acquiring.abort();
    deadline.signal.addEventListener('abort', abort);
    try {
      return await acquiring.promise;
    } catch (error) {
      throw error instanceof DirectoryFault ? error : this.#noConnection(acquiring.possibleTimeoutCause);
    } finally {
      deadline.signal.removeEventListener('abort', abort);
    }
  }

  #noConnection(cause: Error | null = null): DirectoryFault {
    if (this.#isClosed) return new DirectoryFault('The user store is closed.');
    return cause instanceof DirectoryFault ? cause : new DirectoryFault('All connections to the directory were busy.');
  }
}
