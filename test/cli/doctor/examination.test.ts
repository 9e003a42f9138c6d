import { expect } from 'chai';
import { createClient } from 'redis';
import { examine, examineOptions, type Wish } from '../../../lib/cli/doctor/examination.ts';
import type { SmsTransport, UserStore } from '../../../lib/domain/ports.ts';
import type { SharedState } from '../../../lib/domain/shared-state.ts';
import { LdapUserStore } from '../../../lib/ldap/index.ts';
import type { SmsOtpOptions } from '../../../lib/options.ts';
import { type SmscSimulator, startSmsc } from '../../../lib/simulator/smsc/smsc.ts';
import type { SmscOptions } from '../../../lib/smpp/smpp-options.ts';
import { SmppTransport } from '../../../lib/smpp/smpp-transport.ts';
import { TIMEOUTS, type Timeouts } from '../../../lib/smpp/timeouts.ts';
import { memoryState } from '../../../lib/state/memory-state.ts';
import { MemoryUserStore } from '../../../lib/state/memory-user-store.ts';
import { redisState } from '../../../lib/state/redis-state.ts';
import { ScriptedSmsc } from '../../smpp/scripted-smsc.ts';
import { makeCertificate } from '../../support/certificate-authority.ts';
import { useClosing } from '../../support/closing.ts';
import { writeConfig } from '../../support/config-file.ts';
import { collect, complaints, findingOf } from '../../support/findings.ts';
import { ADA } from '../../support/ldif-people.ts';
import { NetSmppSmsc } from '../../support/net-smpp.ts';
import { requirePeer } from '../../support/peers.ts';
import { type Redis, startRedis } from '../../support/redis.ts';
import { type Slapd, startSlapd } from '../../support/slapd.ts';

const SELF_SERVICE = `
access to attrs=mobile by dn.exact="cn=service,dc=example,dc=org" write by self write
access to * by dn.exact="cn=service,dc=example,dc=org" read`;
const READ_ONLY = 'access to * by dn.exact="cn=service,dc=example,dc=org" read';
const SECRET = 'Zk3v9QmT7xLw2RpY8sHd4NbG6fJc1VaE';
const WISH = { receiptMilliseconds: 10_000 };

type Changes = Partial<SmsOtpOptions>;

