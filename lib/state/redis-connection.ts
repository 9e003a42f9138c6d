import { SmsOtpConfigError } from '../errors.ts';

/** The place of a client's options that names its server: the URL that it was made with is read into this. */
interface RedisPlace {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly path?: string | undefined;
}

/** The arguments of a script: its keys come first, so that a cluster finds their node. */
export interface ScriptCall {
  keys: string[];
  arguments: string[];
}

/** The part of node-redis that runs scripts. */
export interface RedisScripts {
  evalSha(sha: string, call: ScriptCall): Promise<unknown>;
  eval(script: string, call: ScriptCall): Promise<unknown>;
}

/** The connection of a node-redis client, pool, cluster or sentinel, and the way to another one. */
export interface RedisConnection {
  readonly isOpen: boolean;
  /** A pool does not say. */
  readonly isReady?: boolean;
  /** Only a client of one connection tells them. */
  readonly options?:
    | {
        readonly socket?: RedisPlace | undefined;
        readonly disableOfflineQueue?: boolean | undefined;
        readonly clientSideCache?: unknown;
      }
    | undefined;
  on(event: 'error', listener: (error: Error) => void): unknown;
  destroy(): unknown;
  connect(): Promise<unknown>;
}

/** `createClient`, `createClientPool`, `createCluster` or `createSentinel` of node-redis 5 or 6: the part that is used. */
export interface RedisClient extends RedisConnection, RedisScripts {
  withCommandOptions(options: { timeout: number; typeMapping: Record<string, never> }): RedisScripts;
}

/**
 * A client of another library, or one that would hang, found out at start.
 *
 * @throws SmsOtpConfigError
 */
export function checkClient(client: RedisClient): void {
  const problems = problemsOf(client);
  if (problems.length > 0) throw new SmsOtpConfigError(problems);
}

function problemsOf(client: RedisClient | null | undefined): readonly string[] {
  if (client && 'evalsha' in client) return [IOREDIS];
  if (typeof client?.evalSha !== 'function' || typeof client.eval !== 'function') return [OTHER_LIBRARY];
  // node-redis 4 has no such method. It drops the options of commands that it does not know, as the end of a key.
  if (typeof client.destroy !== 'function' || typeof client.withCommandOptions !== 'function') return [OLD_LIBRARY];
  const problems: string[] = [];
  if (client.options !== undefined && client.options.disableOfflineQueue !== true) problems.push(OFFLINE_QUEUE);
  if (client.options?.clientSideCache !== undefined || hasCache(client)) problems.push(CLIENT_CACHE);
  return problems;
}

const MADE_WITH = 'made with createClient({ …, disableOfflineQueue: true })';
const OTHER_LIBRARY = `redisState: needs a client of node-redis (the package redis), 5 or 6, ${MADE_WITH}`;
const IOREDIS = `redisState: this is a client of ioredis; make one of node-redis (the package redis), 5 or 6, beside it, ${MADE_WITH}, or with createClientPool, createCluster or createSentinel`;
const OLD_LIBRARY = `redisState: needs node-redis 5 or 6; this is a client of node-redis 4. Install redis@6, and make the client anew, ${MADE_WITH}`;
const OFFLINE_QUEUE = `redisState: needs a client ${MADE_WITH}; without that, a server that is down would let every sign-in hang instead of answering 503`;
const CLIENT_CACHE = 'redisState: needs a client without clientSideCache; what another process has ended must be gone';

function hasCache(client: object): boolean {
  return 'clientSideCache' in client && client.clientSideCache !== undefined;
}

/** Clusters and sentinels find the primary by themselves. */
export function isCluster(client: object): boolean {
  return 'nodeByAddress' in client;
}

/** A peer that is no Redis, or no primary, is greeted no more often. */
const PAUSE_MILLISECONDS = 500;

const RECONNECTIONS = new WeakMap<RedisConnection, RedisReconnection>();

/**
 * Connects anew if something came that is no Redis, and if the server turns out to be a replica. node-redis (6.3.1) keeps
 * such a connection. After unreadable bytes each question would get the answer of the one before it, and a greeting that
 * was not understood would be waited for without end. Behind a name that has moved to another primary, every write would be
 * refused until the old one is stopped.
 */
export class RedisReconnection {
  readonly #client: RedisConnection;
  #lastError: Error | undefined;
  #isPausing = false;

  private constructor(client: RedisConnection) {
    this.#client = client;
    client.on('error', (error) => {
      this.#lastError = error;
      if (error.message.startsWith('Unknown RESP type')) this.#leaveUnreadable();
    });
  }

  /** All instances that share a client share this: one listener, and one way to another connection. */
  static of(client: RedisConnection): RedisReconnection {
    const known = RECONNECTIONS.get(client) ?? new RedisReconnection(client);
    RECONNECTIONS.set(client, known);
    return known;
  }

  /** Why a connection was lost, or could not be opened; `undefined` if that never was. */
  get lastError(): Error | undefined {
    return this.#lastError;
  }

  /** The server of this connection takes no writes. */
  leaveReplica(): void {
    const hasOwnWay = isCluster(this.#client) || 'acquire' in this.#client;
    if (hasOwnWay || !this.#client.isOpen || this.#isPausing) return;
    this.#connectAnew();
    this.#pause(() => undefined);
  }

  #leaveUnreadable(): void {
    if (this.#client.isReady === true) this.#connectAnew();
    else if (!this.#isPausing) {
      this.#pause(() => {
        if (this.#client.isOpen && this.#client.isReady !== true) this.#connectAnew();
      });
    }
  }

  #pause(afterwards: () => void): void {
    this.#isPausing = true;
    setTimeout(() => {
      this.#isPausing = false;
      afterwards();
    }, PAUSE_MILLISECONDS).unref();
  }

  #connectAnew(): void {
    this.#client.destroy();
    this.#client.connect().catch(() => undefined);
  }
}
