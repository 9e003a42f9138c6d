import type { SharedState } from '../../lib/index.ts';
import { postgresState } from '../../lib/state/postgres-state.ts';
import { redisState } from '../../lib/state/redis-state.ts';
import { MapState } from './map-state.ts';
import { type Postgres, startPostgres } from './postgres.ts';
import { type Redis, startRedis } from './redis.ts';

/** A shared state of each engine, whose contents can be read and lost, and whose clock can be moved. */
export interface Engine {
  /** Empty, with its clock at the present. */
  open(): Promise<MovableState>;
  /** All keys and all that they hold, as somebody has them who got a copy. */
  dump(): Promise<string>;
  /** All is lost. */
  flush(): Promise<void>;
}

/** The times of a shared state, as if later: what it holds ends by what is told, and not by itself. */
export class MovableState implements SharedState {
  readonly #state: SharedState;
  #ahead = 0;

  constructor(state: SharedState) {
    this.#state = state;
  }

  advance(seconds: number): void {
    this.#ahead += seconds * 1000;
  }

  async commit(...[steps]: Parameters<SharedState['commit']>): ReturnType<SharedState['commit']> {
    const ahead = this.#ahead;
    const moved = steps.map((step) =>
      'refund' in step && step.chargedAt !== undefined ? { ...step, chargedAt: step.chargedAt - ahead } : step,
    );
    const result = await this.#state.commit(moved);
    return { ...result, now: result.now + ahead };
  }
}

/** Starts what the engine needs, for the tests of this suite. */
export const ENGINES: Readonly<Record<string, () => Engine>> = {
  memory: useMemory,
  Redis: useRedis,
  PostgreSQL: usePostgres,
};

function useMemory(): Engine {
  let state: MapState;
  return {
    async open() {
      state = new MapState(Date.now);
      return new MovableState(state);
    },
    dump: async () => JSON.stringify([...state.entries]),
    flush: async () => state.entries.clear(),
  };
}

function useRedis(): Engine {
  let redis: Redis;
  let client: Awaited<ReturnType<Redis['connect']>>;
  let state: SharedState;

  before(async function () {
    redis = await startRedis(this);
    client = await redis.connect();
    state = redisState(client);
  });
  after(() => redis?.close());

  const engine: Engine = {
    async open() {
      await engine.flush();
      return new MovableState(state);
    },
    async dump() {
      const keys = await client.keys('*');
      return JSON.stringify([keys, keys.length === 0 ? [] : await client.mGet(keys)]);
    },
    flush: async () => void (await client.flushAll()),
  };
  return engine;
}

function usePostgres(): Engine {
  let postgres: Postgres;
  let pool: ReturnType<Postgres['pool']>;
  let state: SharedState;

  before(async function () {
    this.timeout(60_000);
    postgres = await startPostgres(this);
    pool = postgres.pool();
    state = postgresState(pool);
  });
  after(() => postgres?.close());

  const engine: Engine = {
    async open() {
      await engine.flush();
      return new MovableState(state);
    },
    dump: async () => JSON.stringify((await pool.query('SELECT * FROM express_sms_otp')).rows),
    flush: async () => void (await pool.query('TRUNCATE express_sms_otp')),
  };
  return engine;
}
