import cluster from 'node:cluster';
import type { Config } from '../config.ts';
import type { Clock, SharedState } from '../domain/ports.ts';
import { SmsOtpConfigError } from '../errors.ts';
import { memoryState } from '../state/memory-state.ts';

/** In a cluster each process would count for itself: five guesses each. */
export function defaultState({ allowInsecure }: Config, clock: Clock): SharedState {
  if (process.env.NODE_ENV === 'production' && cluster.isWorker && !allowInsecure.includes('memoryState')) {
    throw new SmsOtpConfigError([
      "smsOtp.shared: memoryState() knows one process only, and this is a cluster's worker. Use redisState(), or allow it with allowInsecure: ['memoryState'].",
    ]);
  }
  return memoryState({ clock });
}
