import type { Clock, SharedState } from '../domain/ports.ts';
import { ExpiringEntries } from './expiring-entries.ts';

/** What `memoryState()` takes. */
export interface MemoryStateOptions {
  /** [1 000 000] Where so many keys are alive, new ones are refused (503) rather than old ones forgotten. */
  readonly maxKeys?: number;
  /** [the system's] Milliseconds since 1970. */
  readonly clock?: Clock;
}

/** A copy with methods of the app's own has it, too; it is the same where this package is there twice. */
const IN_MEMORY = Symbol.for('express-sms-otp: memoryState()');

/** Shared state of one process, in its memory: the default. Several processes need `redisState`. */
export function memoryState({ maxKeys = 1_000_000, clock = Date.now }: MemoryStateOptions = {}): SharedState {
  const entries = new ExpiringEntries(maxKeys, clock);
  return {
    ...{ [IN_MEMORY]: true },
    async add(key, points, windowSeconds) {
      const entry = entries.read(key);
      if (entry === undefined && points <= 0) return { total: 0, resetsInSeconds: 0 };
      const total = Math.max(0, (entry?.total ?? 0) + points);
      const endsAt = entry?.endsAt ?? clock() + windowSeconds * 1000;
      // What was all given back leaves nothing behind: most counters of a sign-in that went well.
      if (points < 0 && total === 0) entries.delete(key);
      else if (points !== 0) entries.write(key, { value: '', total, endsAt });
      return { total, resetsInSeconds: total === 0 ? 0 : Math.ceil((endsAt - clock()) / 1000) };
    },
    async get(key) {
      return entries.read(key)?.value;
    },
    async set(key, value, ttlSeconds, ifAbsent = false) {
      if (ifAbsent && entries.read(key) !== undefined) return false;
      entries.write(key, { value, total: 0, endsAt: clock() + ttlSeconds * 1000 });
      return true;
    },
    async delete(key) {
      return entries.delete(key);
    },
    async close() {
      entries.close();
    },
  };
}

/** Whether a state is one that `memoryState()` made: it knows this process only. */
export function isMemoryState(state: SharedState): boolean {
  return IN_MEMORY in state;
}
