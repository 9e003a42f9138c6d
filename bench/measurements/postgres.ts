import { Child } from '../child.ts';
import { Phone } from '../clients/phone.ts';
import { type PostgresServer, startPostgres } from '../postgres-server.ts';
import { type RedisServer, startRedis } from '../redis-server.ts';
import type { Report } from '../report.ts';
import { type Arm, type Figures, MANY_ROUNDS, Rounds } from '../rounds.ts';
import type { ServerSettings } from '../servers/server.ts';
import { signInAll } from './sign-ins.ts';

const APP = 'express-sms-otp';
/** Before it, most of what is measured would be V8 that compiles. */
const WARM_UP = 500;
const SIGN_INS = 250;
const AT_ONCE = 10;
const [REDIS, STATE_ONLY, ALONE] = ['Redis', 'PostgreSQL, sessions in Redis', 'PostgreSQL'] as const;

/** Whole sign-ins with the shared state in PostgreSQL, beside the same in Redis. */
export async function measurePostgres(): Promise<Report> {
  const phone = await Phone.start();
  const [state, sessions, postgres] = [await startRedis(), await startRedis(), await startPostgres()];
  const redis = { redisPath: sessions.path };
  const arm = (name: string, place: Partial<ServerSettings>, servers: readonly Server[]): Arm => ({
    name,
    round: () => roundOf(place, servers, phone),
  });
  try {
    const arms = [
      arm(REDIS, { ...redis, statePath: state.path }, [state, sessions]),
      arm(STATE_ONLY, { ...redis, postgresUrl: postgres.url }, [postgres, sessions]),
      arm(ALONE, { postgresUrl: postgres.url }, [postgres]),
    ];
    return report(arms, await Rounds.of(arms, MANY_ROUNDS));
  } finally {
    await Promise.all([state.close(), sessions.close(), postgres.close()]);
    phone.close();
  }
}

type Server = Pick<RedisServer | PostgresServer, 'cpu'>;

/** By a new process each time: one settles on one of several speeds, and keeps it. */
async function roundOf(place: Partial<ServerSettings>, servers: readonly Server[], phone: Phone): Promise<Figures> {
  const app = await Child.start('servers/server.js', { app: APP, phonePort: phone.port, ...place });
  try {
    await signInAll([app], APP, phone, WARM_UP, AT_ONCE);
    const before = await cpuOf(servers);
    const figures = await signInAll([app], APP, phone, SIGN_INS, AT_ONCE);
    const own = ((await cpuOf(servers)) - before) / SIGN_INS;
    return { ...figures, servers: own, together: (figures.cpu ?? Number.NaN) + own };
  } finally {
    await app.close();
  }
}

async function cpuOf(servers: readonly Server[]): Promise<number> {
  const all = await Promise.all(servers.map((server) => server.cpu()));
  return all.reduce((sum, one) => sum + one);
}

function report(arms: readonly Arm[], rounds: Rounds): Report {
  return {
    title: 'Sign-ins with PostgreSQL, beside Redis',
    rows: arms.map(({ name }) => ({
      'state and sessions': name,
      'CPU of the app, µs': rounds.median(name, 'cpu'),
      'CPU of the servers, µs': rounds.median(name, 'servers'),
      'sign-ins/s and core of the app': 1e6 / rounds.median(name, 'cpu'),
      '× Redis': rounds.ratio(REDIS, name, 'cpu'),
      'sign-ins/s and core of the servers': 1e6 / rounds.median(name, 'servers'),
      'sign-ins/s seen': rounds.median(name, 'rate'),
      'p50 ms': rounds.median(name, 'p50'),
    })),
    goals: [
      { claim: "sign-ins by the app's CPU × Redis", value: rounds.ratio(REDIS, ALONE, 'cpu'), atLeast: 0.5 },
      {
        claim: 'sign-ins by the CPU of app and servers × Redis',
        value: rounds.ratio(REDIS, ALONE, 'together'),
        atLeast: 0.5,
      },
    ],
  };
}
