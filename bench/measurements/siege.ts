import { Child } from '../child.ts';
import { startRedis } from '../redis-server.ts';
import type { Report } from '../report.ts';
import { SHARE } from '../rounds.ts';

const PEOPLE = 1e4 * SHARE;
const STEPS = [2e5, 4e5, 6e5, 8e5, 1e6].map((tries) => tries * SHARE);
const REDIS_STEPS = [5e4, 1e5].map((tries) => tries * SHARE);

/** A million tries to sign in as ten thousand people: memory and keys must stay where they were. */
export async function measureSiege(): Promise<Report> {
  const inMemory = await besiege();
  const redis = await startRedis();
  const inRedis = await besiege(redis.path);
  await redis.close();
  const heaps = inMemory.rows.map((row) => Number(row.MB));
  const growth = (heaps.at(-1) ?? Number.NaN) / (heaps.at(0) ?? Number.NaN);
  return {
    title: 'Siege: a million tries on ten thousand people, each fourth password right',
    rows: [...inMemory.rows, ...inRedis.rows],
    goals: [
      { claim: 'memory after 1e6 tries × after 2e5', value: growth, atMost: 1.1 },
      { claim: 'keys in Redis that never expire', value: inRedis.immortal, atMost: 0 },
    ],
  };
}

async function besiege(redisPath?: string): Promise<{ readonly rows: Report['rows']; readonly immortal: number }> {
  const crowd = await Child.start('servers/crowd.js', { ...(redisPath !== undefined && { redisPath }) }, '--expose-gc');
  const rows: Report['rows'][number][] = [];
  let from = 0;
  let immortal = 0;
  for (const to of redisPath === undefined ? STEPS : REDIS_STEPS) {
    const cpu = await crowd.ask<number>('tries', { from, to, people: PEOPLE });
    const redis = await crowd.ask<Readonly<Record<'bytes' | 'keys' | 'immortal', number>>>('redis', {});
    const bytes = redisPath === undefined ? (await crowd.ask('memory')).heap : redis.bytes;
    const keys = redisPath === undefined ? '' : redis.keys;
    rows.push({
      where: redisPath === undefined ? 'in memory' : 'in Redis',
      tries: to,
      MB: bytes / 1e6,
      keys,
      'CPU µs/try': cpu,
    });
    from = to;
    immortal = redis.immortal;
  }
  await crowd.close();
  return { rows, immortal };
}
