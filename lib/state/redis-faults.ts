import type { RedisConnection } from './redis-connection.ts';

/**
 * Why Redis gives no answer, for each error of its client. Redis may quote a command with its key and its value, so no
 * more is told than the first word of what it says.
 */
export function redisFaults(client: RedisConnection): (error: unknown) => Error {
  let lastLoss: unknown;
  client.on('error', (error) => {
    lastLoss = error;
  });
  return (error) => {
    if (client.isReady) return new Error(`Redis cannot answer: ${wordOf(error)}`);
    return new Error(`Redis${placeOf(client)} cannot be reached: ${reasonOf(client, lastLoss)}`);
  };
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
