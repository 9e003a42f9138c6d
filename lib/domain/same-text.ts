import { timingSafeEqual } from 'node:crypto';

/** Takes as long for a wrong text as for the right one, where both are of one length. */
export function isSameText(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}
