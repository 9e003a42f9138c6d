import { expect } from 'chai';
import { redisState } from '../../lib/state/redis-state.ts';
import { postJson, testApp } from '../support/app.ts';
import { runHere, runProgram } from '../support/command-line.ts';
import { useConfigFiles } from '../support/config-file.ts';
import { type Redis, startRedis } from '../support/redis.ts';

const SECRET = 'Zk3v9QmT7xLw2RpY8sHd4NbG6fJc1VaE';
const OPTIONS = `
  secret: '${SECRET}',
  origin: 'https://app.example.org', appName: 'Example', recoveryCodes: true,
  userStore: new MemoryUserStore([
    { id: 'id-ada', username: 'ada', password: 'lovelace', phoneNumbers: ['+46701740605'] },
  ]),
  transport: { send: async () => ({ status: 'accepted' }) },`;

describe('the commands for the second factor of one person', () => {
  const write = useConfigFiles();
  let redis: Redis;

  before(async function () {
    redis = await startRedis(this);
  });

  after(() => redis?.close());

  function config(): string {
    return write(`
      const client = createClient({ socket: { path: '${redis.path}' }, disableOfflineQueue: true });
      client.connect();
      export const options = { ${OPTIONS} shared: redisState(client) };`);
  }

  describe('unlock', () => {
    it('lifts the lock of a running app, and ends although Redis stays connected', async () => {
      const shared = redisState(await redis.connect());
      const limits = { failedCodesPerUserPer30Days: 1 };
      const { agent, signedIn, transport, clock } = testApp({ options: { secret: SECRET, shared, limits } });
      const jar = await signedIn('ada', 'password');
      await postJson(jar, '/auth/code', { code: transport.lastCode() === '000000' ? '000001' : '000000' }).expect(401);
      await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(403);
      const { code, out, err } = await runProgram(['unlock', 'ada', '--config', config()]);
      expect([code, err]).to.deep.equal([0, '']);
      expect(out).to.contain('The lock and the counts of failed codes are removed');
      clock.advance(60);
      await postJson(agent(), '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
    });

    for (const shared of ['', 'shared: memoryState(),']) {
      it(`says that it cannot reach the app's own memory (${shared || 'the default'})`, async () => {
        const path = write(`export const options = { ${OPTIONS} ${shared} };`);
        const { code, out, err } = await runHere(['unlock', 'ada', '--config', path]);
        expect([code, out]).to.deep.equal([1, '']);
        expect(err).to.contain('Restart the app');
      });
    }

    it('says that the shared state is down', async () => {
      const down = 'async () => { throw new Error("down"); }';
      const shared = `{ commit: ${down} }`;
      const path = write(`export const options = { ${OPTIONS} shared: ${shared} };`);
      const { code, err } = await runHere(['unlock', 'ada', '--config', path]);
      expect(code).to.equal(1);
      expect(err).to.equal('The shared state is unavailable.\nexpress-sms-otp doctor shows why.\n');
    });
  });

  describe('help-code and recovery-codes', () => {
    it('issues a code that the running app takes, and says that the person is told', async () => {
      const shared = redisState(await redis.connect());
      const { signedIn } = testApp({ options: { secret: SECRET, shared } });
      const { code, out, err } = await runProgram(['help-code', '--user', 'ada', '--config', config()]);
      expect([code, err]).to.deep.equal([0, '']);
      const [typed = ''] = /^[0-9A-Z]{5}-[0-9A-Z]{5}$/m.exec(out) ?? [];
      expect(out).to.contain('The person is told by SMS.');
      const jar = await signedIn('ada', 'password');
      const { body } = await postJson(jar, '/auth/without-phone', { code: typed }).expect(200);
      expect(body.amr).to.deep.equal(['pwd', 'help-code']);
    });

    it('makes the recovery codes of a running app worthless', async () => {
      const shared = redisState(await redis.connect());
      const { signedIn } = testApp({ options: { secret: SECRET, shared, recoveryCodes: true } });
      const { body } = await postJson(await signedIn(), '/auth/account/recovery-codes').expect(200);
      const { code, err } = await runProgram(['recovery-codes', 'reset', 'ada', '--config', config()]);
      expect([code, err]).to.deep.equal([0, '']);
      await postJson(await signedIn('ada', 'password'), '/auth/without-phone', { code: body.recoveryCodes[0] }).expect(
        401,
      );
    });

    it("says that it cannot reach the app's own memory", async () => {
      const path = write(`export const options = { ${OPTIONS} };`);
      for (const args of [
        ['help-code', '--user', 'ada'],
        ['recovery-codes', 'reset', 'ada'],
      ]) {
        const { code, out, err } = await runHere([...args, '--config', path]);
        expect([code, out]).to.deep.equal([1, '']);
        expect(err).to.contain('in its own memory');
      }
    });

    it('refuses arguments that are none', async () => {
      for (const args of [
        ['help-code'],
        ['help-code', '--user', 'ada', '--minutes', 'x'],
        ['recovery-codes', 'list', 'ada'],
      ]) {
        expect((await runHere(args)).code).to.equal(2);
      }
    });
  });
});
