import type { SharedState } from '../domain/shared-state.ts';
import { checkClient, type RedisClient } from './redis-connection.ts';
import { RedisEngine } from './redis-engine.ts';

export type { RedisClient } from './redis-connection.ts';

/** A server that was stopped, not closed, never answers: no call waits longer than this. */
const DEADLINE_MILLISECONDS = 2_000;

/**
 * Shared state of several processes, in Redis. Every call ends within 2 s; if Redis is down, it rejects, and works again
 * by itself. The client stays the app's: `close()` leaves it open.
 *
 * @param client of node-redis 5 or 6, by `createClient` made with `disableOfflineQueue: true`, or by `createClientPool`,
 * `createCluster` or `createSentinel`
 * @param deadlineMilliseconds is there for tests
 * @throws SmsOtpConfigError if it is another client, or would wait for a dead server instead of failing
 */
export function redisState(client: RedisClient, deadlineMilliseconds = DEADLINE_MILLISECONDS): SharedState {
  checkClient(client);
  const engine = new RedisEngine(client, deadlineMilliseconds);
  return {
    commit: (steps) => engine.commit(steps),
    health: () => engine.health(),
    examine: () => engine.examine(),
  };
}
