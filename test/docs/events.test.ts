import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import express, { type Express } from 'express';
import session from 'express-session';
import { agent } from 'supertest';
import type { SmsOtp } from '../../lib/index.ts';
import { postJson } from '../support/app.ts';
import { wrongCode } from '../support/attack.ts';
import { EVENT_NAMES } from '../support/events.ts';
import { runListing } from '../support/listing.ts';
import { People } from '../support/people.ts';
import { RecordingTransport } from '../support/recording-transport.ts';

const PAGE = readFileSync('docs/events.md', 'utf8');
const EVENTS = readFileSync('lib/events.ts', 'utf8');
const EVENT_FACTS = readFileSync('lib/domain/event-facts.ts', 'utf8');

describe('docs/events.md', () => {
  it('has every event, with every field that it has in the source', () => {
    const documented = Object.fromEntries(EVENT_NAMES.map((name) => [name, documentedFields(name).sort()]));
    const source = Object.fromEntries(EVENT_NAMES.map((name) => [name, sourceFields(name).sort()]));
    expect(documented).to.deep.equal(source);
    expect(source.codeAccepted).to.include.members(['browser?', 'requestId?', 'block', 'country?', 'amr']);
  });

  it('has no event that there is not', () => {
    const rows = [
      ...(PAGE.split('| event |')[1]
        ?.split('\n\n', 1)[0]
        ?.matchAll(/^\| `(\w+)` \|/gm) ?? []),
    ];
    expect(rows.map(([, name]) => name)).to.have.members(EVENT_NAMES);
  });

  it('says what each field is', () => {
    const [table = ''] = PAGE.split('| field | what |')[1]?.split('\n\n', 1) ?? [];
    const explained = [...table.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell = '']) => wordsIn(cell));
    const fields = new Set(EVENT_NAMES.flatMap(sourceFields).map((field) => field.replace('?', '')));
    expect(explained).to.have.members([...fields]);
  });
});

describe('the listings of docs/events.md', () => {
  let folder: string;
  let transport: RecordingTransport;
  let given: Record<string, unknown>;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'audit-'));
    transport = new RecordingTransport();
    const secret = 'a secret of the listings, long enough';
    given = { secret, origin: 'http://127.0.0.1', appName: 'Example', userStore: new People(), transport };
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('write an audit trail that names everybody and everything, and gives nothing away', async () => {
    const file = join(folder, 'audit.jsonl');
    const { otp } = await runListing<{ otp: SmsOtp }>('docs/events.md', 'audit', { ...given, file });
    const jar = agent(appOf(otp));
    await postJson(jar, '/auth/login', { username: 'ada\n{"event":"forged"}', password: 'lovelace' }).expect(401);
    await postJson(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
    const code = transport.lastCode();
    await postJson(jar, '/auth/code', { code: wrongCode(code) }).expect(401);
    await postJson(jar, '/auth/code', { code }).expect(200);
    await postJson(jar, '/auth/logout').expect(200);
    transport.mode = 'reject';
    await postJson(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(503);
    const lines = await linesOf(file, 8);
    expect(lines.map((line) => JSON.parse(line).event)).to.deep.equal([
      ...['firstFactorRefused', 'firstFactorAccepted', 'codeSent', 'codeRefused', 'codeAccepted', 'signedOut'],
      ...['firstFactorAccepted', 'sendRefused', 'fault'],
    ]);
    for (const line of lines.slice(1, -1)) expect(JSON.parse(line)).to.include({ userId: 'id-ada' });
    expect(JSON.parse(lines.at(-1) ?? '')).to.include({
      code: 'SMS_UNAVAILABLE',
      cause: 'Error: no SMSC is connected',
    });
    expect(lines.join('\n'))
      .to.not.include(code)
      .and.not.include('lovelace')
      .and.not.match(/4670174/);
  });

  it('warn of a new browser, of a guesser who has the password, and of a lock, each once', async () => {
    const warnings: string[] = [];
    const warn = (userId: string, text: string) =>
      void warnings.push(`${userId}: ${text.split(' ').slice(0, 3).join(' ')}`);
    const { otp } = await runListing<{ otp: SmsOtp }>('docs/events.md', 'warnings', { ...given, warn });
    const owner = agent(appOf(otp));
    for (let round = 0; round < 2; round++) {
      await postJson(owner, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
      await postJson(owner, '/auth/code', { code: transport.lastCode() }).expect(200);
    }
    const thief = agent(appOf(otp));
    await postJson(thief, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
    for (let index = 0; index < 7; index++) {
      await postJson(thief, '/auth/code', { code: wrongCode(transport.lastCode(), index) });
    }
    otp.events.emit('factorLocked', { time: new Date(), userId: 'id-ada', number: 'a hash', block: 'another' });
    expect(warnings).to.deep.equal([
      'id-ada: You have signed',
      'id-ada: Somebody knows your',
      'id-ada: Your sign-in by',
    ]);
  });
});

function appOf(otp: SmsOtp): Express {
  const app = express();
  app.use(session({ secret: 'of the listings', resave: false, saveUninitialized: false }));
  return app.use(otp);
}

/** Once there are more than so many: a stream writes when it can. */
async function linesOf(file: string, count: number): Promise<readonly string[]> {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  if (lines.length > count) return lines;
  await pause(10);
  return linesOf(file, count);
}

/** The fields of an event by the two tables of the page. */
function documentedFields(event: string): string[] {
  const [, groups = '', own = ''] = new RegExp(`^\\| \`${event}\` \\|([^|]*)\\|([^|]*)\\|`, 'm').exec(PAGE) ?? [];
  const grouped = groups
    .split(',')
    .map((group) => group.trim())
    .filter((group) => group !== '')
    .flatMap((group) => wordsIn(PAGE.split('\n').find((line) => line.startsWith(`| ${group} |`)) ?? ''));
  return [...grouped, ...wordsIn(own)];
}

/** The fields of an event by its type. */
function sourceFields(event: string): string[] {
  const [, type = ''] = new RegExp(`^ {2}${event}: \\[(.*|\\n[^]*?\\n {2})\\];$`, 'm').exec(EVENTS) ?? [];
  const number = membersOf(EVENT_FACTS, 'NumberFacts');
  return [
    ...(type.includes('EventFacts')
      ? [...membersOf(EVENT_FACTS, 'EventFacts'), ...membersOf(EVENT_FACTS, 'RequestFacts')]
      : []),
    ...(/(?<!Partial<)NumberFacts/.test(type) ? number : []),
    ...(type.includes('Partial<NumberFacts>') ? number.map((field) => `${field.replace('?', '')}?`) : []),
    ...Array.from(type.replace(/\/\*\*.*?\*\//g, '').matchAll(/(\w+\??):/g), ([, field = '']) => field),
  ];
}

function membersOf(source: string, name: string): string[] {
  const [, body = ''] = new RegExp(`interface ${name} [^{]*\\{\\n(.*?)\\n\\}`, 's').exec(source) ?? [];
  return [...body.matchAll(/^ {2}readonly (\w+\??):/gm)].map(([, member = '']) => member);
}

/** The texts in backticks. */
function wordsIn(cell: string): string[] {
  return [...cell.matchAll(/`(\w+\??)`/g)].map(([, word = '']) => word);
}
