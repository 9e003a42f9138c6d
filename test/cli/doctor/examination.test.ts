import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { pipeline } from 'node:stream';
import { expect } from 'chai';
import { createClient } from 'redis';
import { examine, examineOptions, type Wish } from '../../../lib/cli/doctor/examination.ts';
import type { SmsTransport, UserStore } from '../../../lib/domain/ports.ts';
import type { SharedState } from '../../../lib/domain/shared-state.ts';
import { LdapUserStore } from '../../../lib/ldap/index.ts';
import type { SmsOtpOptions } from '../../../lib/options.ts';
import { startDirectory } from '../../../lib/simulator/directory/directory.ts';
import { type SmscSimulator, startSmsc } from '../../../lib/simulator/smsc/smsc.ts';
import type { SmscOptions } from '../../../lib/smpp/smpp-options.ts';
import { SmppTransport } from '../../../lib/smpp/smpp-transport.ts';
import { TIMEOUTS, type Timeouts } from '../../../lib/smpp/timeouts.ts';
import { memoryState } from '../../../lib/state/memory-state.ts';
import { MemoryUserStore } from '../../../lib/state/memory-user-store.ts';
import { postgresState } from '../../../lib/state/postgres-state.ts';
import { redisState } from '../../../lib/state/redis-state.ts';
import { useClosing } from '../../support/closing.ts';
import { writeConfig } from '../../support/config-file.ts';
import { collect, complaints, findingOf } from '../../support/findings.ts';
import { ADA } from '../../support/ldif-people.ts';
import { NetSmppSmsc } from '../../support/net-smpp.ts';
import { requirePeer } from '../../support/peers.ts';
import { startPostgres } from '../../support/postgres.ts';
import { type Redis, startRedis } from '../../support/redis.ts';
import { type Slapd, startSlapd } from '../../support/slapd.ts';

const SECRET = 'Zk3v9QmT7xLw2RpY8sHd4NbG6fJc1VaE';
const WISH = { receiptMilliseconds: 10_000 };

type Changes = Partial<SmsOtpOptions>;

