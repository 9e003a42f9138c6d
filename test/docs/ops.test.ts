import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { readEnvironment } from '../../example-app/environment.ts';
import { startSimulators } from '../../example-app/peers.ts';
import { Client } from '../support/client.ts';
import { type Demo, startDemo } from '../support/demo.ts';
import { FaultyProxy } from '../support/faulty-proxy.ts';
import { requirePeer } from '../support/peers.ts';
import { type Prometheus, startPrometheus } from '../support/prometheus.ts';

const ALERTS = readFileSync('docs/ops/alerts.yml', 'utf8');
const NAMES = [...ALERTS.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name);
const DASHBOARD: Dashboard = JSON.parse(readFileSync('docs/ops/dashboard.json', 'utf8'));

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
}

/** The metrics of an alert, minute by minute, and when it has fired. */
interface Case {
  readonly alert: string;
  readonly at: string;
  /** Of the series and of the evaluation. @default a minute */
  readonly interval?: string;
  readonly series: Readonly<Record<string, string>>;
}

const CASES: readonly Case[] = [
  {
    alert: 'SmsOtpDependencyDown',
    at: '8m',
    series: {
      'sms_otp_dependency_up{dependency="shared"}': '1x5 0x10',
    },
  },
  {
    alert: 'SmsOtpDependencyDegraded',
    at: '16m',
    series: {
      'sms_otp_dependency_degraded{dependency="transport"}': '1x30',
    },
  },
  {
    alert: 'SmsOtpFaults',
    at: '20m',
    series: {
      'sms_otp_faults_total{code="STATE_UNAVAILABLE"}': '0+1x30',
      'sms_otp_requests_total{action="verifyCode",outcome="ok"}': '0+50x30',
    },
  },
  {
    alert: 'SmsOtpFewCodesComeBack',
    at: '1570m',
    interval: '10m',
    series: {
      sms_otp_codes_verified_total: '0+90x150 13500+10x10',
      'sms_otp_codes_accepted_total{resend="false"}': '0+100x160',
    },
  },
  {
    alert: 'SmsOtpPumping',
    at: '22m',
    series: {
      'sms_otp_conversion_alarms_total{country="SE",place="country"}': '_x20 1x20',
    },
  },
  {
    alert: 'SmsOtpBudget',
    at: '22m',
    series: {
      'sms_otp_sms_budget_alarms_total{percent="80"}': '_x20 1x20',
    },
  },
  {
    alert: 'SmsOtpNoBind',
    at: '10m',
    series: {
      'sms_otp_smpp_bound{smsc="smsc1"}': '0x20',
      sms_otp_smpp_waiting: '3x20',
    },
  },
  {
    alert: 'SmsOtpMessagesOverdue',
    at: '15m',
    series: {
      sms_otp_smpp_overdue_total: '0+1x30',
    },
  },
  {
    alert: 'SmsOtpThrottled',
    at: '230h',
    interval: '1h',
    series: {
      'sms_otp_smpp_throttled_total{smsc="smsc1"}': '0x192 0+20x48',
    },
  },
  {
    alert: 'SmsOtpReceiptsStopped',
    at: '110m',
    series: {
      'sms_otp_codes_accepted_total{smsc="smsc1",resend="false"}': '0+1x120',
      'sms_otp_codes_delivered_total{smsc="smsc1"}': '9x120',
    },
  },
  {
    alert: 'SmsOtpSlowState',
    at: '30m',
    series: {
      'sms_otp_commit_duration_bucket{le="0.25",outcome="done"}': '0+1x40',
      'sms_otp_commit_duration_bucket{le="0.5",outcome="done"}': '0+10x40',
      'sms_otp_commit_duration_bucket{le="+Inf",outcome="done"}': '0+10x40',
    },
  },
  {
    alert: 'SmsOtpPasswordGuessing',
    at: '1500m',
    interval: '5m',
    series: {
      'sms_otp_first_factors_total{outcome="INVALID_CREDENTIALS"}': '0+5x290 1450+300x15',
    },
  },
  {
    alert: 'SmsOtpUnreadableNumbers',
    at: '50m',
    series: {
      'sms_otp_numbers_unreadable_total{reason="ambiguous"}': '0+1x60',
    },
  },
  {
    alert: 'SmsOtpNoticesFail',
    at: '25m',
    series: {
      sms_otp_notices_failed_total: '0x20 1x20',
    },
  },
  {
    alert: 'SmsOtpScrapeMissing',
    at: '10m',
    series: {
      up: '1x20',
    },
  },
];

