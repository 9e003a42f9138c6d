import { type RedisConnection, RedisReconnection } from './redis-connection.ts';

/** The answers with which Redis refuses, and their remedies. Its own text is not told: it may quote a key and a value. */
const REFUSALS: readonly (readonly [pattern: RegExp, word: string, remedy: string])[] = [
  [/\bREADONLY\b/, 'READONLY', 'it is a replica: connect to the primary'],
  [
    /\bNOPERM\b|ACL failure|executing the script can't/,
    'NOPERM',
    'its user lacks a command or the keys: docs/cluster.md lists what an ACL must allow',
  ],
  [/\bOOM\b/, 'OOM', 'it is full: raise maxmemory, or move other data to another server'],
  [/\bMISCONF\b/, 'MISCONF', 'it cannot save to its disk, and takes no writes'],
  [/\bNOREPLICAS\b/, 'NOREPLICAS', 'it has fewer replicas than min-replicas-to-write'],
  [/\bCROSSSLOT\b/, 'CROSSSLOT', 'keys of several instances are in one commit'],
  [/\bMIXED\b/, 'MIXED', 'a step counts on a key that holds a value'],
  [/[Uu]nknown (Redis )?command/, 'ERR', 'it does not know a command that is needed: docs/cluster.md lists them'],
];

/** A fault that we found ourselves; its message may be told. */
export class RedisFault extends Error {}

/**
 * Why Redis gives no answer, for each error of its client. Redis may quote a command with its key and its value, so no
 * more is told than a word of what it says.
 */
export function redisFaults(client: RedisConnection): (error: unknown) => Error {
  const reconnection = RedisReconnection.of(client);
  return (error) => {
    if (error instanceof RedisFault) return error;
    const refusal = refusalOf(error);
    if (refusal !== undefined) return new Error(`Redis cannot answer: ${refusal}`);
    if (client.isReady ?? client.isOpen) return new Error(`Redis cannot answer: ${wordOf(error)}`);
    return new Error(`Redis${placeOf(client)} cannot be reached: ${reasonOf(client, reconnection.lastError)}`);
  };
}

/** Whether the server takes no writes because it is a replica. */
export function isFromReplica(error: unknown): boolean {
  return error instanceof Error && /\bREADONLY\b/.test(error.message);
}

/** Whether the primary is full, or may not write for another reason; it still answers what only reads. */
export function takesNoWrites(error: unknown): boolean {
  return error instanceof Error && /\b(OOM|MISCONF|NOREPLICAS)\b/.test(error.message);
}

/** Whether the user of the connection lacks a right to the keys, not to a command. */
export function isOfKeys(error: unknown): boolean {
  return error instanceof Error && /\bNOPERM\b.*\bkeys?\b/.test(error.message);
}

function refusalOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const [, word, remedy] = REFUSALS.find(([pattern]) => pattern.test(error.message)) ?? [];
  return word === undefined ? undefined : `${word}: ${remedy}`;
}

function reasonOf({ isOpen }: RedisConnection, lastLoss: unknown): string {
  if (lastLoss === undefined)
    return isOpen ? 'it does not answer' : 'its client is closed, or connect() was not called';
  return isOpen ? wordOf(lastLoss) : `${wordOf(lastLoss)}, and its client has given up`;
}

/** As `ECONNREFUSED`, `WRONGPASS` or `ConnectionTimeoutError`. */
function wordOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no Error';
  if ('code' in error && /^[A-Z0-9_]+$/.test(String(error.code))) return String(error.code);
  return /^[A-Z]+(?= )/.exec(error.message)?.[0] ?? error.constructor.name;
}

function placeOf({ options }: RedisConnection): string {
  const { path, host, port } = options?.socket ?? {};
  if (path !== undefined) return ` at ${path}`;
  return host === undefined ? '' : ` at ${host}:${port ?? 6379}`;
}
