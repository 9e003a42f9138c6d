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

/** What a pending sign-in takes, everything counted: its session, its challenge, its counters. */
export async function measureScale(): Promise<Report> {
  const session = await grow({ isSessionOnly: true }, [1e3 * SHARE, 1e5 * SHARE]);
  const memory = await grow({}, IN_MEMORY);
  const rows = [...rowsOf('express-session alone', session), ...rowsOf('express-sms-otp', memory)];
  return { title: 'Scale: pending sign-ins in memory', rows, goals: goals(memory) };
}

export async function measureScaleInRedis(): Promise<Report> {
  const redis = await startRedis();
  try {
    const steps = await grow({ redisPath: redis.path }, IN_REDIS);
    return { title: 'Scale: pending sign-ins in Redis', rows: rowsOf('express-sms-otp', steps), goals: [] };
  } finally {
    await redis.close();
  }
}

/** The first step warms up: it is counted, and not told. */
async function grow(
  settings: { readonly redisPath?: string; readonly isSessionOnly?: boolean },
  counts: readonly number[],
): Promise<readonly Step[]> {
  const crowd = await Child.start('servers/crowd.js', settings, ...NODE_OPTIONS);
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

function goals(memory: readonly Step[]): Report['goals'] {
  const [first, last] = [memory.at(0), memory.at(-1)];
  return [
    {
      claim: 'bytes per pending sign-in in memory',
      value: Math.max(...memory.map(({ bytes }) => bytes)),
      atMost: 4096,
    },
    {
      claim: 'CPU per sign-in at 1e6 × at 1e4',
      value: (last?.cpu ?? Number.NaN) / (first?.cpu ?? Number.NaN),
      atMost: 1.25,
    },
  ];
}
