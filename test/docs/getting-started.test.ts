import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { startTestbed, type Testbed } from '../../lib/simulator/index.ts';
import { Client } from '../support/client.ts';
import { startProgram } from '../support/command-line.ts';

const PAGE = readFileSync('docs/getting-started.md', 'utf8');
const [, DOTENV = ''] = /^```sh\n(SESSION_SECRET=.*?)^```$/ms.exec(PAGE) ?? [];
const EXTENSION = extname(import.meta.url);
const LOADER = EXTENSION === '.ts' ? ['--import=tsx'] : [];
const ADA = { username: 'ada', password: 'lovelace' };

describe('docs/getting-started.md', function () {
  this.timeout(120_000); // each starts a process
  let folder: string;
  const children: ChildProcess[] = [];

  before(() => {
    mkdirSync('.build', { recursive: true });
    folder = mkdtempSync('.build/getting-started-');
  });

  afterEach(() => Promise.all(children.splice(0).map(end)));

  after(() => rmSync(folder, { recursive: true }));

  /** Writes the listing that is so called into a file, and gives its path. */
  function write(name: string): string {
    const [, listing] = new RegExp(`^\`\`\`js ${name}\\n(.*?)^\`\`\`$`, 'ms').exec(PAGE) ?? [];
    if (listing === undefined) throw new Error(`There is no listing called ${name}.`);
    const file = join(folder, name + EXTENSION);
    writeFileSync(file, listing);
    return file;
  }

  /** Starts the app in the file, and waits for the addresses that it prints. */
  async function start(file: string, addresses: number, environment: Record<string, string>, args: string[] = []) {
    const child = spawn(process.execPath, [...args, ...LOADER, file], {
      env: { PATH: process.env.PATH, PORT: '0', ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const urls: string[] = [];
    for await (const line of createInterface(child.stdout)) {
      urls.push(line.split(/: +/)[1] ?? '');
      if (urls.length === addresses) break;
    }
    const [app = '', phone = ''] = urls;
    return { app, phone, child };
  }

  it('has an app that asks for both factors, with a phone beside it', async () => {
    const { app, phone } = await start(write('app'), 2, { INBOX_PORT: '0' });
    expect(await (await fetch(app)).text()).to.contain('/dashboard');
    await signIn(app, async () => {
      const messages: { text: string }[] = await (await fetch(`${phone}/messages`)).json();
      return messages.at(-1)?.text ?? '';
    });
  });

  describe('with a directory and an SMSC', () => {
    let testbed: Testbed;
    let environment: Record<string, string>;

    beforeEach(async () => {
      testbed = await startTestbed();
      environment = {
        SESSION_SECRET: 'of the sessions',
        SMS_OTP_SECRET: 'Zk3v9QmT7xLw2RpY8sHd4NbG6fJc1VaE',
        ORIGIN: 'http://localhost:3000',
        LDAP_URL: testbed.directory.url,
        LDAP_BASE_DN: testbed.directory.baseDn,
        LDAP_BIND_DN: 'cn=service,dc=example,dc=org',
        LDAP_BIND_PASSWORD: 'service',
        SMPP_URL: testbed.smsc.url,
      };
    });

    afterEach(() => testbed.close());

    it('has an app that works with them, and ends cleanly', async () => {
      write('sms-otp.config');
      const { app, child } = await start(write('real'), 1, environment);
      await signIn(app, async () => (await testbed.smsc.nextMessage('+46701740605')).text);
      child.kill('SIGTERM');
      const [code] = await once(child, 'exit');
      expect(code).to.equal(0);
    });

    it('has a .env file that Node reads, whatever is in a password', async () => {
      expect(PAGE).to.contain('node --env-file=.env app.js');
      const odd = { SESSION_SECRET: 'spaces, & and $HOME; (all)', LDAP_BIND_PASSWORD: '"service"' };
      const file = join(folder, '.env');
      writeFileSync(file, dotenv({ ...environment, ...odd }));
      write('sms-otp.config');
      const { app } = await start(write('real'), 1, {}, [`--env-file=${file}`]);
      await signIn(app, async () => (await testbed.smsc.nextMessage('+46701740605')).text);
      const shown = spawn(process.execPath, [`--env-file=${file}`, '-p', 'process.env.SESSION_SECRET']);
      expect(await text(shown.stdout)).to.equal(`${odd.SESSION_SECRET}\n`);
    });

    it('has a configuration in which the doctor finds nothing wrong', async () => {
      const doctor = startProgram(['doctor', '--user', 'ada', '--config', write('sms-otp.config')], environment);
      const [out, [code]] = await Promise.all([text(doctor.stdout), once(doctor, 'exit')]);
      expect(code, out).to.equal(0);
      expect(out).to.match(/^ok +person: found/m);
    });

    it('names every variable that its listings read', () => {
      expect(DOTENV.match(/^\w+(?==)/gm)).to.have.members(Object.keys(environment));
    });
  });
});

/** The listing of `.env` with other values, and its comments as they stand. */
function dotenv(values: Readonly<Record<string, string>>): string {
  return DOTENV.replace(/^(\w+)=.*?(?= +#|$)/gm, (_line, name) => `${name}=${values[name]}`);
}

async function signIn(app: string, newestText: () => Promise<string>): Promise<void> {
  const jar = new Client(app);
  expect(await jar.get('/dashboard')).to.include({ status: 401, code: 'SIGN_IN_REQUIRED' });
  expect((await jar.post('/auth/login', ADA)).status).to.equal(200);
  expect(await jar.get('/dashboard')).to.include({ status: 401, code: 'SMS_OTP_REQUIRED' });
  const code = /\d{6}/.exec(await newestText())?.[0];
  expect((await jar.post('/auth/code', { code })).status).to.equal(200);
  const headers = { Cookie: jar.cookie };
  expect(await (await fetch(`${app}/dashboard`, { headers })).text()).to.equal('Hello Ada Lovelace');
  expect(await (await fetch(`${app}/transfer`, { method: 'POST', headers })).text()).to.equal('Done');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
