import type { Clock, SharedState } from '../domain/ports.ts';

/** What `memoryState()` takes. */
export interface MemoryStateOptions {
  /** [1 000 000] Where so many keys are alive, new ones are refused (503) rather than old ones forgotten. */
  readonly maxKeys?: number;
  /** [the system's] Milliseconds since 1970. */
  readonly clock?: Clock;
}

interface Entry {
  readonly value: string;
  readonly total: number;
  readonly endsAt: number;
}

const SWEEP_MILLISECONDS = 30_000;

/** Shared state of one process, in its memory: the default. Several processes need `redisState`. */
export function memoryState({ maxKeys = 1_000_000, clock = Date.now }: MemoryStateOptions = {}): SharedState {
  const entries = new Map<string, Entry>();
  const timer = setInterval(sweep, SWEEP_MILLISECONDS).unref();

  function sweep(): void {
    const now = clock();
    for (const [key, { endsAt }] of entries) if (endsAt <= now) entries.delete(key);
  }

  function read(key: string): Entry | undefined {
    const entry = entries.get(key);
    if (entry === undefined || entry.endsAt > clock()) return entry;
    entries.delete(key);
    return undefined;
  }

  function write(key: string, entry: Entry): void {
    if (!entries.has(key) && entries.size >= maxKeys) sweep();
    if (!entries.has(key) && entries.size >= maxKeys)
      throw new Error(`memoryState() is full: ${maxKeys} keys are alive.`);
    entries.set(key, entry);
  }

  return {
    async add(key, points, windowSeconds) {
      const entry = read(key);
      if (entry === undefined && points <= 0) return { total: 0, resetsInSeconds: 0 };
      const total = Math.max(0, (entry?.total ?? 0) + points);
      const endsAt = entry?.endsAt ?? clock() + windowSeconds * 1000;
      if (points !== 0) write(key, { value: '', total, endsAt });
      return { total, resetsInSeconds: Math.ceil((endsAt - clock()) / 1000) };
    },
    async get(key) {
      return read(key)?.value;
    },
    async set(key, value, ttlSeconds, ifAbsent = false) {
      if (ifAbsent && read(key) !== undefined) return false;
      write(key, { value, total: 0, endsAt: clock() + ttlSeconds * 1000 });
      return true;
    },
    async delete(key) {
      return read(key) !== undefined && entries.delete(key);
    },
    async close() {
      clearInterval(timer);
      entries.clear();
    },
  };
}
