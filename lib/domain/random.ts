import { randomFillSync } from 'node:crypto';

/** To ask the system for a few bytes takes nearly as long as for many; Node does likewise in `randomUUID`. */
const pool = Buffer.alloc(4_096);
let used = pool.length;

/** Random bytes as base64url; nobody gets the same bytes again. */
export function randomText(byteCount: number): string {
  return randomBuffer(byteCount).toString('base64url');
}

/** @param byteCount at most 64 */
export function randomBuffer(byteCount: number): Buffer {
  if (used + byteCount > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const part = pool.subarray(used, used + byteCount);
  const taken = Buffer.from(part);
  // Bytes that were handed out do not stay in the pool.
  part.fill(0);
  used += byteCount;
  return taken;
}
