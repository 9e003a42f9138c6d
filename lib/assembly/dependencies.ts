import { within } from '../deadline.ts';
import type { Dependencies } from '../health.ts';
import type { Logger } from '../log.ts';

/** As long as a sign-in's own send may take. */
const PATIENCE_MILLISECONDS = 5_000;
/** For answers whose messages have theirs. */
const ANSWER_MILLISECONDS = 2_000;
/** For what a dependency does at its end; the package's own ones need less. */
const CLOSE_MILLISECONDS = 10_000;

/** Everything that may still be on its way. */
interface Settling {
  settled(): Promise<void>;
}

/**
 * Lets notices that are on their way arrive, closes the transport, lets requests that have begun be answered, then
 * closes user store and shared state.
 */
export async function closeAll(
  { transport, userStore, shared }: Dependencies,
  {
    notices,
    requests,
    submissions,
    history,
  }: Readonly<Record<'notices' | 'requests' | 'submissions' | 'history', Settling>>,
  logger: Logger,
): Promise<void> {
  await settledWithin(notices, PATIENCE_MILLISECONDS);
  await close(transport, logger);
  await settledWithin(requests, ANSWER_MILLISECONDS);
  await settledWithin(submissions, ANSWER_MILLISECONDS);
  await settledWithin(history, ANSWER_MILLISECONDS);
  for (const dependency of [userStore, shared]) await close(dependency, logger);
}

async function settledWithin(work: Settling, milliseconds: number): Promise<void> {
  await within(work.settled(), milliseconds, () => new Error('too late')).catch(() => undefined);
}

/**
 * One that cannot be closed, or never ends, keeps no other open; nor does one in JavaScript, whose `close` gives no
 * promise.
 */
async function close(dependency: { close?(): Promise<void> }, logger: Logger): Promise<void> {
  try {
    const closed = Promise.resolve(dependency.close?.());
    await within(closed, CLOSE_MILLISECONDS, () => new Error('it did not end in time'));
  } catch (error) {
    logger.error(`close(): ${String(error)}`);
  }
}
