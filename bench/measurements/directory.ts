import type { Baseline } from '../baseline.ts';
import { Child } from '../child.ts';
import type { DIRECTORY_CLIENTS } from '../clients/directory-clients.ts';
import { startDirectory } from '../directory-server.ts';
import type { Report } from '../report.ts';
import { type Arm, type Figures, MANY_ROUNDS, Rounds } from '../rounds.ts';

const PEOPLE = 500;
const WORK = { count: 400, atOnce: 8 };
const KINDS: readonly (keyof typeof DIRECTORY_CLIENTS)[] = ['LdapUserStore', 'a connection per login'];

/** Password checks against a slapd with TLS: a search, then a bind as the person. */
export async function measureDirectory(baseline?: Baseline): Promise<Report> {
  const slapd = await startDirectory(PEOPLE);
  const clients = await start({ ...slapd, people: PEOPLE }, baseline);
  try {
    const arms = clients.map(({ name, worker }): Arm => ({ name, round: () => worker.ask<Figures>('work', WORK) }));
    const rounds = await Rounds.of(arms, ...(baseline === undefined ? [] : [MANY_ROUNDS]));
    const speed = rounds.ratio('LdapUserStore', 'a connection per login', 'rate');
    const goals = [{ claim: 'password checks/s × a connection per login', value: speed, atLeast: 3 }];
    return {
      title: 'Directory: password checks against slapd over TLS, 8 at once',
      rows: clients.map(({ name }) => row(name, rounds)),
      goals: baseline === undefined ? goals : [...goals, ratioTo(baseline, rounds)],
    };
  } finally {
    await Promise.all(clients.map(({ worker }) => worker.close()));
    await slapd.close();
  }
}

interface Client {
  readonly name: string;
  readonly worker: Child;
}

async function start(directory: object, baseline: Baseline | undefined): Promise<readonly Client[]> {
  const script = 'clients/worker.js';
  const clients: Client[] = [];
  for (const kind of KINDS) clients.push({ name: kind, worker: await Child.start(script, { kind, directory }) });
  if (baseline === undefined) return clients;
  const [kind] = KINDS;
  return [
    ...clients,
    { name: nameOf(baseline), worker: await Child.startBaseline(baseline, script, { kind, directory }) },
  ];
}

function nameOf({ version }: Baseline): string {
  return `LdapUserStore ${version}`;
}

function ratioTo(baseline: Baseline, rounds: Rounds): Report['goals'][number] {
  const value = rounds.ratio('LdapUserStore', nameOf(baseline), 'rate');
  return { claim: `password checks/s × ${baseline.version}`, value, atLeast: 1.25 };
}

function row(kind: string, rounds: Rounds): Report['rows'][number] {
  return {
    client: kind,
    'checks/s': rounds.median(kind, 'rate'),
    'CPU µs/check': rounds.median(kind, 'cpu'),
    'p50 ms': rounds.median(kind, 'p50'),
    'p99 ms': rounds.median(kind, 'p99'),
  };
}
