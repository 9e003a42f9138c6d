import type { Change, Client, SearchOptions, SearchResult } from 'ldapts';
import { Pool } from 'tarn';
import { Deadline } from '../deadline.ts';
import type { PasswordReport } from '../domain/ports.ts';
import type { Connection, LdapServer, ServerTrust } from './connection.ts';
import { ConnectionLost, DirectoryFault, LateResponse } from './directory-fault.ts';
import { hasControls, PasswordPolicyControl, refusalOf } from './password-policy.ts';
import { type BindCredentials, bindAs, type Prepare, Servers, takesNoWrites } from './servers.ts';

export interface ConnectionSettings {
  readonly servers: readonly LdapServer[];
  readonly trust: ServerTrust;
  /** The account of searches and changes; `undefined`: anonymous. */
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
const NO_CONTROLS = ['unavailableCriticalExtension', 'protocolError'] as const;
/** The part of a call's time that may go into opening a connection. */
const OPENING = 0.6;
/** Operations that may wait for a connection: with more of them, all would be late. */
const MAX_WAITING = 64;
/** Firewalls drop idle connections silently; ours end sooner. */
const IDLE_MILLISECONDS = 60_000;
/** A search that takes longer shows a slow directory. */
const SLOW_MILLISECONDS = 1000;
/** The pause before the next attempt, if no connection could be opened and operations wait. */
const RETRY_MILLISECONDS = 50;

/**
 * The way to the directory: one pool under the service account for searches and changes, and another for passwords, so
 * that no user's bind ever touches the first. Every rejection is a `DirectoryFault`.
 */
export class Connections {
  readonly #timeoutMilliseconds: number;
  readonly #servers: Servers;
  readonly #prepare: Prepare;
  readonly #forService: ConnectionPool;
  readonly #forPasswords: ConnectionPool;
  /** Whether a bind may have a control; absent until it is asked, and if the directory did not say. */
  #controls: Promise<boolean | undefined> | undefined;

  constructor({ servers, trust, serviceAccount, timeoutMilliseconds, connections }: ConnectionSettings) {
    const openingMilliseconds = timeoutMilliseconds * OPENING;
    const half = Math.max(1, Math.floor(connections / 2));
    this.#timeoutMilliseconds = timeoutMilliseconds;
    this.#servers = new Servers(servers, trust);
    this.#prepare = bindAs(serviceAccount);
    const forService = { size: half, openingMilliseconds, prepare: this.#prepare };
    this.#forService = new ConnectionPool(this.#servers, forService);
    const forPasswords = { size: Math.max(1, connections - half), openingMilliseconds };
    this.#forPasswords = new ConnectionPool(this.#servers, forPasswords);
  }

  /** For one call, with all that it asks of the directory. */
  newDeadline(): Deadline {
    return new Deadline(this.#timeoutMilliseconds);
  }

  /** Under the service account, as changes are. */
  async search(base: string, options: SearchOptions, deadline: Deadline): Promise<SearchResult> {
    const search = () => this.#forService.run((client) => client.search(base, options), deadline);
    const slow = setTimeout(() => this.#askEarly(), SLOW_MILLISECONDS).unref();
    try {
      return await search();
    } catch (fault) {
      // Idle connections are often closed or reset; the next one is new. A second search changes nothing in the directory.
      if (fault instanceof ConnectionLost) return await search();
      throw fault;
    } finally {
      clearTimeout(slow);
    }
  }

  /** A slow directory needs its time for the question of the password check beside the search, not after it. */
  #askEarly(): void {
    this.#controls ??= this.#askForControls();
    this.#controls.catch(() => {});
  }

  /** Asks the next server if one takes no writes. */
  async modify(dn: string, changes: Change[], deadline: Deadline): Promise<void> {
    const change = (client: Client) => client.modify(dn, changes);
    try {
      await this.#forService.run(change, deadline);
    } catch (fault) {
      if (!(fault instanceof DirectoryFault) || !takesNoWrites(fault)) throw fault;
      await this.#servers.write(change, deadline, this.#prepare);
    }
  }

  /**
   * Asks the directory whether it takes this password for this DN; neither may be empty. The report has a refusal if it
   * does not, and also if it does but wants the password changed first.
   */
  async verifyPassword(dn: string, password: string, deadline: Deadline): Promise<BindOutcome> {
    const policy = new PasswordPolicyControl();
    const controls = (await this.#mayHaveControls(deadline)) ? policy : undefined;
    const bind = (control?: PasswordPolicyControl) =>
      this.#forPasswords.run((client) => client.bind(dn, password, control), deadline);
    try {
      await bind(controls).catch((fault: unknown) => {
        // This server refuses a control that it does not know, which RFC 4511, section 4.1.11 has it ignore. It has not looked
        // at the password.
        if (controls === undefined || !(fault instanceof DirectoryFault && fault.hasCode(NO_CONTROLS))) throw fault;
        return bind();
      });
      return { isAccepted: true, report: policy.report };
    } catch (fault) {
      if (!(fault instanceof DirectoryFault && fault.hasCode(NO_MATCH))) throw fault;
      return { isAccepted: false, report: { ...policy.report, refusal: refusalOf(fault, policy.report) } };
    }
  }

  /**
   * Asked until the directory answers: while it is down, nothing is left out. The question has a time of its own, so that a
   * slow directory has answered it by the next sign-in.
   */
  async #mayHaveControls(deadline: Deadline): Promise<boolean> {
    this.#controls ??= this.#askForControls();
    return (await deadline.limit(this.#controls, late)) ?? true;
  }

  async #askForControls(): Promise<boolean | undefined> {
    let answer: boolean | undefined;
    try {
      answer = await hasControls((base, options) => this.search(base, options, this.newDeadline()));
      return answer;
    } finally {
      if (answer === undefined) this.#controls = undefined;
    }
  }

  /** Waits for what runs, at most until its deadline. */
  async close(): Promise<void> {
    await Promise.all([this.#forService.close(), this.#forPasswords.close()]);
  }
}

function late(): LateResponse {
  return new LateResponse('The directory did not answer in time.');
}

export interface BindOutcome {
  readonly isAccepted: boolean;
  readonly report: PasswordReport;
}

export interface PoolSettings {
  /** Connections open at once. */
  readonly size: number;
  /** The longest that the opening of one may take, over all servers. */
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
      validate: (connection) => servers.isTrusted(connection),
      destroy: (connection) => connection.close(),
      min: 0,
      max: size,
      idleTimeoutMillis: IDLE_MILLISECONDS,
      createRetryIntervalMillis: RETRY_MILLISECONDS,
      propagateCreateError: true,
    });
  }

  /** @throws DirectoryFault, also if no connection was free until the deadline, or too many wait already. */
  async run<T>(operation: (client: Client) => Promise<T>, deadline: Deadline): Promise<T> {
    const connection = await this.#acquire(deadline);
    try {
      return await connection.run(operation, deadline);
    } catch (fault) {
      if (!connection.isOpen) this.#servers.markFailed(connection, fault);
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
    if (this.#isClosed) throw this.#noConnection();
    if (deadline.isOver) throw late();
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
