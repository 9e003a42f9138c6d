import { expect } from 'chai';
import { Client, Pool } from 'pg';
import type { SharedState } from '../../lib/domain/shared-state.ts';
import { SmsOtpConfigError } from '../../lib/errors.ts';
import { postgresFault } from '../../lib/state/postgres-faults.ts';
import { MIGRATION } from '../../lib/state/postgres-migration.ts';
import { type PostgresPool, postgresState } from '../../lib/state/postgres-state.ts';
import { useClosing } from '../support/closing.ts';
import { startPgbouncer } from '../support/pgbouncer.ts';
import { type Postgres, startPostgres, untilTrue } from '../support/postgres.ts';

const UNLIMITED = Number.POSITIVE_INFINITY;
/** Crowds of commits are about their order: how long they wait is the machine's. */
const BUSY_MACHINE_MILLISECONDS = 60_000;
const charge = { charge: 'smsOtp:count', windowSeconds: 600, atMost: UNLIMITED } as const;
const count = [{ count: 'smsOtp:count' }] as const;

describe('postgresState()', function () {
  this.timeout(120_000);
  let postgres: Postgres;
  const keep = useClosing();

  before(async function () {
    postgres = await startPostgres(this, 'max_connections=200');
  });

  after(() => postgres?.close());

  beforeEach(async () => {
    await postgres.start();
    await untilTrue(
      async () => (await postgres.pool({ max: 1 }).query('TRUNCATE express_sms_otp')).command === 'TRUNCATE',
    );
  });

  it('refuses at start what is no pool', () => {
    for (const wrong of [undefined, null, {}, { query() {} }]) {
      expect(() => postgresState(wrong as unknown as PostgresPool)).to.throw(SmsOtpConfigError, 'needs a pool');
    }
    const client = new Client() as unknown as PostgresPool;
    expect(() => postgresState(client)).to.throw(SmsOtpConfigError, 'one connection, a Client');
  });

  it('listens to a pool once, however many instances share it', async () => {
    const pool = new Pool();
    const states = Array.from({ length: 20 }, () => postgresState(pool));
    expect(pool.listenerCount('error')).to.equal(1);
    await Promise.all(states.map((state) => state.close?.()));
  });

  it('has no deadlock and no double win in 200 commits at once over the same keys, in opposite orders', async () => {
    const states = [0, 1, 2, 3].map(() => postgresState(postgres.pool({ max: 10 }), BUSY_MACHINE_MILLISECONDS));
    const keys = Array.from({ length: 8 }, (_, index) => `smsOtp:${index}`);
    for (let round = 0; round < 3; round++) {
      const results = await Promise.all(
        Array.from({ length: 200 }, (_, index) => {
          const absent = {
            write: `smsOtp:won:${round}`,
            value: String(index),
            ttlSeconds: 60,
            ifAbsent: 'refuse',
          } as const;
          const steps = [...keys.map((key) => ({ ...charge, charge: key })), absent];
          return states[index % states.length]?.commit(index % 2 === 0 ? steps : steps.toReversed());
        }),
      );
      expect(results.filter((result) => result?.refusedBy === undefined)).to.have.length(1);
    }
    for (const key of keys) expect(await totalOf(states[0], key)).to.equal(3);
    const { rows } = await postgres.pool().query('SELECT sum(deadlocks)::int AS deadlocks FROM pg_stat_database');
    expect(rows).to.deep.equal([{ deadlocks: 0 }]);
  });

  it('counts 500 sends at once against one limit of the whole system', async () => {
    const states = [0, 1, 2, 3].map(() => postgresState(postgres.pool({ max: 10 }), BUSY_MACHINE_MILLISECONDS));
    const results = await Promise.all(
      Array.from({ length: 500 }, (_, index) =>
        states[index % states.length]?.commit([
          { ...charge, charge: `smsOtp:user:${index}` },
          { ...charge, charge: 'smsOtp:smsPerDay', atMost: 400 },
        ]),
      ),
    );
    expect(results.filter((result) => result?.refusedBy === undefined)).to.have.length(400);
  });

  it('keeps counts when the server is killed, and goes on without a restart', async () => {
    const state = postgresState(postgres.pool());
    for (let index = 0; index < 3; index++) await state.commit([charge]);
    await postgres.kill();
    expect(await messageOf(state.commit([charge]))).to.match(
      /^PostgreSQL cannot answer: (ECONNREFUSED|57P01|ECONNRESET|the connection was lost)/,
    );
    await postgres.start();
    await untilTrue(async () => (await state.commit(count)).found.length === 1);
    expect(await totalOf(state)).to.equal(3);
  });

  it('says which fault of the pool it is, if the client has no code for it', async () => {
    const closed = postgres.pool();
    await closed.end();
    expect(await messageOf(postgresState(closed).commit([charge]))).to.equal(
      'PostgreSQL cannot answer: its pool is closed',
    );
    const encrypted = postgresState(postgres.pool({ ssl: true }));
    expect(await messageOf(encrypted.commit([charge]))).to.equal(
      'PostgreSQL cannot answer: it speaks no TLS, which the pool asks for',
    );
    const lost = new Error('Connection terminated unexpectedly');
    expect(postgresFault(lost).message).to.equal('PostgreSQL cannot answer: the connection was lost');
  });

  it('ends no process by a connection that is lost in the moment after its answer', async () => {
    const pool = postgres.pool({ max: 1 });
    pool.on('connect', (client) => client.once('drain', () => client.emit('error', new Error('lost'))));
    const state = postgresState(pool);
    expect(await totalOf(state)).to.equal(0);
    expect(await totalOf(state)).to.equal(0);
  });

  it('rejects within two seconds if no connection of the pool is free, and then does nothing', async () => {
    const pool = postgres.pool({ max: 1 });
    const state = postgresState(pool, 300);
    const busy = await pool.connect();
    expect(await messageOf(state.commit([charge]))).to.equal('PostgreSQL did not answer within 300 ms.');
    busy.release();
    expect(await totalOf(postgresState(pool, BUSY_MACHINE_MILLISECONDS))).to.equal(0);
    expect(pool.totalCount).to.equal(1);
  });

  it('rejects in time while the server hangs, also where a query of the sessions has no query_timeout and waits', async () => {
    const [limited, unlimited] = [postgres.pool({ max: 1, query_timeout: 300 }), postgres.pool({ max: 1 })];
    const pool = postgres.pool();
    const state = postgresState(pool, 300);
    const patient = postgresState(pool, BUSY_MACHINE_MILLISECONDS);
    await Promise.all([limited.query('SELECT 1'), unlimited.query('SELECT 1'), patient.commit(count)]);
    postgres.stop();
    let isOver = false;
    const waiting = unlimited.query('SELECT 1').then(() => (isOver = true));
    expect(await messageOf(limited.query('SELECT 1'))).to.equal('Query read timeout');
    expect(await messageOf(state.commit(count))).to.equal('PostgreSQL did not answer within 300 ms.');
    expect(limited.totalCount).to.equal(0);
    expect({ isOver, connections: unlimited.totalCount }).to.deep.equal({ isOver: false, connections: 1 });
    postgres.resume();
    await waiting;
  });

  it('lets go of a connection whose answer is late: it belongs to no other question', async () => {
    const pool = postgres.pool({ max: 1 });
    const [state, patient] = [postgresState(pool, 300), postgresState(pool, BUSY_MACHINE_MILLISECONDS)];
    await patient.commit([charge]);
    const blocker = await postgres.pool().connect();
    await blocker.query('BEGIN; LOCK TABLE express_sms_otp');
    expect(await messageOf(state.commit(count))).to.equal('PostgreSQL did not answer within 300 ms.');
    await blocker.query('ROLLBACK');
    blocker.release();
    expect((await patient.commit([{ read: 'smsOtp:other' }])).found).to.deep.equal([undefined]);
  });

  for (const [what, options, message] of [
    ['under another isolation', '-c default_transaction_isolation=serializable', 'ES001: the connection does not use'],
    [
      'where nothing may be written, as on a replica',
      '-c default_transaction_read_only=on',
      '25006: it takes no writes',
    ],
    ['before the migration', '-c search_path=nowhere', '42883: the database lacks its function'],
  ] as const) {
    it(`is down ${what}, and says how to mend it`, async () => {
      const state = postgresState(postgres.pool({ options }));
      expect(await messageOf(state.health?.())).to.contain(`PostgreSQL cannot answer: ${message}`);
      expect(await messageOf(state.commit([charge]))).to.contain(`PostgreSQL cannot answer: ${message}`);
    });
  }

  it('needs the rights that the docs list, and no more', async () => {
    const admin = postgres.pool();
    await admin.query('CREATE ROLE app LOGIN; GRANT SELECT, INSERT, UPDATE, DELETE ON express_sms_otp TO app');
    const state = postgresState(postgres.pool({ user: 'app' }));
    expect(await state.health?.()).to.equal(undefined);
    await admin.query('REVOKE DELETE ON express_sms_otp FROM app');
    expect(await messageOf(state.health?.())).to.contain('42501: its user lacks a right');
  });

  it('tells neither key nor value where the server quotes them', async () => {
    const state = postgresState(postgres.pool());
    const error = await messageOf(state.commit([{ write: 'the key', value: `the value ${'\0'}`, ttlSeconds: 60 }]));
    expect(error).to.match(/^PostgreSQL cannot answer: \w+$/);
  });

  it('works through pgbouncer, whose connections serve one transaction each', async function () {
    const pgbouncer = keep(await startPgbouncer(this, postgres.port));
    const state = postgresState(postgres.pool({ port: pgbouncer.port, max: 20 }), BUSY_MACHINE_MILLISECONDS);
    const results = await Promise.all(Array.from({ length: 200 }, () => state.commit([{ ...charge, atMost: 50 }])));
    expect(results.filter(({ refusedBy }) => refusedBy === undefined)).to.have.length(50);
    expect(await state.health?.()).to.equal(undefined);
  });

  it('can be migrated again, also while it is in use', async () => {
    const state = postgresState(postgres.pool(), BUSY_MACHINE_MILLISECONDS);
    const commits = Array.from({ length: 50 }, () => state.commit([charge]));
    await Promise.all([postgres.pool().query(MIGRATION), postgres.pool().query(MIGRATION), ...commits]);
    expect(await totalOf(state)).to.equal(50);
  });

  it('leaves no row of what was removed or all taken off, and sweeps what has ended', async () => {
    const pool = postgres.pool();
    const state = postgresState(pool);
    await state.commit([charge, { write: 'smsOtp:value', value: 'value', ttlSeconds: 60 }]);
    await state.commit([{ refund: 'smsOtp:count', windowSeconds: 600 }, { remove: 'smsOtp:value' }]);
    expect(await state.health?.()).to.equal(undefined);
    expect((await pool.query('SELECT * FROM express_sms_otp')).rows).to.deep.equal([]);
    await pool.query("INSERT INTO express_sms_otp SELECT 'ended:' || i, '=', 1 FROM generate_series(1, 2500) AS i");
    await state.commit([charge]);
    const sweeping = postgresState(postgres.pool(), 2_000, 20);
    await untilTrue(async () => (await pool.query('SELECT key FROM express_sms_otp')).rows.length === 1);
    await sweeping.close?.();
    expect((await pool.query('SELECT key FROM express_sms_otp')).rows).to.deep.equal([{ key: 'smsOtp:count' }]);
  });
});

async function totalOf(state: SharedState | undefined, key = 'smsOtp:count'): Promise<number> {
  const counter = (await state?.commit([{ count: key }]))?.found[0];
  return typeof counter === 'object' ? counter.total : Number.NaN;
}

async function messageOf(answer: Promise<unknown> | undefined): Promise<string> {
  const error: unknown = await answer?.then(
    () => 'no rejection',
    (thrown) => thrown,
  );
  return error instanceof Error ? error.message : String(error);
}
