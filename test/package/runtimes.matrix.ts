import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type DirectorySimulator, type SmscSimulator, startDirectory, startSmsc } from '../../lib/simulator/index.ts';
import { makeCertificate } from '../support/certificate-authority.ts';
import { InstalledPackage } from '../support/installed-package.ts';
import { readListing } from '../support/listing.ts';
import { environmentOf, expectSignIn, Trial } from '../support/trial.ts';

const PAGE = 'docs/runtimes.md';
const APP = 'docs/getting-started.md';
const [major = 0] = process.versions.node.split('.').map(Number);

const RUNTIMES = [
  { name: 'Bun', command: readListing(PAGE, 'bun') },
  { name: 'Deno', command: readListing(PAGE, 'deno') },
  { name: `Node ${major} with its permission model`, command: permissions() },
];

describe('an app with LDAPS and SMPPS', function () {
  this.timeout(300_000); // the runtimes have to be installed
  let project: InstalledPackage;
  let directory: DirectorySimulator;
  let smsc: SmscSimulator;
  let trial: Trial | undefined;

  before(async () => {
    project = new InstalledPackage('copies');
    project.installBeside('runtimes');
    project.write('package.json', '{ "private": true, "type": "module" }');
    project.write('app.js', readListing(APP, 'real'));
    project.write('sms-otp.config.js', withAuthority(readListing(APP, 'sms-otp.config')));
    const { ca, ...tls } = await makeCertificate();
    writeFileSync(join(project.folder, 'ca.pem'), ca);
    [directory, smsc] = await Promise.all([startDirectory({ tls }), startSmsc({ tls })]);
  });

  after(async () => {
    await Promise.all([directory?.close(), smsc?.close()]);
    project?.close();
  });

  afterEach(() => trial?.end());

  for (const { name, command } of RUNTIMES) {
    it(`signs people in on ${name}`, async () => {
      const [program = '', ...args] = command.trim().split(/\s+/);
      const environment = environmentOf({ directory, smsc });
      expect(environment.LDAP_URL).to.match(/^ldaps:/);
      expect(environment.SMPP_URL).to.match(/^smpps:/);
      trial = await Trial.start([binary(program), ...args], project.folder, environment);
      await expectSignIn(trial.url, smsc);
    });
  }

  function binary(program: string): string {
    if (program === 'node') return process.execPath;
    const folder = program === 'bun' ? '@oven/bun-linux-x64/bin' : '@deno/linux-x64-glibc';
    return join(project.folder, 'node_modules', folder, program);
  }
});

/** As the page says of older ones. */
function permissions(): string {
  const command = readListing(PAGE, 'node');
  const guarded = major < 25 ? command.replace('--allow-net ', '') : command;
  return major < 22 ? guarded.replace('--permission', '--experimental-permission') : guarded;
}

/** The certificates are by an authority that nobody knows. */
function withAuthority(config: string): string {
  const complete = config
    .replace('url: LDAP_URL,', "url: LDAP_URL, tls: { ca: readFileSync('ca.pem', 'utf8') },")
    .replace("smscs: [SMPP_URL], source: 'Hello'", "smscs: [smsc(new URL(SMPP_URL))], source: 'Hello'");
  const smsc = `
function smsc({ hostname: host, port, username, password }) {
  const systemId = username === '' ? {} : { systemId: username, password };
  return { host, port: Number(port), ...systemId, tls: { ca: readFileSync('ca.pem', 'utf8') } };
}`;
  return `import { readFileSync } from 'node:fs';\n${complete}\n${smsc}\n`;
}
