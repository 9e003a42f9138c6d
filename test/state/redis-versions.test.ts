import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect } from 'chai';
import { SmsOtpConfigError } from '../../lib/errors.ts';
import { type RedisClient, redisState } from '../../lib/state/redis-state.ts';
import { installFolder } from '../support/installed-package.ts';
import { type RedisNode, startRedisNode } from '../support/redis-topologies.ts';

/** The part of other versions of node-redis that is used; their types are not ours. */
interface NodeRedis {
  createClient(options: object): Connected;
  createClientPool(options: object): Connected;
  createCluster(options: object): Connected;
}

interface Connected extends RedisClient {
  disconnect(): Promise<void>;
}

const CHARGE = { charge: 'smsOtp:count', windowSeconds: 600, atMost: 2 } as const;

describe('redisState() with other versions of node-redis', function () {
  this.timeout(120_000); // they have to be installed
  let redis: RedisNode;
  let load: (name: string) => NodeRedis;

  before(async function () {
    redis = await startRedisNode(this);
    load = createRequire(join(installFolder('node-redis'), 'package.json'));
  });

  after(() => redis?.close());

  for (const [name, make] of [
    ['redis-5', 'createClient'],
    ['redis-5', 'createClientPool'],
    ['redis-5-first', 'createClient'],
  ] as const) {
    it(`commits with ${make} of ${name}`, async () => {
      await (await redis.connect()).flushAll();
      const client = load(name)[make]({ socket: { port: redis.port }, disableOfflineQueue: true });
      client.on('error', () => undefined);
      await client.connect();
      const state = redisState(client);
      await state.commit([CHARGE, CHARGE, { write: 'smsOtp:value', value: 'välue', ttlSeconds: 60 }]);
      expect(await state.commit([CHARGE, { read: 'smsOtp:value' }])).to.deep.include({
        refusedBy: 0,
        found: [{ total: 2, resetsInSeconds: 600 }, 'välue'],
      });
      expect(await state.health?.()).to.equal(undefined);
      client.destroy();
    });
  }

  it('refuses clients of node-redis 4 at start: there, what is written would have no end', () => {
    const { createClient, createCluster } = load('redis-4');
    for (const client of [
      createClient({ disableOfflineQueue: true }),
      createCluster({ rootNodes: [{ socket: { port: redis.port } }], defaults: { disableOfflineQueue: true } }),
    ]) {
      expect(() => redisState(client)).to.throw(SmsOtpConfigError, 'this is a client of node-redis 4. Install redis@6');
    }
  });
});
