import { type Baseline, besideBaseline, type Version, versionsOf } from '../baseline.ts';
import { Child } from '../child.ts';
import { Phone } from '../clients/phone.ts';
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
/** One by one: what is told is how long one takes that waits for nobody else. */
const AWAY_SIGN_INS = 20;
const MILLISECONDS_AWAY = 2;

/** The cost of whole sign-ins with Redis: the server, Redis itself, and the person who waits. */
export async function measureRedis(baseline?: Baseline): Promise<Report> {
  const stands: Stand[] = [];
  try {
    const arms: Arm[] = [];
    // Each version has servers of its own: this one refuses to count beside 0.1.0.
    for (const version of versionsOf(baseline)) {
      const stand = await Stand.open();
      stands.push(stand);
      arms.push({ name: version.name, round: () => stand.round(version) });
    }
    return report(await Rounds.of(arms, MANY_ROUNDS), baseline);
  } finally {
    await Promise.all(stands.map((stand) => stand.close()));
  }
}

class Stand {
  readonly #phone: Phone;
  readonly #sessions: RedisServer;
  readonly #state: RedisServer;
  readonly #line: Child;

  private constructor(phone: Phone, sessions: RedisServer, state: RedisServer, line: Child) {
    this.#phone = phone;
    this.#sessions = sessions;
    this.#state = state;
    this.#line = line;
  }

  static async open(): Promise<Stand> {
    const [phone, sessions, state] = [await Phone.start(), await startRedis(), await startRedis()];
    const line = await Child.start('slow-line.js', { redisPath: state.path, milliseconds: MILLISECONDS_AWAY });
    return new Stand(phone, sessions, state, line);
  }

  async close(): Promise<void> {
    await Promise.all([this.#line.close(), this.#sessions.close(), this.#state.close()]);
    this.#phone.close();
  }

  async round(version: Version): Promise<Figures> {
    const near = await this.#near(version);
    const { p50: away = Number.NaN } = await this.#away(version);
    return { ...near, away };
  }

  #near(version: Version): Promise<Figures> {
    const place = { redisPath: this.#sessions.path, statePath: this.#state.path };
    return this.#with(version, place, async (server) => {
      await signInAll([server], APP, this.#phone, WARM_UP, AT_ONCE);
      const [state, sessions] = [await this.#state.cpu(), await this.#sessions.cpu()];
      const figures = await signInAll([server], APP, this.#phone, SIGN_INS, AT_ONCE);
      return {
        ...figures,
        state: ((await this.#state.cpu()) - state) / SIGN_INS,
        sessions: ((await this.#sessions.cpu()) - sessions) / SIGN_INS,
      };
    });
  }

  async #away(version: Version): Promise<Figures> {
    const place = { redisPath: this.#sessions.path, statePath: await this.#line.ask<string>('path', {}) };
    return this.#with(version, place, async (server) => {
      await signInAll([server], APP, this.#phone, AWAY_SIGN_INS, 1);
      return signInAll([server], APP, this.#phone, AWAY_SIGN_INS, 1);
    });
  }

  /** By a new process each time: one settles on one of several speeds, and keeps it. */
  async #with(version: Version, place: Partial<ServerSettings>, work: (server: Child) => Promise<Figures>) {
    const server = await version.start('servers/server.js', { app: APP, phonePort: this.#phone.port, ...place });
    try {
      return await work(server);
    } finally {
      await server.close();
    }
  }
}

/** The figures of one sign-in, by what they are. */
const ROWS = {
  'CPU of the server, µs': 'cpu',
  'CPU of the Redis of the shared state, µs': 'state',
  'CPU of the Redis of the sessions, µs': 'sessions',
  [`p50 with the shared state ${MILLISECONDS_AWAY} ms away, ms`]: 'away',
} as const;

function report(rounds: Rounds, baseline: Baseline | undefined): Report {
  const rows = Object.entries(ROWS).map(([what, figure]) => ({
    what,
    [APP]: rounds.median(APP, figure),
    ...besideBaseline(baseline, (version) => rounds.ratio(APP, version, figure)),
  }));
  return {
    title: 'Sign-ins with Redis: shared state and sessions each in one of their own',
    rows: [...rows, ...capacityRows(rounds, baseline)],
    goals: baseline === undefined ? [] : goals(rounds, `${APP} ${baseline.version}`),
  };
}

/** The sign-ins that one core of a Redis could serve: it runs commands one after the other. */
function capacityRows(rounds: Rounds, baseline: Baseline | undefined): Report['rows'] {
  const perSecond = (version: string): number => 1e6 / rounds.median(version, 'state');
  const share = (version: string): number => perSecond(APP) / perSecond(version);
  const what = 'sign-ins/s that one Redis could serve, by its CPU';
  return [{ what, [APP]: perSecond(APP), ...besideBaseline(baseline, share) }];
}

function goals(rounds: Rounds, version: string): Report['goals'] {
  const share = (figure: string): number => rounds.ratio(APP, version, figure);
  return [
    { claim: `CPU of the server × ${version}`, value: share('cpu'), atMost: 0.5 },
    { claim: `CPU of the Redis of the shared state × ${version}`, value: share('state'), atMost: 0.5 },
    { claim: `p50 with the shared state 2 ms away × ${version}`, value: share('away'), atMost: 0.35 },
  ];
}
