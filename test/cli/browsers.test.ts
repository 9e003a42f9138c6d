import { expect } from 'chai';
import { redisState } from '../../lib/state/redis-state.ts';
import { postJson, testApp } from '../support/app.ts';
import { runHere, runProgram } from '../support/command-line.ts';
import { useConfigFiles } from '../support/config-file.ts';
import { type Redis, startRedis } from '../support/redis.ts';

const SECRET = 'Zk3v9QmT7xLw2RpY8sHd4NbG6fJc1VaE';
const OPTIONS = `
  secret: '${SECRET}',
  origin: 'https://app.example.org', appName: 'Example', trustBrowser: {},
  userStore: new MemoryUserStore([{ id: 'id-ada', username: 'ada', password: 'lovelace', phoneNumbers: [] }]),
  transport: { send: async () => ({ status: 'accepted' }) },`;
const LOGIN = { username: 'ada', password: 'lovelace' };
const ROW = /^[\w-]{22} {2}Firefox, macOS, last used \d{4}-\d\d-\d\d, trusted until \d{4}-\d\d-\d\d$/gm;

describe('browsers', function () {
  this.timeout(300_000); // one test starts five programs
  const write = useConfigFiles();
  let redis: Redis;

  before(async function () {
    redis = await startRedis(this);
  });

  after(() => redis?.close());

  it('lists those of a running app, and ends one or all', async () => {
    const shared = redisState(await redis.connect());
    const app = testApp({ options: { secret: SECRET, shared, trustBrowser: {} } });
    const jars = [app.agent(), app.agent()];
    for (const jar of jars) {
      await postJson(jar, '/auth/login', LOGIN).expect(200);
      const code = app.transport.lastCode();
      const answer = postJson(jar, '/auth/code', { code, trustBrowser: true });
      await answer.set('User-Agent', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15) Firefox/128.0').expect(200);
    }
    const path = write(`
      const client = createClient({ socket: { path: '${redis.path}' }, disableOfflineQueue: true });
      client.connect();
      export const options = { ${OPTIONS} shared: redisState(client) };`);
    const listed = await runProgram(['browsers', 'list', 'ada', '--config', path]);
    expect([listed.code, listed.err]).to.deep.equal([0, '']);
    const rows = listed.out.match(ROW) ?? [];
    expect(rows).to.have.length(2);
    const one = ['--browser', rows[0]?.slice(0, 22) ?? ''];
    expect((await runProgram(['browsers', 'end', 'ada', ...one, '--config', path])).out).to.contain(rows[1] ?? '-');
    expect((await runProgram(['browsers', 'end', 'ada', ...one, '--config', path])).code).to.equal(1);
    const ended = await runProgram(['browsers', 'end', 'ada', '--config', path]);
    expect(ended.out.trim()).to.equal('Done. No browser is trusted.');
    expect((await runProgram(['browsers', 'list', 'ada', '--config', path])).out.trim()).to.equal(
      'No browser is trusted.',
    );
    for (const jar of jars) {
      await postJson(jar, '/auth/logout').expect(200);
      expect((await postJson(jar, '/auth/login', LOGIN).expect(200)).body.stage).to.equal('code');
    }
  });

  it("says that it cannot reach the app's own memory", async () => {
    const path = write(`export const options = { ${OPTIONS} };`);
    const { code, err } = await runHere(['browsers', 'list', 'ada', '--config', path]);
    expect(code).to.equal(1);
    expect(err).to.contain('then none is trusted');
  });

  it('takes an id that begins with a dash', async () => {
    const path = write(`export const options = { ${OPTIONS} };`);
    const { code, err } = await runHere(['browsers', 'end', 'ada', '--browser', '-'.repeat(22), '--config', path]);
    expect(code).to.equal(1);
    expect(err).to.contain('then none is trusted');
  });

  it('wants to be told what to do', async () => {
    for (const args of [['browsers'], ['browsers', 'show', 'ada'], ['browsers', 'list', 'ada', '--browser', 'x']]) {
      expect((await runHere(args)).code).to.equal(2);
    }
  });
});
