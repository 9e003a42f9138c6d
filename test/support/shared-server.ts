import { type Postgres, startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';

/** Where several processes keep what they share, and what can happen to it. */
export interface SharedServer {
  /** As `unix:///…` or `postgres://…`. */
  readonly url: string;
  /** Answers nothing, as a server that hangs. */
  stop(): void;
  resume(): void;
  /** At once, as by a crash. */
  kill(): Promise<void>;
  /** Does nothing if it runs. */
  start(): Promise<void>;
  /** Ends each connection that there is. */
  cut(): Promise<void>;
  /** Takes no writes, or takes them again. */
  fill(isFull: boolean): Promise<void>;
  /** Loses all that it holds. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** The servers that the journeys run on, by the name in their titles. */
export const SHARED_SERVERS: Readonly<Record<string, (context: Mocha.Context) => Promise<SharedServer>>> = {
  Redis: startSharedRedis,
  PostgreSQL: startSharedPostgres,
};

/** Those of the long journeys: PostgreSQL only if `ALL_STORES` is 1. */
export const JOURNEY_SERVERS = Object.entries(SHARED_SERVERS).filter(
  ([name]) => name === 'Redis' || process.env.ALL_STORES === '1',
);

async function startSharedRedis(context: Mocha.Context): Promise<SharedServer> {
  const redis = await startRedis(context);
  const administrator = await redis.connect();
  return {
    url: `unix://${redis.path}`,
    stop: redis.stop,
    resume: redis.resume,
    kill: redis.kill,
    start: redis.start,
    close: redis.close,
    async cut() {
      await administrator.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
    },
    async fill(isFull) {
      await administrator.configSet('maxmemory', isFull ? '1' : '0');
    },
    async flush() {
      await administrator.flushAll();
    },
  };
}

async function startSharedPostgres(context: Mocha.Context): Promise<SharedServer> {
  const postgres = await startPostgres(context, 'max_connections=200');
  const ask = (statement: string) => administrate(postgres, statement);
  return {
    url: `postgres://postgres@127.0.0.1:${postgres.port}/postgres`,
    stop: postgres.stop,
    resume: postgres.resume,
    kill: postgres.kill,
    start: postgres.start,
    close: postgres.close,
    cut: () => ask('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()'),
    async fill(isFull) {
      await ask(`ALTER SYSTEM SET default_transaction_read_only = ${isFull ? 'on' : 'off'}`);
      await ask('SELECT pg_reload_conf()');
    },
    // A table for sessions is made by their first request.
    flush: () =>
      ask('DO $$ BEGIN TRUNCATE express_sms_otp; TRUNCATE session; EXCEPTION WHEN undefined_table THEN END $$'),
  };
}

async function administrate(postgres: Postgres, statement: string): Promise<void> {
  // Settings of the whole server must not bind the administrator.
  const pool = postgres.pool({ max: 1, options: '-c default_transaction_read_only=off' });
  await pool.query(statement);
  await pool.end();
}
