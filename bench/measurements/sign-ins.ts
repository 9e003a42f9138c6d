import { Child } from '../child.ts';
import { Browser, connections } from '../clients/browser.ts';
import { everybody } from '../clients/everybody.ts';
import { Phone } from '../clients/phone.ts';
import { SIGN_INS } from '../clients/sign-in.ts';
import { type Directory, startDirectory } from '../directory-server.ts';
import type { Report } from '../report.ts';
import { type Arm, type Figures, percentile, Rounds } from '../rounds.ts';
import type { ServerSettings } from '../servers/server.ts';

/** In the directory. */
const PEOPLE = 300;
const AT_ONCE = 10;

type App = keyof typeof SIGN_INS;

/** What a whole sign-in costs: password, code out, code back, gated page. */
export async function measureSignIns(): Promise<Report> {
  const phone = await Phone.start();
  const smsc = await Child.start('smsc.js', { phonePort: phone.port });
  const directory = await startDirectory(PEOPLE);
  const stand = new Stand(phone);
  try {
    await buildArms(stand, await smsc.ask('url'), directory);
    const rounds = await Rounds.of(stand.arms);
    return {
      title: 'Sign-ins: password, code out, code back, gated page',
      rows: rowsOf(stand.arms, rounds),
      goals: goals(rounds),
    };
  } finally {
    await stand.close();
    await smsc.close();
    await directory.close();
    phone.close();
  }
}

async function buildArms(stand: Stand, smscUrl: string, directory: Directory): Promise<void> {
  await stand.add('hand-written', 'hand-written', {}, 1000);
  await stand.add('Better Auth', 'better-auth', {}, 150);
  await stand.add('express-sms-otp', 'express-sms-otp', {}, 1000);
  await stand.add('express-sms-otp, SMPP', 'express-sms-otp', { smscUrl }, 1000);
  await stand.add('express-sms-otp, SMPP, LDAP over TLS', 'express-sms-otp', { smscUrl, directory }, PEOPLE);
}

class Stand {
  readonly arms: Arm[] = [];
  readonly #servers: Child[] = [];
  readonly #phone: Phone;

  constructor(phone: Phone) {
    this.#phone = phone;
  }

  async add(name: string, app: App, place: Omit<ServerSettings, 'app'>, count: number): Promise<void> {
    const server = await Child.start('servers/server.js', { app, phonePort: this.#phone.port, ...place });
    this.#servers.push(server);
    this.arms.push({ name, round: () => signInAll([server], app, this.#phone, count, AT_ONCE) });
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()));
  }
}

/** CPU in µs and latency in ms, a sign-in. */
export async function signInAll(
  servers: readonly Child[],
  app: App,
  phone: Phone,
  count: number,
  atOnce: number,
): Promise<Figures> {
  const urls = await Promise.all(servers.map((server) => server.ask('url')));
  const agent = connections(atOnce);
  const times: number[] = [];
  const cpuBefore = await cpuOf(servers);
  const began = performance.now();
  await everybody(count, atOnce, async (person) => {
    const start = performance.now();
    await SIGN_INS[app](new Browser(urls, agent), person, phone);
    times.push(performance.now() - start);
  });
  const seconds = (performance.now() - began) / 1000;
  const cpu = (await cpuOf(servers)) - cpuBefore;
  agent.destroy();
  return { cpu: cpu / count, rate: count / seconds, p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

async function cpuOf(servers: readonly Child[]): Promise<number> {
  const all = await Promise.all(servers.map((server) => server.ask('cpu')));
  return all.reduce((sum, one) => sum + one);
}

function rowsOf(arms: readonly Arm[], rounds: Rounds): Report['rows'] {
  return arms.map(({ name }) => ({
    server: name,
    'CPU µs/sign-in': rounds.median(name, 'cpu'),
    'sign-ins/s and core': 1e6 / rounds.median(name, 'cpu'),
    '× hand-written': 1 / rounds.ratio(name, 'hand-written', 'cpu'),
    'p50 ms': rounds.median(name, 'p50'),
    'p99 ms': rounds.median(name, 'p99'),
  }));
}

function goals(rounds: Rounds): Report['goals'] {
  const speed = (baseline: string) => 1 / rounds.ratio('express-sms-otp', baseline, 'cpu');
  return [
    { claim: 'sign-ins per core × hand-written', value: speed('hand-written'), atLeast: 0.8 },
    { claim: 'sign-ins per core × Better Auth', value: speed('Better Auth'), atLeast: 10 },
  ];
}
