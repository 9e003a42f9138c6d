import { expect } from 'chai';
import { createClient } from 'redis';
import { examine } from '../../../lib/cli/doctor/examination.ts';
import type { SharedState } from '../../../lib/domain/shared-state.ts';
import type { SmsOtpOptions } from '../../../lib/options.ts';
import { memoryState } from '../../../lib/state/memory-state.ts';
import { postgresState } from '../../../lib/state/postgres-state.ts';
import { redisState } from '../../../lib/state/redis-state.ts';
import { useClosing } from '../../support/closing.ts';
import { runHere } from '../../support/command-line.ts';
import { writeConfig } from '../../support/config-file.ts';
import { collect } from '../../support/findings.ts';
import { expectNamed, HealthyApp, type PlantedFault, SECRET } from '../../support/planted-faults.ts';
import { startPostgres } from '../../support/postgres.ts';
import { type Redis, startRedis } from '../../support/redis.ts';

describe('the doctor and a fault of the shared state', () => {
  const keep = useClosing();
  let context: Mocha.Context;
  let app: HealthyApp;

  before(async function () {
    context = this;
    app = await HealthyApp.start();
  });

  after(() => app?.close());

  const redis = async (...settings: readonly string[]): Promise<Redis> => keep(await startRedis(context, ...settings));
  const open = async (...settings: readonly string[]) => ({
    shared: redisState(await (await redis(...settings)).connect(), 500),
  });

  /** A client that was told to connect, as apps do, without waiting for it. */
  function connecting(path: string, login: { username?: string; password?: string } = {}): Partial<SmsOtpOptions> {
    const client = createClient({ socket: { path, tls: false }, disableOfflineQueue: true, ...login });
    keep({ close: () => client.destroy() });
    client.on('error', () => undefined);
    client.connect().catch(() => undefined);
    return { shared: redisState(client, 500) };
  }

  const reach = /Is it running there.*address and password/;

  HealthyApp.test(
    () => app,
    [
      {
        title: 'a shared state that reads, then writes',
        finding: 'failed shared state count',
        detail: /not atomic: charges get lost/,
        remedy: /all steps at one moment, or none/,
        plant: () => ({ shared: readThenWrite() }),
      },
      {
        title: 'a Redis that is down',
        finding: 'failed shared state',
        detail: /cannot be reached/,
        remedy: reach,
        async plant() {
          const own = await redis();
          const shared = redisState(await own.connect(), 500);
          await own.kill();
          return { shared };
        },
      },
      {
        title: 'a Redis that hangs',
        finding: 'failed shared state',
        detail: /^Redis did not answer within 500 ms$/,
        remedy: reach,
        async plant() {
          const own = await redis();
          const shared = redisState(await own.connect(), 500);
          own.stop();
          return { shared };
        },
      },
      {
        title: 'a wrong password of Redis',
        finding: 'failed shared state',
        detail: /WRONGPASS/,
        remedy: reach,
        plant: async () => connecting((await redis('--requirepass', 'right')).path, { password: 'wrong-pw' }),
      },
      {
        title: 'a Redis whose password is not given',
        finding: 'failed shared state',
        detail: /NOAUTH/,
        remedy: reach,
        plant: async () => connecting((await redis('--requirepass', 'right')).path),
      },
      {
        title: 'a Redis that may evict keys',
        finding: 'failed shared state eviction',
        detail: /evict|maxmemory-policy/,
        remedy: /maxmemory-policy noeviction/,
        plant: () => open('--maxmemory-policy', 'allkeys-lru'),
      },
      {
        title: 'a read-only replica of Redis',
        finding: 'failed shared state',
        detail: /READONLY/,
        remedy: /address of the primary/,
        plant: () => open('--replicaof', '127.0.0.1', '1'),
      },
      {
        title: 'a Redis account that may not write',
        finding: 'failed shared state',
        detail: /NOPERM/,
        remedy: /ACL/,
        plant: async () =>
          connecting(
            (await redis('--user', 'app', 'on', '>app', '~*', '-@all', '+ping', '+hello', '+info', '+client')).path,
            { username: 'app', password: 'app' },
          ),
      },
      {
        title: 'a Redis that is full',
        finding: 'failed shared state',
        detail: /OOM/,
        remedy: /raise maxmemory/,
        plant: () => open('--maxmemory', '1'),
      },
      {
        title: 'a Redis that forgets recovery codes at a restart',
        finding: 'warning shared state durability',
        detail: /appendonly is off.*, recovery codes and trusted browsers with it/,
        remedy: /appendonly yes/,
        plant: async () => ({ recoveryCodes: true, trustBrowser: {}, ...(await open()) }),
      },
      {
        title: 'a memory that forgets trusted browsers at a restart',
        finding: 'warning shared state durability',
        detail: /a restart ends all trusted browsers/,
        remedy: /postgresState/,
        plant: () => ({ trustBrowser: {}, shared: memoryState() }),
      },
      {
        title: 'a PostgreSQL that does not write to its disk',
        finding: 'warning shared state durability',
        detail: /fsync is off.*, recovery codes with it/,
        remedy: /fsync/,
        plant: async () => ({ recoveryCodes: true, shared: postgresState(keep(await startPostgres(context)).pool()) }),
      },
      {
        title: 'a PostgreSQL whose table is empty after a crash',
        finding: 'warning shared state durability',
        detail: /unlogged/,
        remedy: /SET LOGGED/,
        async plant() {
          const pool = keep(await startPostgres(context)).pool();
          await pool.query('ALTER TABLE express_sms_otp SET UNLOGGED');
          return { recoveryCodes: true, shared: postgresState(pool) };
        },
      },
      {
        title: 'a clock that is 10 s off',
        finding: 'warning shared state clock',
        detail: /\d+ ms apart/,
        remedy: /NTP/,
        plant: () => ({ shared: { commit: memoryState({ clock: () => Date.now() - 10_000 }).commit } }),
      },
    ],
  );
});

