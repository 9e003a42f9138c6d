import { within } from '../deadline.ts';
import type { SharedState } from '../domain/ports.ts';
import type { RedisConnection } from './redis-connection.ts';
import { redisFaults } from './redis-faults.ts';

type OldRedisState = Required<Pick<SharedState, 'add' | 'get' | 'set' | 'delete' | 'time'>>;

export interface OldRedisClient extends RedisConnection {
  get(key: string): Promise<string | null>;
  set(
    key: string,
    value: string,
    options: { expiration: { type: 'EX'; value: number }; condition?: 'NX' },
  ): Promise<string | null>;
  del(key: string): Promise<number>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

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

/** The calls of 0.1.0. */
export function oldRedisState(client: OldRedisClient, deadlineMilliseconds: number): OldRedisState {
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
    async time() {
      const [seconds, microseconds] = readPair(await ask(client.eval(TIME, { keys: [], arguments: [] })));
      return seconds * 1000 + microseconds / 1000;
    },
  };
}

function readPair(answer: unknown): readonly [number, number] {
  if (Array.isArray(answer) && typeof answer[0] === 'number' && typeof answer[1] === 'number')
    return [answer[0], answer[1]];
  throw new Error('Redis answered a script in a form that is not known.');
}
