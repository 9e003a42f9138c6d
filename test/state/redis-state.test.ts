import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { createClient } from 'redis';
import { SmsOtpConfigError } from '../../lib/errors.ts';
import { type RedisClient, redisState } from '../../lib/state/redis-state.ts';
import { getPage, postJson, testApp } from '../support/app.ts';
import { FaultyProxy } from '../support/faulty-proxy.ts';
import { type Redis, startRedis } from '../support/redis.ts';

const CHARGE = { charge: 'app:a', windowSeconds: 600, atMost: Number.POSITIVE_INFINITY };

describe('redisState()', () => {
  let redis: Redis;

  beforeEach(async function () {
    redis = await startRedis(this, '--maxmemory', '3mb', '--maxmemory-policy', 'noeviction');
  });

  afterEach(() => redis?.close());

  it('keeps the clients apart that would hang from those that fail', () => {
    const wrong = [undefined, null, {}, { options: { disableOfflineQueue: true } }, { eval() {}, options: {} }];
    for (const client of wrong) {
      expect(() => redisState(client as unknown as RedisClient)).to.throw(
        SmsOtpConfigError,
        'disableOfflineQueue: true',
      );
    }
    const ioredis = { eval() {}, evalsha() {}, options: {} } as unknown as RedisClient;
    expect(() => redisState(ioredis)).to.throw(SmsOtpConfigError, 'client of ioredis; make one of node-redis');
    const caching = createClient({ disableOfflineQueue: true, clientSideCache: { ttl: 0 } });
    expect(() => redisState(caching)).to.throw(SmsOtpConfigError, 'clientSideCache');
  });

  it('listens to a client once, however many instances share it', () => {
    const client = createClient({ disableOfflineQueue: true });
    redisState(client);
    const listeners = client.listenerCount('error');
    for (let instance = 0; instance < 20; instance++) redisState(client);
    expect(client.listenerCount('error')).to.equal(listeners);
  });

  it('counts in one place for several processes, and goes on counting after the server was cut off', async () => {
    const clients = [await redis.connect(), await redis.connect()];
    const states = clients.map((client) => redisState(client));
    await Promise.all(Array.from({ length: 50 }, () => states.map((state) => state.commit([CHARGE]))).flat());
    const back = clients.map((client) => new Promise((resolve) => client.once('ready', resolve)));
    await (await redis.connect()).sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
    await Promise.all(back);
    for (const state of states) {
      const { found } = await state.commit([{ count: CHARGE.charge }]);
      expect(found[0]).to.include({ total: 100 });
    }
  });

  it('keeps nothing of a counter that was all given back', async () => {
    const client = await redis.connect();
    const state = redisState(client);
    await state.commit([CHARGE]);
    expect(await client.dbSize()).to.equal(1);
    await state.commit([{ refund: CHARGE.charge, windowSeconds: 600 }]);
    expect(await client.dbSize()).to.equal(0);
  });

  it('tells the time of the server', async () => {
    const before = Date.now();
    const { now } = await redisState(await redis.connect()).commit([]);
    expect(now).to.be.within(before - 1, Date.now() + 1);
  });

  it('rejects within two seconds if the server hangs, and lets late answers pass', async () => {
    const state = redisState(await redis.connect());
    redis.stop();
    const begin = performance.now();
    const calls = [state.commit([CHARGE]), state.commit([{ read: 'app:b' }]), state.commit([]), state.health?.()];
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(calls.map(() => 'rejected'));
    expect(performance.now() - begin).to.be.within(1_900, 5_000);
    redis.resume();
    expect((await state.commit([{ read: 'app:b' }])).found).to.deep.equal([undefined]);
  });

  it('tells neither key nor value if the server quotes them', async function () {
    const quoting = await startRedis(this, '--rename-command', 'SET', '');
    try {
      const client = await quoting.connect();
      const plain: unknown = await client.set('the key', 'the value').catch((error) => error);
      expect(plain).to.be.an('error').with.property('message').that.includes('the key').and.includes('the value');
      const error: unknown = await redisState(client)
        .commit([{ write: 'app:the key', value: 'the value', ttlSeconds: 60 }])
        .catch((thrown) => thrown);
      expect(inspect(error, { depth: null, showHidden: true })).to.not.match(/the key|the value/);
      expect(error)
        .to.be.an('error')
        .with.property(
          'message',
          'Redis cannot answer: ERR: it does not know a command that is needed: docs/cluster.md lists them',
        );
    } finally {
      await quoting.close();
    }
  });

  it('is 503 while the server hangs, and goes on with the same counts', async () => {
    const shared = redisState(await redis.connect(), 500);
    const { signedIn, transport } = testApp({ options: { shared } });
    const jar = await signedIn('ada', 'password');
    const code = transport.lastCode();
    await postJson(jar, '/auth/code', { code: code === '000000' ? '000001' : '000000' }).expect(401);
    redis.stop();
    for (const answer of [
      await postJson(jar, '/auth/code', { code }),
      await postJson(jar, '/auth/code/send'),
      await jar.get('/secret'),
      await getPage(jar, '/auth/code'),
    ]) {
      expect(answer.status).to.equal(503);
    }
    expect(transport.messages).to.have.length(1);
    redis.resume();
    expect((await jar.get('/auth/session').expect(200)).body.attemptsRemaining).to.be.oneOf([4, 3]);
    await postJson(jar, '/auth/code', { code }).expect(200);
  });

  it('is 503 while the server is gone, and works again without a restart', async () => {
    const client = await redis.connect();
    const shared = redisState(client);
    const { agent, transport } = testApp({ options: { shared } });
    await redis.kill();
    const { body } = await postJson(agent(), '/auth/login', { username: 'ada', password: 'lovelace' }).expect(503);
    expect(body.code).to.equal('STATE_UNAVAILABLE');
    expect(transport.messages).to.deep.equal([]);
    const ready = new Promise((resolve) => client.once('ready', resolve));
    await redis.start();
    await ready;
    await postJson(agent(), '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
  });

  it('gives no answer to another question once something unreadable came, and connects anew until all is well', async () => {
    const proxy = await FaultyProxy.start({ path: redis.path });
    const client = createClient({ socket: { port: proxy.port, reconnectStrategy: 10 }, disableOfflineQueue: true });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const shared = redisState(client, 500);
      const write = { ttlSeconds: 60 };
      const ask = async (name: string): Promise<unknown> => (await shared.commit([{ read: `app:${name}` }])).found[0];
      for (const name of ['one', 'other']) {
        await shared.commit([{ write: `app:${name}`, value: `of ${name}`, ...write }]);
      }
      proxy.suffer('garbage');
      const [unreadable, one] = [once(client, 'error'), ask('one').catch(() => 'refused')];
      await unreadable;
      // The greeting of the next connection is answered by garbage, too.
      await once(client, 'error');
      await proxy.heal();
      let other: unknown;
      while (other === undefined) other = await ask('other').catch(() => pause(10, undefined));
      expect(await one).to.equal('refused');
      expect(other).to.equal('of other');
      expect(await ask('one')).to.equal('of one');
    } finally {
      client.destroy();
      proxy.close();
    }
  });

  it('is 503 if the server has no room', async () => {
    const client = await redis.connect();
    const { agent, transport } = testApp({ options: { shared: redisState(client) } });
    const fill = async (): Promise<never> => {
      for (let index = 0; ; index++) await client.set(`fill:${index}`, 'x'.repeat(10_000));
    };
    await fill().catch(() => undefined);
    await postJson(agent(), '/auth/login', { username: 'ada', password: 'lovelace' }).expect(503);
    expect(transport.messages).to.deep.equal([]);
  });

  it('tells if the server may throw counters away', async () => {
    const client = await redis.connect();
    const { otp } = testApp({ options: { shared: redisState(client) } });
    expect((await otp.health()).status).to.equal('ready');
    await client.configSet('maxmemory-policy', 'allkeys-lru');
    const { status, dependencies } = await otp.health();
    expect(status).to.equal('degraded');
    expect(dependencies.shared.lastError).to.include('noeviction');
    // A managed server may refuse to say.
    await client.aclSetUser('default', '-info');
    expect((await otp.health()).status).to.equal('ready');
    await redis.kill();
    expect((await otp.health()).dependencies.shared.status).to.equal('down');
  });

  it('keeps nothing without an end, and no name, number or code in a key', async () => {
    const client = await redis.connect();
    const { signedIn, transport } = testApp({ options: { shared: redisState(client) } });
    await signedIn('ada', 'password');
    await signedIn('grace');
    const keys = await client.keys('*');
    expect(keys.length).to.be.greaterThan(20);
    for (const key of keys) {
      expect(await client.ttl(key), key).to.be.greaterThan(0);
      expect(key).to.match(/^\{smsOtp\}:[a-z]{2,3}:[\w-]{12,32}(?:\.[\w-]+)*(?::\w+)?$/);
    }
    expect(transport.messages).to.have.length(2);
  });
});
