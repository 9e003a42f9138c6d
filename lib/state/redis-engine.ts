import { createHash, randomBytes } from 'node:crypto';
import { within } from '../deadline.ts';
import type { Finding } from '../domain/ports.ts';
import type { CommitResult, Key, SharedState, SharedStateHealth, Step } from '../domain/shared-state.ts';
import { foundBy, readHeld, toLetters, type Window } from './encoding.ts';
import {
  isCluster,
  type RedisClient,
  RedisReconnection,
  type RedisScripts,
  type ScriptCall,
} from './redis-connection.ts';
import { isFromReplica, isOfKeys, RedisFault, redisFaults, takesNoWrites } from './redis-faults.ts';
import { PreviousVersion } from './redis-previous.ts';
import { COMMIT, DURABILITY, EXAMINE, RedisScript, tooLate } from './redis-script.ts';

const NO_FILE = 'appendonly is off: a restart loses what was written since the last snapshot, or everything';

/** Commits in Redis, each by one script. */
export class RedisEngine implements SharedState {
  readonly #keys: RedisKeys;
  readonly #commit: RedisScript;
  readonly #scripts: RedisScripts;
  readonly #reconnection: RedisReconnection;
  /** 0.1.0 took no cluster. */
  readonly #previous: PreviousVersion | undefined;
  readonly #faultOf: (error: unknown) => Error;
  readonly #deadlineMilliseconds: number;
  #isExamined = false;

  constructor(client: RedisClient, deadlineMilliseconds: number) {
    this.#scripts = scriptsOf(client, deadlineMilliseconds);
    this.#keys = new RedisKeys(isCluster(client));
    this.#commit = new RedisScript(this.#scripts, COMMIT);
    this.#reconnection = RedisReconnection.of(client);
    this.#previous = isCluster(client) ? undefined : new PreviousVersion(this.#scripts);
    this.#faultOf = redisFaults(client);
    this.#deadlineMilliseconds = deadlineMilliseconds;
  }

  async commit(steps: readonly Step[]): Promise<CommitResult> {
    return this.#ask(async (isLate) => {
      const call = toCall(steps, this.#keys);
      if (!this.#isExamined && this.#keys.tag !== undefined) await this.#begin(this.#keys.tag, steps, isLate);
      return readReply(steps, await this.#commit.run(call, isLate));
    });
  }

  async health(): Promise<SharedStateHealth | undefined> {
    return this.#ask(async (isLate) => {
      const commit = this.#commit.run({ keys: [], arguments: [''] }, isLate);
      const [policy] = await Promise.all([this.#examinePlace(isLate), commit]);
      await this.#lookForPrevious();
      return judgePolicy(policy);
    });
  }

  async *examine(): AsyncGenerator<Finding> {
    const check = 'shared state durability';
    const key = `${this.#keys.tag ?? '{smsOtp}'}:durability`;
    const isOn = await this.#ask(() => this.#scripts.eval(DURABILITY, { keys: [key], arguments: [] }));
    if (isOn === '1') yield { check, status: 'ok', detail: 'appendonly is on' };
    else if (isOn === '0') yield { check, status: 'warning', detail: NO_FILE, remedy: 'Set appendonly yes.' };
    else yield { check, status: 'skipped', detail: 'Redis does not tell this account (info) whether appendonly is on' };
  }

  async #begin(tag: string, steps: readonly Step[], isLate: () => boolean): Promise<void> {
    let isExamined = true;
    try {
      await this.#examine(tag, isLate);
    } catch (error) {
      // A process that starts beside a full server still knows who is signed in, and signs them out.
      if (!takesNoWrites(error) || steps.some(isWritten)) throw error;
      isExamined = false;
    }
    await this.#previous?.assertNone(this.#keys.previous);
    if (isExamined) this.#isExamined = true;
  }

