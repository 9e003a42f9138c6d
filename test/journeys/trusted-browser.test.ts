import { expect } from 'chai';
import type { SharedState } from '../../lib/index.ts';
import { postgresState } from '../../lib/state/postgres-state.ts';
import { redisState } from '../../lib/state/redis-state.ts';
import { type Agent, postJson, testApp } from '../support/app.ts';
import { MapState } from '../support/map-state.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';
import { type Redis, startRedis } from '../support/redis.ts';

const LOGIN = { username: 'ada', password: 'lovelace' };

function tokenOf({ headers }: { readonly headers: Readonly<Record<string, unknown>> }): string {
  const cookies = [headers['set-cookie'] ?? []].flat().map(String);
  return cookies.find((cookie) => cookie.startsWith('smsOtp.trusted='))?.split(';')[0] ?? '';
}

describe('a trusted browser, whatever holds the state', () => {
  let redis: Redis;
  let postgres: Postgres;

  before(async function () {
    redis = await startRedis(this);
    postgres = await startPostgres(this);
  });

  after(async () => {
    await redis?.close();
    await postgres?.close();
  });

  const STATES: Readonly<Record<string, () => Promise<SharedState>>> = {
    memory: async () => new MapState(Date.now),
    Redis: async () => redisState(await redis.connect()),
    PostgreSQL: async () => postgresState(postgres.pool()),
  };

  for (const [name, create] of Object.entries(STATES)) {
    it(`signs in many tabs at once, and asks the others for a code: ${name}`, async () => {
      const app = testApp({ options: { shared: await create(), trustBrowser: {} } });
      const jar = app.agent();
      await postJson(jar, '/auth/login', LOGIN).expect(200);
      const code = app.transport.lastCode();
      const cookie = tokenOf(await postJson(jar, '/auth/code', { code, trustBrowser: true }).expect(200));
      const signIn = (browser: Agent, token: string) =>
        postJson(browser, '/auth/login', LOGIN).set('Cookie', token).expect(200);
      const tabs = await Promise.all(Array.from({ length: 4 }, () => signIn(app.agent(), cookie)));
      for (const { body } of tabs) expect(body.stage).to.equal('verified');
      const next = await signIn(app.agent(), tokenOf(tabs[0] ?? { headers: {} }));
      expect(next.body.amr).to.deep.equal(['pwd', 'trusted-browser']);
      const forged = cookie.replace(/\.[\w-]{22}$/, `.${'A'.repeat(22)}`);
      expect((await signIn(app.agent(), forged)).body.stage).to.equal('code');
      expect((await signIn(app.agent(), tokenOf(next))).body.stage).to.not.equal('verified');
    });
  }
});
