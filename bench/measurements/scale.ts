import { type Baseline, type Version, versionsOf } from '../baseline.ts';
import { Child } from '../child.ts';
import { startRedis } from '../redis-server.ts';
import type { Report } from '../report.ts';
import { SHARE } from '../rounds.ts';

const IN_MEMORY = [1e3, 1e4, 1e5, 1e6].map((count) => count * SHARE);
const IN_REDIS = [1e3, 1e4, 1e5].map((count) => count * SHARE);
const NODE_OPTIONS = ['--expose-gc', '--max-old-space-size=10240', '--max-semi-space-size=128'];

interface Step {
  readonly count: number;
  readonly bytes: number;
  readonly cpu: number;
}

/** The memory of a pending sign-in, everything counted: its session, its challenge, its counters. */
export async function measureScale(baseline?: Baseline): Promise<Report> {
  const session = await grow({ isSessionOnly: true }, [1e3 * SHARE, 1e5 * SHARE]);
  const found = await growAll(baseline, (start) => grow({}, IN_MEMORY, start));
  return {
    title: 'Scale: pending sign-ins in memory',
    rows: [...rowsOf('express-session alone', session), ...found.flatMap(({ name, steps }) => rowsOf(name, steps))],
    goals: [bytesGoal('memory', found[0]?.steps), ...goals(found[0]?.steps ?? [])],
  };
}

export async function measureScaleInRedis(baseline?: Baseline): Promise<Report> {
  const found = await growAll(baseline, growInRedis);
  return {
    title: 'Scale: pending sign-ins in Redis',
    rows: found.flatMap(({ name, steps }) => rowsOf(name, steps)),
    goals: [bytesGoal('Redis', found[0]?.steps)],
  };
}

async function growInRedis(start: Version['start']): Promise<readonly Step[]> {
  const redis = await startRedis();
  try {
    return await grow({ redisPath: redis.path }, IN_REDIS, start);
  } finally {
    await redis.close();
  }
}

interface CrowdSettings {
  readonly redisPath?: string;
  readonly isSessionOnly?: boolean;
}

interface Grown {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** One version after the other; the first is this one. */
async function growAll(baseline: Baseline | undefined, growOne: (start: Version['start']) => Promise<readonly Step[]>) {
  const found: Grown[] = [];
  for (const { name, start } of versionsOf(baseline)) found.push({ name, steps: await growOne(start) });
  return found;
}

/** The first step warms up: it is counted, and not told. */
async function grow(
  settings: CrowdSettings,
  counts: readonly number[],
  start: Version['start'] = Child.start,
): Promise<readonly Step[]> {
  const crowd = await start('servers/crowd.js', settings, ...NODE_OPTIONS);
  const bytesNow = async (): Promise<number> =>
    settings.redisPath === undefined
      ? (await crowd.ask('memory')).heap
      : (await crowd.ask<{ readonly bytes: number }>('redis', {})).bytes;
  const steps: Step[] = [];
  let from = 0;
  let before = 0;
  for (const count of counts) {
    const cpu = await crowd.ask<number>('pending', { from, to: count });
    const bytes = await bytesNow();
    if (from > 0) steps.push({ count, cpu, bytes: (bytes - before) / (count - from) });
    [from, before] = [count, bytes];
  }
  await crowd.close();
  return steps;
}

function rowsOf(server: string, steps: readonly Step[]): Report['rows'] {
  return steps.map(({ count, bytes, cpu }) => ({
    server,
    'pending sign-ins': count,
    'bytes each': bytes,
    'CPU µs each': cpu,
  }));
}

/** With most of them: what a table or a map keeps free weighs least then. */
function bytesGoal(place: string, steps: readonly Step[] = []): Report['goals'][number] {
  return { claim: `bytes per pending sign-in in ${place}`, value: steps.at(-1)?.bytes ?? Number.NaN, atMost: 2100 };
}

function goals(memory: readonly Step[]): Report['goals'] {
  const [first, last] = [memory.at(0), memory.at(-1)];
  return [
    {
      claim: 'CPU per sign-in at 1e6 × at 1e4',
      value: (last?.cpu ?? Number.NaN) / (first?.cpu ?? Number.NaN),
      atMost: 1.25,
    },
  ];
}
