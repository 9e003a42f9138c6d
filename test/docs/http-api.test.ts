import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import express from 'express';
import session from 'express-session';
import { agent } from 'supertest';
import { SmsOtpError, type SmsOtpErrorCode } from '../../lib/errors.ts';
import type { StateFacts } from '../../lib/index.ts';
import { en } from '../../lib/locales/en.ts';
import { getPage, postForm, type TestApp, testApp } from '../support/app.ts';
import { wrongCode } from '../support/attack.ts';
import { browserFetch } from '../support/browser-fetch.ts';
import { listen } from '../support/client.ts';
import { type Demo, startDemo } from '../support/demo.ts';
import { runListing } from '../support/listing.ts';
import { People } from '../support/people.ts';
import { RecordingTransport } from '../support/recording-transport.ts';

const page = await readFile('docs/http-api.md', 'utf8');

const SECRET = 'a secret of the listings, long enough';

/** The texts that differ from one run to the next. */
const VARIABLE = ['id', 'delivery', 'authTime'];

describe('docs/http-api.md', () => {
  it('has the routes of the router, with their methods', async () => {
    const source = await readFile('lib/http/router.ts', 'utf8');
    const paths = Array.from(source.matchAll(/\broute\('([^']+)'/g), ([, path = '']) => path);
    const rows = [...page.matchAll(/^\| (GET|POST) \| `([^`]+)` \|/gm)].map(([, method = '', path = '']) => ({
      method,
      path,
    }));
    const documented = [...new Set(rows.map(({ path }) => path))];
    expect(documented).to.have.members(paths);
    const enrollment = { when: 'always', allowedCountries: ['SE'] } as const;
    const { agent } = testApp({ options: { enrollment, recoveryCodes: true, trustBrowser: {} } });
    for (const path of paths) {
      const { headers } = await agent()
        .patch(`/auth${path.replace(':name', 'sms-otp.css')}`)
        .expect(405);
      const allowed = String(headers.allow)
        .split(', ')
        .filter((method) => method !== 'HEAD');
      expect(
        rows.filter((row) => row.path === path).map(({ method }) => method),
        path,
      ).to.deep.equal(allowed);
    }
  });

  it('has the errors of the source, with their status', () => {
    const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (\d{3}) \|/gm)].map(([, code, status]) => [
      code,
      Number(status),
    ]);
    const codes = Object.keys(en.errors) as SmsOtpErrorCode[];
    expect(rows).to.have.deep.members(codes.map((code) => [code, new SmsOtpError(code, '').status]));
  });

  it('has the headers of a page and of a step-up', async () => {
    const { signedIn, clock } = testApp({ routes: (app, otp) => app.use(otp.requireSmsOtp({ maxAgeSeconds: 60 })) });
    const jar = await signedIn();
    clock.advance(61);
    const { headers: led } = await getPage(jar, '/transfer').expect(303);
    const answers = [
      await getPage(jar, String(led.location)).expect(200),
      await postForm(jar, '/transfer').expect(401),
    ];
    const sent = answers.flatMap(({ headers }) => Object.entries(headers).map(([name, value]) => `${name}: ${value}`));
    const listings = [...page.matchAll(/^```http\n(.*?)^```$/gms)].flatMap(([, lines = '']) =>
      lines.trim().split('\n'),
    );
    expect(listings).to.have.length(7);
    for (const line of listings) expect(sent).to.include(line.replace(/^[^:]+/, (name) => name.toLowerCase()));
  });

  describe('has a listing for single-page apps that', () => {
    let site: Awaited<ReturnType<typeof listen>>;
    let set: TestApp;
    let api: Api;

    beforeEach(async () => {
      set = testApp({ options: { enrollment: { when: 'always', allowedCountries: ['SE'] }, trustBrowser: {} } });
      site = await listen(set.app);
      ({ api } = await runListing<{ api: Api }>('docs/http-api.md', 'spa', { fetch: browserFetch(site.url) }));
    });

    afterEach(() => site.close());

    it('signs people in and out', async () => {
      expect(await api.state()).to.deep.equal({ stage: 'none', location: '/auth/login' });
      expect(await problemOf(api.signIn('ada', 'wrong'))).to.include({ code: 'INVALID_CREDENTIALS' });
      expect(await api.signIn('ada', 'lovelace')).to.include({ stage: 'code', phone: '••• 0605' });
      const wrong = await problemOf(api.enterCode(wrongCode(set.transport.lastCode())));
      expect(wrong).to.include({ code: 'INVALID_CODE', attemptsRemaining: 4 });
      expect(await api.enterCode(set.transport.lastCode())).to.include({ stage: 'verified' });
      set.clock.advance(61);
      expect(await api.sendAgain()).to.include({ stage: 'code', purpose: 'step-up' });
      expect(await api.enterCode(set.transport.lastCode())).to.include({ stage: 'verified' });
      expect(await api.signOut()).to.include({ stage: 'none' });
    });

    it('lets people enter a first number', async () => {
      expect(await api.signIn('alan', 'turing')).to.include({ stage: 'enroll' });
      expect(await api.enroll('+46701740699')).to.include({ stage: 'code', phone: '••• 0699' });
      expect(await api.enterCode(set.transport.lastCode())).to.include({ stage: 'verified' });
    });

    it('lets people choose a number, also from a list that has changed', async () => {
      expect((await api.signIn('grace', 'hopper')).numbers).to.have.length(2);
      set.people.change('id-grace', { phoneNumbers: ['+46701740608', '+46701740609'] });
      expect(await problemOf(api.chooseNumber(1))).to.include({ code: 'CONFLICT' });
      expect((await api.numbers()).numbers?.[1]).to.include({ phone: '••• 0609' });
      expect(await api.chooseNumber(1)).to.include({ stage: 'code', phone: '••• 0609' });
    });
  });

  it('has a listing of the client that signs in, and repeats what a gate refuses', async () => {
    const set = testApp({ routes: (app, otp) => app.use(otp.requireSmsOtp({ maxAgeSeconds: 60 })) });
    set.app.get('/fresh', (_req, res) => void res.send('fresh'));
    const site = await listen(set.app);
    try {
      const { api } = await runListing<{ api: ClientListing }>('docs/http-api.md', 'client', {
        fetch: browserFetch(site.url),
      });
      const code = async () => set.transport.lastCode();
      expect(await api.signIn('grace', 'hopper', code)).to.include({ stage: 'verified' });
      set.clock.advance(61);
      const answer = await api.repeatAfterFreshCode(code)(`${site.url}/fresh`);
      expect(await answer.text()).to.equal('fresh');
    } finally {
      await site.close();
    }
  });

  it('has a listing that lets another origin in, and no third', async () => {
    const app = express().set('env', 'test');
    app.use(session({ secret: SECRET, resave: false, saveUninitialized: false }));
    const given = { secret: SECRET, origin: 'http://127.0.0.1', appName: 'Example' };
    await runListing('docs/http-api.md', 'cors', {
      ...given,
      app,
      userStore: new People(),
      transport: new RecordingTransport(),
    });
    const login = (origin: string) =>
      agent(app).post('/auth/login').set('Origin', origin).send({ username: 'ada', password: 'lovelace' });
    const { headers } = await login('https://spa.example.org').expect(200);
    expect(headers).to.include({ 'access-control-allow-origin': 'https://spa.example.org' });
    await agent(app).options('/auth/login').set('Origin', 'https://spa.example.org').expect(204);
    const other = await login('https://elsewhere.example').expect(403);
    expect(other.headers).to.not.have.property('access-control-allow-origin');
  });

  describe('has commands that', () => {
    let demo: Demo;
    let folder: string;

    before(async () => {
      const now = Date.now();
      // On a clock that stands still: else a slow machine answers other seconds.
      demo = await startDemo({}, () => now);
      folder = await mkdtemp(join(tmpdir(), 'http-api-'));
    });

    after(async () => {
      await demo.close();
      await rm(folder, { recursive: true });
    });

    it('answer what stands below them', async function () {
      const commands = examples();
      expect(commands.length).to.be.greaterThan(8);
      for (const { command, answer } of commands) {
        const { stdout } = await run(local(command)).catch((error: { code?: unknown }) => {
          if (error.code === 127) this.skip();
          throw error;
        });
        expect(steady(stdout), command).to.deep.equal(steady(local(answer)));
      }
    });

    function run(script: string): Promise<{ stdout: string }> {
      return promisify(execFile)('sh', ['-c', script], { cwd: folder });
    }

    /** The demo of the docs is at fixed ports, that of the test is not. */
    function local(text: string): string {
      return text
        .replaceAll('localhost:3000', new URL(demo.url).host)
        .replaceAll('localhost:3001', new URL(demo.inboxUrl ?? '').host);
    }
  });
});

interface ClientListing {
  signIn(username: string, password: string, askForCode: () => Promise<string>): Promise<StateFacts>;
  repeatAfterFreshCode(askForCode: () => Promise<string>): typeof fetch;
}

interface Api {
  state(): Promise<StateFacts>;
  signIn(username: string, password: string): Promise<StateFacts>;
  numbers(): Promise<StateFacts>;
  enroll(phone: string): Promise<StateFacts>;
  chooseNumber(number: number): Promise<StateFacts>;
  enterCode(code: string): Promise<StateFacts>;
  sendAgain(): Promise<StateFacts>;
  signOut(): Promise<StateFacts>;
}

async function problemOf(answer: Promise<unknown>): Promise<unknown> {
  return answer.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** A command is all lines up to the comment that tells its answer. */
function examples(): readonly { readonly command: string; readonly answer: string }[] {
  const listings = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, listing = '']) => listing);
  return listings.flatMap((listing) =>
    Array.from(listing.matchAll(/((?:^[^#].*\n|^\n)+)((?:^#.*\n)+)/gm), ([, command = '', answer = '']) => ({
      command,
      answer: answer.replace(/^# ?/gm, ''),
    })),
  );
}

function steady(answer: string): unknown {
  if (!answer.startsWith('{')) return answer.trim();
  return JSON.parse(answer, (name, value) => (VARIABLE.includes(name) ? '…' : value));
}
