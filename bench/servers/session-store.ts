import connectPgSimple from 'connect-pg-simple';
import { RedisStore } from 'connect-redis';
import session from 'express-session';
import { Pool } from 'pg';
import { createClient } from 'redis';

/** Connected; fails rather than waits. */
export async function connectRedis(path: string): Promise<ReturnType<typeof createRedisClient>> {
  const client = createRedisClient(path);
  client.on('error', (error) => console.error(error));
  await client.connect();
  return client;
}

/** As the listing of docs/cluster.md. */
export function connectPostgres(connectionString: string): Pool {
  const pool = new Pool({ connectionString, max: 20, connectionTimeoutMillis: 2_000, query_timeout: 2_000 });
  return pool.on('error', (error) => console.error(error));
}

/** The same for all: express-session's own store, or the usual one for Redis or PostgreSQL. */
export async function sessionMiddleware(
  redisPath: string | undefined,
  pool?: Pool,
): Promise<ReturnType<typeof session>> {
  const store = await storeOf(redisPath, pool);
  return session({ secret: 'a secret of the bench', resave: false, saveUninitialized: false, store });
}

async function storeOf(redisPath: string | undefined, pool: Pool | undefined): Promise<session.Store> {
  if (redisPath !== undefined) return new RedisStore({ client: await connectRedis(redisPath) });
  if (pool === undefined) return new session.MemoryStore();
  return new (connectPgSimple(session))({ pool, createTableIfMissing: true });
}

function createRedisClient(path: string) {
  return createClient({ socket: { path, reconnectStrategy: 50 }, disableOfflineQueue: true });
}
