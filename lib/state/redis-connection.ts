/** Where a client looks for its server: the URL that it was made with is read into this. */
interface RedisPlace {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly path?: string | undefined;
}

/** What a node-redis client says of its connection, and the way to another one. */
export interface RedisConnection {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  readonly options?: { readonly socket?: RedisPlace | undefined } | undefined;
  on(event: 'error', listener: (error: Error) => void): unknown;
  destroy(): void;
  connect(): Promise<unknown>;
}

/** A peer that is no Redis is greeted no more often. */
const PAUSE_MILLISECONDS = 500;

/**
 * Connects anew where something came that is no Redis. node-redis (6.3.1) keeps such a connection: each question would
 * get the answer of the one before it, and a greeting that was not understood would be waited for without end.
 */
export function leaveUnreadable(client: RedisConnection): void {
  let isPausing = false;
  const connectAnew = (): void => {
    client.destroy();
    client.connect().catch(() => undefined);
  };
  client.on('error', ({ message }) => {
    if (!message.startsWith('Unknown RESP type')) return;
    if (client.isReady) return connectAnew();
    if (isPausing) return;
    isPausing = true;
    setTimeout(() => {
      isPausing = false;
      if (client.isOpen && !client.isReady) connectAnew();
    }, PAUSE_MILLISECONDS).unref();
  });
}