describe('the doctor and a shared state that must last', () => {
  const keep = useClosing();
  let app: HealthyApp;

  before(async () => {
    app = await HealthyApp.start();
  });

  after(() => app?.close());

  async function durabilityOf(shared: SharedState, options: Partial<SmsOtpOptions>) {
    const findings = await app.diagnose({ shared, ...options });
    return findings.filter(({ check }) => check === 'shared state durability').map(({ status }) => status);
  }

  it('says nothing of it if nothing is on that needs it', async function () {
    const redis = keep(await startRedis(this));
    expect(await durabilityOf(redisState(await redis.connect()), {})).to.deep.equal([]);
    expect(await durabilityOf(memoryState(), {})).to.deep.equal([]);
  });

  it('is content with a Redis and a PostgreSQL that write all to their disks', async function () {
    const redis = keep(await startRedis(this, '--appendonly', 'yes'));
    expect(await durabilityOf(redisState(await redis.connect()), { recoveryCodes: true })).to.deep.equal(['ok']);
    const postgres = keep(await startPostgres(this, 'fsync=on'));
    expect(await durabilityOf(postgresState(postgres.pool()), { trustBrowser: {} })).to.deep.equal(['ok']);
  });

  it('says so if it cannot know', async function () {
    const { commit } = memoryState();
    expect(await durabilityOf({ commit }, { recoveryCodes: true })).to.deep.equal(['skipped']);
    const redis = keep(await startRedis(this));
    const admin = await redis.connect();
    await admin.sendCommand(['ACL', 'SETUSER', 'default', '-info']);
    expect(await durabilityOf(redisState(admin), { recoveryCodes: true })).to.deep.equal(['skipped']);
  });
});

