import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { createClientPool, createCluster, createSentinel } from 'redis';
import { testSharedState } from '../../lib/conformance/index.ts';
import type { SharedState } from '../../lib/domain/shared-state.ts';
import { redisState } from '../../lib/state/redis-state.ts';
import {
  type RedisCluster,
  type RedisNode,
  redisSetup,
  startRedisCluster,
  startRedisNode,
  startWatchedRedis,
  type WatchedRedis,
} from '../support/redis-topologies.ts';

const charge = (key: string) => ({ charge: key, windowSeconds: 600, atMost: Number.POSITIVE_INFINITY });

describe('redisState() with a pool', () => {
  let redis: RedisNode;

  before(async function () {
    redis = await startRedisNode(this);
  });

  after(() => redis?.close());

  testSharedState(
    { describe, it },
    redisSetup({
      nodes: () => [redis],
      async connect() {
        const pool = createClientPool({ socket: { port: redis.port, reconnectStrategy: 50 } }, { maximum: 5 });
        pool.on('error', () => undefined);
        await pool.connect();
        return pool;
      },
      empty: async () => (await redis.connect()).flushAll(),
      end: (pool) => pool.destroy(),
      outage: 'servers',
    }),
  );
});

describe('redisState() with a cluster', () => {
  let cluster: RedisCluster;

  before(async function () {
    cluster = await startRedisCluster(this);
  });

  after(() => cluster?.close());

  testSharedState(
    { describe, it },
    redisSetup({
      nodes: () => cluster.nodes,
      connect,
      async empty() {
        for (const node of cluster.nodes) await (await node.connect()).flushAll();
      },
      end: (client) => client.destroy(),
      outage: 'client',
    }),
  );

  it('keeps all keys of an instance on one node', async () => {
    const client = await connect();
    const state = redisState(client);
    for (const name of ['smsOtp', 'admin', 'a{b}c']) {
      const keys = Array.from({ length: 20 }, (_, index) => `${name}:record:${index}`);
      const writes = keys.map((write) => ({ write, value: `of ${name}`, ttlSeconds: 60 }));
      expect(await state.commit(writes)).to.not.have.property('refusedBy');
      const { found } = await state.commit(keys.map((read) => ({ read })));
      expect(found).to.deep.equal(keys.map(() => `of ${name}`));
    }
    client.destroy();
  });

  it('finds nothing if another version had its keys: 0.1.0 took no cluster', async () => {
    const client = await connect();
    const { found } = await redisState(client).commit([{ read: 'smsOtp:lock' }, { read: ':smsOtp:lock' }]);
    expect(found).to.deep.equal([undefined, undefined]);
    client.destroy();
  });

  async function connect() {
    const rootNodes = cluster.nodes.map(({ port }) => ({ socket: { port } }));
    const client = createCluster({ rootNodes, defaults: { socket: { reconnectStrategy: 50 } } });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }
});

describe('redisState() with a sentinel', () => {
  const NAME = 'watched';
  let watched: WatchedRedis;

  before(async function () {
    watched = await startWatchedRedis(this, NAME);
  });

  after(() => watched?.close());

  testSharedState(
    { describe, it },
    redisSetup({
      nodes: () => [watched.primary, watched.replica],
      connect,
      empty: (client) => client.flushAll(),
      end: (client) => client.destroy(),
      outage: 'client',
    }),
  );

  it('goes on with the same counts after a failover', async () => {
    const client = await connect();
    const state = redisState(client);
    for (let count = 0; count < 5; count++) await state.commit([charge('smsOtp:count')]);
    await watched.failOver();
    await eventually(state);
    const { found } = await state.commit([{ count: 'smsOtp:count' }]);
    expect(found[0]).to.have.property('total', 5);
    await client.destroy();
  });

  async function connect() {
    const client = createSentinel({ name: NAME, sentinelRootNodes: [watched.sentinel], scanInterval: 200 });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }
});

/** Until it takes writes; mocha's time-out is the deadline. */
async function eventually(state: SharedState): Promise<void> {
  const isWritable = async () => {
    await state.commit([{ write: 'smsOtp:test', value: 'value', ttlSeconds: 60 }, { remove: 'smsOtp:test' }]);
    return true;
  };
  while (!(await isWritable().catch(() => false))) await delay(20);
}
