import connectPgSimple from 'connect-pg-simple';
import session from 'express-session';
import { postgresState } from 'express-sms-otp/postgres';
import { Pool } from 'pg';
import type { Shared } from './redis.ts';

/**
 * Sessions and shared state in one PostgreSQL, without a Redis.
 *
 * @throws Error if it cannot be reached now, or was not migrated; later it may come and go
 */
export async function connectPostgres(connectionString: string): Promise<Shared> {
  const pool = new Pool({ connectionString, max: 10, connectionTimeoutMillis: 2000, query_timeout: 2000 });
  // Without a listener, a connection that is lost would end the process.
  pool.on('error', () => undefined);
  const shared = postgresState(pool);
  const PgStore = connectPgSimple(session);
  const sessions = new PgStore({ pool, createTableIfMissing: true });
  const close = async (): Promise<void> => {
    await sessions.close();
    await pool.end();
  };
  try {
    await shared.health?.();
  } catch (error) {
    await shared.close?.();
    await close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`DATABASE_URL: ${reason}`);
  }
  return { shared, sessions, close };
}
