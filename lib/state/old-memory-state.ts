import type { Clock, SharedState } from '../domain/ports.ts';
import { ExpiringEntries } from './expiring-entries.ts';

type OldMemoryState = Pick<SharedState, 'add' | 'get' | 'set' | 'delete'> & { close(): Promise<void> };

/** The calls of 0.1.0, with a Map of their own. */
export function oldMemoryState(maxKeys: number, clock: Clock): OldMemoryState {
  const entries = new ExpiringEntries(maxKeys, clock);
  return {
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
