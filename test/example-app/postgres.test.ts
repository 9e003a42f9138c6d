import { expect } from 'chai';
import { connectPostgres } from '../../example-app/postgres.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';

describe("the demo's PostgreSQL", function () {
  this.timeout(60_000);
  let postgres: Postgres;

  before(async function () {
    postgres = await startPostgres(this);
  });

  after(() => postgres?.close());

  it('says which command prepares one that is not prepared, and that one cannot be reached', async () => {
    await postgres.pool().query('CREATE DATABASE empty');
    for (const [place, words] of [
      [`${postgres.port}/empty`, /^Error: DATABASE_URL: PostgreSQL cannot answer: 42883: .*express-sms-otp migrate$/],
      ['1/empty', /^Error: DATABASE_URL: PostgreSQL cannot answer: ECONNREFUSED$/],
    ] as const) {
      const failure = await connectPostgres(`postgres://postgres@127.0.0.1:${place}`).catch(String);
      expect(failure).to.match(words);
    }
  });
});
