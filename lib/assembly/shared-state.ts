import cluster from 'node:cluster';
import type { Config } from '../config.ts';
import type { Clock, SharedState } from '../domain/ports.ts';
import { SmsOtpConfigError } from '../errors.ts';
import { isMemoryState, memoryState } from '../state/memory-state.ts';

/**
 * The app's own shared state, or the default.
 *
 * @throws SmsOtpConfigError where each process of a cluster would count for itself: five guesses each
 */
export function chooseState({ shared, allowInsecure }: Config, clock: Clock): SharedState {
  const isInMemory = shared === undefined || isMemoryState(shared);
  const isOneOfSeveral = process.env.NODE_ENV === 'production' && cluster.isWorker;
  if (isInMemory && isOneOfSeveral && !allowInsecure.includes('memoryState')) {
    throw new SmsOtpConfigError([
      "smsOtp.shared: memoryState() knows one process only, and this is a cluster's worker. Use redisState(), or allow it with allowInsecure: ['memoryState'].",
    ]);
  }
  return shared ?? memoryState({ clock });
}
