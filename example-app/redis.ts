import type { Store } from 'express-session';
import type { SharedState } from 'express-sms-otp';
import { redisState } from 'express-sms-otp/redis';
import { createClient } from 'redis';
import { redisSessions } from './redis-sessions.ts';

/** What several processes of the demo share. */
export interface Shared {
  readonly shared: SharedState;
  readonly sessions: Store;
  close(): Promise<void>;
}

/** @throws Error where Redis cannot be reached now; later it may come and go */
export async function connectRedis(url: string): Promise<Shared> {
  const client = createClient({ url, disableOfflineQueue: true });
  // Without a listener, an error of the connection would end the process.
  client.on('error', () => undefined);
  await Promise.race([client.connect(), firstError(client)]);
  return {
    shared: redisState(client),
    sessions: redisSessions(client),
    close: async () => client.destroy(),
  };
}

function firstError(client: { once(event: 'error', listener: (error: Error) => void): unknown }): Promise<never> {
  return new Promise((_resolve, reject) => {
    client.once('error', () => reject(new Error('REDIS_URL: Redis cannot be reached.')));
  });
}
