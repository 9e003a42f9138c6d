import { randomInt } from 'node:crypto';
import session from 'express-session';

/** A session store that answers each operation 1 to 4 ms later, counts what is written, and can be broken. */
export class SlowSessions extends session.MemoryStore {
  writes = 0;
  isBroken = false;

  override get(id: string, callback: (error: unknown, data?: session.SessionData | null) => void): void {
    setTimeout(() => super.get(id, callback), randomInt(1, 5));
  }

  override set(id: string, data: session.SessionData, callback?: (error?: unknown) => void): void {
    this.writes += 1;
    if (this.isBroken) callback?.(new Error('the session store is down'));
    else setTimeout(() => super.set(id, data, callback), randomInt(1, 5));
  }
}
