import { within } from '../deadline.ts';
import type { SharedState, SharedStateHealth } from '../domain/ports.ts';
import { SmsOtpConfigError } from '../errors.ts';
import { leaveUnreadable, type RedisConnection } from './redis-connection.ts';
import { redisFaults } from './redis-faults.ts';

/** The part of a node-redis client (5 or later) that is used. */
export interface RedisClient extends RedisConnection {
  readonly options?:
    | (RedisConnection['options'] & {
        readonly disableOfflineQueue?: boolean | undefined;
        readonly clientSideCache?: unknown;
      })
    | undefined;
  get(key: string): Promise<string | null>;
  set(
    key: string,
    value: string,
    options: { expiration: { type: 'EX'; value: number }; condition?: 'NX' },
  ): Promise<string | null>;
  del(key: string): Promise<number>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  ping(): Promise<unknown>;
  info(section: string): Promise<string>;
}

/** A server that was stopped, not closed, never answers: no call waits longer than this. */
const DEADLINE_MILLISECONDS = 2_000;

/**
 * One step in Redis, so that two processes never read the same total. What was all given back leaves nothing behind.
 */
const ADD = `
local points, ttl = tonumber(ARGV[1]), redis.call('PTTL', KEYS[1])
if ttl < 0 then
  if points <= 0 then return {0, 0} end
  redis.call('SET', KEYS[1], points, 'PX', ARGV[2])
  return {points, tonumber(ARGV[2])}
end
local total = math.max(0, tonumber(redis.call('GET', KEYS[1])) + points)
if points < 0 and total == 0 then
  redis.call('DEL', KEYS[1])
  return {0, 0}
end
if points ~= 0 then redis.call('SET', KEYS[1], total, 'KEEPTTL') end
return {total, ttl}`;

const TIME = `
local time = redis.call('TIME')
return {tonumber(time[1]), tonumber(time[2])}`;

/**
 * Shared state of several processes, in Redis. Every call ends within 2 s; where Redis is down, it rejects, and works
 * again by itself. The client stays the app's: `close()` leaves it open.
 *
 * @param client a node-redis client made with `disableOfflineQueue: true`
 * @param deadlineMilliseconds is there for tests
 * @throws SmsOtpConfigError where the client would wait for a dead server instead of failing
 */
export function redisState(client: RedisClient, deadlineMilliseconds = DEADLINE_MILLISECONDS): SharedState {
  checkClient(client);
  leaveUnreadable(client);
  const faultOf = redisFaults(client);
  const refuse = (error: unknown): never => {
    throw faultOf(error);
  };
  const late = () => new Error(`Redis did not answer within ${deadlineMilliseconds} ms.`);
  const ask = <Answer>(answer: Promise<Answer>): Promise<Answer> =>
    within(answer.catch(refuse), deadlineMilliseconds, late);
  return {
    async add(key, points, windowSeconds) {
      const args = [String(points), String(windowSeconds * 1000)];
      const [total, milliseconds] = readPair(await ask(client.eval(ADD, { keys: [key], arguments: args })));
      return { total, resetsInSeconds: Math.ceil(milliseconds / 1000) };
    },
    async get(key) {
      return (await ask(client.get(key))) ?? undefined;
    },
    async set(key, value, ttlSeconds, ifAbsent = false) {
      const expiration = { type: 'EX', value: ttlSeconds } as const;
      const options = ifAbsent ? ({ expiration, condition: 'NX' } as const) : { expiration };
      return (await ask(client.set(key, value, options))) !== null;
    },
    async delete(key) {
      return (await ask(client.del(key))) === 1;
    },
    async health() {
      await ask(client.ping());
      // A managed server may keep this to itself.
      return readPolicy(await ask(client.info('memory')).catch(() => ''));
    },
    async time() {
      const [seconds, microseconds] = readPair(await ask(client.eval(TIME, { keys: [], arguments: [] })));
      return seconds * 1000 + microseconds / 1000;
    },
  };
}

function checkClient(client: RedisClient): void {
  const problems: string[] = [];
  if (typeof client?.eval !== 'function' || client.options?.disableOfflineQueue !== true) {
    problems.push(
      'redisState: needs a client of node-redis made with createClient({ …, disableOfflineQueue: true }); without that, ' +
        'a server that is down would let every sign-in hang instead of answering 503',
    );
  }
  if (client?.options?.clientSideCache !== undefined) {
    problems.push('redisState: needs a client without clientSideCache; what another process has ended must be gone');
  }
  if (problems.length > 0) throw new SmsOtpConfigError(problems);
}

function readPair(answer: unknown): readonly [number, number] {
  if (Array.isArray(answer) && typeof answer[0] === 'number' && typeof answer[1] === 'number')
    return [answer[0], answer[1]];
  throw new Error('Redis answered a script in a form that is not known.');
}

/** What Redis may throw away to make room are counters and locks. */
function readPolicy(info: string): SharedStateHealth | undefined {
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  if (policy === undefined || policy === 'noeviction') return undefined;
  return {
    status: 'degraded',
    lastError: `maxmemory-policy is ${policy}: set it to noeviction, or counters may be lost`,
  };
}