  /** It may have been started after this process. */
  async #lookForPrevious(): Promise<void> {
    try {
      await this.#previous?.lookFurther(this.#keys.previous);
    } catch (error) {
      this.#isExamined = false;
      throw error;
    }
  }

  /** Before the first commit the name of the instance is not known: a user may have no right to another one's keys. */
  async #examinePlace(isLate: () => boolean): Promise<string> {
    const { tag } = this.#keys;
    if (tag !== undefined) return this.#examine(tag, isLate);
    return this.#examine('{smsOtp}', isLate).catch((error: unknown) => {
      if (isOfKeys(error)) return '';
      throw error;
    });
  }

  async #examine(tag: string, isLate: () => boolean): Promise<string> {
    const key = `${tag}:examined:${randomBytes(9).toString('base64url')}`;
    if (isLate()) throw tooLate();
    // Not by its hash: a right to send scripts would be missed only when the server has restarted.
    const reply = await this.#scripts.eval(EXAMINE, { keys: [key], arguments: [] });
    const [first, kept, policy] = Array.isArray(reply) ? reply : [];
    if (!(first > 0 && kept > 0)) throw new RedisFault('Redis gives keys no end, or its client asks for none.');
    return String(policy);
  }

  /** One deadline for all calls of one answer: what comes after it is not sent any more. */
  async #ask<Answer>(work: (isLate: () => boolean) => Promise<Answer>): Promise<Answer> {
    let isOver = false;
    const late = (): Error => {
      isOver = true;
      return new Error(`Redis did not answer within ${this.#deadlineMilliseconds} ms.`);
    };
    const answer = work(() => isOver).catch((error: unknown) => {
      if (isFromReplica(error)) this.#reconnection.leaveReplica();
      throw this.#faultOf(error);
    });
    return within(answer, this.#deadlineMilliseconds, late);
  }
}

function scriptsOf(client: RedisClient, timeout: number): RedisScripts {
  // Only a client of one connection can be seen not to queue commands for a dead server: it needs no timer of its own for
  // each. Of others, what could not be sent in time is withdrawn. The app's way to read its own answers is left behind.
  const isQueueing = client.options?.disableOfflineQueue !== true;
  return client.withCommandOptions({ timeout: isQueueing ? timeout : 0, typeMapping: {} });
}

/** Whether a key may need an end. */
function isWritten(step: Step): boolean {
  return 'write' in step || 'charge' in step || 'refund' in step;
}

/** Redis may throw away counters and locks to make room. A managed server may keep its policy to itself. */
function judgePolicy(policy: string): SharedStateHealth | undefined {
  if (policy === '' || policy === 'noeviction') return undefined;
  return {
    status: 'degraded',
    lastError: `maxmemory-policy is ${policy}: set it to noeviction, or counters may be lost`,
  };
}

/** The steps as the script takes them. */
function toCall(steps: readonly Step[], places: RedisKeys): ScriptCall {
  const { letters, keys, facts } = toLetters(steps, (key) => places.placeOf(key));
  return { keys, arguments: [letters, ...facts] };
}

/** @throws RedisFault if the answer is not that of the script */
function readReply(steps: readonly Step[], reply: unknown): CommitResult {
  const [refusal, now] = Array.isArray(reply) ? reply.slice(steps.length) : [];
  if (!Array.isArray(reply) || typeof refusal !== 'number' || typeof now !== 'number') throw notOurs();
  const found = steps.map((step, index) => foundBy(step, heldBy(reply[index]), now));
  return refusal > 0 ? { refusedBy: refusal - 1, found, now } : { found, now };
}

function heldBy(raw: unknown): string | Window | undefined {
  if (raw === null) return undefined;
  if (typeof raw !== 'string') throw notOurs();
  return readHeld(raw);
}

function notOurs(): RedisFault {
  return new RedisFault('Redis answered a script in a form that is not known.');
}

/**
 * Where keys are in Redis. All keys of an instance have its name as their hash tag, as `{smsOtp}:record:…`: one node of a
 * cluster holds them, so that one script can reach them all.
 */
class RedisKeys {
  readonly #isCluster: boolean;
  #name = '';
  #tag: string | undefined;

  constructor(isCluster: boolean) {
    this.#isCluster = isCluster;
  }

  /** That of the last key; `undefined` before the first. */
  get tag(): string | undefined {
    return this.#tag;
  }

  /** The prefix of the keys of 0.1.0; before the first key is known, one that no key has. */
  get previous(): string {
    return this.#name || ':';
  }

  placeOf(key: Key): string {
    if (key.startsWith(':')) return this.#isCluster ? this.placeOf(key.slice(1)) : key.slice(1);
    if (this.#tag === undefined || this.#name === '' || !key.startsWith(this.#name)) {
      this.#name = key.slice(0, key.indexOf(':') + 1);
      this.#tag = tagOf(this.#name.slice(0, -1));
    }
    return `${this.#tag}:${key.slice(this.#name.length)}`;
  }
}

/** Braces of a name would end the tag too early. */
function tagOf(name: string): string {
  if (!/[{}]/.test(name) && name !== '') return `{${name}}`;
  return `{${createHash('sha256').update(name).digest('base64url').slice(0, 22)}}`;
}
