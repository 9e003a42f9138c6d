import type { Counter, Found, Step } from '../domain/shared-state.ts';

/** A counter as the engines keep it: its window's start is kept with its total. */
export interface Window {
  readonly total: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly milliseconds: number;
}

const NO_COUNTER: Counter = { total: 0, resetsInSeconds: 0 };

/** The content of a key, as it is told for a step. */
export function foundBy(step: Step, held: string | Window | undefined, now: number): Found {
  if (typeof held === 'string') return held;
  if (held === undefined) return isOnCounter(step) ? NO_COUNTER : undefined;
  const milliseconds = held.startedAt + held.milliseconds - now;
  return { total: held.total, resetsInSeconds: Math.max(1, Math.ceil(milliseconds / 1000)) };
}

function isOnCounter(step: Step): boolean {
  return 'count' in step || 'charge' in step || 'refund' in step;
}

/** Whole milliseconds, at least one: no engine takes an end at once. */
export function toMilliseconds(seconds: number): number {
  return Math.max(1, Math.round(seconds * 1000));
}
