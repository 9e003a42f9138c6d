import { expect } from 'chai';
import { type OpenSharedState, testSharedState } from '../../lib/conformance/shared-state.ts';
import type { SharedState } from '../../lib/domain/ports.ts';
import { memoryState } from '../../lib/state/memory-state.ts';
import { FakeClock } from '../support/clock.ts';

type Parts = Pick<SharedState, 'add' | 'get' | 'set' | 'delete'> & { health(): Promise<void> };
type Wrong = (right: Parts) => Partial<Parts>;

/** What is wrong, and the promise that is broken by it. */
const WRONG: readonly (readonly [what: string, promise: string, wrong: Wrong])[] = [
  [
    'that counts the last add only',
    'adds up, and says when the window ends',
    (right) => ({
      async add(key, points, windowSeconds) {
        await right.delete(key);
        return right.add(key, points, windowSeconds);
      },
    }),
  ],
  [
    'that reads, then writes',
    'loses no point where many add at once',
    (right) => {
      const totals = new Map<string, number>();
      return {
        async add(key, points, windowSeconds) {
          const total = (totals.get(key) ?? 0) + points;
          const { resetsInSeconds } = await right.add(key, points, windowSeconds);
          totals.set(key, total);
          return { total, resetsInSeconds };
        },
      };
    },
  ],
  [
    'that opens a window by reading, and does not say so',
    'only reads with no points, and opens no window',
    (right) => ({
      add: (key, points, seconds) => (points === 0 ? open(right, key, seconds) : right.add(key, points, seconds)),
    }),
  ],
  [
    'that opens a window by giving back',
    'gives back, never below 0, and opens no window',
    (right) => ({
      async add(key, points, seconds) {
        const { total } = await right.add(key, 0, seconds);
        return points < 0 && total === 0 ? open(right, key, seconds) : right.add(key, points, seconds);
      },
    }),
  ],
  [
    'that falls below 0',
    'gives back, never below 0, and opens no window',
    (right) => {
      const totals = new Map<string, number>();
      return {
        async add(key, points, windowSeconds) {
          const { resetsInSeconds } = await right.add(key, points, windowSeconds);
          const isOpen = points > 0 || totals.has(key);
          const total = isOpen ? (totals.get(key) ?? 0) + points : 0;
          if (isOpen) totals.set(key, total);
          return { total, resetsInSeconds };
        },
      };
    },
  ],
  [
    'whose window begins again with each add',
    'begins a window with the first add, and never moves it',
    (right) => ({
      async add(key, points, windowSeconds) {
        const { total } = await right.add(key, 0, windowSeconds);
        if (total > 0) await right.delete(key);
        return right.add(key, total + points, windowSeconds);
      },
    }),
  ],
  [
    'whose windows do not end',
    'begins a new count when the window is over',
    (right) => ({ add: (key, points) => right.add(key, points, 86_400) }),
  ],
  [
    'whose timers are those of JavaScript',
    'keeps a window of 400 days',
    (right) => ({ add: (key, points, seconds) => right.add(key, points, seconds > 2_147_483 ? 0.001 : seconds) }),
  ],
  [
    'that forgets no value',
    'keeps a value until its time is over',
    (right) => ({ set: (key, value, _ttl, ifAbsent) => right.set(key, value, 86_400, ifAbsent) }),
  ],
  [
    'that replaces no value',
    'replaces a value, and gives it a new life',
    (right) => ({
      set: (key, value, ttl, ifAbsent) => right.set(key, value, ttl, true).then((won) => !ifAbsent || won),
    }),
  ],
  [
    'that ignores ifAbsent',
    'sets an absent key for one caller only',
    (right) => ({ set: (key, value, ttl) => right.set(key, value, ttl) }),
  ],
  [
    'that looks, then sets',
    'sets an absent key for one caller only',
    (right) => ({
      async set(key, value, ttl, ifAbsent = false) {
        if (ifAbsent && (await right.get(key)) !== undefined) return false;
        return right.set(key, value, ttl);
      },
    }),
  ],
  [
    'that remembers what was once set',
    'sets an absent key again when its time is over',
    (right) => {
      const seen = new Set<string>();
      return {
        async set(key, value, ttl, ifAbsent = false) {
          if (ifAbsent && seen.has(key)) return false;
          seen.add(key);
          return right.set(key, value, ttl, ifAbsent);
        },
      };
    },
  ],
  [
    'that looks, then deletes',
    'is deleted by one caller only',
    (right) => ({
      async delete(key) {
        const isThere = (await right.get(key)) !== undefined;
        await right.delete(key);
        return isThere;
      },
    }),
  ],
  [
    'that says true to every delete',
    'is deleted by one caller only',
    (right) => ({ delete: (key) => right.delete(key).then(() => true) }),
  ],
  [
    'that deletes values only',
    'deletes counters, too',
    (right) => ({ delete: async (key) => (await right.get(key)) !== '' && right.delete(key) }),
  ],
  [
    'that cuts keys short',
    'keeps keys apart',
    (right) => ({
      get: (key) => right.get(key.slice(0, 1)),
      set: (key, value, ttl, ifAbsent) => right.set(key.slice(0, 1), value, ttl, ifAbsent),
    }),
  ],
  ['that is never well', 'says that it is well while it is', () => ({ health: () => Promise.reject(new Error('no')) })],
  [
    'that answers for a server that is down',
    'rejects every call while what it asks is unreachable, with neither key nor value in the Error',
    (right) => ({ get: (key) => right.get(key).catch(() => undefined) }),
  ],
  [
    'that tells a key in its errors',
    'rejects every call while what it asks is unreachable, with neither key nor value in the Error',
    (right) => ({ get: (key) => right.get(key).catch(() => Promise.reject(new Error(`GET ${key} failed`))) }),
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
  const right: Parts = {
    add: (key, points, windowSeconds) => ask(() => state.add(key, points, windowSeconds)),
    get: (key) => ask(() => state.get(key)),
    set: (key, value, ttlSeconds, ifAbsent) => ask(() => state.set(key, value, ttlSeconds, ifAbsent)),
    delete: (key) => ask(() => state.delete(key)),
    health: () => ask(async () => {}),
  };
  return {
    state: { ...state, ...right, ...wrong(right) },
    pass: async (seconds) => clock.advance(seconds),
    async breakDown() {
      isDown = true;
    },
  };
}

/** As if nothing had happened. */
async function open(right: Parts, key: string, windowSeconds: number): ReturnType<Parts['add']> {
  const { total } = await right.add(key, 1, windowSeconds);
  return { total: total - 1, resetsInSeconds: 0 };
}
