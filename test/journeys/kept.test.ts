import { expect } from 'chai';
import { RedisStore } from 'connect-redis';
import { redisState } from '../../lib/state/redis-state.ts';
import { getPage, postForm, postJson, type TestApp, testApp } from '../support/app.ts';
import { useClosing } from '../support/closing.ts';
import { type Redis, startRedis } from '../support/redis.ts';
import { createRig } from '../support/rig.ts';

const ADA = { username: 'ada', password: 'lovelace' };
const GRACE = { username: 'grace', password: 'hopper' };
/** Counted for an address or a block of numbers, or read by nobody. */
const OF_NOBODY = /^\{smsOtp\}:(?:ah|pa|bh|nc):/;

describe('a Redis with sessions and shared state', () => {
  const keep = useClosing();
  let redis: Redis;
  let client: Awaited<ReturnType<Redis['connect']>>;
  let app: TestApp;

  beforeEach(async function () {
    redis = keep(await startRedis(this));
    client = await redis.connect();
    const store = new RedisStore({ client });
    app = testApp({ options: { shared: redisState(client, 10_000) }, session: { store } });
  });

  /** Every key with what it holds, whatever its name. */
  async function dump(): Promise<ReadonlyMap<string, string>> {
    const keys: string[] = [];
    for await (const page of client.scanIterator()) keys.push(...page);
    const values = await Promise.all(keys.map(async (key) => [key, (await client.get(key)) ?? ''] as const));
    return new Map(values);
  }

  it('holds no number, no name and no code in the middle of sign-ins, under any key', async () => {
    const codes: string[] = [];
    const pending = app.agent();
    await postForm(pending, '/auth/login', { ...ADA, returnTo: '/the-place-to-go' }).expect(303);
    codes.push(app.transport.lastCode());
    await postForm(pending, '/auth/code', { code: '4711x' }).expect(303);
    const chooser = app.agent();
    await postJson(chooser, '/auth/login', GRACE).expect(200);
    await getPage(chooser, '/auth/number').expect(200);
    const stepping = await app.signedIn('ada');
    codes.push(app.transport.lastCode());
    await postJson(stepping, '/auth/code/send').expect(200);
    codes.push(app.transport.lastCode());
    const left = await app.signedIn('ada', 'password');
    codes.push(app.transport.lastCode());
    await postForm(left, '/auth/logout').expect(303);
    await postJson(app.agent(), '/auth/login', { ...GRACE, password: 'wrong' }).expect(401);
    app.transport.receipt('failed');
    const kept = await dump();
    const kinds = new Set(
      [...kept.keys()].map((key) =>
        key
          .split(':')
          .slice(0, 2)
          .join(':')
          .replace(/^sess:.*/, 'sess'),
      ),
    );
    expect(kinds).to.include('sess').and.include('{smsOtp}:si').and.include('{smsOtp}:dl');
    const all = [...kept].flat().join('\n').toLowerCase();
    const words = [
      'lovelace',
      'hopper',
      'id-ada',
      'id-grace',
      '46701740605',
      '0701740606',
      '740607',
      '4711x',
      'place-to-go',
    ];
    for (const word of [...codes, ...words]) expect(all).to.not.include(word);
  });

  it('opens nothing of the shared state to somebody with its dump and the secret, but without the sessions', async () => {
    const jar = await app.signedIn('ada', 'password');
    const kept = await dump();
    const thief = createRig();
    const own = [...kept].filter(([key]) => key.startsWith('{smsOtp}:'));
    const words = [...new Set(own.flat().flatMap((text) => text.match(/[\w-]{16,}/g) ?? []))];
    const records = own.filter(([key]) => key.startsWith('{smsOtp}:si:'));
    expect(records).to.have.length(1);
    const [id = ''] =
      /[\w-]{22}(?=\.[\w-]{16})/.exec([...kept].find(([key]) => key.startsWith('sess:'))?.[1] ?? '') ?? [];
    for (const [key, value] of records) {
      const name = key.replace('{smsOtp}', 'smsOtp');
      for (const word of words) expect(thief.keyring.open(word, name, value.slice(1))).to.equal(undefined);
      // With the session it would be another matter.
      expect(thief.keyring.open(id, name, value.slice(1))).to.include('46701740605');
    }
    await postJson(jar, '/auth/code', { code: app.transport.lastCode() }).expect(200);
  });

  it('has no key of a person who is forgotten, but a lock', async () => {
    await app.signedIn('ada');
    const pending = await app.signedIn('ada', 'password');
    await postJson(pending, '/auth/code', { code: '000000' });
    await postForm(app.agent(), '/auth/login', { ...ADA, form: 'the-random-bits-of-a-form' }).expect(303);
    await postJson(app.agent(), '/auth/login', { ...ADA, password: 'wrong' }).expect(401);
    app.transport.receipt('delivered');
    await postJson(await app.signedIn('ada'), '/auth/code/send').expect(200);
    expect((await dump()).size).to.be.greaterThan(30);
    await app.otp.forget('id-ada');
    const left = [...(await dump()).keys()].filter((key) => !key.startsWith('sess:') && !OF_NOBODY.test(key));
    expect(left).to.deep.equal([]);
    await pending.get('/secret').expect(401);
  });
});
