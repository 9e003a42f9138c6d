import assert from 'node:assert/strict';
import type { CommitResult, Counter, SharedState, Step } from '../domain/shared-state.ts';

/** How to get at the shared state under test. */
export interface SharedStateSetup {
  /** An empty one. Called for each test. */
  open(): Promise<OpenSharedState>;
  /** `outage` for one that has nothing to ask, `deadline` if that cannot be made to hang. @default all is tested */
  readonly leaveOut?: readonly SharedStatePart[];
}

/** Promises that can be left out. */
export type SharedStatePart = 'outage' | 'deadline';

/** One shared state for one test. */
export interface OpenSharedState {
  /** It must be empty. */
  readonly state: SharedState;
  /** Lets so much time pass, by waiting if its clock cannot be moved. */
  pass(seconds: number): void | Promise<void>;
  /** Makes unreachable what the state asks: its server. */
  breakDown?(): void | Promise<void>;
  /** Makes what the state asks take questions and answer none, as a process that is stopped. */
  stall?(): void | Promise<void>;
  /** Ends all but the state itself, which is closed before. */
  close?(): void | Promise<void>;
}

export const A = 'conformance:a';
export const B = 'conformance:b';

/** In seconds. */
export const MINUTE = 60;

/** So many at once that an engine which is not atomic shows it. */
export const CROWD = 200;

/** Commits steps of which none may refuse. */
export async function done(state: SharedState, ...steps: readonly Step[]): Promise<CommitResult> {
  const result = await state.commit(steps);
  assert.equal(result.refusedBy, undefined, `refused by ${JSON.stringify(steps[result.refusedBy ?? 0])}`);
  return result;
}

/** Commits steps of which that at the index must be the first to refuse. */
export async function refused(state: SharedState, index: number, ...steps: readonly Step[]): Promise<CommitResult> {
  const result = await state.commit(steps);
  assert.equal(result.refusedBy, index, `not refused by ${JSON.stringify(steps[index])}`);
  return result;
}

export async function valueAt(state: SharedState, key: string): Promise<unknown> {
  return (await done(state, { read: key })).found[0];
}

export async function counterAt(state: SharedState, key: string): Promise<Counter> {
  return asCounter((await done(state, { count: key })).found[0]);
}

export function asCounter(found: unknown): Counter {
  assert.ok(typeof found === 'object' && found !== null && 'total' in found, `${found} is no counter`);
  return found as Counter;
}

/** The outcomes of many commits at once. */
export function crowd(
  state: SharedState,
  stepsOf: (index: number) => readonly Step[],
): Promise<readonly CommitResult[]> {
  return Promise.all(Array.from({ length: CROWD }, async (_, index) => state.commit(stepsOf(index))));
}

/** Which of many commits at once were not refused. */
export async function winnersOf(
  state: SharedState,
  stepsOf: (index: number) => readonly Step[],
): Promise<readonly number[]> {
  const results = await crowd(state, stepsOf);
  return [...results.keys()].filter((index) => results[index]?.refusedBy === undefined);
}
