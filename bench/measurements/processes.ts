import { Child } from '../child.ts';
import { Phone } from '../clients/phone.ts';
import { startRedis } from '../redis-server.ts';
import type { Report } from '../report.ts';
import { type Arm, type Figures, Rounds } from '../rounds.ts';
import { signInAll } from './sign-ins.ts';

const PEOPLE = 300;
/** In each process. */
const AT_ONCE = 20;
/** Until the code is compiled in both. */
const WARM_UP = 2000;

/** One process, then two that share one Redis, each request at the next of them. */
export async function measureProcesses(): Promise<Report> {
  const phone = await Phone.start();
  const redis = await startRedis();
  const settings = { app: 'express-sms-otp', phonePort: phone.port, redisPath: redis.path };
  const servers = await Promise.all([1, 2].map(() => Child.start('servers/server.js', settings)));
  const load = (count: number, people: number): Promise<Figures> =>
    signInAll(servers.slice(0, count), 'express-sms-otp', phone, people, AT_ONCE * count);
  try {
    const arm = (count: number): Arm => ({
      name: String(count),
      round: () => load(count, PEOPLE * count),
    });
    await load(2, WARM_UP);
    return reportOf(await Rounds.of([arm(1), arm(2)]));
  } finally {
    await Promise.all(servers.map((server) => server.close()));
    await redis.close();
    phone.close();
  }
}

function reportOf(rounds: Rounds): Report {
  return {
    title: 'Processes: whole sign-ins with one Redis',
    rows: ['1', '2'].map((count) => ({
      processes: count,
      'sign-ins/s': rounds.median(count, 'rate'),
      'CPU µs/sign-in': rounds.median(count, 'cpu'),
      'p99 ms': rounds.median(count, 'p99'),
    })),
    goals: [
      // Two processes, Redis and the load generator on two cores: only CPU tells what more cores would give.
      {
        claim: 'capacity of two processes × of one (2 × CPU of one ÷ CPU of two)',
        value: 2 * rounds.ratio('1', '2', 'cpu'),
        atLeast: 1.8,
      },
    ],
  };
}
