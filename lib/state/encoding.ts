import type { Counter, Found, Key, Step } from '../domain/shared-state.ts';

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

/** The text that a store keeps under a key: a value as `=…`, a counter as `#total start window`, in milliseconds. */
export function readHeld(text: string): string | Window {
  if (text.startsWith('=')) return text.slice(1);
  // Anything else was written by another version.
  return text.startsWith('#') ? readWindow(text) : text;
}

function readWindow(text: string): Window {
  const [total = 0, startedAt = 0, milliseconds = 0] = text.slice(1).split(' ').map(Number);
  return { total, startedAt, milliseconds };
}

/** The steps of a commit as short texts, which cost a store less to read than JSON. */
export interface Letters {
  /** One letter a step. */
  readonly letters: string;
  /** One key a step. */
  readonly keys: string[];
  /** The arguments of the steps beside their keys, in their order. */
  readonly facts: string[];
}

/** @param placeOf where the store keeps a key */
export function toLetters(steps: readonly Step[], placeOf: (key: Key) => string): Letters {
  const keys: string[] = [];
  const facts: string[] = [];
  let letters = '';
  const add = (key: string, letter: string, ...own: readonly string[]): void => {
    keys.push(placeOf(key));
    letters += letter;
    facts.push(...own);
  };
  for (const step of steps) addStep(step, add);
  return { letters, keys, facts };
}

/** Of a write that leaves a key that is there, or refuses for it. */
const CREATE_LETTERS = { skip: 's', refuse: 'n' } as const;

function addStep(step: Step, add: (key: string, letter: string, ...own: readonly string[]) => void): void {
  if ('read' in step) add(step.read, 'r');
  else if ('count' in step) add(step.count, 'r');
  else if ('expect' in step) add(step.expect, 'e', step.value === undefined ? '' : `=${step.value}`);
  else if ('write' in step) {
    const letter = step.ifAbsent === undefined ? 'w' : CREATE_LETTERS[step.ifAbsent];
    add(step.write, letter, `=${step.value}`, String(toMilliseconds(step.ttlSeconds)));
  } else if ('charge' in step) {
    // Infinity is written in other ways by other languages.
    const atMost = Math.min(step.atMost, Number.MAX_SAFE_INTEGER);
    add(step.charge, 'c', String(toMilliseconds(step.windowSeconds)), String(atMost));
  } else if ('refund' in step) add(step.refund, 'f', String(step.chargedAt ?? ''));
  else add(step.remove, 'd');
}
