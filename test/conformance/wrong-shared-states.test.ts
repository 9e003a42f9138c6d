import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { testSharedState } from '../../lib/conformance/shared-state.ts';
import type { OpenSharedState } from '../../lib/conformance/shared-state-harness.ts';
import type { CommitResult, Counter, Found, Step } from '../../lib/domain/shared-state.ts';
import { memoryState } from '../../lib/state/memory-state.ts';
import { FakeClock } from '../support/clock.ts';

type Commit = (steps: readonly Step[]) => Promise<CommitResult>;

interface Engine {
  readonly commit: Commit;
  health(): Promise<void>;
}

type Wrong = (right: Engine) => Partial<Engine>;

const DAY = 86_400;

/** A defect, and the promise that is broken by it. */
const WRONG: readonly (readonly [what: string, promise: string, wrong: Wrong])[] = [
  ['that forgets no value', 'keeps a value until its life is over', changing((step) => withTtl(step, DAY))],
  ['that forgets values early', 'keeps a value until its life is over', changing((step) => withTtl(step, 0.001))],
  [
    'that takes a life of more than 30 days for a date in the past',
    'keeps a value for 400 days, and one of 64 KiB',
    changing((step) => ('write' in step && step.ttlSeconds > 30 * DAY ? withTtl(step, 0.001) : step)),
  ],
  [
    'that has room for 32 KiB',
    'keeps a value for 400 days, and one of 64 KiB',
    changing((step) => ('write' in step ? { ...step, value: step.value.slice(0, 32_768) } : step)),
  ],
  [
    'that replaces no value',
    'replaces a value, and gives it a new life',
    changing((step) => ('write' in step ? { ...step, ifAbsent: step.ifAbsent ?? 'skip' } : step)),
  ],
  [
    'that does not mind the case of keys',
    'keeps keys apart',
    changing((step) => withKey(step, (key) => key.toLowerCase())),
  ],
  [
    'that expects nothing',
    'refuses if a key does not hold exactly what is expected',
    changing((step) => ('expect' in step ? { read: step.expect } : step)),
  ],
  ['that compares, then writes', 'lets one of many replace what all of them have read', lookThenDo],
  ['that looks, then writes', 'writes an absent key for one of many only', lookThenDo],
  [
    'that replaces what it should skip',
    'leaves a key that is there as it is, with skip',
    changing((step) => ('write' in step && step.ifAbsent === 'skip' ? withoutCondition(step) : step)),
  ],
  ['that looks, then removes', 'removes a key for one of many only, and a counter, too', lookThenDo],
  [
    'that has counters beside its values',
    'rejects a step that counts on a value, and does nothing of its commit',
    changing((step) => (isOnCounter(step) ? withKey(step, (key) => `${key}:counter`) : step)),
  ],
  [
    'whose time has fractions',
    'tells the time of its clock in whole milliseconds',
    telling((result) => ({ ...result, now: result.now + 0.5 })),
  ],
  [
    'whose time stands still',
    'tells the time of its clock in whole milliseconds',
    telling((result) => ({ ...result, now: 1 })),
  ],
  ['that reads a total, then writes it', 'counts each of many charges once', readThenCount],
  ['that asks a limit, then charges', 'lets none of many over a limit', lookThenDo],
  ['whose limit is one too many', 'lets none of many over a limit', changing(withOneMore)],
  [
    'whose window begins again with each charge',
    'opens a window with the first charge, and never moves it',
    movingWindows,
  ],
  [
    'whose windows do not end',
    'begins a new count when the window is over',
    changing((step) => ('charge' in step ? { ...step, windowSeconds: DAY } : step)),
  ],
  [
    'whose timers are those of JavaScript',
    'keeps a window of 400 days',
    changing((step) => ('charge' in step && step.windowSeconds > 2_147_483 ? { ...step, windowSeconds: 0.001 } : step)),
  ],
  [
    'that opens a window by taking off',
    'takes off, never below 0, and opens no window',
    changing((step) =>
      'refund' in step ? { charge: step.refund, windowSeconds: DAY, atMost: Number.POSITIVE_INFINITY } : step,
    ),
  ],
  ['that keeps counters of 0', 'keeps nothing of a counter from which all was taken off', keepingTheLast],
  [
    'that takes off any window',
    'takes off in the window that counted, and in no later one',
    changing((step) => ('refund' in step ? { refund: step.refund, windowSeconds: step.windowSeconds } : step)),
  ],
  ['that does the steps before a refusal', 'does nothing of a commit that is refused', stepByStep],
  ['that does one step after the other', 'shows no commit half done, in whatever order its keys come', stepByStep],
  [
    'that takes one key after the other',
    'lets one of many take all of several keys, in whatever order they come',
    stepByStep,
  ],
  ['that looks, then uses up', 'lets one of many use up a value, with all else that its commit does', lookThenDo],
  [
    'that compares before it writes',
    'applies steps in their order, each on what those before it have done',
    conditionsFirst,
  ],
  [
    'that takes nothing off where it charges',
    'asks a limit without using it, by a charge that is taken off in the same commit',
    (right) => ({
      commit: (steps) =>
        right.commit(
          steps.map((step) =>
            'refund' in step && steps.some((each) => 'charge' in each) ? { count: step.refund } : step,
          ),
        ),
    }),
  ],
  [
    'that names the last step',
    'names the first step that refuses',
    (right) => ({
      async commit(steps) {
        const result = await right.commit(steps);
        return result.refusedBy === undefined ? result : { ...result, refusedBy: steps.length - 1 };
      },
    }),
  ],
  [
    'that tells what is there afterwards',
    'tells for each step what its key held before, also if the commit is refused',
    (right) => ({
      async commit(steps) {
        const result = await right.commit(steps);
        return { ...result, found: (await right.commit(steps.map(toLook))).found };
      },
    }),
  ],
  [
    'that tells nothing of a refused commit',
    'tells for each step what its key held before, also if the commit is refused',
    telling((result) => (result.refusedBy === undefined ? result : { ...result, found: [] })),
  ],
  [
    'that commits twice',
    'does each commit once',
    (right) => ({
      async commit(steps) {
        const result = await right.commit(steps);
        await right.commit(steps);
        return result;
      },
    }),
  ],
  [
    'that commits again when it is busy',
    'does each commit once',
    (right) => ({
      async commit(steps) {
        const [first, second] = await Promise.all([right.commit(steps), right.commit(steps)]);
        return second ?? first;
      },
    }),
  ],
  ['that is never well', 'says that it is well while it is', () => ({ health: () => Promise.reject(new Error('no')) })],
  [
    'that answers for a server that is down',
    'rejects every commit while what it asks is unreachable, with neither key nor value in the Error',
    (right) => ({
      commit: (steps) => right.commit(steps).catch(() => ({ found: steps.map(() => undefined), now: Date.now() })),
    }),
  ],
  [
    'that tells a key in its errors',
    'rejects every commit while what it asks is unreachable, with neither key nor value in the Error',
    (right) => ({
      commit: (steps) => right.commit(steps).catch(() => Promise.reject(new Error(`failed: ${JSON.stringify(steps)}`))),
    }),
  ],
  [
    'that waits for ever',
    'rejects within two seconds while what it asks takes questions and answers none',
    (right) => ({ commit: (steps) => right.commit(steps).catch(() => new Promise<never>(() => undefined)) }),
  ],
];

