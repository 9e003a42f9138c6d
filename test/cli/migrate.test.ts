import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { MIGRATION } from '../../lib/state/postgres-migration.ts';
import { postgresState } from '../../lib/state/postgres-state.ts';
import { runHere } from '../support/command-line.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';

describe('migrate', function () {
  this.timeout(60_000);
  let postgres: Postgres;

  before(async function () {
    postgres = await startPostgres(this);
  });

  beforeEach(async () => {
    await postgres.pool().query('DROP TABLE express_sms_otp; DROP FUNCTION express_sms_otp_commit_1');
  });

  afterEach(async () => {
    await postgres.pool().query(MIGRATION);
    delete process.env.DATABASE_URL;
  });

  after(() => postgres?.close());

  it('prints SQL for psql, which can be run again', async () => {
    const { code, out } = await runHere(['migrate']);
    expect(code).to.equal(0);
    for (const _ of ['once', 'again']) {
      const options = ['-h', '127.0.0.1', '-p', String(postgres.port), '-U', 'postgres', '-v', 'ON_ERROR_STOP=1', '-q'];
      execFileSync('psql', options, { input: out, stdio: ['pipe', 'ignore', 'ignore'] });
    }
    expect(await postgresState(postgres.pool()).health?.()).to.equal(undefined);
  });

  it('runs it where DATABASE_URL says', async () => {
    process.env.DATABASE_URL = `postgres://postgres@127.0.0.1:${postgres.port}/postgres`;
    expect(await runHere(['migrate', '--run'])).to.include({ code: 0, err: '' });
    expect(await postgresState(postgres.pool()).health?.()).to.equal(undefined);
  });

  it('says what is wrong, and not with which password', async () => {
    expect((await runHere(['migrate', '--run'])).err).to.contain('DATABASE_URL is missing.');
    process.env.DATABASE_URL = 'postgres://postgres:top-secret@127.0.0.1:1/postgres';
    const { code, err } = await runHere(['migrate', '--run']);
    expect(code).to.equal(1);
    expect(err).to.contain('The database refuses: ECONNREFUSED.').and.not.contain('top-secret');
  });
});
