import { setTimeout as delay } from 'node:timers/promises';
import { testSharedState } from '../../lib/conformance/index.ts';
import { memoryState } from '../../lib/state/memory-state.ts';
import { redisState } from '../../lib/state/redis-state.ts';
import { FakeClock } from '../support/clock.ts';
import { type Redis, startRedis } from '../support/redis.ts';

describe('memoryState(), by the conformance suite:', () => {
  testSharedState(
    { describe, it },
    {
      async open() {
        const clock = new FakeClock();
        return { state: memoryState({ clock: clock.now }), pass: async (seconds) => clock.advance(seconds) };
      },
      leaveOut: ['outage'],
    },
  );
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
        redis.resume();
        await redis.start();
        const client = await redis.connect();
        await client.flushAll();
        return {
          state: redisState(client),
          pass: (seconds) => delay(seconds * 1000),
          breakDown: () => redis.kill(),
          stall: async () => redis.stop(),
          close: async () => client.destroy(),
        };
      },
    },
  );
});
