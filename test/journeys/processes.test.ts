import { expect } from 'chai';
import { type Answer, Client } from '../support/client.ts';
import { type Processes, startProcesses } from '../support/processes.ts';
import { type Redis, startRedis } from '../support/redis.ts';

const LOGIN = { username: 'ada', password: 'lovelace' };

describe('an attacker against four processes with one Redis', () => {
  let redis: Redis;
  let app: Processes;

  beforeEach(async function () {
    redis = await startRedis(this);
    app = await startProcesses(4, redis.path);
  });

  afterEach(async () => {
    await app?.close();
    await redis?.close();
  });

  /** One cookie jar, whose requests go to the processes in turn. */
  async function signIn(): Promise<Client> {
    const jar = new Client(app.urls);
    expect(await jar.post('/auth/login', LOGIN)).to.include({ status: 200 });
    return jar;
  }

  it('gets 5 of 200 parallel guesses compared, and the right code refused afterwards', async () => {
    const jar = await signIn();
    const right = app.sent[0] ?? '';
    const answers = await burst(200, (index) => jar.post('/auth/code', { code: wrongCode(right, index) }));
    expect(countOf(answers)).to.deep.equal({ INVALID_CODE: 5, TOO_MANY_ATTEMPTS: 195 });
    expect(app.comparisons()).to.equal(5);
    expect(await jar.post('/auth/code', { code: right })).to.include({ status: 429 });
  });

  it('wins once with 50 parallel right codes, and that browser is signed in everywhere', async () => {
    const jar = await signIn();
    const answers = await burst(50, () => jar.post('/auth/code', { code: app.sent[0] }));
    expect(countOf(answers).verified).to.equal(1);
    expect(app.comparisons()).to.be.at.most(5);
    for (const _ of app.urls) expect((await jar.get('/secret')).status).to.equal(200);
  });

  it('gets 10 comparisons a day out of 5 challenges, and no message by parallel sends in their pauses', async () => {
    const jars: Client[] = [];
    for (let index = 0; index < 5; index++) jars.push(await signIn());
    const answers = await Promise.all(
      jars.flatMap((jar) =>
        Array.from({ length: 5 }, (_, index) => jar.post('/auth/code', { code: wrongCode('', index) })),
      ),
    );
    expect(app.comparisons()).to.equal(10);
    expect(countOf(answers)).to.deep.equal({ INVALID_CODE: 10, TOO_MANY_ATTEMPTS: 15 });
    const sends = await Promise.all(
      jars.flatMap((jar) => Array.from({ length: 4 }, () => jar.post('/auth/code/send'))),
    );
    expect(sends.filter(({ status }) => status === 200)).to.deep.equal([]);
    expect(app.sent).to.have.length(5);
  });

  it('gains nothing by a process that dies in the middle of guessing', async () => {
    const jar = await signIn();
    const right = app.sent[0] ?? '';
    const guesses = burst(60, (index) =>
      jar.post('/auth/code', { code: wrongCode(right, index) }).catch(() => undefined),
    );
    await app.crash(1);
    await guesses;
    const after = await burst(20, (index) => jar.post('/auth/code', { code: wrongCode(right, index) }));
    expect(app.comparisons()).to.be.at.most(5);
    expect(after.every((answer) => answer?.status === 429)).to.equal(true);
  });

  it('gets 503 and nothing else while Redis hangs, and the counts are as before when it goes on', async () => {
    const jar = await signIn();
    const right = app.sent[0] ?? '';
    for (let index = 0; index < 3; index++) await jar.post('/auth/code', { code: wrongCode(right, index) });
    const compared = app.comparisons();
    redis.stop();
    const waiting = burst(8, (index) => jar.post('/auth/code', { code: wrongCode(right, index) }));
    const noise = burst(8, () => new Client(app.urls).post('/auth/login', LOGIN));
    // The session's own store waits for its server; the shared state does not.
    for (const answer of await noise) expect(answer?.status).to.equal(503);
    redis.resume();
    await waiting;
    expect(app.comparisons()).to.be.at.most(5);
    expect(app.comparisons()).to.be.at.least(compared);
    expect(app.sent).to.have.length(1);
    const { body } = await jar.get('/auth/session');
    expect(body.attemptsRemaining).to.be.at.most(2);
  });
});

function burst(
  count: number,
  ask: (index: number) => Promise<Answer | undefined>,
): Promise<readonly (Answer | undefined)[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => ask(index)));
}

function countOf(answers: readonly (Answer | undefined)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const answer of answers) {
    const name = answer?.code ?? String(answer?.body.stage);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

function wrongCode(right: string, index: number): string {
  const code = String(100_000 + index);
  return code === right ? '999999' : code;
}