describe('docs/ops/alerts.yml', () => {
  it('names sections that exist', () => {
    const links = [...ALERTS.matchAll(/(docs\/[\w-]+\.md)(?:#([\w-]+))?/g)];
    expect(links.length).to.be.at.least(NAMES.length);
    for (const [link, page = '', section] of links) {
      const anchors = [...readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => anchorOf(title));
      if (section !== undefined) expect(anchors, link).to.include(section);
    }
  });

  it('asks for metrics that there are', () => {
    expect(unknownMetrics(ALERTS)).to.deep.equal([]);
  });

  it('has a case for each alert', () => {
    expect(CASES.map(({ alert }) => alert)).to.have.members(NAMES);
  });

  for (const { alert, at, interval = '1m', series } of CASES) {
    it(`fires ${alert} in time, and not if nothing is wrong`, function () {
      requirePeer(this, 'prometheus');
      const inputs = Object.entries(series).map(([name, values]) => ({ series: name, values }));
      const { status, stdout } = testRules(interval, [
        { interval, input_series: inputs, promql_expr_test: [firing(alert, at, [{ labels: '{}', value: 1 }])] },
        { interval, input_series: [WELL], promql_expr_test: [firing(alert, at, [])] },
      ]);
      expect(status, stdout).to.equal(0);
    });
  }
});

describe('docs/ops/dashboard.json', () => {
  it('asks for metrics that there are', () => {
    expect(unknownMetrics(JSON.stringify(DASHBOARD))).to.deep.equal([]);
  });
});

describe('docs/ops/compose.yml', () => {
  it('names files that exist, and an image of a fixed version for each server', () => {
    const compose = readFileSync('docs/ops/compose.yml', 'utf8');
    const mounts = [...compose.matchAll(/- \.\/([\w.-]+):/g)].map(([, file = '']) => file);
    expect(mounts).to.include.members(['alerts.yml', 'prometheus.yml', 'dashboard.json']);
    for (const file of mounts) expect(existsSync(`docs/ops/${file}`), file).to.equal(true);
    const images = [...compose.matchAll(/image: (\S+)/g)].map(([, image = '']) => image);
    expect(images.length).to.be.at.least(4);
    for (const image of images) expect(image).to.match(/^[\w./-]+:v?\d[\w.-]*$/);
  });
});

describe('a Prometheus that scrapes the demo through an outage', () => {
  let demo: Demo;
  let proxy: FaultyProxy;
  let peers: Awaited<ReturnType<typeof startSimulators>>;
  let prometheus: Prometheus;

  before(async function () {
    requirePeer(this, 'prometheus');
    peers = await startSimulators(readEnvironment({ INBOX_PORT: '0' }));
    const { LDAP_URL: [directory = ''] = [], SMPP_URL: [smsc = ''] = [] } = peers.environment;
    proxy = await FaultyProxy.start({ host: '127.0.0.1', port: Number(new URL(directory).port) });
    demo = await startDemo({
      LDAP_URL: `ldap://127.0.0.1:${proxy.port}`,
      LDAP_BASE_DN: peers.environment.LDAP_BASE_DN ?? '',
      LDAP_BIND_DN: peers.environment.LDAP_BIND_DN ?? '',
      LDAP_BIND_PASSWORD: peers.environment.LDAP_BIND_PASSWORD ?? '',
      SMPP_URL: smsc,
    });
    prometheus = await startPrometheus(new URL(demo.url).host, quick(ALERTS));
  });

  after(async () => {
    await prometheus?.close();
    await demo?.close();
    proxy?.close();
    await peers?.close();
  });

  it('fires what fits, understands every rule, and answers every question of the dashboard', async function () {
    this.timeout(60_000);
    const password = (word: string) => new Client(demo.url).post('/auth/login', { username: 'ada', password: word });
    const ada = new Client(demo.url);
    await ada.post('/auth/login', { username: 'ada', password: 'lovelace' });
    let state = await ada.get('/auth/session');
    while (state.body.delivery !== 'delivered') state = await ada.get('/auth/session');
    const messages = await (await fetch(`${peers.environment.INBOX_URL}/messages`)).json();
    const code = /#(\d{6})$/.exec(messages.at(-1)?.text)?.[1];
    expect(await ada.post('/auth/code', { code })).to.include({ status: 200 });
    await password('wrong');
    proxy.suffer('refused');
    const expected = ['SmsOtpDependencyDown', 'SmsOtpFaults'];
    for (let firing: readonly string[] = []; !expected.every((name) => firing.includes(name)); ) {
      expect((await password('lovelace')).status).to.equal(503);
      await pause(100);
      firing = (await prometheus.rules()).filter(({ state }) => state === 'firing').map(({ name }) => name);
    }
    const rules = await prometheus.rules();
    expect(rules.map(({ name }) => name)).to.have.members(NAMES);
    for (const { name, health, lastError = '' } of rules) expect(health, `${name}: ${lastError}`).to.equal('ok');
    const firing = rules.filter(({ state }) => state === 'firing').map(({ name }) => name);
    expect(firing).to.not.include.members(['SmsOtpScrapeMissing', 'SmsOtpNoBind']);
    for (const { title, targets } of DASHBOARD.panels) {
      const answers = await Promise.all(targets.map(({ expr }) => prometheus.query(expr.replaceAll(RATE, '1m'))));
      const needed = RARE.has(title) ? 0 : 1;
      expect(answers.flat().length, title).to.be.at.least(needed);
    }
  });
});

const RATE = '$__rate_interval';
/** Panels of what does not happen here. */
const RARE: ReadonlySet<string> = new Set(['Receipts that are no delivery']);

/** An app where all is well. */
const WELL = { series: 'sms_otp_requests_total{outcome="ok"}', values: '0+1x400' };

function firing(alert: string, at: string, samples: readonly object[]): object {
  const expr = `count(ALERTS{alertname="${alert}", alertstate="firing"})`;
  return { expr, eval_time: at, exp_samples: samples };
}

function testRules(
  interval: string,
  tests: readonly object[],
): { readonly status: number | null; readonly stdout: string } {
  const folder = mkdtempSync(join(tmpdir(), 'alerts-'));
  try {
    const file = join(folder, 'tests.yml');
    // JSON is YAML.
    writeFileSync(
      file,
      JSON.stringify({ rule_files: [resolve('docs/ops/alerts.yml')], evaluation_interval: interval, tests }),
    );
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8' });
    return { status, stdout: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The same rules with seconds in place of minutes and days. */
function quick(rules: string): string {
  return rules
    .replace(/for: \d+\w/g, 'for: 1s')
    .replace(/\[\d+[mhd]\]/g, '[5s]')
    .replace(/offset \d+\w/g, 'offset 1s');
}

function unknownMetrics(text: string): readonly string[] {
  const known = new Set(
    [...readFileSync('docs/telemetry.md', 'utf8').matchAll(/^\| `(sms_otp[\w.]+)`/gm)].map(asMetric),
  );
  const asked = [...text.matchAll(/\bsms_otp_\w+/g)].map(([name]) => name.replace(/_(total|bucket|sum|count)$/, ''));
  expect(asked.length).to.be.greaterThan(20);
  return [...new Set(asked)].filter((name) => !known.has(name));
}

function asMetric([, name = '']: readonly string[]): string {
  return name.replaceAll('.', '_');
}

function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}
