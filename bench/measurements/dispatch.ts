import { Child } from '../child.ts';
import type { SMPP_CLIENTS } from '../clients/smpp-clients.ts';
import type { Report } from '../report.ts';
import { type Arm, type Figures, Rounds } from '../rounds.ts';

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

/** What a message costs on its way to an SMSC, and how many there can be. */
export async function measureDispatch(): Promise<Report> {
  const smsc = await Child.start('smsc.js');
  try {
    const found: Report[] = [];
    for (const setting of SETTINGS) found.push(await measure(smsc, setting));
    const title = 'Dispatch: messages to an SMSC in another process';
    return { title, rows: found.flatMap(({ rows }) => rows), goals: found.flatMap(({ goals }) => goals) };
  } finally {
    await smsc.close();
  }
}

async function measure(smsc: Child, { latency, window, count }: Setting): Promise<Report> {
  await smsc.ask('behave', { latency });
  const url = await smsc.ask('url');
  const kinds: Kind[] = ['SmppTransport', 'smpp.Session', 'a bind per message'];
  if (latency === 0) kinds.push('bytes on a socket');
  const workers = await Promise.all(kinds.map((kind) => Child.start('clients/worker.js', { kind, url, window })));
  const arms = kinds.map((kind, place): Arm => {
    const work = { count: kind === 'a bind per message' ? Math.ceil(count / 15) : count, atOnce: window };
    return { name: kind, round: async () => ask(workers[place], work) };
  });
  const rounds = await Rounds.of(arms);
  await Promise.all(workers.map((worker) => worker.close()));
  const place = `${latency} ms, window ${window}`;
  const rows = kinds.map((kind) => ({
    SMSC: place,
    client: kind,
    'messages/s': rounds.median(kind, 'rate'),
    'CPU µs/message': rounds.median(kind, 'cpu'),
    'p50 ms': rounds.median(kind, 'p50'),
    'p99 ms': rounds.median(kind, 'p99'),
  }));
  return { title: place, rows, goals: goals(rounds, place, (window * 1000) / latency) };
}

function ask(worker: Child | undefined, work: object): Promise<Figures> {
  if (worker === undefined) throw new Error('There is no such worker.');
  return worker.ask<Figures>('work', work);
}

/** @param ceiling window ÷ latency, in messages/s */
function goals(rounds: Rounds, place: string, ceiling: number): Report['goals'] {
  if (Number.isFinite(ceiling)) {
    const share = rounds.median('SmppTransport', 'rate') / ceiling;
    return [{ claim: `${place}: messages/s ÷ (window ÷ latency)`, value: share, atLeast: 0.95 }];
  }
  const speed = rounds.ratio('SmppTransport', 'smpp.Session', 'rate');
  const cpu = rounds.median('SmppTransport', 'cpu');
  return [
    { claim: `${place}: messages/s × smpp.Session`, value: speed, atLeast: 1.2 },
    { claim: `${place}: CPU µs a message`, value: cpu, atMost: 20 },
  ];
}
