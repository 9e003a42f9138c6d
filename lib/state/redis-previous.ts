import type { RedisScripts } from './redis-connection.ts';
import { RedisFault } from './redis-faults.ts';

/**
 * Looks through some keys for those of 0.1.0, by their form: its locks and unlocks are read by this version, everything
 * else would be counted twice. ARGV has the cursor, and what its keys begin with, as a text and as a pattern.
 */
const LOOK = `
local cursor, prefix = ARGV[1], ARGV[2]
for _ = 1, 20 do
  local page = redis.call('SCAN', cursor, 'MATCH', ARGV[3], 'COUNT', 1000)
  cursor = page[1]
  for _, key in ipairs(page[2]) do
    local kind, mac = string.match(key, '^([%a%d-]+):([%w_-]+)$', #prefix + 1)
    if kind and #mac == 43 and kind ~= 'lock' and kind ~= 'unlock' then return {cursor, 1} end
  end
  if cursor == '0' then break end
end
return {cursor, 0}`;

const REMEDY =
  'Redis holds counts and sign-ins of express-sms-otp 0.1.0, which would be counted twice: stop all processes of 0.1.0, ' +
  'then remove their keys, as docs/cluster.md says (From 0.1.0)';
/** After a refusal nobody looks more often. */
const PAUSE_MILLISECONDS = 1_000;

/**
 * Keeps this version from running beside 0.1.0, which counts under keys of its own: each limit would be there twice. A
 * process looks through the keys of the server once at its start, and a part of them at each check of its health.
 */
export class PreviousVersion {
  readonly #scripts: RedisScripts;
  #cursor = '0';
  #pass: Promise<void> | undefined;

  constructor(scripts: RedisScripts) {
    this.#scripts = scripts;
  }

  /**
   * The whole look at the start, which all commits wait for.
   *
   * @param prefix with which the keys of 0.1.0 begin
   * @throws RedisFault if there are such keys
   */
  assertNone(prefix: string): Promise<void> {
    this.#pass ??= this.#lookAtAll(prefix);
    return this.#pass;
  }

  /**
   * The next part.
   *
   * @throws RedisFault as above; it is looked for anew before the next commit
   */
  async lookFurther(prefix: string): Promise<void> {
    const [cursor, isThere] = await this.#look(prefix, this.#cursor);
    this.#cursor = cursor;
    if (!isThere) return;
    this.#pass = undefined;
    throw new RedisFault(REMEDY);
  }

  async #lookAtAll(prefix: string): Promise<void> {
    let cursor = '0';
    try {
      do {
        const [next, isThere] = await this.#look(prefix, cursor);
        if (isThere) throw new RedisFault(REMEDY);
        cursor = next;
      } while (cursor !== '0');
    } catch (error) {
      const forget = (): void => {
        this.#pass = undefined;
      };
      if (error instanceof RedisFault) setTimeout(forget, PAUSE_MILLISECONDS).unref();
      else forget();
      throw error;
    }
  }

  async #look(prefix: string, cursor: string): Promise<readonly [cursor: string, isThere: boolean]> {
    const pattern = `${prefix.replace(/[\\*?[\]]/g, '\\$&')}*`;
    const reply = await this.#scripts.eval(LOOK, { keys: [], arguments: [cursor, prefix, pattern] });
    const [next, isThere] = Array.isArray(reply) ? reply : [];
    if (typeof next !== 'string') throw new RedisFault('Redis answered a script in a form that is not known.');
    return [next, isThere === 1];
  }
}
