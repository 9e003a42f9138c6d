import cluster from 'node:cluster';
import type { Config } from '../config.ts';
import type { Clock } from '../domain/ports.ts';
import type { SharedState } from '../domain/shared-state.ts';
import { SmsOtpConfigError } from '../errors.ts';
import { isMemoryState, memoryState } from '../state/memory-state.ts';

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
