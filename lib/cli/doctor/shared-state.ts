import { randomBytes } from 'node:crypto';
import type { Config } from '../../config.ts';
import type { Finding } from '../../domain/ports.ts';
import type { CommitResult, SharedState } from '../../domain/shared-state.ts';
import { isMemoryState } from '../../state/memory-state.ts';
import { untilReachable } from '../reachable-state.ts';
import { faultFinding } from './findings.ts';

/** Enough parallel callers to reveal a step that is not atomic. */
const CROWD = 50;
const TTL_SECONDS = 60;
/** People notice more than this: the page then shows another expiry than the store has. */
const CLOCK_MILLISECONDS = 2_000;

const REACH_REMEDY = 'Is it running there, can this machine reach it, and are its address and password right?';
const ATOMIC_REMEDY =
  'Its commit must do all steps at one moment, or none; testSharedState in /conformance tests that.';

/** Whether it answers, and whether limits hold in it: under parallel requests, when memory is short, by its clock. */
export async function* examineState(config: Config): AsyncGenerator<Finding> {
  const { shared: state, name } = config;
  const check = 'shared state';
  if (state === undefined || isMemoryState(state)) return yield* examineMemory(lasting(config));
  try {
    await untilReachable(state);
  } catch (error) {
    return yield explain({ ...faultFinding(check, error), remedy: REACH_REMEDY });
  }
  try {
    // Under the prefix of all other keys: the account may have no access to others.
    yield* examineAtomicity(state, `${name}:doctor:${randomBytes(12).toString('base64url')}`);
  } catch (error) {
    return yield explain(faultFinding(check, error));
  }
  yield await examineEviction(state);
  yield await examineClock(state);
  const kept = lasting(config);
  if (kept !== undefined) yield* examineDurability(state, kept);
}

/** The things that people keep for longer than a session; `undefined` if nothing is on that needs it. */
function lasting({ recoveryCodes, trustBrowser }: Config): string | undefined {
  const kept = [...(recoveryCodes ? ['recovery codes'] : []), ...(trustBrowser ? ['trusted browsers'] : [])];
  return kept.length === 0 ? undefined : kept.join(' and ');
}

function* examineMemory(kept: string | undefined): Generator<Finding> {
  const detail =
    "memoryState(), in the app's own memory: right for one process; several need redisState() or postgresState()";
  yield { check: 'shared state', status: 'skipped', detail };
  if (kept === undefined) return;
  const remedy = 'Use postgresState(), or redisState() with appendonly.';
  yield { check: 'shared state durability', status: 'warning', detail: `a restart ends all ${kept}`, remedy };
}

/** Without them it may forget: a restart signs people out, never in. */
async function* examineDurability(state: SharedState, kept: string): AsyncGenerator<Finding> {
  if (state.examine === undefined) {
    const detail = `this shared state has no examine(): ${kept} need one that outlives a restart`;
    return yield { check: 'shared state durability', status: 'skipped', detail };
  }
  for await (const { detail, ...finding } of state.examine()) {
    yield { ...finding, detail: finding.status === 'warning' ? `${detail}, ${kept} with it` : detail };
  }
}

async function* examineAtomicity(state: SharedState, key: string): AsyncGenerator<Finding> {
  const count = `${key}:count`;
  const first = `${key}:first`;
  const counter = { windowSeconds: TTL_SECONDS, atMost: Number.POSITIVE_INFINITY };
  const charged = await crowd(() => state.commit([{ charge: count, ...counter }]));
  const totals = charged.map(({ found: [before] }) => (typeof before === 'object' ? before.total : 0));
  yield judge('shared state count', new Set(totals).size === CROWD, 'charges get lost: more guesses than allowed');
  const write = { ttlSeconds: TTL_SECONDS, ifAbsent: 'refuse' } as const;
  const written = await crowd((index) => state.commit([{ write: first, value: `caller ${index}`, ...write }]));
  yield judge('shared state first', countDone(written) === 1, 'several callers write an absent key: more than one SMS');
  const removed = await crowd(() => state.commit([{ remove: first }]));
  yield judge('shared state claim', countDone(removed) === 1, 'several callers remove one key: a code counts twice');
  await state.commit([{ remove: count }]);
}

/** By the word that Redis answers with; with PostgreSQL's the detail says what to do. */
function explain(finding: Finding): Finding {
  const { detail } = finding;
  const advice = /PostgreSQL cannot answer: \w+: (.+)$/.exec(detail)?.[1];
  if (advice !== undefined) return { ...finding, remedy: `PostgreSQL: ${advice}.` };
  if (/\bREADONLY\b/.test(detail)) {
    return { ...finding, remedy: 'This Redis is a read-only replica: give the client the address of the primary.' };
  }
  if (/\bNOPERM\b/.test(detail)) {
    return { ...finding, remedy: "Allow this account to run scripts and to read and write the instance's keys (ACL)." };
  }
  if (/\bOOM\b/.test(detail)) return { ...finding, remedy: 'Redis has no memory left: raise maxmemory.' };
  return finding;
}

function judge(check: string, isAtomic: boolean, harm: string): Finding {
  if (isAtomic) return { check, status: 'ok', detail: `${CROWD} callers at once: atomic` };
  return { check, status: 'failed', detail: `not atomic: ${harm}`, remedy: ATOMIC_REMEDY };
}

async function examineEviction(state: SharedState): Promise<Finding> {
  const check = 'shared state eviction';
  if (state.health === undefined) return { check, status: 'skipped', detail: 'this shared state has no health()' };
  const health = await state.health();
  if (!health) return { check, status: 'ok', detail: 'it reports no eviction of keys' };
  const remedy = 'Set maxmemory-policy noeviction: an evicted key may be a lock or a count of wrong codes.';
  return { check, status: 'failed', detail: health.lastError, remedy };
}

async function examineClock(state: SharedState): Promise<Finding> {
  const check = 'shared state clock';
  const before = Date.now();
  const { now: time } = await state.commit([]);
  const after = Date.now();
  // The time was read at an unknown moment between the two.
  const apart = Math.round(Math.max(before - time, time - after, 0));
  if (apart < CLOCK_MILLISECONDS) return { check, status: 'ok', detail: `${apart} ms apart from this machine` };
  return {
    check,
    status: 'warning',
    detail: `${apart} ms apart from this machine`,
    remedy: 'Synchronise both clocks by NTP.',
  };
}

function crowd<Answer>(ask: (index: number) => Promise<Answer>): Promise<Answer[]> {
  return Promise.all(Array.from({ length: CROWD }, (_, index) => ask(index)));
}

function countDone(results: readonly CommitResult[]): number {
  return results.filter(({ refusedBy }) => refusedBy === undefined).length;
}
