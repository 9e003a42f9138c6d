import { RedisStore } from 'connect-redis';
import type { Store } from 'express-session';
import type { SharedState } from 'express-sms-otp';
import { redisState } from 'express-sms-otp/redis';
import { createClient } from 'redis';

/** The state that several processes of the demo share. */
export interface Shared {
  readonly shared: SharedState;
  readonly sessions: Store;
  close(): Promise<void>;
}

/**
 * @param say is there for tests
 * @throws Error if Redis cannot be reached now; later it may come and go
 */
export async function connectRedis(url: string, say: (line: string) => void = console.error): Promise<Shared> {
  const client = createClient({ url, disableOfflineQueue: true });
  // Without a listener, an error of the connection would end the process.
  client.on('error', () => undefined);
  await Promise.race([client.connect(), firstError(client)]);
  tellOutages(client, say);
  return {
    shared: redisState(client),
    sessions: new RedisStore({ client }),
    close: async () => client.destroy(),
  };
}

interface Connection {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'ready', listener: () => void): unknown;
  once(event: 'error', listener: (error: Error) => void): unknown;
}

function firstError(client: Connection): Promise<never> {
  return new Promise((_resolve, reject) => {
    client.once('error', () => reject(new Error('REDIS_URL: Redis cannot be reached.')));
  });
}

/** A line when Redis goes, and one when it is back: there is an error for each attempt in between. */
function tellOutages(client: Connection, say: (line: string) => void): void {
  let isGone = false;
  client.on('error', ({ message }) => {
    if (!isGone) say(`  Process ${process.pid} has lost Redis (${message}): what needs it gets 503 until it is back.`);
    isGone = true;
  });
  client.on('ready', () => {
    if (isGone) say(`  Process ${process.pid} has Redis again.`);
    isGone = false;
  });
}