describe('the doctor', () => {
  const keep = useClosing();
  let context: Mocha.Context;
  let slapd: Slapd;
  let redis: Redis;
  let smsc: SmscSimulator;

  before(async function () {
    context = this;
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

  it('finds nothing wrong with the SMSC in Perl', async () => {
    const { port } = keep(await NetSmppSmsc.start());
    const findings = await diagnose(operator({ port }), { sendTo: '+46701740605' });
    expect(complaints(findings)).to.deep.equal([]);
    expect(findings.at(-1)).to.include({ check: 'test SMS receipt', detail: 'delivered' });
  });

  describe('finds', () => {
    finds('an SMSC that is down', 'failed SMSC main TCP', () => operator({ port: 1 }));
    finds('an SMSC whose name is not known', 'failed SMSC main name', () =>
      operator({ host: 'smsc.invalid', tls: true }),
    );
    finds('a wrong password at the SMSC', 'failed SMSC main bind', () => account({ password: 'another' }));
    finds('a system id that the SMSC does not know', 'failed SMSC main bind', () => account({ systemId: 'another' }));
    finds('an SMSC that takes connections and says nothing', 'failed SMSC main bind', async () => {
      const port = portOf(keep(await ScriptedSmsc.start({}, { isDeaf: true })));
      return operator({ port }, { step: 1000 });
    });
    finds('a certificate of an SMSC that ended', 'failed SMSC main TLS', () => overTls(undefined, -1));
    finds('a certificate of an SMSC for another name', 'failed SMSC main TLS', () => overTls('DNS:other.example.org'));
    finds('a certificate that ends soon', 'warning SMSC main TLS', () => overTls(undefined, 3));
    finds(
      'an SMSC that refuses the number',
      'failed test SMS',
      () => {
        smsc.behave({ submitStatus: 0x0b });
        return {};
      },
      { sendTo: '+46701740605' },
    );
    finds(
      'an SMSC that takes no message',
      'failed test SMS',
      () => {
        smsc.behave({ submitStatus: 0x08 });
        return {};
      },
      { sendTo: '+46701740605' },
    );
    finds(
      'an SMS that cannot be delivered',
      'failed test SMS receipt',
      () => {
        smsc.behave({ receipt: 'failed' });
        return {};
      },
      { sendTo: '+46701740605' },
    );
    finds(
      'receipts that do not come',
      'warning test SMS receipt',
      () => {
        smsc.behave({ receipt: 'none' });
        return {};
      },
      { sendTo: '+46701740605', receiptMilliseconds: 100 },
    );
    finds('a number for the test SMS that is none', 'failed test SMS', () => ({}), { sendTo: '12' });

    finds('a directory that is down', /^failed LDAP .* TCP$/, () => directory({ url: 'ldap://127.0.0.1:1' }));
    finds('a wrong password of the service account', /^failed LDAP .* bind$/, () => directory({ bindPassword: 'no' }));
    finds('a base that is not there', /^failed LDAP .* search$/, () => directory({ baseDn: 'ou=x,dc=example,dc=org' }));
    finds('a certificate of a directory that nobody vouches for', /^failed LDAP .* TLS$/, () =>
      directory({ url: slapd.secureUrl }),
    );
    finds('a service account that may not write, with enrolment on', 'failed LDAP writing', async () => ({
      ...directory({}, keep(await startSlapd(ADA, '', READ_ONLY))),
      enrollment: { when: 'always', allowedCountries: ['SE'] },
    }));
    finds('a base without people', 'failed numbers', () => directory({ baseDn: 'cn=service,dc=example,dc=org' }));
    finds('people without numbers', 'failed numbers', () => directory({ phoneAttribute: 'telephoneNumber' }));
    finds('numbers that cannot be read', 'failed numbers', () => people('none of your business 1234'));
    finds('national numbers without a country', 'failed numbers', () => people('070-174 06 05'));
    finds(
      'people who may write their own numbers',
      'warning LDAP own rights',
      async () => {
        return directory({}, keep(await startSlapd(ADA, '', SELF_SERVICE)));
      },
      { person: { name: 'ada', password: 'lovelace' } },
    );
    finds('a person who is not there', 'failed person', () => ({}), { person: { name: 'eve' } });
    finds('a person without a number', 'failed person', () => people(), {
      person: { name: 'ada' },
    });
    finds("a person's password that is wrong", 'failed person password', () => people('+46701740605'), {
      person: { name: 'ada', password: 'hopper' },
    });

    finds('a Redis that is down', 'failed shared state', async () => {
      const own = await startRedisAlone();
      const shared = redisState(await own.connect(), 500);
      await own.kill();
      return { shared };
    });
    finds('a Redis that hangs', 'failed shared state', async () => {
      const own = await startRedisAlone();
      const shared = redisState(await own.connect(), 500);
      own.stop();
      return { shared };
    });
    finds('a Redis with another password', 'failed shared state', async () => {
      const own = await startRedisAlone('--requirepass', 'right');
      return { shared: redisState(connecting({ path: own.path, tls: false }, 'wrong')) };
    });
    finds('a Redis that may throw locks away', 'failed shared state eviction', async () => {
      const own = await startRedisAlone('--maxmemory-policy', 'allkeys-lru');
      return { shared: redisState(await own.connect()) };
    });
    finds('a shared state that reads, then writes', 'failed shared state count', () => ({ shared: readThenWrite() }));
    finds('a shared state whose clock is wrong', 'warning shared state clock', () => ({
      shared: { commit: memoryState({ clock: () => Date.now() - 60_000 }).commit },
    }));

    finds('a secret that somebody made up', 'failed secret', () => ({
      secret: 'this is my own secret for the codes!',
    }));
    finds('a secret that repeats itself', 'failed secret', () => ({ secret: 'x7Kq'.repeat(8) }));
    finds('a secret of few characters', 'failed secret', () => ({ secret: 'aabbbaababbbabaaabbabbbabaabbbba' }));
    finds('a secret that is listed twice', 'failed secret 2 of 2', () => ({ secret: [SECRET, SECRET] }));
    finds('an origin without TLS', 'warning origin', () => ({ origin: 'http://app.example.org' }));
    finds('an origin that is an address', 'warning origin', () => ({ origin: 'https://192.0.2.7' }));
    finds('a missing name of the app', 'warning appName', () => ({ appName: undefined }) as unknown as Changes);
    finds('a limit that is off', 'warning limits', () => ({ limits: { sendsPerNumberPerDay: false } }));
    finds('all limits on wrong codes off', 'failed limits', () => ({
      limits: { attemptsPerChallenge: false, failedCodesPerUserPerDay: false, failedCodesPerUserPer30Days: false },
    }));
    finds('a Redis that takes no writes', 'failed shared state', async () => {
      const own = await startRedisAlone('--replicaof', '127.0.0.1', '1');
      return { shared: redisState(await own.connect()) };
    });
    finds('a text of two segments', 'warning text en', () => ({ appName: 'Ж'.repeat(40) }));
  });

  it('says in one line why a person cannot be asked for', async () => {
    const findings = await diagnose(directory({ url: 'ldap://127.0.0.1:1' }), { person: { name: 'ada' } });
    const skipped = { status: 'skipped', detail: '127.0.0.1:1 cannot be reached: ECONNREFUSED' };
    for (const check of ['numbers', 'person']) expect(findingOf(findings, check)).to.deep.equal({ check, ...skipped });
    expect(JSON.stringify(findings)).to.not.contain('doctor shows why');
  });

  it('says what to do where people have not the one attribute that is to be their id', async () => {
    const findings = await diagnose(directory({ idAttribute: 'employeeNumber' }), { person: { name: 'ada' } });
    for (const check of ['numbers', 'person']) {
      const { status, detail, remedy } = findingOf(findings, check);
      expect([status, detail]).to.deep.equal([
        'failed',
        'An entry must have exactly one value of the idAttribute employeeNumber',
      ]);
      expect(remedy).to.contain('Choose another idAttribute');
    }
  });

  it('waits for a Redis whose client was just told to connect', async () => {
    const findings = await diagnose({ shared: redisState(connecting({ path: redis.path, tls: false })) });
    expect(complaints(findings)).to.deep.equal([]);
  });

  it('says where it looked for Redis, and what came of it', async () => {
    const shared = redisState(connecting({ host: '127.0.0.1', port: 1 }));
    const { detail, remedy } = findingOf(await diagnose({ shared }), 'shared state');
    expect(detail).to.equal('Redis at 127.0.0.1:1 cannot be reached: ECONNREFUSED');
    expect(remedy).to.contain('Is it running there');
  });

  it('leads from a read-only replica of Redis to its primary', async () => {
    const own = await startRedisAlone('--replicaof', '127.0.0.1', '1');
    const { remedy } = findingOf(await diagnose({ shared: redisState(await own.connect()) }), 'shared state');
    expect(remedy).to.contain('address of the primary');
  });

  it('knows memoryState() where it is given, too: it proves nothing for several processes', async () => {
    const findings = await diagnose({ shared: memoryState() });
    expect(findingOf(findings, 'shared state').status).to.equal('skipped');
  });

  for (const [submitStatus, option] of [
    [0x0a, 'source'],
    [0x58, 'messagesPerSecond'],
    [0x14, 'queue'],
    [0x08, 'minute'],
    [0x45, 'minute'],
    [0x400, 'minute'],
    [0xc3, 'tlvs'],
  ] as const) {
    it(`says what to do about a message that is refused with 0x${submitStatus.toString(16)}`, async () => {
      smsc.behave({ submitStatus });
      const findings = await diagnose({}, { sendTo: '+46701740605' });
      const { status, remedy } = findingOf(findings, 'test SMS');
      expect(status).to.equal('failed');
      expect(remedy).to.contain(option);
    });
  }

  it('blames no configuration where another process holds the only bind', async () => {
    smsc.behave({ bindStatus: 0x05 });
    const findings = await diagnose();
    expect(complaints(findings)).to.deep.equal([]);
    expect(findings.find(({ check }) => check === 'SMSC main bind')).to.include({ status: 'skipped' });
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

  it('closes the directory where the transport throws at its close', async () => {
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

  function finds(
    title: string,
    finding: string | RegExp,
    plant: () => Changes | Promise<Changes>,
    wish: Partial<Wish> = {},
  ) {
    it(title, async () => {
      const findings = await diagnose(await plant(), wish);
      const isMeant = (complaint: string) =>
        typeof finding === 'string' ? complaint === finding : finding.test(complaint);
      expect(complaints(findings)).to.satisfy((all: readonly string[]) => all.some(isMeant));
      const bad = findings.filter(({ status }) => status === 'failed' || status === 'warning');
      for (const { check, remedy } of bad) expect(remedy, check).to.be.a('string');
    });
  }

  async function overTls(names?: string, days = 90): Promise<Changes> {
    const certificate = await makeCertificate(names, days);
    const answers = { enquire_link: (client, pdu) => client.answer(pdu) } satisfies Parameters<
      typeof ScriptedSmsc.start
    >[0];
    const port = portOf(keep(await ScriptedSmsc.start(answers, { tls: certificate })));
    return operator({ port, tls: { ca: certificate.ca } });
  }

  /** A client that was told to connect, as apps do, without waiting for it. */
  function connecting(socket: { path: string; tls: false } | { host: string; port: number }, password?: string) {
    const client = createClient({ socket, disableOfflineQueue: true, ...(password && { password }) });
    keep({ close: () => client.destroy() });
    client.on('error', () => undefined);
    client.connect().catch(() => undefined);
    return client;
  }

  /** For tests that break it. */
  async function startRedisAlone(...settings: readonly string[]): Promise<Redis> {
    return keep(await startRedis(context, ...settings));
  }
});

function portOf({ url }: { readonly url: string }): number {
  return Number(new URL(url).port);
}

/** One that is not known to be in the memory of this process, and has no more than it must. */
function stateOfTheirOwn(): SharedState {
  const { commit } = memoryState();
  return { commit };
}

/** What express-session's stores are, and shared state must not be. */
function readThenWrite(): SharedState {
  const { commit } = stateOfTheirOwn();
  return {
    async commit(steps) {
      const { found } = await commit(steps.flatMap((step) => ('charge' in step ? [{ count: step.charge }] : [])));
      await new Promise((resolve) => setImmediate(resolve));
      const result = await commit(steps);
      return found.length === 0 ? result : { ...result, found };
    },
  };
}
