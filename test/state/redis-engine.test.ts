import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import type { CommitResult, SharedState } from '../../lib/domain/shared-state.ts';
import type { RedisClient } from '../../lib/state/redis-state.ts';
import { redisState } from '../../lib/state/redis-state.ts';
import { type Redis, startRedis } from '../support/redis.ts';

const charge = { charge: 'smsOtp:count', windowSeconds: 600, atMost: Number.POSITIVE_INFINITY } as const;

describe('a commit in Redis', () => {
  let redis: Redis;
  let client: Awaited<ReturnType<Redis['connect']>>;
  let state: SharedState;

  beforeEach(async function () {
    redis = await startRedis(this);
    client = await redis.connect();
    state = redisState(client);
  });

  afterEach(() => redis?.close());

  it('is one command, whatever its steps are, and sends the script once', async () => {
    await state.commit([charge]);
    await client.configResetStat();
    for (let index = 0; index < 10; index++) {
      await state.commit([
        charge,
        { count: 'smsOtp:other' },
        { write: 'smsOtp:value', value: 'value', ttlSeconds: 60 },
      ]);
    }
    expect(await callsOf('evalsha', 'eval')).to.deep.equal([10, 0]);
  });

  it('sends the script again to a server that has lost it', async () => {
    await state.commit([charge]);
    await client.scriptFlush();
    const before = await Promise.all(Array.from({ length: 20 }, () => state.commit([charge])));
    expect(before.map(totalOf).toSorted((left, right) => left - right)).to.deep.equal(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });

  it('writes nothing that it need not, and each key once', async () => {
    const value = { write: 'smsOtp:value', ttlSeconds: 60 } as const;
    await state.commit([charge, { ...value, value: 'first' }]);
    await client.configResetStat();
    await state.commit([
      charge,
      { refund: 'smsOtp:count', windowSeconds: 600 },
      { expect: 'smsOtp:value', value: 'first' },
    ]);
    await state.commit([
      { charge: 'smsOtp:new', windowSeconds: 600, atMost: 1 },
      { refund: 'smsOtp:new', windowSeconds: 600 },
    ]);
    expect(await callsOf('set', 'del')).to.deep.equal([0, 0]);
    await state.commit([charge, charge, { ...value, value: 'second' }, { ...value, value: 'third' }]);
    expect(await callsOf('set', 'del')).to.deep.equal([2, 0]);
  });

  it('puts all keys of an instance under one hash tag, also of a name with braces', async () => {
    const write = { value: 'value', ttlSeconds: 60 } as const;
    for (const name of ['smsOtp', 'a}b', '{', 'other']) {
      await state.commit([
        { ...write, write: `${name}:one` },
        { ...write, write: `${name}:two:{x}` },
      ]);
    }
    const tags = (await client.keys('*')).map((key) => /^\{([^{}]+)\}:(one|two:\{x\})$/.exec(key)?.[1]);
    expect(tags).to.have.length(8).and.not.include(undefined);
    expect(new Set(tags).size).to.equal(4);
  });

  it('reads what another version has written, under its own name', async () => {
    await client.set('smsOtp:lock:of-0.1.0', '1');
    const { found } = await state.commit([{ read: ':smsOtp:lock:of-0.1.0' }, { read: 'smsOtp:lock:of-0.1.0' }]);
    expect(found).to.deep.equal(['1', undefined]);
  });

  it('gives every key an end, and no step takes it away', async () => {
    const windowSeconds = 600;
    await state.commit([
      ...[charge, charge, { write: 'smsOtp:value', value: 'value', ttlSeconds: 600 }],
      { charge: 'smsOtp:long', windowSeconds: 400 * 86_400, atMost: 1 },
    ]);
    await state.commit([charge, { refund: 'smsOtp:count', windowSeconds }]);
    await state.commit([{ refund: 'smsOtp:count', windowSeconds }]);
    await state.commit([{ write: 'smsOtp:value', value: 'other', ttlSeconds: 600, ifAbsent: 'skip' }, charge]);
    const keys = await client.keys('*');
    expect(keys).to.have.length(3);
    for (const key of keys) expect(await client.ttl(key), key).to.be.within(590, 400 * 86_400);
  });

  it('goes on counting for all processes after the server has cut them off', async () => {
    const clients = [client, await redis.connect()];
    const states = [state, redisState(clients[1] as RedisClient)];
    await Promise.all(Array.from({ length: 50 }, () => states.map((each) => each.commit([charge]))).flat());
    const back = clients.map((each) => new Promise((resolve) => each.once('ready', resolve)));
    await (await redis.connect()).sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
    await Promise.all(back);
    for (const each of states) expect(totalOf(await each.commit([{ count: 'smsOtp:count' }]))).to.equal(100);
  });

  it('does not send after its deadline what it could not send before', async () => {
    const hasty = redisState(client, 200);
    redis.stop();
    // The first one asks whether keys have ends; only then it commits.
    const error: unknown = await hasty.commit([charge]).catch((thrown) => thrown);
    expect(error).to.be.an('error').with.property('message', 'Redis did not answer within 200 ms.');
    redis.resume();
    await client.ping();
    await pause(50);
    expect(await client.keys('*count*')).to.deep.equal([]);
  });

  it('takes texts, whatever the app has told its client to make of them', async () => {
    const { RESP_TYPES } = await import('redis');
    const buffers = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
    const other = redisState(buffers as unknown as RedisClient);
    await other.commit([{ write: 'smsOtp:value', value: 'välue', ttlSeconds: 60 }]);
    expect((await other.commit([{ read: 'smsOtp:value' }])).found).to.deep.equal(['välue']);
  });

  async function callsOf(...commands: readonly string[]): Promise<readonly number[]> {
    const stats = await client.info('commandstats');
    return commands.map((command) => Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0));
  }
});

function totalOf({ found }: CommitResult): number {
  const [counter] = found;
  return typeof counter === 'object' ? counter.total : Number.NaN;
}
