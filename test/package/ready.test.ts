import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';

// Root's Node may lie where nobody else can run it, so the user is another one in name only.
const NO_ROOT = ['--import', 'data:text/javascript,process.getuid = () => 1000'];
const NPM = 'echo "$@" > npm.log; mkdir -p node_modules; cp package-lock.json node_modules/.package-lock.json';
const POLICY = '/usr/sbin/policy-rc.d';
const LOCK = { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0', optional: true } };

describe('the set-up script', () => {
  let clone: string;

  beforeEach(() => {
    clone = mkdtempSync(join(tmpdir(), 'ready-'));
    cpSync('scripts', join(clone, 'scripts'), { recursive: true });
    mkdirSync(join(clone, 'bin'));
    writeProgram('npm', NPM);
    writeProgram('perl', 'exit 0');
    writeJson('package.json', { engines: { node: '^18.0.0 || >=20.0.0' } });
    writeJson('package-lock.json', { packages: LOCK });
  });

  afterEach(() => rmSync(clone, { recursive: true }));

  it('installs what the lock file names if there is no node_modules, and says so', () => {
    const { status, stdout } = ready([]);
    expect({ status, stdout }).to.deep.equal({
      status: 0,
      stdout: 'Installing what package-lock.json names into node_modules (npm ci) …\n',
    });
    expect(readFileSync(join(clone, 'npm.log'), 'utf8')).to.match(/^ci --include=dev --no-audit --no-fund\n$/);
  });

  it('does and says nothing if all is there but an optional package of another system', () => {
    writeInstalled({ 'node_modules/a': { version: '1.0.0' } });
    const { status, stdout, stderr } = ready([]);
    expect({ status, stdout, stderr }).to.deep.equal({ status: 0, stdout: '', stderr: '' });
    expect(existsSync(join(clone, 'npm.log'))).to.equal(false);
  });

  for (const [what, packages] of Object.entries({
    'another version': { 'node_modules/a': { version: '0.9.0' } },
    'a package that is gone': { ...LOCK, 'node_modules/c': { version: '1.0.0' } },
    'too little': { 'node_modules/b': { version: '1.0.0' } },
  })) {
    it(`installs again if node_modules holds ${what}`, () => {
      writeInstalled(packages);
      ready([]);
      expect(existsSync(join(clone, 'npm.log'))).to.equal(true);
    });
  }

  it('asks for another Node before anything else', () => {
    writeJson('package.json', { engines: { node: '^99.1.0 || >=100.0.0' } });
    const { status, stderr } = ready([]);
    expect(status).to.equal(1);
    expect(stderr).to.include('^99.1.0 || >=100.0.0').and.include(process.versions.node);
    expect(existsSync(join(clone, 'npm.log'))).to.equal(false);
  });

  it('ends with a failure if npm ci fails', () => {
    writeProgram('npm', 'exit 7');
    expect(ready([])).to.include({ status: 1, stderr: 'npm ci failed: see above.\n' });
  });

  it('installs no Debian package on a computer that is somebody’s own, but names what is left out', () => {
    writeInstalled({ 'node_modules/a': { version: '1.0.0' } });
    writeProgram('perl', 'exit 2');
    writeProgram('apt-get', 'touch apt-get.log');
    const { status, stdout } = ready(['--peers'], { CI: 'true' }, NO_ROOT);
    expect(status).to.equal(0);
    expect(stdout).to.match(
      /^Missing: .*\. On Debian, as root: apt-get install --no-install-recommends .*libnet-smpp-perl/,
    );
    expect(ready(['--peers'], { REQUIRE_ALL_PEERS: '1' }, NO_ROOT).status).to.equal(1);
    expect(existsSync(join(clone, 'apt-get.log'))).to.equal(false);
  });

  it('installs what is missing in a container, with services kept from starting', function () {
    if (process.getuid?.() !== 0 || existsSync('/run/systemd/system')) this.skip();
    const hadPolicy = existsSync(POLICY);
    writeInstalled({ 'node_modules/a': { version: '1.0.0' } });
    writeProgram('perl', 'test -e installed');
    writeProgram(
      'apt-get',
      `case "$*" in *" install -y "*libnet-smpp-perl*) test -x ${POLICY} && touch installed;; esac`,
    );
    expect(ready(['--peers'], { REQUIRE_ALL_PEERS: '1' }).status).to.equal(0);
    expect(existsSync(join(clone, 'installed'))).to.equal(true);
    expect(existsSync(POLICY)).to.equal(hadPolicy);
  });

  function ready(args: readonly string[], env = {}, nodeArgs: readonly string[] = []): SpawnSyncReturns<string> {
    return spawnSync(process.execPath, [...nodeArgs, join(clone, 'scripts/ready.mjs'), ...args], {
      encoding: 'utf8',
      env: { PATH: `${join(clone, 'bin')}:/usr/bin:/bin`, ...env },
    });
  }

  function writeProgram(name: string, script: string): void {
    writeFileSync(join(clone, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  function writeInstalled(packages: object): void {
    mkdirSync(join(clone, 'node_modules'));
    writeJson('node_modules/.package-lock.json', { packages });
  }

  function writeJson(file: string, content: object): void {
    writeFileSync(join(clone, file), JSON.stringify(content));
  }
});
