import { expect } from 'chai';
import type { Step } from '../../lib/domain/shared-state.ts';
import { memoryState } from '../../lib/state/memory-state.ts';
import { type Agent, postJson, type TestApp, type TestAppSetup, testApp } from '../support/app.ts';
import { FakeClock } from '../support/clock.ts';

const LOGIN = { username: 'ada', password: 'lovelace' };
const ALL = { trustBrowser: {}, recoveryCodes: true } as const;
const TOKEN = `smsOtp.trusted=${'A'.repeat(16)}.${'B'.repeat(22)}`;

/** The cost of one request. */
interface Reads {
  /** The steps of each call of the shared state, each by its kind and its key's. */
  readonly calls: readonly (readonly string[])[];
  /** How often the handler and the gates look at the cookies. */
  readonly cookies: number;
}

interface CountedApp extends TestApp {
  readsDuring(work: () => Promise<unknown>): Promise<Reads>;
}

function countedApp(options: TestAppSetup['options']): CountedApp {
  const clock = new FakeClock();
  const shared = memoryState({ clock: clock.now });
  let [calls, cookies]: [string[][], number] = [[], 0];
  const app = testApp({
    clock,
    options: {
      ...options,
      shared: {
        commit(steps) {
          calls.push(steps.map(kindOf));
          return shared.commit(steps);
        },
      },
    },
    before: (express) =>
      express.use(({ headers }, _res, next) => {
        const { cookie } = headers;
        Object.defineProperty(headers, 'cookie', {
          get() {
            cookies += 1;
            return cookie;
          },
        });
        next();
      }),
    routes(express, otp) {
      express.get('/sms', otp.requireSmsOtp(), (_req, res) => void res.send('in'));
      express.get('/fresh', otp.requireSmsOtp({ maxAgeSeconds: 600 }), (_req, res) => void res.send('in'));
    },
  });
  return {
    ...app,
    async readsDuring(work) {
      [calls, cookies] = [[], 0];
      await work();
      return { calls: [...calls], cookies };
    },
  };
}

/** As `read smsOtp:si`: the rest is of this sign-in alone. */
function kindOf(step: Step): string {
  const [name, key] = Object.entries(step)[0] ?? [];
  return `${name} ${String(key).split(':').slice(0, 2).join(':')}`;
}

/** One request to a gate. */
function gateReads(app: CountedApp, jar: Agent, path: string, status = 200): Promise<Reads> {
  return app.readsDuring(async () => {
    await jar.get(path).set('Accept', 'application/json').expect(status);
  });
}

/** Every request that a gate decides on, of people whom the process knows and of those whom it looks up. */
async function gatesOf(app: CountedApp): Promise<Readonly<Record<string, Reads>>> {
  const [stranger, half, done] = [app.agent(), await app.signedIn('ada', 'password'), await app.signedIn()];
  for (const jar of [stranger, half, done]) jar.set('Cookie', TOKEN);
  const reads: Record<string, Reads> = {
    stranger: await gateReads(app, stranger, '/secret', 401),
    half: await gateReads(app, half, '/secret', 401),
  };
  app.clock.advance(6);
  for (const path of ['/secret', '/sms', '/fresh']) {
    reads[`${path}, looked up`] = await gateReads(app, done, path);
    reads[`${path}, known`] = await gateReads(app, done, path);
    app.clock.advance(6);
  }
  return reads;
}

describe('a gate', () => {
  it('asks for no more if browsers are trusted and codes without the phone are taken', async () => {
    const [off, on] = [countedApp({}), countedApp(ALL)];
    await on.otp.issueHelpCode('id-ada');
    const [plain, all] = [await gatesOf(off), await gatesOf(on)];
    expect(all).to.deep.equal(plain);
    expect(all['/secret, looked up']?.calls).to.have.length(1);
    expect(all['/secret, known']?.calls).to.deep.equal([]);
    for (const { cookies } of Object.values(all)) expect(cookies).to.equal(0);
    const login = await on.readsDuring(async () => {
      await postJson(on.agent(), '/auth/login', LOGIN).set('Cookie', TOKEN).expect(200);
    });
    expect(login.cookies).to.be.greaterThan(0);
  });

  it('asks of somebody in a trusted browser what it asks of one who has entered a code', async () => {
    const app = countedApp(ALL);
    const jar = await app.signedIn('ada', 'password');
    await postJson(jar, '/auth/code', { code: app.transport.lastCode(), trustBrowser: true }).expect(200);
    app.clock.advance(6);
    const byCode = await gateReads(app, jar, '/secret');
    await postJson(jar, '/auth/logout').expect(200);
    const { body } = await postJson(jar, '/auth/login', LOGIN).expect(200);
    expect(body.amr).to.deep.equal(['pwd', 'trusted-browser']);
    app.clock.advance(6);
    expect(await gateReads(app, jar, '/secret')).to.deep.equal(byCode);
    expect((await gateReads(app, jar, '/secret')).calls).to.deep.equal([]);
  });
});
