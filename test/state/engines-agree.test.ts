import { expect } from 'chai';
import fc from 'fast-check';
import type { SharedState } from '../../lib/domain/shared-state.ts';
import { memoryState } from '../../lib/state/memory-state.ts';
import { postgresState } from '../../lib/state/postgres-state.ts';
import { redisState } from '../../lib/state/redis-state.ts';
import { useClosing } from '../support/closing.ts';
import { commits, outcomeOf } from '../support/commit-sequences.ts';
import { startPostgres } from '../support/postgres.ts';
import { startRedis } from '../support/redis.ts';

describe('any sequence of commits', function () {
  this.timeout(120_000);
  const keep = useClosing();

  it('has the same outcomes in Redis as in memory', async function () {
    const redis = keep(await startRedis(this));
    const client = await redis.connect();
    await agree(redisState(client), () => client.flushAll());
  });

  it('has the same outcomes in PostgreSQL as in memory', async function () {
    const pool = keep(await startPostgres(this)).pool();
    await agree(postgresState(pool), () => pool.query('TRUNCATE express_sms_otp'));
  });
});

async function agree(state: SharedState, empty: () => Promise<unknown>): Promise<void> {
  const property = fc.asyncProperty(fc.array(commits(), { minLength: 1, maxLength: 12 }), async (sequence) => {
    await empty();
    const inMemory = memoryState();
    for (const steps of sequence) {
      const [expected, actual] = await Promise.all([outcomeOf(inMemory, steps), outcomeOf(state, steps)]);
      expect(actual).to.deep.equal(expected);
    }
    await inMemory.close?.();
  });
  await fc.assert(property, { numRuns: 300 });
}
