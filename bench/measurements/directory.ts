import { Child } from '../child.ts';
import type { DIRECTORY_CLIENTS } from '../clients/directory-clients.ts';
import { startDirectory } from '../directory-server.ts';
import type { Report } from '../report.ts';
import { type Arm, type Figures, Rounds } from '../rounds.ts';

const PEOPLE = 500;
const WORK = { count: 400, atOnce: 8 };
const KINDS: readonly (keyof typeof DIRECTORY_CLIENTS)[] = ['LdapUserStore', 'a connection per login'];

/** Password checks against a slapd with TLS: a search, then a bind as the person. */
export async function measureDirectory(): Promise<Report> {
  const slapd = await startDirectory(PEOPLE);
  const directory = { ...slapd, people: PEOPLE };
  const workers = await Promise.all(KINDS.map((kind) => Child.start('clients/worker.js', { kind, directory })));
  try {
    const arms = KINDS.map((name, place): Arm => {
      const worker = workers[place];
      return { name, round: async () => (await worker?.ask<Figures>('work', WORK)) ?? {} };
    });
    const rounds = await Rounds.of(arms);
    const speed = rounds.ratio('LdapUserStore', 'a connection per login', 'rate');
    return {
      title: 'Directory: password checks against slapd over TLS, 8 at once',
      rows: KINDS.map((kind) => row(kind, rounds)),
      goals: [{ claim: 'password checks/s × a connection per login', value: speed, atLeast: 3 }],
    };
  } finally {
    await Promise.all(workers.map((worker) => worker.close()));
    await slapd.close();
  }
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
