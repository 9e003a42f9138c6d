import { RedisStore } from 'connect-redis';
import type { Store } from 'express-session';

/** The part of a node-redis client that connect-redis needs. */
interface RedisClient {
  get(key: string): Promise<unknown>;
  set(key: string, value: string, options: { expiration: { type: 'EX'; value: number } }): Promise<unknown>;
  expire(key: string, seconds: number): Promise<unknown>;
  del(keys: string[]): Promise<unknown>;
}

/** Sessions in Redis. connect-redis (9.0) waits as long as Redis does: a server that hangs would keep every request. */
export function redisSessions(client: RedisClient, deadlineMilliseconds = 1000): Store {
  const inTime = (answer: Promise<unknown>): Promise<unknown> => withDeadline(answer, deadlineMilliseconds);
  const hasty: RedisClient = {
    get: (key) => inTime(client.get(key)),
    set: (key, value, options) => inTime(client.set(key, value, options)),
    expire: (key, seconds) => inTime(client.expire(key, seconds)),
    del: (keys) => inTime(client.del(keys)),
  };
  return new RedisStore({ client: hasty });
}

async function withDeadline(answer: Promise<unknown>, milliseconds: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('Redis does not answer.')), milliseconds);
  });
  try {
    return await Promise.race([answer, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
