import connectPgSimple from 'connect-pg-simple';
import { RedisStore } from 'connect-redis';
import session from 'express-session';
import { Pool } from 'pg';
import { createClient } from 'redis';
import type { SharedState } from '../../lib/index.ts';
import { postgresState } from '../../lib/state/postgres-state.ts';
import { RedisReconnection } from '../../lib/state/redis-connection.ts';
import { redisState } from '../../lib/state/redis-state.ts';

/** Sessions and state that the processes of an app share, in Redis or in PostgreSQL. */
export interface SharedClient {
  readonly store: session.Store;
  shared(deadlineMilliseconds?: number): SharedState;
  close(): Promise<void>;
}

/** @param url as `redis://…`, `unix:///…` or `postgres://…`; the server may come later */
export function connectShared(url: string): SharedClient {
  return url.startsWith('postgres:') ? inPostgres(url) : inRedis(url);
}

function inRedis(url: string): SharedClient {
  const socket = url.startsWith('unix:') ? { path: new URL(url).pathname } : { host: '127.0.0.1', port: portOf(url) };
  const client = createClient({ socket: { ...socket, reconnectStrategy: 50 }, disableOfflineQueue: true });
  client.on('error', () => undefined);
  // A connection that does not answer is replaced if only the sessions use it, too.
  RedisReconnection.of(client);
  client.connect().catch(() => undefined);
  return {
    store: new RedisStore({ client }),
    shared: (milliseconds) => redisState(client, milliseconds),
    async close() {
      client.destroy();
    },
  };
}

function inPostgres(connectionString: string): SharedClient {
  const pool = new Pool({ connectionString, max: 10, connectionTimeoutMillis: 2_000, query_timeout: 2_000 });
  pool.on('error', () => undefined);
  const PgStore = connectPgSimple(session);
  const store = new PgStore({ pool, createTableIfMissing: true, pruneSessionInterval: false, errorLog() {} });
  return { store, shared: (milliseconds) => postgresState(pool, milliseconds), close: () => pool.end() };
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
