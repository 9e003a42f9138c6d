import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { createClient } from 'redis';
import type { SharedState } from '../../lib/domain/shared-state.ts';
import { type RedisClient, redisState } from '../../lib/state/redis-state.ts';
import { useClosing } from '../support/closing.ts';
import { FaultyProxy } from '../support/faulty-proxy.ts';
import { type Redis, startRedis } from '../support/redis.ts';
import { startRedisNode } from '../support/redis-topologies.ts';

const CHARGE = { charge: 'smsOtp:count', windowSeconds: 600, atMost: 5 } as const;
const MOVE = [{ remove: 'smsOtp:old' }, { write: 'smsOtp:new', value: 'value', ttlSeconds: 60 }] as const;

/** The commands that an ACL must allow, by `docs/cluster.md`. */
const COMMANDS = ['+evalsha', '+eval', '+time', '+mget', '+set', '+del', '+pttl', '+scan', '+info'];

describe('the health of redisState()', () => {
  const keep = useClosing();
  let redis: Redis;
  let admin: Awaited<ReturnType<Redis['connect']>>;

  beforeEach(async function () {
    redis = keep(await startRedis(this));
    admin = await redis.connect();
  });

  it('is well, and leaves nothing behind', async () => {
    expect(await redisState(admin).health?.()).to.equal(undefined);
    expect(await admin.keys('*')).to.deep.equal([]);
  });

  it('is down on a replica, whose reads would still be answered', async function () {
    const replica = keep(await startRedis(this, '--replicaof', '127.0.0.1 1'));
    const message = 'Redis cannot answer: READONLY: it is a replica: connect to the primary';
    const read = [{ read: 'smsOtp:value' }];
    expect(await messageOf(redisState(await replica.connect()).health?.())).to.equal(message);
    expect(await messageOf(redisState(await replica.connect()).commit(read))).to.equal(message);
  });

  it('is down on a full server, and nothing is counted there', async () => {
    const state = redisState(admin);
    await state.commit([CHARGE]);
    await admin.configSet('maxmemory', '1');
    const message = 'Redis cannot answer: OOM: it is full: raise maxmemory, or move other data to another server';
    expect(await messageOf(state.health?.())).to.equal(message);
    expect(await messageOf(state.commit([CHARGE, { charge: 'smsOtp:other', windowSeconds: 60, atMost: 5 }]))).to.equal(
      message,
    );
    await admin.configSet('maxmemory', '0');
    expect(await state.health?.()).to.equal(undefined);
    expect((await state.commit([{ count: 'smsOtp:count' }, { count: 'smsOtp:other' }])).found).to.deep.equal([
      { total: 1, resetsInSeconds: 600 },
      { total: 0, resetsInSeconds: 0 },
    ]);
  });

  it('is down on a full server for a process that starts beside it, which still reads and removes there', async () => {
    const value = { write: 'smsOtp:value', value: 'value', ttlSeconds: 60 } as const;
    await redisState(admin).commit([value]);
    await admin.configSet('maxmemory', '1');
    const state = redisState(admin);
    const message = 'Redis cannot answer: OOM: it is full: raise maxmemory, or move other data to another server';
    expect(await messageOf(state.commit([CHARGE]))).to.equal(message);
    expect((await state.commit([{ read: 'smsOtp:value' }])).found).to.deep.equal(['value']);
    expect(await messageOf(state.health?.())).to.equal(message);
    expect(
      await state.commit([{ expect: 'smsOtp:value', value: 'value' }, { remove: 'smsOtp:value' }]),
    ).to.have.deep.property('found', ['value', 'value']);
    expect(await messageOf(state.commit([value]))).to.equal(message);
    await admin.configSet('maxmemory', '0');
    await state.commit([value]);
    expect(await state.health?.()).to.equal(undefined);
  });

  it('is degraded if the server may throw counters away, and says how to mend it', async () => {
    const state = redisState(admin);
    await admin.configSet('maxmemory-policy', 'volatile-lru');
    expect(await state.health?.()).to.deep.equal({
      status: 'degraded',
      lastError: 'maxmemory-policy is volatile-lru: set it to noeviction, or counters may be lost',
    });
  });

  it('needs no more of an ACL than the docs say', async () => {
    const state = await stateOf('otp', '~{smsOtp}:*', ...COMMANDS);
    expect(await state.health?.()).to.equal(undefined);
    await state.commit([CHARGE, { write: 'smsOtp:old', value: 'value', ttlSeconds: 60 }]);
    expect(await state.commit([...MOVE, { refund: 'smsOtp:count', windowSeconds: 600 }])).to.not.have.property(
      'refusedBy',
    );
  });

  for (const command of COMMANDS.filter((each) => each !== '+info')) {
    it(`is down without the right to ${command.slice(1)}, and no commit is half done`, async () => {
      const state = await stateOf('otp', '~{smsOtp}:*', ...COMMANDS.filter((each) => each !== command));
      await redisState(admin).commit([{ write: 'smsOtp:old', value: 'value', ttlSeconds: 60 }]);
      const message =
        'Redis cannot answer: NOPERM: its user lacks a command or the keys: docs/cluster.md lists what an ACL must allow';
      expect(await messageOf(state.health?.())).to.equal(message);
      expect(await messageOf(state.commit([...MOVE, CHARGE]))).to.equal(message);
      const keys = await admin.keys('*');
      expect(keys.filter((key) => !key.startsWith('{smsOtp}:examined:'))).to.deep.equal(['{smsOtp}:old']);
    });
  }

  it('is well without the right to info, as on a server that is managed', async () => {
    await admin.configSet('maxmemory-policy', 'allkeys-lru');
    const state = await stateOf('otp', '~{smsOtp}:*', ...COMMANDS.filter((each) => each !== '+info'));
    expect(await state.health?.()).to.equal(undefined);
  });

  it('tells the keys of another name apart from a right that is missing', async () => {
    const state = await stateOf('otp', '~{other}:*', ...COMMANDS);
    expect(await state.health?.()).to.equal(undefined);
    await state.commit([{ ...CHARGE, charge: 'other:count' }]);
    expect(await state.health?.()).to.equal(undefined);
    expect(await messageOf(state.commit([CHARGE]))).to.contain('NOPERM');
  });

  it('is down if a key gets no end, and no commit is made there', async () => {
    // As node-redis 4 would have it, which drops options that it does not know.
    const endless = {
      isOpen: true,
      on: () => endless,
      destroy() {},
      connect: async () => endless,
      evalSha: async () => expect.fail('a commit was made'),
      eval: async () => [-1, -1, 'noeviction'],
      withCommandOptions: () => ({ evalSha: async () => [-1, -1, 'noeviction'], eval: endless.eval }),
    } as unknown as RedisClient & { eval(): Promise<unknown> };
    const state = redisState(endless);
    const message = 'Redis gives keys no end, or its client asks for none.';
    expect(await messageOf(state.commit([CHARGE]))).to.equal(message);
    expect(await messageOf(state.health?.())).to.equal(message);
  });

  it('comes back if the name of the primary has moved to another server', async function () {
    const [first, second] = [keep(await startRedisNode(this)), keep(await startRedisNode(this))];
    const proxy = keep(await FaultyProxy.start({ port: first.port, host: '127.0.0.1' }));
    const client = createClient({ socket: { port: proxy.port, reconnectStrategy: 10 }, disableOfflineQueue: true });
    client.on('error', () => undefined);
    keep({ close: () => client.destroy() });
    await client.connect();
    const state = redisState(client, 1_000);
    await state.commit([CHARGE]);
    await (await first.connect()).sendCommand(['REPLICAOF', '127.0.0.1', String(second.port)]);
    // Only new connections lead to the other one, as behind a name.
    proxy.leadNewOnesTo({ port: second.port, host: '127.0.0.1' });
    expect(await messageOf(state.commit([CHARGE]))).to.contain('READONLY');
    while ((await state.commit([CHARGE]).catch(() => undefined)) === undefined) await pause(10);
    expect(await state.health?.()).to.equal(undefined);
  });

  /** Of a user with these rights only. */
  async function stateOf(username: string, ...rules: readonly string[]): Promise<SharedState> {
    await admin.sendCommand(['ACL', 'SETUSER', username, 'on', '>password', '-@all', ...rules]);
    const client = createClient({
      socket: { path: redis.path, tls: false },
      username,
      password: 'password',
      disableOfflineQueue: true,
    });
    client.on('error', () => undefined);
    keep({ close: () => client.destroy() });
    await client.connect();
    return redisState(client);
  }
});

async function messageOf(answer: Promise<unknown> | undefined): Promise<string> {
  const error: unknown = await answer?.then(
    () => 'no rejection',
    (thrown) => thrown,
  );
  return error instanceof Error ? error.message : String(error);
}