describe('the doctor', () => {
  const keep = useClosing();
  let slapd: Slapd;
  let redis: Redis;
  let smsc: SmscSimulator;

  before(async function () {
    for (const peer of ['slapd', 'redis-server', 'libnet-smpp-perl', 'openssl'] as const) requirePeer(this, peer);
    slapd = await startSlapd(ADA);
    redis = await startRedis(this);
    smsc = await startSmsc({ systemId: 'otp', password: 'smpp-pw' });
  });

  afterEach(() => smsc.behave({}));

  after(async () => {
    await Promise.all([slapd?.close(), redis?.close(), smsc?.close()]);
  });

  const directory = (changes: Partial<ConstructorParameters<typeof LdapUserStore>[0]> = {}, server = slapd) => {
    const { url, baseDn, bindDn, bindPassword } = server;
    return { userStore: new LdapUserStore({ url, baseDn, bindDn, bindPassword, ...changes }) };
  };
  const people = (...numbers: readonly string[]) => ({
    userStore: new MemoryUserStore([{ username: 'ada', password: 'lovelace', phoneNumbers: numbers }]),
  });
  const operator = (changes: Partial<SmscOptions>, timeouts: Partial<Timeouts> = {}) => {
    const smscs = [{ name: 'main', host: '127.0.0.1', ...changes }];
    return { transport: new SmppTransport({ smscs, source: 'Example' }, { ...TIMEOUTS, ...timeouts }) };
  };
  const account = (changes: Partial<SmscOptions> = {}) =>
    operator({ port: portOf(smsc), systemId: 'otp', password: 'smpp-pw', ...changes });

  async function diagnose(changes: Changes = {}, wish: Partial<Wish> = {}) {
    const good = { secret: SECRET, origin: 'https://app.example.org', appName: 'Example' };
    const options = { ...good, ...directory(), ...account(), ...changes };
    return collect(examineOptions(options, { ...WISH, ...wish }));
  }

  it('finds nothing wrong with slapd, Redis and the SMSC simulator', async () => {
    const shared = redisState(await redis.connect());
    const findings = await diagnose(
      { shared },
      { person: { name: 'ada', password: 'lovelace' }, sendTo: '+46701740605' },
    );
    expect(complaints(findings)).to.deep.equal([]);
    expect(findings.filter(({ status }) => status === 'skipped').map(({ check }) => check)).to.deep.equal([
      'SMSC main TLS',
      `LDAP ${new URL(slapd.url).host} TLS`,
      'app',
    ]);
    expect(JSON.stringify(findings)).to.not.match(/4670174|lovelace|smpp-pw|Zk3v9/);
  });

  it('finds nothing wrong with an SMSC and a directory on ::1', async function () {
    if (!hasIpv6()) this.skip();
    const [smscPort, ldapPort] = [await reachByIpv6(portOf(smsc)), await reachByIpv6(portOf(slapd))];
    const smscs = [`smpp://otp:smpp-pw@[::1]:${smscPort}`];
    const findings = await diagnose({
      transport: new SmppTransport({ smscs, source: 'Example' }),
      ...directory({ url: `ldap://[::1]:${ldapPort}` }),
    });
    expect(complaints(findings)).to.deep.equal([]);
    for (const check of [`${ldapPort} TLS`, `${smscPort} TLS`]) {
      expect(findingOf(findings, check).detail).to.equal('in clear, and never off this machine');
    }
    for (const check of [`${ldapPort} search`, `${smscPort} enquire_link`]) {
      expect(findingOf(findings, check).status).to.equal('ok');
    }
  });

  it('takes a directory that needs no account, and says that it is asked without one', async () => {
    const simulator = keep(await startDirectory());
    simulator.remove('uid=alan,ou=people,dc=example,dc=org'); // has no number
    const { url, baseDn } = simulator;
    const findings = await diagnose({ userStore: new LdapUserStore({ url, baseDn }) }, { person: { name: 'ada' } });
    expect(complaints(findings)).to.deep.equal([]);
    const { status, detail } = findingOf(findings, `LDAP ${new URL(url).host} bind`);
    expect([status, detail]).to.deep.equal(['ok', 'anonymous: there is no bindDn']);
  });

  it('finds the receipt of its test SMS, though the SMSC writes the id in another base there', async () => {
    smsc.behave({ idInAnswer: 'hex', idInReceipt: 'decimal' });
    const findings = await diagnose({}, { sendTo: '+46701740605' });
    expect(complaints(findings)).to.deep.equal([]);
    expect(findings.at(-1)).to.include({ check: 'test SMS receipt', status: 'ok', detail: 'delivered' });
  });

  it('finds nothing wrong with the SMSC in Perl', async () => {
    const { port } = keep(await NetSmppSmsc.start());
    const findings = await diagnose(operator({ port }), { sendTo: '+46701740605' });
    expect(complaints(findings)).to.deep.equal([]);
    expect(findings.at(-1)).to.include({ check: 'test SMS receipt', detail: 'delivered' });
  });

  it('finds nothing wrong with an SMSC that wants a template, if only countries with templates get an SMS', async () => {
    const sms = (templateId: string) => ({ text: '{code} is your OTP. -EXMPLE', templateId, lastLine: false });
    const notice = { text: 'Your numbers were changed. -EXMPLE', templateId: '1107160000000000003' };
    const india = { 'sign-in': sms('1107160000000000001'), 'step-up': sms('1107160000000000002') };
    const findings = await diagnose({
      ...people('+919810012345'),
      ...account({ tlvs: { 5121: { templateId: true } } }),
      smsTemplates: { IN: { ...india, numberAdded: notice, numberRemoved: notice } },
      allowedCountries: ['IN'],
    });
    expect(complaints(findings)).to.deep.equal([]);
    const texts = findings.filter(({ check }) => check.startsWith('SMSC text ')).map(({ detail }) => detail);
    expect(texts).to.have.length(3); // the notices are one template
    expect(texts[0]).to.match(/^"000000 is your OTP. -EXMPLE" \(GSM 03.38, data_coding 0, 1 segment, template \d+1\)$/);
    expect(texts.join()).to.not.contain('@app.example.org');
  });

  it('says in one line why a person cannot be asked for', async () => {
    const findings = await diagnose(directory({ url: 'ldap://127.0.0.1:1' }), { person: { name: 'ada' } });
    const skipped = { status: 'skipped', detail: '127.0.0.1:1 cannot be reached: ECONNREFUSED' };
    for (const check of ['numbers', 'person']) expect(findingOf(findings, check)).to.deep.equal({ check, ...skipped });
    expect(JSON.stringify(findings)).to.not.contain('doctor shows why');
  });

  it('waits for a Redis whose client was just told to connect', async () => {
    const findings = await diagnose({ shared: redisState(connecting({ path: redis.path, tls: false })) });
    expect(complaints(findings)).to.deep.equal([]);
  });

  it('finds nothing wrong with PostgreSQL, and says what to do about one that was not prepared, or is a replica', async function () {
    const postgres = keep(await startPostgres(this));
    const shared = (options?: string) => ({ shared: postgresState(postgres.pool(options ? { options } : {})) });
    expect(complaints(await diagnose(shared()))).to.deep.equal([]);
    const unprepared = findingOf(await diagnose(shared('-c search_path=nowhere')), 'shared state');
    expect(unprepared.remedy).to.contain('run npx express-sms-otp migrate');
    const replica = findingOf(await diagnose(shared('-c default_transaction_read_only=on')), 'shared state');
    expect(replica.remedy).to.equal('PostgreSQL: it takes no writes, as a replica: connect to the primary.');
  });

  it('says where it looked for Redis, and what came of it', async () => {
    const shared = redisState(connecting({ host: '127.0.0.1', port: 1 }));
    const { detail, remedy } = findingOf(await diagnose({ shared }), 'shared state');
    expect(detail).to.equal('Redis at 127.0.0.1:1 cannot be reached: ECONNREFUSED');
    expect(remedy).to.contain('Is it running there');
  });

  it('knows memoryState() where it is given, too: it proves nothing for several processes', async () => {
    const findings = await diagnose({ shared: memoryState() });
    expect(findingOf(findings, 'shared state').status).to.equal('skipped');
  });

  it('blames no configuration where another process holds the only bind', async () => {
    smsc.behave({ bindStatus: 0x05 });
    const findings = await diagnose();
    expect(complaints(findings)).to.deep.equal([]);
    expect(findings.find(({ check }) => check === 'SMSC main bind')).to.include({ status: 'skipped' });
  });

  it('sends the registered text of a country with zeros in place of a code: nothing else would be let through', async () => {
    const text = { text: '{code} is your OTP. -EXMPLE', templateId: '1107', lastLine: false };
    const notice = { text: 'Your numbers have changed. -EXMPLE', templateId: '1108' };
    const SE = { 'sign-in': text, 'step-up': text, numberAdded: notice, numberRemoved: notice };
    const messages: object[] = [];
    const transport: SmsTransport = {
      async send({ to, text, templateId }) {
        messages.push({ to, text, templateId });
        return { status: 'accepted' };
      },
    };
    const findings = await diagnose({ transport, smsTemplates: { SE } }, { sendTo: '+46701740605' });
    expect(complaints(findings)).to.deep.equal([]);
    expect(messages).to.deep.equal([{ to: '+46701740605', text: '000000 is your OTP. -EXMPLE', templateId: '1107' }]);
  });

  it('tells of parts that cannot be examined, and blames nobody', async () => {
    const transport: SmsTransport = { send: async () => ({ status: 'accepted' }) };
    const userStore: UserStore = { findUser: async () => undefined, checkPassword: async () => false };
    const findings = await diagnose({ transport, userStore, shared: stateOfTheirOwn() }, { sendTo: '+46701740605' });
    expect(complaints(findings)).to.deep.equal([]);
    const skipped = findings.filter(({ status }) => status === 'skipped').map(({ check }) => check);
    expect(skipped).to.deep.equal(['SMS', 'directory', 'numbers', 'shared state eviction', 'app', 'test SMS receipt']);
  });

  it('goes on after a part that throws', async () => {
    const transport: SmsTransport = {
      send: async () => ({ status: 'accepted' }),
      async *examine() {
        yield { check: 'step', status: 'ok' as const, detail: 'one' };
        throw new Error('it broke');
      },
    };
    const findings = await diagnose({ transport });
    expect(complaints(findings)).to.deep.equal(['failed SMS']);
    expect(findings.at(-1)?.check).to.equal('app');
    expect(findingOf(findings, 'shared state').status).to.equal('skipped');
  });

  it('closes the directory if the transport throws at its close', async () => {
    const closed: string[] = [];
    const close = () => {
      throw new Error('it broke');
    };
    const transport: SmsTransport = { send: async () => ({ status: 'accepted' }), close };
    const { userStore } = people('+46701740605');
    await diagnose({ transport, userStore: Object.assign(userStore, { close: async () => void closed.push('it') }) });
    expect(closed).to.deep.equal(['it']);
  });

  it('finds an absent origin', async () => {
    const options = { secret: SECRET, appName: 'Example', ...people('+46701740605'), ...account() };
    expect(complaints(await collect(examineOptions(options, WISH)))).to.deep.equal(['warning origin']);
  });

  it('lists all problems of the options, without their values', async () => {
    const config = writeConfig("export const options = { secret: 'too-short', transport: {}, colour: 'blue' };");
    const findings = await collect(examine(config.path, WISH));
    config.remove();
    const problems = findings.filter(({ check, status }) => check === 'options' && status === 'failed');
    expect(problems.map(({ detail }) => detail.split(':')[0])).to.have.members([
      'smsOtp.secret',
      'smsOtp.userStore',
      'smsOtp.transport',
      'smsOtp.colour',
    ]);
    expect(JSON.stringify(findings)).to.not.match(/too-short|blue/);
    expect(findings.at(-1)).to.include({ check: 'the rest', status: 'skipped' });
  });

  /** A port of ::1 that leads to one of 127.0.0.1. */
  async function reachByIpv6(port: number): Promise<number> {
    const server = createServer((socket) => void pipeline(socket, connect(port, '127.0.0.1'), socket, () => undefined));
    await once(server.listen(0, '::1'), 'listening');
    keep(server);
    return (server.address() as AddressInfo).port;
  }

  /** A client that was told to connect, as apps do, without waiting for it. */
  function connecting(socket: { path: string; tls: false } | { host: string; port: number }, password?: string) {
    const client = createClient({ socket, disableOfflineQueue: true, ...(password && { password }) });
    keep({ close: () => client.destroy() });
    client.on('error', () => undefined);
    client.connect().catch(() => undefined);
    return client;
  }
});

function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'));
}

function portOf({ url }: { readonly url: string }): number {
  return Number(new URL(url).port);
}

/** One that is not known to be in the memory of this process, and has no more than it must. */
function stateOfTheirOwn(): SharedState {
  const { commit } = memoryState();
  return { commit };
}
