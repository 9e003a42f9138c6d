import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { type OpenSharedState, testSharedState } from '../../lib/conformance/index.ts';
import type { SharedState } from '../../lib/index.ts';
import { memoryState } from '../../lib/state/memory-state.ts';
import { redisState } from '../../lib/state/redis-state.ts';
import { FakeClock } from '../support/clock.ts';
import { type Redis, startRedis } from '../support/redis.ts';

function memory(change: (state: SharedState) => Partial<SharedState> = () => ({})): OpenSharedState {
  const clock = new FakeClock();
  const state = memoryState({ clock: clock.now });
  return { state: { ...state, ...change(state) }, pass: async (seconds) => clock.advance(seconds) };
}

describe('memoryState(), by the conformance suite:', () => {
  testSharedState({ describe, it }, { open: async () => memory() });
});

describe('redisState(), by the conformance suite:', () => {
  let redis: Redis;

  before(async function () {
    redis = await startRedis(this);
  });

  after(() => redis?.close());

  testSharedState(
    { describe, it },
    {
      async open() {
        const client = await redis.connect();
        await client.flushAll();
        return {
          state: redisState(client),
          pass: (seconds) => delay(seconds * 1000),
          close: async () => client.destroy(),
        };
      },
    },
  );
});

describe('the conformance suite for shared state, with a wrong one:', () => {
  const WRONG: Readonly<Record<string, (state: SharedState) => Partial<SharedState>>> = {
    'that reads, then writes': (state) => {
      const totals = new Map<string, number>();
      return {
        async add(key, points, windowSeconds) {
          const before = totals.get(key) ?? 0;
          const { resetsInSeconds } = await state.add(key, points, windowSeconds);
          totals.set(key, before + points);
          return { total: before + points, resetsInSeconds };
        },
      };
    },
    'whose window begins again with each add': (state) => ({
      async add(key, points, windowSeconds) {
        const { total } = await state.add(key, 0, windowSeconds);
        await state.delete(key);
        await state.add(key, Math.max(0, total + points), windowSeconds);
        return { total: Math.max(0, total + points), resetsInSeconds: windowSeconds };
      },
    }),
    'that falls below 0': (state) => {
      const debts = new Map<string, number>();
      return {
        async add(key, points, windowSeconds) {
          const { total, resetsInSeconds } = await state.add(key, Math.max(0, points), windowSeconds);
          debts.set(key, (debts.get(key) ?? 0) + Math.min(0, points));
          return { total: total + (debts.get(key) ?? 0), resetsInSeconds };
        },
      };
    },
    'that opens a window by reading': (state) => ({
      add: async (key, points, windowSeconds) => ({
        ...(await state.add(key, points, windowSeconds)),
        resetsInSeconds: windowSeconds,
      }),
    }),
    'that ignores ifAbsent': (state) => ({ set: (key, value, ttlSeconds) => state.set(key, value, ttlSeconds) }),
    'that forgets no value': (state) => ({
      set: (key, value, _ttl, ifAbsent) => state.set(key, value, 86_400, ifAbsent),
    }),
    'that says true to every delete': (state) => ({ delete: async (key) => (await state.delete(key)) || true }),
    'that deletes nothing': (state) => ({ delete: async (key) => (await state.get(key)) !== undefined }),
    'whose timers are those of JavaScript': (state) => ({
      add: (key, points, windowSeconds) => state.add(key, points, Math.min(windowSeconds, 2_147_483)),
    }),
  };

  for (const [what, change] of Object.entries(WRONG)) {
    it(`finds one ${what}`, async () => {
      const failures: string[] = [];
      const checks: Promise<void>[] = [];
      const runner = {
        describe: (_title: string, body: () => void) => body(),
        it: (title: string, body: () => Promise<void>) => checks.push(body().catch(() => void failures.push(title))),
      };
      testSharedState(runner, { open: async () => memory(change) });
      await Promise.all(checks);
      expect(failures).to.not.deep.equal([]);
    });
  }
});
