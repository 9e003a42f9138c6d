import cluster from 'node:cluster';
import type { Config } from '../config.ts';
import { within } from '../deadline.ts';
import type { Clock } from '../domain/ports.ts';
import type { SharedState } from '../domain/shared-state.ts';
import { SmsOtpConfigError } from '../errors.ts';
import type { Dependencies } from '../health.ts';
import type { Logger } from '../log.ts';
import { isMemoryState, memoryState } from '../state/memory-state.ts';

/** As long as a sign-in's own send may take. */
const PATIENCE_MILLISECONDS = 5_000;
/** For answers whose messages have theirs. */
const ANSWER_MILLISECONDS = 2_000;
/** For what a dependency does at its end; the package's own ones need less. */
const CLOSE_MILLISECONDS = 10_000;

/**
 * The app's own shared state, or the default.
 *
 * @throws SmsOtpConfigError if each process of a cluster would count for itself: five guesses each
 */
export function chooseState({ shared, allowInsecure, recoveryCodes, logger }: Config, clock: Clock): SharedState {
  const isInMemory = shared === undefined || isMemoryState(shared);
  const isOneOfSeveral = process.env.NODE_ENV === 'production' && cluster.isWorker;
  if (isInMemory && isOneOfSeveral && !allowInsecure.includes('memoryState')) {
    throw new SmsOtpConfigError([
      "smsOtp.shared: memoryState() knows one process only, and this is a cluster's worker. Use redisState(), or allow it with allowInsecure: ['memoryState'].",
    ]);
  }
  if (isInMemory && recoveryCodes) assertDurable(allowInsecure, logger);
  return shared ?? memoryState({ clock });
}

/** @throws SmsOtpConfigError if what people have on paper would be worth nothing after a restart */
function assertDurable(allowInsecure: Config['allowInsecure'], logger: Config['logger']): void {
  const remedy = 'Use postgresState(), or redisState() with appendonly';
  if (process.env.NODE_ENV !== 'production' || allowInsecure.includes('memoryState')) {
    logger.warn(`With memoryState() recovery codes end with this process. ${remedy}.`);
    return;
  }
  throw new SmsOtpConfigError([
    `smsOtp.recoveryCodes: memoryState() forgets them at a restart. ${remedy}, or allow it with allowInsecure: ['memoryState'].`,
  ]);
}

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