describe('the conformance suite for shared state, with a wrong one', () => {
  for (const [what, promise, wrong] of WRONG) {
    it(`finds one ${what}`, async () => {
      const check = promises(wrong).get(promise) ?? expect.fail('there is no such promise');
      const error: unknown = await check().catch((reason) => reason);
      expect(error).to.have.property('code', 'ERR_ASSERTION');
    });
  }

  it('passes the one that these are made of', async () => {
    for (const check of promises(() => ({})).values()) await check();
  });

  it('has a wrong one for each of its promises', () => {
    expect(WRONG.map(([, promise]) => promise)).to.include.members([...promises(() => ({})).keys()]);
  });
});

/** The suite's tests by title, for a shared state that is wrong in this way. */
function promises(wrong: Wrong): ReadonlyMap<string, () => Promise<void>> {
  const tests = new Map<string, () => Promise<void>>();
  const runner = {
    describe: (_title: string, body: () => void) => body(),
    it: (title: string, body: () => Promise<void>) => void tests.set(title, body),
  };
  testSharedState(runner, { open: async () => opened(wrong) });
  return tests;
}

function opened(wrong: Wrong): OpenSharedState {
  const clock = new FakeClock();
  const state = memoryState({ clock: clock.now });
  let isDown = false;
  const ask = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
    if (isDown) throw new Error('connect ECONNREFUSED');
    return call();
  };
  const fail = async (): Promise<void> => {
    isDown = true;
  };
  const right = {
    commit: (steps: readonly Step[]) => ask(() => state.commit(steps)),
    health: () => ask(async () => {}),
  };
  return {
    state: { ...state, ...right, ...wrong(right) },
    pass: async (seconds) => clock.advance(seconds),
    breakDown: fail,
    stall: fail,
  };
}

function changing(change: (step: Step) => Step): Wrong {
  return ({ commit }) => ({ commit: (steps) => commit(steps.map(change)) });
}

function telling(change: (result: CommitResult) => CommitResult): Wrong {
  return ({ commit }) => ({ commit: async (steps) => change(await commit(steps)) });
}

