import { setTimeout as delay } from 'node:timers/promises';
import { testSharedState } from '../../lib/conformance/index.ts';
import { memoryState } from '../../lib/state/memory-state.ts';
import { postgresState } from '../../lib/state/postgres-state.ts';
import { FakeClock } from '../support/clock.ts';
import { type Postgres, startPostgres, untilTrue } from '../support/postgres.ts';
import { type Redis, startRedis } from '../support/redis.ts';
import { redisSetup } from '../support/redis-topologies.ts';

/** A busy machine keeps a hundred commits on one row waiting longer than a server ever does; the suite waits for 4 s. */
const DEADLINE_MILLISECONDS = 3_500;

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
    redisSetup({
      nodes: () => [redis],
      connect: () => redis.connect(),
      empty: (client) => client.flushAll(),
      end: (client) => client.destroy(),
      outage: 'servers',
    }),
  );
});

describe('postgresState(), by the conformance suite:', () => {
  let postgres: Postgres;

  before(async function () {
    this.timeout(60_000);
    postgres = await startPostgres(this);
  });

  after(() => postgres?.close());

  testSharedState(
    { describe, it },
    {
      async open() {
        postgres.resume();
        await postgres.start();
        const pool = postgres.pool();
        await untilTrue(async () => (await pool.query('TRUNCATE express_sms_otp')).command === 'TRUNCATE');
        return {
          state: postgresState(pool, DEADLINE_MILLISECONDS),
          pass: (seconds) => delay(seconds * 1000),
          breakDown: () => postgres.kill(),
          stall: async () => postgres.stop(),
          // Ten connections of each test would soon be more than a server has. One that hangs ends none of them.
          close: async () => void pool.end().catch(() => undefined),
        };
      },
    },
  );
});
