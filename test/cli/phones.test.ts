import { expect } from 'chai';
import { LdapUserStore } from '../../lib/ldap/index.ts';
import { type SmscSimulator, startSmsc } from '../../lib/simulator/smsc/smsc.ts';
import { redisState } from '../../lib/state/redis-state.ts';
import { postJson, testApp } from '../support/app.ts';
import { runHere, runProgram } from '../support/command-line.ts';
import { type ConfigFile, writeConfig } from '../support/config-file.ts';
import { ALAN, ldifPerson } from '../support/ldif-people.ts';
import { requirePeer } from '../support/peers.ts';
import { type Redis, startRedis } from '../support/redis.ts';
import { type Slapd, startSlapd } from '../support/slapd.ts';

const PEOPLE =
  ldifPerson('ada', 'Ada Lovelace', 'lovelace', '+46 70 174 06 05') +
  ALAN +
  ldifPerson('grace', 'Grace Hopper', 'hopper', '+46701740607');
const SECRET = 'Zk3v9QmT7xLw2RpY8sHd4NbG6fJc1VaE';

describe('phones', () => {
  let slapd: Slapd;
  let redis: Redis;
  let smsc: SmscSimulator;
  let config: ConfigFile;
  let configWithRedis: ConfigFile;
  let store: LdapUserStore;

  before(async function () {
    requirePeer(this, 'slapd');
    slapd = await startSlapd(PEOPLE);
    redis = await startRedis(this);
    smsc = await startSmsc();
    const { url, baseDn, bindDn, bindPassword } = slapd;
    store = new LdapUserStore({ url, baseDn, bindDn, bindPassword });
    const parts = `
      secret: '${SECRET}',
      origin: 'https://app.example.org', appName: 'Example',
      userStore: new LdapUserStore(${JSON.stringify({ url, baseDn, bindDn, bindPassword })}),
      transport: new SmppTransport({ smscs: ['${smsc.url}'], source: 'Example' }),`;
    config = writeConfig(`export const options = () => ({ ${parts} });`);
    configWithRedis = writeConfig(`
      const client = createClient({ socket: { path: '${redis.path}' }, disableOfflineQueue: true });
      await client.connect();
      export const options = { ${parts} shared: redisState(client) };`);
  });

  after(async () => {
    config?.remove();
    configWithRedis?.remove();
    await Promise.all([store?.close(), slapd?.close(), redis?.close(), smsc?.close()]);
  });

  const phones = (...args: readonly string[]) => runHere(['phones', ...args, '--config', config.path]);
  const find = (username: string) => store.findUser({ username });

  it('lists, adds and removes in the directory, and shows no number in full', async () => {
    expect(await phones('list', 'ada')).to.deep.equal({ code: 0, out: '••• 0605\n', err: '' });
    expect(await phones('add', 'ada', '+46 70 174 06 06')).to.deep.equal({
      code: 0,
      out: 'Done. The earlier number was notified by SMS. The numbers are now:\n••• 0605\n••• 0606\n',
      err: "The app keeps its sign-ins in its own memory: this person's sign-ins continue. Restart the app to end them.\n",
    });
    expect((await find('ada'))?.phoneNumbers).to.have.members(['+46 70 174 06 05', '+46701740606']);
    const command = ['phones', 'remove', 'ada', '+46701740605', '--config', configWithRedis.path];
    const { code, out, err } = await runProgram(command);
    expect([code, out, err]).to.deep.equal([
      0,
      'Done. The 2 earlier numbers were notified by SMS. The numbers are now:\n••• 0606\n',
      '',
    ]);
    expect((await find('ada'))?.phoneNumbers).to.deep.equal(['+46701740606']);
    // The numbers that were there before hear of it before the program ends.
    const told = smsc.messages.map(({ to, text }) => [to, /added|removed/.exec(text)?.[0]]);
    expect(told).to.deep.include(['+46701740605', 'added']).and.deep.include(['+46701740605', 'removed']);
  });

  it('knows people by their id, too', async () => {
    const { id = '' } = (await find('alan')) ?? {};
    expect((await phones('list', id)).out).to.equal('There is no readable number.\n');
  });

  for (const [args, complaint] of [
    [['list', 'eve'], 'There is no such person'],
    [['list', '*'], 'There is no such person'],
    [['add', 'alan', '12'], 'This is no phone number'],
    [['remove', 'alan', '+46701740699'], 'The user has no such number'],
  ] as const) {
    it(`exits with 1 at "${args.join(' ')}"`, async () => {
      const { code, out, err } = await phones(...args);
      expect([code, out]).to.deep.equal([1, '']);
      expect(err).to.contain(complaint).and.not.match(/\d{7}/);
    });
  }

  it('takes no bind at the SMSC away from the app if there is nothing to send', async () => {
    const before = smsc.binds.length;
    await phones('list', 'ada');
    const { out } = await phones('add', 'alan', '+46701740610');
    expect(out).to.equal('Done. The numbers are now:\n••• 0610\n');
    expect(smsc.binds).to.have.length(before);
  });

  it('says that an earlier number could not be told', async () => {
    const people = "[{ username: 'ada', password: 'x', phoneNumbers: ['+46701740605'] }]";
    const { code, out, err } = await inMemory(`new MemoryUserStore(${people})`, 'remove', 'ada', '+46701740605');
    expect(err).to.contain('The app keeps its sign-ins in its own memory');
    expect([code, out]).to.deep.equal([
      0,
      'Done. The earlier number could not be notified by SMS. The numbers are now:\nThere is no readable number.\n',
    ]);
  });

  it('says how many of several could not be told', async () => {
    const people = "[{ username: 'ada', password: 'x', phoneNumbers: ['+46701740605', '+46701740607'] }]";
    const { out } = await inMemory(`new MemoryUserStore(${people})`, 'add', 'ada', '+46701740608');
    expect(out).to.match(/^Done\. The 2 earlier numbers were notified by SMS, except for 1\. The /);
  });

  it('refuses a word that means one person by name and another by id', async () => {
    const people =
      "[{ username: 'ada', password: 'x', phoneNumbers: [] }, { id: '1', username: '2', password: 'x', phoneNumbers: [] }, { id: '2', username: '3', password: 'x', phoneNumbers: [] }]";
    const { code, err } = await inMemory(`new MemoryUserStore(${people})`, 'list', '2');
    expect(code).to.equal(1);
    expect(err).to.contain('Use the id');
  });

  it('points to the doctor if the directory is down', async () => {
    const { code, err } = await inMemory(
      "new LdapUserStore({ url: 'ldap://127.0.0.1:1', baseDn: 'dc=example' })",
      'list',
      'ada',
    );
    expect(code).to.equal(1);
    expect(err).to.equal('The directory is unavailable.\nexpress-sms-otp doctor shows why.\n');
  });

  it('ends the sign-ins of whose number was removed, in the app', async () => {
    const shared = redisState(await redis.connect());
    const app = testApp({ options: { secret: SECRET, shared, userStore: store } });
    const jar = app.agent();
    await postJson(jar, '/auth/login', { username: 'grace', password: 'hopper' }).expect(200);
    await postJson(jar, '/auth/code', { code: app.transport.lastCode() }).expect(200);
    await runProgram(['phones', 'remove', 'grace', '+46701740607', '--config', configWithRedis.path]);
    app.clock.advance(6);
    await jar.get('/secret').set('Accept', 'application/json').expect(401);
  });

  async function inMemory(userStore: string, ...args: readonly string[]) {
    const file = writeConfig(`export const options = {
      secret: '${SECRET}',
      origin: 'https://app.example.org', appName: 'Example',
      userStore: ${userStore},
      transport: {
        async send({ to }) {
          if (to === '+46701740605') throw new Error('there is no SMSC');
          return { status: 'accepted' };
        },
      },
      shared: memoryState(),
      logger: { debug() {}, info() {}, warn() {}, error() {} },
    };`);
    try {
      return await runHere(['phones', ...args, '--config', file.path]);
    } finally {
      file.remove();
    }
  }
});
