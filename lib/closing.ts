import { setTimeout as delay } from 'node:timers/promises';
import type { Notices } from './domain/notices.ts';
import type { Dependencies } from './health.ts';
import type { Logger } from './log.ts';

/** As long as a sign-in's own send may take. */
const PATIENCE_MILLISECONDS = 5_000;

/** Lets notices that are on their way arrive, then closes transport, user store and shared state. */
export async function closeAll(
  { transport, userStore, shared }: Dependencies,
  notices: Notices,
  logger: Logger,
): Promise<void> {
  const patience = new AbortController();
  const { signal } = patience;
  await Promise.race([notices.settled(), delay(PATIENCE_MILLISECONDS, undefined, { signal }).catch(() => undefined)]);
  patience.abort();
  for (const dependency of [transport, userStore, shared]) {
    // One that cannot be closed does not keep the others open.
    await dependency.close?.().catch((error: unknown) => logger.error(`close(): ${String(error)}`));
  }
}
