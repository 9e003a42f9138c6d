import { createHash } from 'node:crypto';
import type { RedisScripts, ScriptCall } from './redis-connection.ts';

/**
 * A commit in Redis. KEYS has one key a step; ARGV[1] has one letter a step, and what they need follows in their order.
 * Reading all keys is one call, and a key that several steps change is written once. A value is kept as `=…`, a counter
 * as `#total start window`, in milliseconds.
 *
 * Removals come first: if a write were then refused after all, a record would be lost rather than there twice.
 */
export const COMMIT = `
local call, ops = redis.call, ARGV[1]
local steps, time = #KEYS, call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local was = steps > 0 and call('MGET', unpack(KEYS)) or {}
local is, life, refusedBy, at = {}, {}, 0, 2
for i = 1, steps do
  local op, key = string.sub(ops, i, i), KEYS[i]
  local held = is[key]
  if held == nil then held = was[i] end
  if op == 'c' or op == 'f' then
    local total, start, window = 0
    if held then
      total, start, window = string.match(held, '^#(%d+) (%d+) (%d+)$')
      if not total then return redis.error_reply('MIXED') end
    end
    if op == 'c' then
      if total + 1 > tonumber(ARGV[at + 1]) then refusedBy = i break end
      if not held then
        start, window = now, ARGV[at]
        life[key] = window
      end
      is[key] = '#' .. total + 1 .. ' ' .. start .. ' ' .. window
      at = at + 2
    else
      local charged = ARGV[at] == '' and start or tonumber(ARGV[at])
      if held and charged - start >= 0 and charged - start < tonumber(window) then
        is[key] = tonumber(total) > 1 and '#' .. total - 1 .. ' ' .. start .. ' ' .. window
      end
      at = at + 1
    end
  elseif op == 'e' then
    if held ~= (ARGV[at] ~= '' and ARGV[at]) then refusedBy = i break end
    at = at + 1
  elseif op == 'w' or not held and (op == 'n' or op == 's') then
    is[key], life[key] = ARGV[at], ARGV[at + 1]
    at = at + 2
  elseif op == 's' then
    at = at + 2
  elseif op == 'n' or op == 'd' and not held then
    refusedBy = i
    break
  elseif op == 'd' then
    is[key] = false
  end
end
if refusedBy == 0 then
  local gone = {}
  for i = 1, steps do
    local key = KEYS[i]
    local held = is[key]
    if held == false and was[i] then gone[#gone + 1] = key end
    if not held or held == was[i] and not life[key] then is[key] = nil end
  end
  if #gone > 0 then call('DEL', unpack(gone)) end
  for key, held in pairs(is) do
    if life[key] then
      call('SET', key, held, 'PX', life[key])
    else
      call('SET', key, held, 'KEEPTTL')
    end
  end
end
was[steps + 1] = refusedBy
was[steps + 2] = now
return was`;

/**
 * Makes each call that a commit makes. Tells whether a key with an end gets one, and keeps it, and what the server throws
 * away when it is full, if it says.
 */
export const EXAMINE = `
local key = KEYS[1]
redis.call('TIME')
redis.call('MGET', key)
redis.call('SET', key, '1', 'PX', 60000)
local first = redis.call('PTTL', key)
redis.call('SET', key, '2', 'KEEPTTL')
local kept = redis.call('PTTL', key)
redis.call('DEL', key)
local memory = redis.pcall('INFO', 'memory')
local policy = type(memory) == 'string' and string.match(memory, 'maxmemory_policy:(%S+)')
return {first, kept, policy or ''}`;

/** Whether each write goes to a file, if the server says. The key only leads to a node of a cluster. */
export const DURABILITY = `
local text = redis.pcall('INFO', 'persistence')
return type(text) == 'string' and string.match(text, 'aof_enabled:(%d)') or ''`;

export function tooLate(): Error {
  return new Error('The answer is not waited for any more.');
}

/** A script that is called by its hash, and sent only to a server that does not have it (any more). */
export class RedisScript {
  readonly #client: RedisScripts;
  readonly #source: string;
  readonly #sha: string;

  constructor(client: RedisScripts, source: string) {
    this.#client = client;
    this.#source = source;
    this.#sha = createHash('sha1').update(source).digest('hex');
  }

  /** @param isLate whether the caller has been told that there is no answer: nothing is sent any more then */
  async run(call: ScriptCall, isLate: () => boolean): Promise<unknown> {
    try {
      if (isLate()) throw tooLate();
      return await this.#client.evalSha(this.#sha, call);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT')) || isLate()) throw error;
      return this.#client.eval(this.#source, call);
    }
  }
}