describe('the doctor and a fault of the settings', () => {
  let app: HealthyApp;

  before(async () => {
    app = await HealthyApp.start();
  });

  after(() => app?.close());

  const secret = (title: string, value: SmsOtpOptions['secret'], detail: RegExp, finding = 'failed secret') => ({
    title: `a secret ${title}`,
    finding,
    detail,
    remedy: /openssl rand/,
    plant: () => ({ secret: value }),
  });

  HealthyApp.test(
    () => app,
    [
      secret('that is one letter', 'a'.repeat(40), /repeats itself/),
      secret('that repeats words', 'at least 32 bytes at least 32 bytes', /repeats itself/),
      secret('that somebody made up', 'please-change-me-in-production-now', /samples/),
      secret('that is listed twice', [SECRET, SECRET], /same as one before/, 'failed secret 2 of 2'),
      {
        title: 'an http: origin',
        finding: 'warning origin',
        detail: /go in clear/,
        remedy: /https address that people open/,
        plant: () => ({ origin: 'http://app.example.org' }),
      },
      {
        title: 'an origin that is an address',
        finding: 'warning origin',
        detail: /only for a name/,
        remedy: /with a name/,
        plant: () => ({ origin: 'https://192.0.2.7' }),
      },
      {
        title: 'an origin that is not set',
        finding: 'warning origin',
        detail: /no last line/,
        remedy: /Set the option origin/,
        plant: () => ({ origin: undefined }) as unknown as Partial<SmsOtpOptions>,
      },
      {
        title: 'an appName that is not set',
        finding: 'warning appName',
        detail: /not set: pages and SMS say/,
        remedy: /Set the option appName/,
        plant: () => ({ appName: undefined }) as unknown as Partial<SmsOtpOptions>,
      },
      {
        title: 'texts of several segments',
        finding: 'warning texts',
        detail: /^an SMS takes up to 3 segments, .*: .* \(3\), .*\ben \(2\)/,
        remedy: /shorter appName of plain letters/,
        plant: () => ({ appName: 'Ж'.repeat(40) }),
      },
      {
        title: 'a limit that is off',
        finding: 'warning limits',
        detail: /off: sendsPerNumberPerDay/,
        remedy: /Remove the value false/,
        plant: () => ({ limits: { sendsPerNumberPerDay: false } }),
      },
      {
        title: 'all limits on wrong codes off',
        finding: 'failed limits',
        detail: /guess codes without end/,
        remedy: /Remove the value false/,
        plant: () => ({
          limits: { attemptsPerChallenge: false, failedCodesPerUserPerDay: false, failedCodesPerUserPer30Days: false },
        }),
      },
    ],
  );
});

