import { randomBytes } from 'node:crypto';
import { within } from '../deadline.ts';
import type { Finding } from '../domain/ports.ts';
import type { CommitResult, SharedState, Step } from '../domain/shared-state.ts';
import { SmsOtpConfigError } from '../errors.ts';
import { foundBy, readHeld, toLetters } from './encoding.ts';
import { isOfConnection, PostgresFault, postgresFault } from './postgres-faults.ts';

/** The part of a pool of node-postgres that is used. */
export interface PostgresPool {
  /** Takes a connection out of the pool. */
  connect(done: (error: Error | undefined, connection: PostgresConnection | undefined) => void): void;
  /** Hears of connections that are lost while nobody uses them. */
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** A connection that was taken out of a pool. */
export interface PostgresConnection {
  /** Runs one statement. */
  query(statement: { text: string; values: unknown[] }): Promise<{ readonly rows: readonly unknown[] }>;
  /** Hears that it is lost. */
  on(event: 'error', listener: () => void): unknown;
  /** Hears it no more. */
  off(event: 'error', listener: () => void): unknown;
  /** Gives the connection back; with `true` the pool drops it. */
  release(destroy?: boolean): void;
}

/** A server that was stopped never answers: no call waits longer than this, a wait for a free connection included. */
const DEADLINE_MILLISECONDS = 2_000;
const SWEEP_MILLISECONDS = 60_000;
const SWEEP_ROWS = 1_000;

const NO_FSYNC = 'fsync is off: a crash of the machine may lose what was committed';
const UNLOGGED = 'the table is unlogged: a crash of the server empties it';

const COMMIT = 'SELECT express_sms_otp_commit_1($1::text, $2::text[], $3::text[]) AS answer';

/** Whether a crash of the server, or of its machine, leaves what was committed. */
const DURABILITY = `
SELECT (SELECT relpersistence FROM pg_class WHERE oid = 'express_sms_otp'::regclass) AS kept,
  current_setting('fsync') AS fsync`;

/** Skips rows that a commit holds, and looks at each again once it has it: it may have been written anew. */
const SWEEP = `
WITH now AS MATERIALIZED (SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS ms),
ended AS MATERIALIZED (
  SELECT key FROM express_sms_otp WHERE ends_at <= (SELECT ms FROM now) LIMIT ${SWEEP_ROWS} FOR UPDATE SKIP LOCKED
)
DELETE FROM express_sms_otp WHERE key IN (SELECT key FROM ended) AND ends_at <= (SELECT ms FROM now) RETURNING 1`;

/**
 * Shared state of several processes, in PostgreSQL. Every call ends within 2 s; if the server is down, it rejects, and works
 * again by itself. The pool stays the app's: `close()` leaves it open. The database needs `npx express-sms-otp migrate` once.
 *
 * @param pool of node-postgres (the package pg), as `new Pool()`
 * @param deadlineMilliseconds and `sweepMilliseconds` are there for tests
 * @throws SmsOtpConfigError if it is no pool
 */
export function postgresState(
  pool: PostgresPool,
  deadlineMilliseconds = DEADLINE_MILLISECONDS,
  sweepMilliseconds = SWEEP_MILLISECONDS,
): SharedState {
  if (pool && 'connectionParameters' in pool) {
    throw new SmsOtpConfigError([
      'postgresState: this is one connection, a Client; it needs a pool of them, new Pool()',
    ]);
  }
  if (typeof pool?.connect !== 'function' || typeof pool.on !== 'function') {
    throw new SmsOtpConfigError(['postgresState: needs a pool of node-postgres (the package pg), as new Pool()']);
  }
  const engine = new PostgresEngine(pool, deadlineMilliseconds, sweepMilliseconds);
  return {
    commit: (steps) => engine.commit(steps),
    health: () => engine.health(),
    examine: () => engine.examine(),
    close: () => engine.close(),
  };
}

/** The pools that have a listener: instances may share one. */
const HEARD = new WeakSet<PostgresPool>();

class PostgresEngine {
  readonly #pool: PostgresPool;
  readonly #deadlineMilliseconds: number;
  readonly #sweeper: NodeJS.Timeout;

  constructor(pool: PostgresPool, deadlineMilliseconds: number, sweepMilliseconds: number) {
    this.#pool = pool;
    this.#deadlineMilliseconds = deadlineMilliseconds;
    this.#sweeper = setInterval(() => this.#sweep().catch(() => undefined), sweepMilliseconds).unref();
    // Without a listener a connection that is lost while it is idle would end the process.
    if (!HEARD.has(pool)) pool.on('error', ignore);
    HEARD.add(pool);
  }

