import { RedisStore } from 'connect-redis';
import session from 'express-session';
import { createClient } from 'redis';

/** Connected; fails rather than waits. */
export async function connectRedis(path: string): Promise<ReturnType<typeof createRedisClient>> {
  const client = createRedisClient(path);
  client.on('error', (error) => console.error(error));
  await client.connect();
  return client;
}

/** The same for all: express-session's own store, or the usual one for Redis. */
export async function sessionMiddleware(redisPath: string | undefined): Promise<ReturnType<typeof session>> {
  const store =
    redisPath === undefined ? new session.MemoryStore() : new RedisStore({ client: await connectRedis(redisPath) });
  return session({ secret: 'a secret of the bench', resave: false, saveUninitialized: false, store });
}

function createRedisClient(path: string) {
  return createClient({ socket: { path, reconnectStrategy: 50 }, disableOfflineQueue: true });
}
