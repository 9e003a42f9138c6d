import { expect } from 'chai';
import { createSmsWriter, warnOfTexts } from '../lib/assembly/sms-text.ts';
import { readConfig } from '../lib/config.ts';
import { type Logger, type SmsTransport, smsOtp } from '../lib/index.ts';
import { LANGUAGES, Languages } from '../lib/locales/languages.ts';
import { postJson, testApp } from './support/app.ts';
import { People } from './support/people.ts';
import { RecordingTransport } from './support/recording-transport.ts';

function recordingLogger(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const write = (level: string) => (message: string) => void lines.push(`${level}: ${message}`);
  return { lines, debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

const NEEDED = {
  secret: 'x'.repeat(32),
  origin: 'https://app.example',
  userStore: new People(),
  transport: new RecordingTransport(),
};

describe('smsOtp()', () => {
  it('opens the transport at start', () => {
    const opened: string[] = [];
    const transport: SmsTransport = { send: async () => ({ status: 'unknown' }), open: () => void opened.push('once') };
    smsOtp({ ...NEEDED, transport });
    expect(opened).to.deep.equal(['once']);
  });

  it('closes what it was given, in order', async () => {
    const closed: string[] = [];
    const close = (name: string) => async () => void closed.push(name);
    const transport = Object.assign(new RecordingTransport(), { close: close('transport') });
    const userStore = Object.assign(new People(), { close: close('userStore') });
    await smsOtp({ ...NEEDED, transport, userStore }).close();
    expect(closed).to.deep.equal(['transport', 'userStore']);
  });

  it('says how each dependency is, and the worst of all', async () => {
    const transport = Object.assign(new RecordingTransport(), {
      health: async () => ({
        status: 'degraded' as const,
        smscs: { a: { status: 'ready' as const }, b: { status: 'down' as const } },
      }),
    });
    const userStore = Object.assign(new People(), { health: () => Promise.reject(new TypeError('no route')) });
    expect((await smsOtp({ ...NEEDED }).health()).status).to.equal('ready');
    expect((await smsOtp({ ...NEEDED, transport }).health()).status).to.equal('degraded');
    const { status, dependencies } = await smsOtp({ ...NEEDED, transport, userStore }).health();
    expect(status).to.equal('down');
    expect(dependencies.userStore).to.include({ status: 'down', lastError: 'TypeError: no route' });
    expect(dependencies.transport.smscs).to.have.keys('a', 'b');
    expect(dependencies.shared).to.include({ status: 'ready' });
  });

  it('warns once of a proxy that Express does not know of, and is degraded', async () => {
    const logger = recordingLogger();
    const { agent, otp } = testApp({ options: { logger, appName: 'Example' } });
    for (let request = 0; request < 3; request++)
      await agent().get('/auth/session').set('X-Forwarded-For', '192.0.2.1');
    expect(logger.lines.filter((line) => line.startsWith('warn'))).to.have.length(1);
    const { status, dependencies } = await otp.health();
    expect(status).to.equal('degraded');
    expect(dependencies.proxy?.lastError).to.include('trust proxy');
    const behind = testApp({ options: { logger }, before: (app) => app.set('trust proxy', 1) });
    await behind.agent().get('/auth/session').set('X-Forwarded-For', '192.0.2.1');
    expect((await behind.otp.health()).status).to.equal('ready');
  });

  it('warns once if codes are bound to no site, or fit into no single SMS', async () => {
    const logger = recordingLogger();
    const { origin, ...bare } = NEEDED;
    const languages = new Languages(LANGUAGES);
    const long = readConfig({ ...NEEDED, logger, appName: 'я'.repeat(40), origin });
    const unbound = readConfig({ ...bare, logger, appName: 'Example' });
    for (const config of [long, unbound]) {
      createSmsWriter(config, languages);
      await warnOfTexts(config, languages);
    }
    expect(logger.lines).to.have.length(2);
    expect(logger.lines[0]).to.match(/warn: .*more than one segment/);
    expect(logger.lines[1]).to.match(/warn: .*origin/);
  });

  it('goes on if a listener throws, and says so', async () => {
    const logger = recordingLogger();
    const { agent, otp } = testApp({ options: { logger } });
    otp.events.on('codeSent', () => {
      throw new Error('a broken listener');
    });
    await postJson(agent(), '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
    expect(logger.lines.filter((line) => line.startsWith('error'))).to.deep.equal([
      'error: A listener of codeSent threw: a broken listener',
    ]);
  });

  it('goes on if a listener rejects later, and says so', async () => {
    const logger = recordingLogger();
    const { agent, otp } = testApp({ options: { logger } });
    otp.events.on('codeSent', async () => {
      throw new Error('the audit is down');
    });
    await postJson(agent(), '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
    expect(logger.lines).to.include('error: A listener of codeSent threw: the audit is down');
  });

  it('tells its log of faults, with what failed beneath', async () => {
    const logger = recordingLogger();
    const { agent, people, shared } = testApp({ options: { logger } });
    people.isDown = true;
    await postJson(agent(), '/auth/login', { username: 'ada', password: 'lovelace' }).expect(503);
    expect(logger.lines).to.include('error: DIRECTORY_UNAVAILABLE: Error: connect ECONNREFUSED');
    await shared.close?.();
  });

  it('unlocks', async () => {
    const { otp, signedIn, transport, agent, clock } = testApp({
      options: { limits: { failedCodesPerUserPer30Days: 1 } },
    });
    const jar = await signedIn('ada', 'password');
    await postJson(jar, '/auth/code', { code: transport.lastCode() === '000000' ? '000001' : '000000' }).expect(401);
    const { body } = await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(403);
    expect(body.code).to.equal('FACTOR_LOCKED');
    await postJson(agent(), '/auth/login', { username: 'ada', password: 'lovelace' }).expect(403);
    await otp.unlock('id-ada');
    clock.advance(60);
    await postJson(agent(), '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
  });

  it('makes no second line of what comes with a line break', async () => {
    const logger = recordingLogger();
    const { agent } = testApp({ options: { logger } });
    await postJson(agent(), '/auth/login', { username: 'eve\r\n{"event":"codeAccepted"}', password: 'x' }).expect(401);
    expect(logger.lines.join('')).to.not.match(/[\r\n]/);
  });
});
