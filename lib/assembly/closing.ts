import { within } from '../deadline.ts';
import type { Dependencies } from '../health.ts';
import type { Logger } from '../log.ts';

/** As long as a sign-in's own send may take. */
const PATIENCE_MILLISECONDS = 5_000;
/** For answers whose messages have theirs. */
const ANSWER_MILLISECONDS = 2_000;

/** What may still be on its way. */
interface Settling {
  settled(): Promise<void>;
}

/**
 * Lets notices that are on their way arrive, closes the transport, lets requests that have begun be answered, then
 * closes user store and shared state.
 */
export async function closeAll(
  { transport, userStore, shared }: Dependencies,
  { notices, requests }: { readonly notices: Settling; readonly requests: Settling },
  logger: Logger,
): Promise<void> {
  await settledWithin(notices, PATIENCE_MILLISECONDS);
  await close(transport, logger);
  await settledWithin(requests, ANSWER_MILLISECONDS);
  for (const dependency of [userStore, shared]) await close(dependency, logger);
}

async function settledWithin(work: Settling, milliseconds: number): Promise<void> {
  await within(work.settled(), milliseconds, () => new Error('too late')).catch(() => undefined);
}

/** One that cannot be closed does not keep the others open, nor does one in JavaScript whose `close` is synchronous. */
async function close(dependency: { close?(): Promise<void> }, logger: Logger): Promise<void> {
  try {
    await dependency.close?.();
  } catch (error) {
    logger.error(`close(): ${String(error)}`);
  }
}
