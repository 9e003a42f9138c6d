import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import type { Express } from 'express';
import { agent } from 'supertest';
import { readTelemetryOptions } from '../../lib/telemetry/instrument.ts';
import { postJson, testApp } from '../support/app.ts';
import { wrongCode } from '../support/attack.ts';
import { type Demo, startDemo } from '../support/demo.ts';
import { runListing } from '../support/listing.ts';

const PAGE = readFileSync('docs/telemetry.md', 'utf8');

interface Sample {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
}

describe('docs/telemetry.md', () => {
  it('has every option, with its default', () => {
    const source = readFileSync('lib/telemetry/instrument.ts', 'utf8');
    const [, members = ''] = /interface TelemetryOptions \{\n(.*?)\n\}/s.exec(source) ?? [];
    const options = [...members.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name = '']) => name);
    const rows = rowsOf('option');
    expect(rows.map(([name]) => name)).to.deep.equal(options.map((name) => `\`${name}\``));
    const defaults: Readonly<Record<string, unknown>> = readTelemetryOptions({});
    for (const name of ['minConversion', 'minSends', 'windowSeconds']) {
      expect(rows.find(([option]) => option === `\`${name}\``)?.[1], name).to.equal(String(defaults[name]));
    }
  });

  it('has a listing that warns', async () => {
    const { otp } = testApp();
    const pages: string[] = [];
    await runListing('docs/telemetry.md', 'alarm', { otp, page: (text: string) => pages.push(text) });
    otp.events.emit('conversionLow', { time: new Date(), country: 'SE', sent: 100, verified: 2 });
    expect(pages).to.deep.equal(['2 of 100 codes to SE have come back']);
  });

  it('has a listing that serves Prometheus', async () => {
    const { otp, signedIn } = testApp();
    const transport = { stats: () => ({ waiting: 0, overdue: 0, smscs: {} }) };
    const { app } = await runListing<{ app: Express }>('docs/telemetry.md', 'prometheus', { otp, transport });
    await signedIn();
    const { text } = await agent(app).get('/metrics').expect(200);
    expect(text).to.match(/^sms_otp_codes_verified_total\{country="SE".*\} 1$/m);
  });
});

describe('a scrape of the demo under load', () => {
  let demo: Demo;
  let secondsAhead = 0;
  let text = '';
  let samples: readonly Sample[];

  before(async () => {
    demo = await startDemo({}, () => Date.now() + secondsAhead * 1000);
    for (let round = 0; round < 3; round++) {
      await signIn('ada', 'lovelace');
      await signIn('grace', 'hopper');
      secondsAhead += 61;
    }
    await postJson(agent(demo.url), '/auth/login', { username: 'ada', password: 'wrong' }).expect(401);
    // The first scrape asks how the dependencies are, and tells nothing of them.
    while (!text.includes('sms_otp_dependency_up{')) {
      ({ text } = await agent(demo.url).get('/metrics').expect(200));
      await pause(10);
    }
    samples = text.split('\n').flatMap(readSample);
  });

  after(() => demo.close());

  it('has every metric of docs/telemetry.md, of its kind, and no other', () => {
    const types = [...text.matchAll(/^# TYPE (sms_otp_\w+) (\w+)$/gm)].map(([, name, kind]) => `${name} ${kind}`);
    const documented = rowsOf('metric').map(([name = '', kind = '']) => `${prometheusName(name, kind)} ${kind}`);
    expect(documented.length).to.be.greaterThan(20);
    expect(types).to.have.members(documented);
  });

  it('has labels as documented', () => {
    for (const [name = '', kind = '', attributes = ''] of rowsOf('metric')) {
      const metric = prometheusName(name, kind);
      const own = samples.filter((sample) => sample.metric.replace(/_(bucket|sum|count)$/, '') === metric);
      const labels = new Set(own.flatMap((sample) => Object.keys(sample.labels)));
      expect(wordsIn(attributes), metric).to.include.members([...labels]);
    }
  });

  it('counts what happened', () => {
    const countOf = (metric: string) =>
      Number(new RegExp(`^${metric}\\{.*country="SE".*\\} (\\d+)$`, 'm').exec(text)?.[1]);
    for (const name of ['requested', 'verified']) expect(countOf(`sms_otp_codes_${name}_total`), name).to.equal(6);
    expect(countOf('sms_otp_entry_duration_count')).to.equal(6);
    expect(countOf('sms_otp_delivery_duration_count')).to.be.at.least(1);
  });

  it('names neither a user nor a number', () => {
    const names = Object.keys(demo.transport.stats().smscs);
    const values = samples.flatMap(({ labels: { smsc, ...labels } }) => {
      expect([undefined, 'unknown', ...names]).to.include(smsc);
      return Object.values(labels);
    });
    expect(values).to.include('SE');
    expect(values.filter((value) => /\d|ada|grace/.test(value))).to.deep.equal([]);
  });

  async function signIn(username: string, password: string): Promise<void> {
    const jar = agent(demo.url);
    await postJson(jar, '/auth/login', { username, password }).expect(200);
    if (username === 'grace') await postJson(jar, '/auth/number', { number: 0 }).expect(200);
    while ((await jar.get('/auth/session')).body.delivery !== 'delivered') await pause(10);
    const code = await demo.newestCode();
    await postJson(jar, '/auth/code', { code: wrongCode(code) }).expect(401);
    await postJson(jar, '/auth/code', { code }).expect(200);
  }
});

/** The cells of each row below this head. */
function rowsOf(head: string): readonly (readonly string[])[] {
  const [table = ''] = PAGE.split(`| ${head} |`)[1]?.split('\n\n', 1) ?? [];
  const [, , ...rows] = table.split('\n');
  return rows.map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

function prometheusName(name: string, kind: string): string {
  return wordsIn(name).join('').replaceAll('.', '_') + (kind === 'counter' ? '_total' : '');
}

function wordsIn(cell: string): string[] {
  return [...cell.matchAll(/`([\w.]+)`/g)].map(([, word = '']) => word);
}

/** Without the labels that Prometheus itself, or every metric of OpenTelemetry, has. */
function readSample(line: string): Sample[] {
  const [, metric = '', list = ''] = /^(sms_otp_\w+?)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
  const all = [...list.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(
    ([, name = '', value = '']) => [name, value] as const,
  );
  const labels = Object.fromEntries(all.filter(([name]) => name !== 'le' && !name.startsWith('otel_scope_')));
  return metric === '' ? [] : [{ metric, labels }];
}
