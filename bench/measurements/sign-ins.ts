import { type Baseline, besideBaseline, versionsOf } from '../baseline.ts';
import { Child } from '../child.ts';
import { Browser, connections } from '../clients/browser.ts';
import { everybody } from '../clients/everybody.ts';
import { Phone } from '../clients/phone.ts';
import { SIGN_INS } from '../clients/sign-in.ts';
import { type Directory, startDirectory } from '../directory-server.ts';
import type { Report } from '../report.ts';
import { type Arm, type Figures, MANY_ROUNDS, percentile, Rounds } from '../rounds.ts';
import type { ServerSettings } from '../servers/server.ts';

/** In the directory. */
const PEOPLE = 300;
const AT_ONCE = 10;

type App = keyof typeof SIGN_INS;

interface Server {
  readonly name: string;
  readonly app: App;
  readonly place?: Omit<ServerSettings, 'app'>;
  /** Sign-ins a round. */
  readonly count: number;
  readonly start?: typeof Child.start;
}

/** The cost of a whole sign-in: password, code out, code back, gated page. */
export async function measureSignIns(baseline?: Baseline): Promise<Report> {
  const phone = await Phone.start();
  const smsc = await Child.start('smsc.js', { phonePort: phone.port });
  const directory = await startDirectory(PEOPLE);
  try {
    const servers = serversOf(baseline, await smsc.ask('url'), directory);
    const arms = servers.map((server): Arm => ({ name: server.name, round: () => roundOf(server, phone) }));
    const rounds = await Rounds.of(arms, MANY_ROUNDS);
    return {
      title: 'Sign-ins: password, code out, code back, gated page',
      rows: rowsOf(arms, rounds, baseline),
      goals: [...goals(rounds), ...goalsBeside(rounds, baseline)],
    };
  } finally {
    await smsc.close();
    await directory.close();
    phone.close();
  }
}

function serversOf(baseline: Baseline | undefined, smscUrl: string, directory: Directory): readonly Server[] {
  return [
    { name: 'hand-written', app: 'hand-written', count: 300 },
    { name: 'Better Auth', app: 'better-auth', count: 50 },
    ...versionsOf(baseline).map((version): Server => ({ ...version, app: 'express-sms-otp', count: 300 })),
    { name: 'express-sms-otp, SMPP', app: 'express-sms-otp', place: { smscUrl }, count: 300 },
    {
      name: 'express-sms-otp, SMPP, LDAP over TLS',
      app: 'express-sms-otp',
      place: { smscUrl, directory },
      count: PEOPLE,
    },
  ];
}

/** By a new process each time: one settles on one of several speeds, and keeps it. */
async function roundOf({ app, place, count, start = Child.start }: Server, phone: Phone): Promise<Figures> {
  const server = await start('servers/server.js', { app, phonePort: phone.port, ...place });
  try {
    await signInAll([server], app, phone, count, AT_ONCE);
    return await signInAll([server], app, phone, count, AT_ONCE);
  } finally {
    await server.close();
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

function rowsOf(arms: readonly Arm[], rounds: Rounds, baseline: Baseline | undefined): Report['rows'] {
  return arms.map(({ name }) => ({
    server: name,
    'CPU µs/sign-in': rounds.median(name, 'cpu'),
    'sign-ins/s and core': 1e6 / rounds.median(name, 'cpu'),
    '× hand-written': 1 / rounds.ratio(name, 'hand-written', 'cpu'),
    ...besideBaseline(baseline, (version) => 1 / rounds.ratio(name, version, 'cpu')),
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

function goalsBeside(rounds: Rounds, baseline: Baseline | undefined): Report['goals'] {
  if (baseline === undefined) return [];
  const name = `express-sms-otp ${baseline.version}`;
  return [{ claim: `CPU × ${name}`, value: rounds.ratio('express-sms-otp', name, 'cpu'), atMost: 0.6 }];
}
