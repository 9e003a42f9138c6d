import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { z } from 'zod';
import { startTestbed, type Testbed } from '../../lib/simulator/index.ts';
import { testApp } from '../support/app.ts';
import { makeCertificate } from '../support/certificate-authority.ts';
import { listen } from '../support/client.ts';
import { useClosing } from '../support/closing.ts';
import { runHere, runProgram } from '../support/command-line.ts';
import { useConfigFiles } from '../support/config-file.ts';
import { requirePeer } from '../support/peers.ts';

const SECRET = 'Zk3v9QmT7xLw2RpY8sHd4NbG6fJc1VaE';
const LEAN_CONFIG = `export const options = {
  secret: '${SECRET}',
  origin: 'ORIGIN',
  appName: 'Example',
  userStore: { findUser: async () => undefined, checkPassword: async () => false },
  transport: { send: async () => ({ status: 'accepted' }) },
};`;
const status = z.enum(['ok', 'warning', 'failed', 'skipped']);
const report = z.strictObject({
  status: z.enum(['ok', 'warning', 'failed']),
  findings: z.array(
    z.strictObject({ check: z.string().min(1), status, detail: z.string().min(1), remedy: z.string().optional() }),
  ),
});

describe('doctor', () => {
  const keep = useClosing();
  const writeConfig = useConfigFiles();
  let testbed: Testbed;

  before(async () => {
    testbed = await startTestbed();
  });

  afterEach(() => testbed.smsc.behave({}));

  after(() => testbed?.close());

  function write({ password = 'service', origin = 'https://app.example.org' } = {}): string {
    const { url, baseDn } = testbed.directory;
    const ldap = { url, baseDn, bindDn: 'cn=service,dc=example,dc=org', bindPassword: password };
    return writeConfig(`export const options = () => ({
      secret: '${SECRET}',
      origin: '${origin}',
      appName: 'Example',
      userStore: new LdapUserStore(${JSON.stringify(ldap)}),
      transport: new SmppTransport({ smscs: ['${testbed.smsc.url}'], source: 'Example' }),
    });`);
  }

  it('prints a line for each check, and exits with 0 if nothing failed', async () => {
    const { code, out, err } = await runProgram(['doctor', '--config', write()]);
    expect([code, err]).to.deep.equal([0, '']);
    const lines = out.trim().split('\n');
    expect(lines.at(-1)).to.match(/^\d+ ok, 1 warning, 0 failed, 5 skipped$/);
    for (const line of lines.slice(0, -1))
      expect(line).to.match(/^(ok {6}|warning {1}|failed {2}|skipped {1}) \S|^ {9}-> /);
  });

  it('exits with 1 if something failed, and says what to do', async () => {
    const { code, out } = await runHere(['doctor', '--config', write({ password: 'a-wrong-password' })]);
    expect(code).to.equal(1);
    expect(out).to.match(/^failed {3}LDAP \S+ bind: .*\n {9}-> Compare bindDn and bindPassword/m);
    expect(out).to.not.contain('a-wrong-password');
  });

  it('prints JSON and nothing else, without secrets and numbers', async () => {
    const args = [
      'doctor',
      '--json',
      '--user',
      'ada',
      '--password-stdin',
      '--send',
      '+46701740605',
      '--config',
      write(),
    ];
    const { code, out, err } = await runProgram(args, 'lovelace\n');
    expect([code, err]).to.deep.equal([0, '']);
    const { status, findings } = report.parse(JSON.parse(out));
    expect(status).to.equal('warning');
    const stateOf = (name: string) => findings.find(({ check }) => check === name)?.status;
    expect(['person', 'person password', 'test SMS', 'test SMS receipt'].map(stateOf)).to.deep.equal(
      Array(4).fill('ok'),
    );
    expect(out).to.not.match(/4670174|lovelace|Zk3v9|"service"/);
  });

  it('sends a test SMS without a code', async () => {
    await runHere(['doctor', '--send', '+46701740609', '--config', write()]);
    const { text } = await testbed.smsc.nextMessage('+46701740609');
    expect(text).to.equal('This is a test of Example. There is nothing to do.');
  });

  it('sends nothing if that is not asked for', async () => {
    const before = testbed.smsc.submits.length;
    await runHere(['doctor', '--user', 'ada', '--config', write()]);
    expect(testbed.smsc.submits).to.have.length(before);
  });

  it('asks the running app that --url names', async () => {
    const none: object = { origin: undefined };
    const app = keep(await listen(testApp({ options: none }).app));
    const { host } = new URL(app.url);
    const { code, out, err } = await runHere(['doctor', '--url', app.url, '--config', write({ origin: app.url })]);
    expect([code, err]).to.deep.equal([0, '']);
    const lines = out.split('\n').filter((line) => line.includes(` app ${host} `));
    expect(lines).to.include.members([
      `ok       app ${host} session: /session answers: stage none`,
      `ok       app ${host} origin: the option origin is the one of this URL`,
      `ok       app ${host} host: a post from its own pages is accepted`,
      `ok       app ${host} redirect: /code leads to /auth/login`,
      `ok       app ${host} headers: as this package sets them`,
    ]);
    for (const line of lines) expect(line).to.match(/^(ok|skipped) /);
  });

  it('asks an app over https: for the Secure cookie, and for HSTS', async function () {
    requirePeer(this, 'openssl');
    const { cert, key, ca } = await makeCertificate();
    const none: object = { origin: undefined };
    const { app } = testApp({ options: none, session: { cookie: { sameSite: 'lax' } } });
    const server = keep(createServer({ cert, key }, app).listen(0, '127.0.0.1'));
    await once(server, 'listening');
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const path = writeConfig('');
    const authority = join(dirname(path), 'ca.pem');
    writeFileSync(authority, ca);
    // Without the parts of the package the program, which must be another process for its authority, starts sooner.
    writeFileSync(path, LEAN_CONFIG.replace('ORIGIN', url));
    const args = ['doctor', '--url', url, '--user', 'ada', '--password-stdin', '--config', path];
    const { code, out } = await runProgram(args, 'lovelace', { NODE_EXTRA_CA_CERTS: authority });
    expect(code).to.equal(1);
    const { host } = new URL(url);
    expect(out).to.match(new RegExp(`^ok {7}app ${host} TLS: \\d+ days left`, 'm'));
    expect(out).to.contain(`warning  app ${host} headers: Strict-Transport-Security is not set\n         -> `);
    expect(out).to.contain('add HSTS in the app or the proxy');
    expect(out).to.contain(`failed   app ${host} cookie: connect.sid is not Secure\n         -> `);
    expect(out).to.contain("Set cookie.secure to true or 'auto'");
  });

  it('says that Node is too old, and goes on', async () => {
    const { node } = process.versions;
    const pretend = (value: string) => Object.defineProperty(process.versions, 'node', { value });
    pretend('18.20.8');
    try {
      const { code, out } = await runHere(['doctor', '--config', write()]);
      expect(code).to.equal(1);
      expect(out).to.match(/^failed {3}node: 18\.20\.8 is not among \^20\..*\n {9}-> Install node \^20\./m);
      expect(out).to.match(/ 1 failed, \d+ skipped\n$/);
      for (const check of ['options: valid', 'LDAP \\S+ search: the base can be read', 'SMSC \\S+ bind: bound']) {
        expect(out).to.match(new RegExp(`^ok {7}${check}`, 'm'));
      }
    } finally {
      pretend(node);
    }
  });

  it('leaves the directory as it was', async () => {
    const before = JSON.stringify(testbed.directory.entries());
    await runHere(['doctor', '--user', 'ada', '--password-stdin', '--config', write()], 'lovelace');
    expect(JSON.stringify(testbed.directory.entries())).to.equal(before);
  });

  it("tries a person's password once, so that the account is not locked", async () => {
    const isBindOfAda = ({ kind, dn }: { kind: string; dn?: string }) => kind === 'bind' && dn?.startsWith('uid=ada,');
    const before = testbed.directory.operations.length;
    const { code, out } = await runHere(['doctor', '--user', 'ada', '--password-stdin', '--config', write()], 'hopper');
    expect(code).to.equal(1);
    expect(out).to.contain('failed   person password: it is refused');
    expect(testbed.directory.operations.slice(before).filter(isBindOfAda)).to.have.length(1);
  });

  it('says what is not set, and that no .env file is read', async () => {
    const path = writeConfig(`export const options = {
      secret: process.env.NOT_THERE,
      userStore: new MemoryUserStore([]),
      transport: { send: async () => ({ status: 'accepted' }) },
      codeLength: 5,
    };`);
    const { code, out } = await runHere(['doctor', '--config', path]);
    expect(code).to.equal(1);
    expect(out).to.match(/^failed {3}options: smsOtp.secret: is not set, .*\n {9}-> Set it\. .*--env-file=\.env/m);
    expect(out).to.match(/^failed {3}options: smsOtp.codeLength: .*\n {9}-> Mend it in the configuration file/m);
  });

  it('says that there is no configuration file', async () => {
    const { code, out } = await runHere(['doctor', '--config', 'no-such.config.js']);
    expect(code).to.equal(1);
    expect(out).to.match(/^failed {3}configuration file: no-such.config.js: there is no such file/m);
  });
});