function withTtl(step: Step, ttlSeconds: number): Step {
  return 'write' in step ? { ...step, ttlSeconds } : step;
}

function withOneMore(step: Step): Step {
  return 'charge' in step ? { ...step, atMost: step.atMost + 1 } : step;
}

function withoutCondition(step: Step): Step {
  return 'write' in step ? { write: step.write, value: step.value, ttlSeconds: step.ttlSeconds } : step;
}

function withKey(step: Step, change: (key: string) => string): Step {
  const kinds = ['read', 'count', 'expect', 'write', 'remove', 'charge', 'refund'];
  const changed = Object.entries(step).map(([name, value]) => [name, kinds.includes(name) ? change(value) : value]);
  return Object.fromEntries(changed);
}

function isOnCounter(step: Step): boolean {
  return 'count' in step || 'charge' in step || 'refund' in step;
}

/** The same key, only looked at. */
function toLook(step: Step): Step {
  if ('charge' in step) return { count: step.charge };
  if ('refund' in step) return { count: step.refund };
  if ('write' in step) return { read: step.write };
  if ('remove' in step) return { read: step.remove };
  return 'expect' in step ? { read: step.expect } : step;
}

function toCounter(found: Found): Counter {
  return typeof found === 'object' ? found : { total: 0, resetsInSeconds: 0 };
}

/** Asks whether all would agree; later does it in any case. */
function lookThenDo({ commit }: Engine): Partial<Engine> {
  return {
    async commit(steps) {
      const held = await commit(steps.map(toLook));
      const refusedBy = steps.findIndex((step, index) => refusesOn(step, held.found[index]));
      if (refusedBy >= 0) return { ...held, refusedBy };
      await pause(1);
      await commit(steps.map(withoutRefusal));
      return held;
    },
  };
}

function refusesOn(step: Step, found: Found): boolean {
  if ('charge' in step) return toCounter(found).total + 1 > step.atMost;
  if ('write' in step) return step.ifAbsent === 'refuse' && found !== undefined;
  if ('expect' in step) return found !== step.value;
  return 'remove' in step && found === undefined;
}

function withoutRefusal(step: Step): Step {
  if ('charge' in step) return { ...step, atMost: Number.POSITIVE_INFINITY };
  return 'expect' in step || 'remove' in step ? toLook(step) : withoutCondition(step);
}

function readThenCount({ commit }: Engine): Partial<Engine> {
  const totals = new Map<string, number>();
  return {
    async commit(steps) {
      const [step] = steps;
      const key = step !== undefined && 'charge' in step ? step.charge : undefined;
      const before = key === undefined ? undefined : (totals.get(key) ?? 0);
      const result = await commit(steps);
      if (key === undefined || before === undefined) return result;
      totals.set(key, before + 1);
      return { ...result, found: [{ total: before, resetsInSeconds: 60 }] };
    },
  };
}

function movingWindows({ commit }: Engine): Partial<Engine> {
  return {
    async commit(steps) {
      const [step] = steps;
      if (step === undefined || !('charge' in step)) return commit(steps);
      const result = await commit([{ count: step.charge }]);
      const { total } = toCounter(result.found[0]);
      if (total > 0) await commit([{ remove: step.charge }]);
      for (let count = 0; count <= total; count++) await commit([step]);
      return result;
    },
  };
}

function keepingTheLast({ commit }: Engine): Partial<Engine> {
  return {
    async commit(steps) {
      const { found } = await commit(steps.map(toLook));
      return commit(
        steps.map((step, index) =>
          'refund' in step && toCounter(found[index]).total === 1 ? { count: step.refund } : step,
        ),
      );
    },
  };
}

function stepByStep({ commit }: Engine): Partial<Engine> {
  return {
    async commit(steps) {
      const found: Found[] = [];
      for (const [index, step] of steps.entries()) {
        const result = await commit([step]);
        found.push(...result.found);
        if (result.refusedBy !== undefined) return { ...result, refusedBy: index, found };
        await pause(1);
      }
      return { ...(await commit([])), found };
    },
  };
}

function conditionsFirst({ commit }: Engine): Partial<Engine> {
  const isCondition = (step: Step) => 'expect' in step || 'remove' in step;
  return {
    async commit(steps) {
      const order = [...steps.keys()].toSorted((left, right) => {
        const [first, second] = [steps[left], steps[right]].map((step) => step !== undefined && isCondition(step));
        return Number(second) - Number(first);
      });
      const result = await commit(order.flatMap((index) => steps[index] ?? []));
      const found = [...steps.keys()].map((index) => result.found[order.indexOf(index)]);
      return result.refusedBy === undefined
        ? { ...result, found }
        : { ...result, found, refusedBy: order[result.refusedBy] ?? 0 };
    },
  };
}
