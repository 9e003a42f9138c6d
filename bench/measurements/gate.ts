import autocannon from 'autocannon';
import { Child } from '../child.ts';
import { Browser, connections } from '../clients/browser.ts';
import { Phone } from '../clients/phone.ts';
import { SIGN_INS } from '../clients/sign-in.ts';
import { startRedis } from '../redis-server.ts';
import type { Report } from '../report.ts';
import { type Arm, type Figures, Rounds } from '../rounds.ts';
import { nameOf, PASSWORD } from '../servers/people.ts';
import type { ServerSettings } from '../servers/server.ts';

const REQUESTS = 4_000;
const CONNECTIONS = 10;
const SESSIONS = 50;

type App = ServerSettings['app'];
type Place = Omit<ServerSettings, 'app'>;

/** What one request to a page behind the gate costs a server, where the visitor is signed in. */
export async function measureGate(): Promise<Report> {
  const phone = await Phone.start();
  const redis = await startRedis();
  const stand = await Stand.build(phone, redis.path);
  try {
    const rounds = await Rounds.of(stand.arms);
    return {
      title: 'The gate: a request of somebody who is signed in',
      rows: rowsOf(stand.arms, rounds),
      goals: goals(rounds),
    };
  } finally {
    await stand.close();
    phone.close();
    await redis.close();
  }
}

/** The servers, each with people who are signed in. */
class Stand {
  readonly arms: Arm[] = [];
  readonly #servers: Child[] = [];
  readonly #phone: Phone;

  private constructor(phone: Phone) {
    this.#phone = phone;
  }

  static async build(phone: Phone, redisPath: string): Promise<Stand> {
    const stand = new Stand(phone);
    const memory = { phonePort: phone.port };
    const redis = { ...memory, redisPath };
    await stand.#add('Express alone', 'bare', memory);
    await stand.#add('express-session', 'session', memory);
    await stand.#add('hand-written gate', 'hand-written', memory);
    await stand.#add('passport.session()', 'passport', memory);
    await stand.#add('Better Auth getSession', 'better-auth', memory);
    await stand.#add('express-sms-otp', 'express-sms-otp', memory, '/now');
    await stand.#add('hand-written gate, Redis', 'hand-written', redis);
    await stand.#add('express-sms-otp, Redis', 'express-sms-otp', redis, '/now');
    return stand;
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()));
  }

  /** @param fresh a second page, whose grant is never from the cache */
  async #add(name: string, app: App, place: Place, fresh?: string): Promise<void> {
    const server = await Child.start('servers/server.js', { app, ...place });
    this.#servers.push(server);
    const url = await server.ask('url');
    const cookies = await signInAll(app, url, this.#phone);
    this.arms.push({ name, round: () => load(server, url, cookies) });
    if (fresh !== undefined)
      this.arms.push({ name: `${name}, asked each time`, round: () => load(server, url + fresh, cookies) });
  }
}

async function signInAll(app: App, url: string, phone: Phone): Promise<readonly string[]> {
  const agent = connections(1);
  const cookies: string[] = [];
  for (let person = 0; person < SESSIONS; person += 1) {
    const browser = new Browser([url], agent);
    if (app === 'session' || app === 'passport')
      await browser.post('/login', { username: nameOf(person), password: PASSWORD });
    else if (app !== 'bare') await SIGN_INS[app](browser, person, phone);
    cookies.push(browser.cookie);
  }
  agent.destroy();
  return cookies;
}

async function load(server: Child, url: string, cookies: readonly string[]): Promise<Figures> {
  const before = await server.ask('cpu');
  const requests = cookies.map((cookie) => ({ headers: { cookie } }));
  // It ends with a sample, and a sample takes a second unless told otherwise.
  const result = await autocannon({ url, connections: CONNECTIONS, amount: REQUESTS, requests, sampleInt: 50 });
  if (result['2xx'] !== REQUESTS)
    throw new Error(`${url}: ${REQUESTS - result['2xx']} requests were not answered with 200.`);
  const cpu = (await server.ask('cpu')) - before;
  return { cpu: cpu / REQUESTS, rate: REQUESTS / result.duration };
}

function rowsOf(arms: readonly Arm[], rounds: Rounds): Report['rows'] {
  return arms.map(({ name }) => ({
    server: name,
    'CPU µs/request': rounds.median(name, 'cpu'),
    '× Express alone': rounds.ratio(name, 'Express alone', 'cpu'),
    '× hand-written gate': rounds.ratio(
      name,
      name.includes('Redis') ? 'hand-written gate, Redis' : 'hand-written gate',
      'cpu',
    ),
    'requests/s': rounds.median(name, 'rate'),
  }));
}

function goals(rounds: Rounds): Report['goals'] {
  const cpu = (arm: string, baseline: string) => rounds.ratio(arm, baseline, 'cpu');
  return [
    { claim: 'CPU × a hand-written gate, in memory', value: cpu('express-sms-otp', 'hand-written gate'), atMost: 1.05 },
    {
      claim: 'CPU × a hand-written gate, with Redis',
      value: cpu('express-sms-otp, Redis', 'hand-written gate, Redis'),
      atMost: 1.1,
    },
    { claim: 'CPU × passport.session()', value: cpu('express-sms-otp', 'passport.session()'), atMost: 1 },
  ];
}