  async commit(steps: readonly Step[]): Promise<CommitResult> {
    const { letters, keys, facts } = toLetters(steps, (key) => key);
    const [row] = await this.#query(COMMIT, [letters, keys, facts]);
    return readAnswer(steps, row);
  }

  /** By a commit that writes: a replica, or a user without rights, would still read. */
  async health(): Promise<void> {
    const key = `health:${randomBytes(9).toString('base64url')}`;
    await this.commit([
      { write: key, value: '', ttlSeconds: 60 },
      { remove: key },
      { charge: key, windowSeconds: 60, atMost: 1 },
    ]);
    await this.commit([{ remove: key }]);
  }

  async *examine(): AsyncGenerator<Finding> {
    const check = 'shared state durability';
    const [row] = await this.#query(DURABILITY, []);
    const { kept, fsync } = Object(row);
    const isLogged = kept === 'p';
    if (isLogged && fsync === 'on') yield { check, status: 'ok', detail: 'what was committed outlives a crash' };
    if (isLogged && fsync !== 'on') yield { check, status: 'warning', detail: NO_FSYNC, remedy: 'Set fsync to on.' };
    if (!isLogged)
      yield { check, status: 'warning', detail: UNLOGGED, remedy: 'ALTER TABLE express_sms_otp SET LOGGED' };
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
  }

  async #sweep(): Promise<void> {
    while ((await this.#query(SWEEP, [])).length === SWEEP_ROWS);
  }

  async #query(text: string, values: unknown[]): Promise<readonly unknown[]> {
    const call = new Call({ text, values });
    const late = (): Error => {
      call.giveUp();
      return new Error(`PostgreSQL did not answer within ${this.#deadlineMilliseconds} ms.`);
    };
    return within(call.run(this.#pool), this.#deadlineMilliseconds, late);
  }
}

/** One statement on a connection of its own. */
class Call {
  readonly #statement: { readonly text: string; readonly values: unknown[] };
  #connection: PostgresConnection | undefined;
  #isGivenUp = false;

  constructor(statement: { readonly text: string; readonly values: unknown[] }) {
    this.#statement = statement;
  }

  async run(pool: PostgresPool): Promise<readonly unknown[]> {
    try {
      const { rows } = await this.#ask(pool);
      this.#release(false);
      return rows;
    } catch (error) {
      this.#release(!this.#isGivenUp && isOfConnection(error));
      throw postgresFault(error);
    }
  }

  /**
   * The server may end a connection in the moment between two promises: without a listener from its first moment on, which
   * only a callback has, that would end the process.
   */
  #ask(pool: PostgresPool): Promise<{ readonly rows: readonly unknown[] }> {
    return new Promise((resolve, reject) => {
      pool.connect((error, connection) => {
        if (connection === undefined) return reject(error);
        this.#connection = connection;
        connection.on('error', ignore);
        // The caller has been told that there is no answer: nothing is done any more.
        if (this.#isGivenUp) return reject(new PostgresFault('No connection was free in time.'));
        connection.query(this.#statement).then(resolve, reject);
      });
    });
  }

  /** A question may be answered later: another question on this connection would get that answer. */
  giveUp(): void {
    this.#isGivenUp = true;
    this.#release(true);
  }

  #release(isUseless: boolean): void {
    this.#connection?.release(isUseless);
    this.#connection?.off('error', ignore);
    this.#connection = undefined;
  }
}

/** The question that gets no answer tells of the loss. */
function ignore(): void {}

/** @throws PostgresFault if the answer is not that of the function */
function readAnswer(steps: readonly Step[], row: unknown): CommitResult {
  const answer =
    typeof row === 'object' && row !== null && 'answer' in row ? JSON.parse(String(row.answer)) : undefined;
  const { refused, now, found } = answer ?? {};
  if (typeof refused !== 'number' || typeof now !== 'number' || !Array.isArray(found)) {
    throw new PostgresFault('PostgreSQL answered in a form that is not known.');
  }
  const told = steps.map((step, index) =>
    foundBy(step, found[index] === null ? undefined : readHeld(found[index]), now),
  );
  return refused > 0 ? { refusedBy: refused - 1, found: told, now } : { found: told, now };
}
