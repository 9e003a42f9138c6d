import { setTimeout as delay } from 'node:timers/promises';
import { Child } from '../child.ts';
import { Browser, connections } from '../clients/browser.ts';
import { Phone } from '../clients/phone.ts';
import { SIGN_INS } from '../clients/sign-in.ts';
import type { Report } from '../report.ts';
import { type Figures, percentile, Rounds, SHARE } from '../rounds.ts';
import { signInAll } from './sign-ins.ts';

const APP = 'express-sms-otp';
const CROWDS = [10, 100, 1000];
const PACED_PEOPLE = Math.max(100, 600 * SHARE);
const SMSC_MILLISECONDS = 100;

/** How long whole sign-ins take, over SMPP: as many at once as there are, then at half of what the server can do. */
export async function measureLatency(): Promise<Report> {
  const phone = await Phone.start();
  const smsc = await Child.start('smsc.js', { phonePort: phone.port });
  const smscUrl = await smsc.ask('url');
  const server = await Child.start('servers/server.js', { app: APP, phonePort: phone.port, smscUrl });
  try {
    await signInAll([server], APP, phone, 1000, 10);
    const rows: Report['rows'][number][] = [];
    for (const atOnce of CROWDS) {
      const figures = await signInAll([server], APP, phone, Math.max(500, 2 * atOnce), atOnce);
      rows.push(row(`${atOnce} at once, SMSC 0 ms`, figures));
    }
    await smsc.ask('behave', { latency: SMSC_MILLISECONDS });
    const half = Number(rows[0]?.['sign-ins/s']) / 2;
    const url = await server.ask('url');
    const name = `half load, SMSC ${SMSC_MILLISECONDS} ms`;
    const rounds = await Rounds.of([{ name, round: () => signInAtPace(url, phone, half) }]);
    const [p50, p99] = [rounds.median(name, 'p50'), rounds.median(name, 'p99')];
    rows.push(row(name, { rate: half, p50, p99 }));
    return {
      title: 'Latency of a whole sign-in (three requests), over SMPP',
      rows,
      goals: [{ claim: "p99 at half load above the SMSC's 100 ms, in ms", value: p99 - SMSC_MILLISECONDS, atMost: 20 }],
    };
  } finally {
    await Promise.all([server.close(), smsc.close()]);
    phone.close();
  }
}

/** People come one after the other, whether or not those before are done. */
async function signInAtPace(url: string, phone: Phone, perSecond: number): Promise<Figures> {
  const agent = connections(Number.POSITIVE_INFINITY);
  const times: number[] = [];
  const come = async (person: number): Promise<void> => {
    await delay((person * 1000) / perSecond);
    const start = performance.now();
    await SIGN_INS[APP](new Browser([url], agent), person, phone);
    times.push(performance.now() - start);
  };
  await Promise.all(Array.from({ length: PACED_PEOPLE }, (_, person) => come(person)));
  agent.destroy();
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

function row(load: string, { rate = 0, p50 = 0, p99 = 0 }: Figures): Report['rows'][number] {
  return { load, 'sign-ins/s': rate, 'p50 ms': p50, 'p99 ms': p99 };
}
