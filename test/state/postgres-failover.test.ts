import { expect } from 'chai';
import { postgresState } from '../../lib/state/postgres-state.ts';
import { useClosing } from '../support/closing.ts';
import { FaultyProxy } from '../support/faulty-proxy.ts';
import { startPostgres, startStandby, untilTrue } from '../support/postgres.ts';

const charge = { charge: 'smsOtp:count', windowSeconds: 600, atMost: Number.POSITIVE_INFINITY } as const;

describe('postgresState() behind a name that moves to another server', function () {
  this.timeout(120_000);
  const keep = useClosing();

  it('is down on a standby, and goes on with the same counts once that is the primary', async function () {
    const primary = keep(await startPostgres(this));
    const standby = keep(await startStandby(this, primary));
    const proxy = keep(await FaultyProxy.start({ host: '127.0.0.1', port: primary.port }));
    const state = postgresState(primary.pool({ port: proxy.port }));
    for (let count = 0; count < 3; count++) await state.commit([charge]);
    const copied = standby.pool();
    await untilTrue(
      async () => (await copied.query("SELECT 1 FROM express_sms_otp WHERE held LIKE '#3 %'")).rows.length === 1,
    );
    await primary.kill();
    proxy.leadTo({ host: '127.0.0.1', port: standby.port });
    await untilTrue(async () => (await state.commit([{ count: 'smsOtp:count' }])).found.length === 1);
    for (const answer of [state.commit([charge]), state.health?.()]) {
      const error: unknown = await answer?.catch((thrown: unknown) => thrown);
      expect(String(error)).to.contain('25006: it takes no writes, as a replica: connect to the primary');
    }
    await copied.query('SELECT pg_promote()');
    await untilTrue(async () => (await state.commit([charge])).refusedBy === undefined);
    const [found] = (await state.commit([{ count: 'smsOtp:count' }])).found;
    expect(found).to.have.property('total', 4);
    expect(await state.health?.()).to.equal(undefined);
  });
});
