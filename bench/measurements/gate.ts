import autocannon from 'autocannon';
import { type Baseline, versionsOf } from '../baseline.ts';
import { Child } from '../child.ts';
import { Browser, connections } from '../clients/browser.ts';
import { Phone } from '../clients/phone.ts';
import { SIGN_INS } from '../clients/sign-in.ts';
import { startRedis } from '../redis-server.ts';
import type { Report } from '../report.ts';
import { type Arm, type Figures, MANY_ROUNDS, Rounds } from '../rounds.ts';
import { nameOf, PASSWORD } from '../servers/people.ts';
import type { ServerSettings } from '../servers/server.ts';

const WARM_UP = 1_000;
const REQUESTS = 2_000;
const CONNECTIONS = 10;
const SESSIONS = 50;

type App = ServerSettings['app'];

interface Gate {
  readonly name: string;
  readonly app: App;
  readonly path?: string;
  readonly isInRedis?: boolean;
  /** Of another version, which has a Redis of its own: this one refuses to count beside 0.1.0. */
  readonly start?: typeof Child.start;
}

/** `/now` is a page whose grant is never from the cache. */
const GATES: readonly Gate[] = [
  { name: 'Express alone', app: 'bare' },
  { name: 'express-session', app: 'session' },
  { name: 'hand-written gate', app: 'hand-written' },
  { name: 'passport.session()', app: 'passport' },
  { name: 'Better Auth getSession', app: 'better-auth' },
  { name: 'express-sms-otp', app: 'express-sms-otp' },
  { name: 'express-sms-otp, asked each time', app: 'express-sms-otp', path: '/now' },
  { name: 'hand-written gate, Redis', app: 'hand-written', isInRedis: true },
  { name: 'passport.session(), Redis', app: 'passport', isInRedis: true },
  { name: 'express-sms-otp, Redis', app: 'express-sms-otp', isInRedis: true },
  { name: 'express-sms-otp, Redis, asked each time', app: 'express-sms-otp', isInRedis: true, path: '/now' },
];

/** The cost of one request to a page behind the gate for a server, with a visitor who is signed in. */
export async function measureGate(baseline?: Baseline): Promise<Report> {
  const phone = await Phone.start();
  const [redis, otherRedis] = [await startRedis(), await startRedis()];
  const arms = [...GATES, ...gatesOf(baseline)].map((gate) => ({
    name: gate.name,
    round: () => pass(gate, phone, (gate.start === undefined ? redis : otherRedis).path),
  }));
  try {
    const rounds = await Rounds.of(arms, MANY_ROUNDS);
    return {
      title: 'The gate: a request of somebody who is signed in',
      rows: rowsOf(arms, rounds),
      goals: goals(rounds),
    };
  } finally {
    phone.close();
    await Promise.all([redis.close(), otherRedis.close()]);
  }
}

/** Those of the other version. */
function gatesOf(baseline: Baseline | undefined): readonly Gate[] {
  return versionsOf(baseline)
    .slice(1)
    .flatMap(({ name, start }): readonly Gate[] => [
      { name, start, app: 'express-sms-otp' },
      { name: `${name}, Redis`, start, app: 'express-sms-otp', isInRedis: true },
    ]);
}

/** Each time by a new process: one settles on one of several speeds, and keeps it. */
async function pass(gate: Gate, phone: Phone, redisPath: string): Promise<Figures> {
  const { app, path = '', isInRedis = false, start = Child.start } = gate;
  const place = { phonePort: phone.port, ...(isInRedis && { redisPath }) };
  const server = await start('servers/server.js', { app, ...place });
  try {
    const url = await server.ask('url');
    const cookies = await signInAll(app, url, phone);
    await load(server, url + path, cookies, WARM_UP);
    return await load(server, url + path, cookies, REQUESTS);
  } finally {
    await server.close();
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

async function load(server: Child, url: string, cookies: readonly string[], amount: number): Promise<Figures> {
  const before = await server.ask('cpu');
  const requests = cookies.map((cookie) => ({ headers: { cookie } }));
  // It ends with a sample, and a sample takes a second unless told otherwise.
  const result = await autocannon({ url, connections: CONNECTIONS, amount, requests, sampleInt: 50 });
  if (result['2xx'] !== amount)
    throw new Error(`${url}: ${amount - result['2xx']} requests were not answered with 200.`);
  const cpu = (await server.ask('cpu')) - before;
  return { cpu: cpu / amount, rate: amount / result.duration };
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
    { claim: 'CPU × a hand-written gate, in memory', value: cpu('express-sms-otp', 'hand-written gate'), atMost: 1.08 },
    {
      claim: 'CPU × a hand-written gate, with Redis',
      value: cpu('express-sms-otp, Redis', 'hand-written gate, Redis'),
      atMost: 1.05,
    },
    { claim: 'CPU × passport.session(), in memory', value: cpu('express-sms-otp', 'passport.session()'), atMost: 1 },
    {
      claim: 'CPU × passport.session(), with Redis',
      value: cpu('express-sms-otp, Redis', 'passport.session(), Redis'),
      atMost: 1,
    },
  ];
}