describe('the doctor and a fault of the configuration file', () => {
  type Expected = Pick<PlantedFault, 'detail' | 'remedy'> & { readonly check?: string };

  async function expectFinding(source: string, { check = 'options', ...expected }: Expected) {
    const config = writeConfig(source);
    try {
      const findings = await collect(examine(config.path, { receiptMilliseconds: 100 }));
      expectNamed(findings, { finding: `failed ${check}`, ...expected });
    } finally {
      config.remove();
    }
  }

  const options = (changes: string) =>
    `export const options = { secret: '${SECRET}', userStore: new MemoryUserStore([]), transport: { send: async () => ({ status: 'accepted' }) }, ${changes} };`;
  const smscs = (url: string, more = '') =>
    options(`transport: new SmppTransport({ smscs: ['${url}'], source: 'Example', ${more} })`);
  const all = /All options: node_modules/;

  const WRONG: readonly (readonly [title: string, source: string, expected: Expected])[] = [
    ['an unknown option', options("colour: 'blue'"), { detail: /smsOtp\.colour/, remedy: all }],
    [
      'an unknown option of SmppTransport',
      smscs('smpp://a:b@127.0.0.1:1', 'bind: 1'),
      { detail: /SmppTransport\.bind/, remedy: /docs\/smpp\.md/ },
    ],
    [
      'an unknown option of LdapUserStore',
      options("userStore: new LdapUserStore({ url: 'ldap://127.0.0.1', baseDn: 'dc=x', filter: 1 })"),
      { detail: /LdapUserStore\.filter/, remedy: /docs\/ldap\.md/ },
    ],
    [
      'a bindDn alone',
      options("userStore: new LdapUserStore({ url: 'ldap://127.0.0.1', baseDn: 'dc=x', bindDn: 'cn=x' })"),
      { detail: /bindPassword/, remedy: /docs\/ldap\.md/ },
    ],
    [
      'a # in the password of an SMSC',
      smscs('smpp://otp:wrong#pw@127.0.0.1:2775'),
      { detail: /%23|percent/, remedy: /docs\/smpp\.md/ },
    ],
    [
      'a sender that is too long',
      options("transport: new SmppTransport({ smscs: ['smpp://a:b@127.0.0.1:1'], source: 'ExampleExample' })"),
      { detail: /source.*11/, remedy: /docs\/smpp\.md/ },
    ],
    ['a secret that is too short', options("secret: 'short'"), { detail: /smsOtp\.secret.*32/, remedy: all }],
    [
      'a secret that is not set',
      options('secret: process.env.NOT_THERE'),
      { detail: /smsOtp\.secret/, remedy: /--env-file/ },
    ],
    [
      'an origin with a path',
      options("origin: 'https://app.example.org/x'"),
      { detail: /smsOtp\.origin/, remedy: all },
    ],
    ['currentUser without loginUrl', options('currentUser: () => undefined'), { detail: /loginUrl/, remedy: all }],
    ['an appName that is too long', options("appName: 'x'.repeat(200)"), { detail: /smsOtp\.appName/, remedy: all }],
    [
      'a route that writes templates, and a text without one',
      options(
        "transport: new SmppTransport({ smscs: ['smpp://a:b@127.0.0.1:1'], source: 'Example', routes: [{ to: '+', smscs: ['127.0.0.1:1'], tlvs: { 5121: { templateId: true } } }] })",
      ),
      { detail: /smsOtp\.transport: route \+ .* no template to write/, remedy: /docs\/smpp\.md/ },
    ],
    [
      'a country that lacks one of its registered texts',
      options("smsTemplates: { IN: { 'sign-in': { text: '{code}' } } }"),
      { detail: /smsTemplates\.IN\.step-up/, remedy: /docs\/smpp\.md/ },
    ],
    ['no option at all', 'export const options = {};', { detail: /smsOtp\.userStore/, remedy: /./ }],
    [
      'a syntax error',
      'export const = 1;',
      { check: 'configuration file', detail: /SyntaxError/, remedy: /whole error: node / },
    ],
    [
      'an error in it',
      "\nthrow new RangeError('wrong-pw');",
      { check: 'configuration file', detail: /RangeError in line \d+/, remedy: /whole error: node / },
    ],
    [
      'a missing import',
      "import { nothing } from './nothing.mjs';",
      { check: 'configuration file', detail: /nothing\.mjs/, remedy: /whole error: node / },
    ],
    [
      'a missing package',
      "import 'no-such-package';",
      { check: 'configuration file', detail: /no-such-package/, remedy: /whole error: node / },
    ],
    [
      'no export',
      'export const other = 1;',
      { check: 'configuration file', detail: /exports no options/, remedy: /export const options/ },
    ],
    [
      'the app as its export',
      "import express from 'express';\nexport default express();",
      { check: 'configuration file', detail: /exports the app/, remedy: /Export what the app passes/ },
    ],
  ];
  for (const [title, source, expected] of WRONG) it(title, () => expectFinding(source, expected));

  const FLAGS: readonly (readonly [title: string, args: readonly string[], words: RegExp])[] = [
    ['an unknown flag', ['--colour'], /--colour/],
    ['a flag without its value', ['--user'], /--user/],
    ['a password without a name', ['--password-stdin'], /--password-stdin needs --user NAME/],
    ['an address of the app that is none', ['--url', 'app.example.org'], /--url must be .*https:\/\//],
  ];
  for (const [title, args, words] of FLAGS) {
    it(`${title}, with exit code 2`, async () => {
      const { code, err } = await runHere(['doctor', ...args]);
      expect([code, err]).to.satisfy(([exit, text]: [number, string]) => exit === 2 && words.test(text));
    });
  }

  for (const [title, args, words] of [
    ['no file', ['--config', 'no-such-file.mjs'], /there is no such file.*\n.*--config FILE/],
  ] as const) {
    it(title, async () => {
      const { code, out } = await runHere(['doctor', ...args]);
      expect([code, words.test(out)], out).to.deep.equal([1, true]);
    });
  }
});

/** An emitter: express-session's stores are one, and shared state must not be. */
function readThenWrite(): SharedState {
  const { commit } = memoryState();
  return {
    async commit(steps) {
      const { found } = await commit(steps.flatMap((step) => ('charge' in step ? [{ count: step.charge }] : [])));
      await new Promise((resolve) => setImmediate(resolve));
      const result = await commit(steps);
      return found.length === 0 ? result : { ...result, found };
    },
  };
}
