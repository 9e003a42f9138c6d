import type { Key, Step } from '../domain/shared-state.ts';
import { toMilliseconds } from './counter.ts';

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

function addStep(step: Step, add: (key: string, letter: string, ...own: readonly string[]) => void): void {
  if ('read' in step) add(step.read, 'r');
  else if ('count' in step) add(step.count, 'r');
  else if ('expect' in step) add(step.expect, 'e', step.value === undefined ? '' : `=${step.value}`);
  else if ('write' in step) {
    const letter = step.ifAbsent === undefined ? 'w' : step.ifAbsent === 'skip' ? 's' : 'n';
    add(step.write, letter, `=${step.value}`, String(toMilliseconds(step.ttlSeconds)));
  } else if ('charge' in step) {
    // Infinity is written in other ways by other languages.
    const atMost = Math.min(step.atMost, Number.MAX_SAFE_INTEGER);
    add(step.charge, 'c', String(toMilliseconds(step.windowSeconds)), String(atMost));
  } else if ('refund' in step) add(step.refund, 'f', String(step.chargedAt ?? ''));
  else add(step.remove, 'd');
}
