import { expect } from 'chai';
import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import { createClient } from 'redis';
import { type SmsOtpOptions, smsOtp } from '../../lib/index.ts';
import { startSmsc } from '../../lib/simulator/index.ts';
import { SmppTransport } from '../../lib/smpp/index.ts';
import { redisState } from '../../lib/state/redis-state.ts';
import { Client, listen } from '../support/client.ts';
import { CountingProxy, type WireCount } from '../support/counting-proxy.ts';
import { People } from '../support/people.ts';
import { type Redis, startRedis } from '../support/redis.ts';

const SECRET = 'a secret of the tests that is long enough';
const ORIGIN = 'http://127.0.0.1';

/** Steps of one sign-in, each with what it asked of Redis. */
type Trips = Readonly<Record<string, WireCount>>;

describe('a sign-in with Redis', () => {
  let redis: Redis;
  let sessions: Redis;
  let proxy: CountingProxy;
  let cleanUp: (() => Promise<unknown> | unknown)[];

  beforeEach(async function () {
    [redis, sessions] = [await startRedis(this), await startRedis(this)];
    proxy = await CountingProxy.start({ path: redis.path });
    cleanUp = [() => proxy.close(), () => redis.close(), () => sessions.close()];
  });

  afterEach(async () => {
    for (const close of cleanUp) await close();
  });

  it('takes a program 8 round trips, one commit each', async () => {
    const site = await startSite();
    await site.signIn(site.login);
    const again = await site.signIn(site.login);
    expect(tripsOf(again)).to.deep.equal({ login: 4, code: 3, gate: 1 });
    for (const { commands, roundTrips } of Object.values(again)) {
      expect(commands).to.deep.equal(Array.from({ length: roundTrips }, () => 'EVALSHA'));
    }
  });

  it('sends the script to a new server once', async () => {
    const site = await startSite();
    const first = await site.signIn(site.login);
    const commands = Object.values(first).flatMap((count) => count.commands);
    // Two looks: whether a key with an end has one, and whether 0.1.0 counts there. Then the hash, then the script itself.
    expect(commands).to.deep.equal(['EVAL', 'EVAL', 'EVALSHA', 'EVAL', ...Array.from({ length: 7 }, () => 'EVALSHA')]);
  });

  it('takes 7 round trips under the app’s own login', async () => {
    const site = await startSite({ currentUser: () => ({ username: 'ada' }), loginUrl: '/own-login' });
    await site.signIn(site.press);
    expect(tripsOf(await site.signIn(site.press))).to.deep.equal({ login: 3, code: 3, gate: 1 });
  });

  it('takes a browser 10 round trips, with its forms and the page of the code', async () => {
    const site = await startSite();
    await site.signIn(site.login);
    proxy.take();
    const browser = new FormBrowser(site.url);
    expect(await browser.get('/auth/login')).to.include('autocomplete="current-password"');
    expect(proxy.take().roundTrips).to.equal(0);
    const next = await browser.post('/auth/login', { username: 'ada', password: 'lovelace' });
    expect(await browser.get(next)).to.include('autocomplete="one-time-code"');
    const login = proxy.take();
    expect(await browser.post('/auth/code', { code: await site.code() })).to.equal('/');
    const code = proxy.take();
    expect(await browser.get('/')).to.equal('{}');
    expect(tripsOf({ login, code, gate: proxy.take() })).to.deep.equal({ login: 6, code: 3, gate: 1 });
  });

  async function startSite(options: Partial<SmsOtpOptions> = {}) {
    const smsc = await startSmsc();
    // A receipt comes when the phone has the message, and asks by itself, while nobody waits.
    smsc.behave({ receipt: 'none' });
    const client = createClient({ socket: { port: proxy.port, host: '127.0.0.1' }, disableOfflineQueue: true });
    await client.on('error', () => undefined).connect();
    proxy.take();
    const otp = smsOtp({
      secret: SECRET,
      origin: ORIGIN,
      userStore: new People(),
      transport: new SmppTransport({ smscs: [smsc.url], source: 'Example' }),
      shared: redisState(client),
      ...options,
    });
    const app = express();
    const store = new RedisStore({ client: await sessions.connect() });
    app.use(session({ secret: SECRET, resave: false, saveUninitialized: false, store }));
    app.use(otp);
    app.get('/', (_req, res) => void res.json({}));
    const server = await listen(app);
    cleanUp.unshift(
      () => server.close(),
      () => otp.close(),
      () => smsc.close(),
      () => client.destroy(),
    );
    const code = async (): Promise<string> => {
      const { text } = await smsc.nextMessage('+46701740605');
      return /\d{6}/.exec(text)?.[0] ?? '';
    };
    return {
      url: server.url,
      code,
      login: async (jar: Client) => {
        expect(await jar.post('/auth/login', { username: 'ada', password: 'lovelace' })).to.include({ status: 200 });
      },
      press: async (jar: Client) => {
        expect(await jar.post('/auth/code/send')).to.include({ status: 200 });
      },
      async signIn(begin: (jar: Client) => Promise<void>): Promise<Trips> {
        const jar = new Client(server.url);
        proxy.take();
        await begin(jar);
        const login = proxy.take();
        expect(await jar.post('/auth/code', { code: await code() })).to.include({ status: 200 });
        const entered = proxy.take();
        expect(await jar.get('/')).to.include({ status: 200 });
        return { login, code: entered, gate: proxy.take() };
      },
    };
  }
});

/** Sends forms as a page does, with the cookies that it is given. */
class FormBrowser {
  readonly #url: string;
  readonly #cookies = new Map<string, string>();

  constructor(url: string) {
    this.#url = url;
  }

  async get(path: string): Promise<string> {
    const response = await this.#ask(path, {});
    const next = response.headers.get('location');
    if (next !== null) return this.get(next);
    expect(response.status).to.equal(200);
    return response.text();
  }

  /** @returns where the answer leads */
  async post(path: string, fields: Record<string, string>): Promise<string> {
    const response = await this.#ask(path, { method: 'POST', body: new URLSearchParams(fields) });
    expect(response.status).to.equal(303);
    return response.headers.get('location') ?? '';
  }

  async #ask(path: string, init: RequestInit): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { Accept: 'text/html', Cookie: cookie, Origin: ORIGIN };
    const response = await fetch(this.#url + path, { ...init, headers, redirect: 'manual' });
    for (const [pair = ''] of response.headers.getSetCookie().map((line) => line.split(';', 1))) {
      const at = pair.indexOf('=');
      this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  }
}

function tripsOf(trips: Trips): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(trips).map(([step, { roundTrips }]) => [step, roundTrips]));
}
