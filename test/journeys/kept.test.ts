import { expect } from 'chai';
import { RedisStore } from 'connect-redis';
import { redisState } from '../../lib/state/redis-state.ts';
import { type Agent, getPage, postForm, postJson, type TestApp, testApp } from '../support/app.ts';
import { useClosing } from '../support/closing.ts';
import { type Redis, startRedis } from '../support/redis.ts';
import { createRig } from '../support/rig.ts';
import { expectUntold } from '../support/untold.ts';

const ADA = { username: 'ada', password: 'lovelace' };
const GRACE = { username: 'grace', password: 'hopper' };
const WITHOUT_PHONE = { trustBrowser: {}, recoveryCodes: true } as const;
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
    expectUntold(all, ...codes, ...words);
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

  /** Two people who trust one browser; ada has signed in by it. @returns all that the browser was given */
  async function trusting(): Promise<{ readonly jar: Agent; readonly tokens: readonly string[] }> {
    const jar = app.agent();
    const given: string[] = [];
    const post = async (path: string, body: object): Promise<string> => {
      const response = await postJson(jar, path, body).expect(200);
      const cookies = [response.headers['set-cookie'] ?? []].flat().map(String);
      const trusted = cookies.find((cookie) => cookie.startsWith('smsOtp.trusted='));
      given.push(...(trusted?.split(/[=;]/)[1]?.split('~') ?? []));
      return response.body.stage;
    };
    for (const [login, hasChoice] of [
      [GRACE, true],
      [ADA, false],
    ] as const) {
      await post('/auth/login', login);
      if (hasChoice) await post('/auth/number', { number: 0 });
      await post('/auth/code', { code: app.transport.lastCode(), trustBrowser: true });
      await post('/auth/logout', {});
    }
    expect(await post('/auth/login', ADA)).to.equal('verified');
    return { jar, tokens: [...new Set(given)] };
  }

  it('holds no token of a trusted browser, nor is one found with the secret', async () => {
    const store = new RedisStore({ client });
    app = testApp({ options: { ...WITHOUT_PHONE, shared: redisState(client, 10_000) }, session: { store } });
    const { tokens } = await trusting();
    expect(tokens).to.have.length(3);
    const kept = await dump();
    const thief = createRig();
    const opened = ['id-ada', 'id-grace'].map((id) => {
      const tag = thief.keyring.tagOf(id);
      const key = [...kept.keys()].find((name) => name.startsWith(`{smsOtp}:tb:${tag}`)) ?? '';
      const text = thief.keyring.open(
        `trusted ${tag}`,
        key.replace('{smsOtp}', 'smsOtp'),
        kept.get(key)?.slice(1) ?? '',
      );
      expect(text).to.be.a('string').and.include('hashes');
      return text;
    });
    const all = [...kept, ...opened].flat().join('\n');
    for (const token of tokens) {
      expect(token).to.match(/^[\w-]{16}\.[\w-]{22}$/);
      for (const part of token.split('.')) expect(all).to.not.include(part);
    }
  });

  it('lets nobody in if it is lost: people with a trusted browser or a spare code are asked for a code by SMS', async () => {
    // The sessions are elsewhere, and live on.
    app = testApp({ options: { ...WITHOUT_PHONE, shared: redisState(client, 10_000) } });
    const { jar } = await trusting();
    const { body } = await postJson(await app.signedIn('ada'), '/auth/account/recovery-codes').expect(200);
    const codes = [...body.recoveryCodes, await app.otp.issueHelpCode('id-ada')];
    await jar.get('/secret').expect(200);
    await client.flushAll();
    app.clock.advance(6);
    await jar.get('/secret').expect(401);
    expect((await postJson(jar, '/auth/login', ADA).expect(200)).body.stage).to.equal('code');
    for (const code of [codes[0], codes.at(-1)]) {
      await postJson(jar, '/auth/without-phone', { code }).expect(401);
    }
    await jar.get('/secret').expect(401);
    await postJson(jar, '/auth/code', { code: app.transport.lastCode() }).expect(200);
    await jar.get('/secret').expect(200);
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
