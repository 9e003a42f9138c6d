import type { Baseline } from '../baseline.ts';
import { Child } from '../child.ts';
import type { SMPP_CLIENTS } from '../clients/smpp-clients.ts';
import type { Report } from '../report.ts';
import { type Arm, type Figures, MANY_ROUNDS, Rounds } from '../rounds.ts';

type Kind = keyof typeof SMPP_CLIENTS;

interface Setting {
  readonly latency: number;
  readonly window: number;
  /** Messages a round: about a second's worth. */
  readonly count: number;
}

const SETTINGS: readonly Setting[] = [
  { latency: 0, window: 10, count: 15_000 },
  { latency: 0, window: 64, count: 15_000 },
  { latency: 20, window: 10, count: 500 },
  { latency: 100, window: 10, count: 100 },
];

/** The cost of a message on its way to an SMSC, and how many there can be. */
export async function measureDispatch(baseline?: Baseline): Promise<Report> {
  const smsc = await Child.start('smsc.js');
  try {
    const found: Report[] = [];
    for (const setting of SETTINGS) found.push(await measure(smsc, setting, baseline));
    const title = 'Dispatch: messages to an SMSC in another process';
    return { title, rows: found.flatMap(({ rows }) => rows), goals: found.flatMap(({ goals }) => goals) };
  } finally {
    await smsc.close();
  }
}

interface Client {
  readonly name: string;
  readonly kind: Kind;
  readonly worker: Child;
}

async function measure(smsc: Child, setting: Setting, baseline: Baseline | undefined): Promise<Report> {
  const { latency, window, count } = setting;
  await smsc.ask('behave', { latency });
  const clients = await start(await smsc.ask('url'), setting, baseline);
  const arms = clients.map(({ name, kind, worker }): Arm => {
    const work = { count: kind === 'a bind per message' ? Math.ceil(count / 15) : count, atOnce: window };
    return { name, round: () => worker.ask<Figures>('work', work) };
  });
  const rounds = await Rounds.of(arms, ...(baseline === undefined ? [] : [MANY_ROUNDS]));
  await Promise.all(clients.map(({ worker }) => worker.close()));
  const place = `${latency} ms, window ${window}`;
  const rows = clients.map(({ name }) => ({
    SMSC: place,
    client: name,
    'messages/s': rounds.median(name, 'rate'),
    'CPU µs/message': rounds.median(name, 'cpu'),
    'p50 ms': rounds.median(name, 'p50'),
    'p99 ms': rounds.median(name, 'p99'),
  }));
  const beside = baseline && latency === 0 ? [ratioTo(baseline, rounds, place)] : [];
  return { title: place, rows, goals: [...goals(rounds, place, (window * 1000) / latency), ...beside] };
}

async function start(url: string, { latency, window }: Setting, baseline: Baseline | undefined): Promise<Client[]> {
  const kinds: Kind[] = ['SmppTransport', 'smpp.Session', 'a bind per message'];
  if (latency === 0) kinds.push('SmppTransport, 200 routes', 'bytes on a socket');
  const script = 'clients/worker.js';
  const clients = kinds.map(async (kind): Promise<Client> => {
    return { name: kind, kind, worker: await Child.start(script, { kind, url, window }) };
  });
  if (baseline === undefined) return Promise.all(clients);
  const kind = 'SmppTransport';
  const worker = await Child.startBaseline(baseline, script, { kind, url, window });
  return [...(await Promise.all(clients)), { name: nameOf(baseline), kind, worker }];
}

function nameOf({ version }: Baseline): string {
  return `SmppTransport ${version}`;
}

function ratioTo(baseline: Baseline, rounds: Rounds, place: string): Report['goals'][number] {
  const value = rounds.ratio('SmppTransport', nameOf(baseline), 'cpu');
  return { claim: `${place}: CPU a message × ${baseline.version}`, value, atMost: 0.85 };
}

/** @param ceiling window ÷ latency, in messages/s */
function goals(rounds: Rounds, place: string, ceiling: number): Report['goals'] {
  if (Number.isFinite(ceiling)) {
    const share = rounds.median('SmppTransport', 'rate') / ceiling;
    return [{ claim: `${place}: messages/s ÷ (window ÷ latency)`, value: share, atLeast: 0.95 }];
  }
  const speed = rounds.ratio('SmppTransport', 'smpp.Session', 'rate');
  const cpu = rounds.median('SmppTransport', 'cpu');
  const routes = rounds.ratio('SmppTransport, 200 routes', 'SmppTransport', 'cpu');
  return [
    { claim: `${place}: CPU a message with 200 routes × with one`, value: routes, atMost: 1.05 },
    { claim: `${place}: messages/s × smpp.Session`, value: speed, atLeast: 1.2 },
    { claim: `${place}: CPU µs a message`, value: cpu, atMost: 20 },
  ];
}
