import { setTimeout as delay } from 'node:timers/promises';
import { memoryState } from '../../lib/state/memory-state.ts';
import { redisState } from '../../lib/state/redis-state.ts';
import { FakeClock } from '../support/clock.ts';
import { type Redis, startRedis } from '../support/redis.ts';
import { OLD_PROMISES } from './old-shared-state-promises.ts';

describe('the calls of 0.1.0', () => {
  let redis: Redis;

  before(async function () {
    redis = await startRedis(this);
  });

  after(() => redis?.close());

  for (const [promise, check] of Object.entries(OLD_PROMISES)) {
    it(`of memoryState(): ${promise}`, async () => {
      const clock = new FakeClock();
      await check({ state: memoryState({ clock: clock.now }), pass: async (seconds) => clock.advance(seconds) });
    });

    it(`of redisState(): ${promise}`, async () => {
      const client = await redis.connect();
      await client.flushAll();
      await check({ state: redisState(client), pass: (seconds) => delay(seconds * 1000) });
    });
  }
});
