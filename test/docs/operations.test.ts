import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { agent } from 'supertest';
import { postJson, testApp } from '../support/app.ts';
import { runListing } from '../support/listing.ts';
import { LONGEST_SECONDS, OUTAGES, type Outage } from '../support/outage-table.ts';

const FILE = 'docs/operations.md';
const PAGE = readFileSync(FILE, 'utf8');
const WORDS: Readonly<Record<Outage['trouble'], string>> = {
  refused: 'refuses connections',
  blackHole: 'is a black hole',
  slow: 'answers after 30 seconds',
  cut: 'cuts connections in the middle of an answer',
  garbage: 'answers with garbage',
  full: 'is full',
};

describe('docs/operations.md', () => {
  it('has the outages that are tested, with the same answers', () => {
    const rows = PAGE.match(/^\| (SMSC|directory|shared state|session store) \| .*$/gm);
    expect(rows).to.deep.equal(OUTAGES.map(rowOf));
  });

  it('says how long an answer takes at most', () => {
    const seconds = Object.values(LONGEST_SECONDS);
    expect(PAGE).to.match(new RegExp(`within ${seconds.join('\\b[^.]* ')}\\b`));
  });

  it('has an entry for each event', () => {
    const source = readFileSync('lib/events.ts', 'utf8');
    const declared = /interface SmsOtpEvents \{\n(.*?)\n\}/s.exec(source)?.[1] ?? '';
    const events = [...declared.matchAll(/^ {2}(\w+): \[/gm)].map(([, name = '']) => name);
    expect(events.length).to.be.greaterThan(10);
    const headings = PAGE.match(/^### .*$/gm)?.join('\n') ?? '';
    expect(events.filter((name) => !headings.includes(`\`${name}\``))).to.deep.equal([]);
  });

  it('has a way to stop that lets requests end, and then the process', async () => {
    const events = new EventEmitter();
    const { app, otp } = testApp({
      before: (app) =>
        app.get('/slow', async (_req, res) => {
          events.emit('request');
          await once(events, 'release');
          res.end('done');
        }),
    });
    const server = app.listen(0);
    await once(server, 'listening');
    const process = { on: events.on.bind(events), exit: (code: number) => events.emit('exit', code) };
    await runListing(FILE, 'stop', { server, otp, process });
    const { port } = server.address() as AddressInfo;
    const slow = fetch(`http://127.0.0.1:${port}/slow`, { headers: { Connection: 'close' } });
    await once(events, 'request');
    const exit = once(events, 'exit');
    events.emit('SIGTERM');
    expect(server.listening).to.equal(false);
    events.emit('release');
    expect(await (await slow).text()).to.equal('done');
    expect(await exit).to.deep.equal([0]);
    expect((await postJson(agent(app), '/auth/login').expect(503)).body.code).to.equal('SHUTTING_DOWN');
  });

  it('reads a secret from a file without the end of its line', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
    try {
      writeFileSync(join(folder, 'sms-otp'), 'a secret of the listings, long enough\n');
      const given = { folder, origin: 'http://127.0.0.1', appName: 'Example', userStore: {}, transport: {} };
      const { options } = await runListing<{ options: object }>(FILE, 'secrets', given);
      expect(options).to.include({ secret: 'a secret of the listings, long enough' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('gives as much time to stop everywhere as it says', () => {
    const [, seconds] = /Give it (\d+) seconds before SIGKILL/.exec(PAGE) ?? [];
    const told = PAGE.match(/(?<=TimeoutStopSec=|docker stop -t |stop_grace_period: )\d+/g);
    expect(told).to.deep.equal([seconds, seconds, seconds]);
  });

  it('counts right in its worked example', () => {
    const sums = [...PAGE.matchAll(/(\d[\d.]*(?: [×÷] \d[\d.]*)+) = (\d+)/g)];
    expect(sums.length).to.be.greaterThan(4);
    for (const [sum, left = '', right = ''] of sums) {
      const parts = left.split(/ (?=[×÷])/);
      const value = parts.reduce((total, part) => {
        const number = Number(part.replace(/^[×÷] /, ''));
        return part.startsWith('÷') ? total / number : part.startsWith('×') ? total * number : number;
      }, 0);
      expect(Math.floor(value + 1e-9), sum).to.equal(Number(right));
    }
  });
});

function rowOf({ peer, trouble, signIn, code, inside }: Outage): string {
  return `| ${[peer, WORDS[trouble], ...[signIn, code, inside].map(cellOf)].join(' | ')} |`;
}

/** As ``503 `SMS_UNAVAILABLE` ``. */
function cellOf(answer: string): string {
  return answer.replace(/ (\w+)$/, ' `$1`');
}
