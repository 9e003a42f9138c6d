// Makes a fresh clone ready to run: `node scripts/ready.mjs [--peers]`. Does and says nothing if all is there.
// Needs no dependency, since it is what installs them.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { areDependenciesInstalled } from './dependencies.mjs';
import { isInRange } from './node-version.mjs';
import { installCommand, installPeers, mayInstallPeers, missingPeers } from './peers.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
requireNode();
if (!areDependenciesInstalled()) installDependencies();
if (process.argv.includes('--peers')) readyPeers();

function requireNode() {
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8'));
  if (isInRange(process.versions.node, engines.node)) return;
  stop(`This needs Node ${engines.node}; here is ${process.versions.node}. Please install a newer Node.`);
}

function installDependencies() {
  console.log('Installing what package-lock.json names into node_modules (npm ci) …');
  // The tests need what NODE_ENV=production would leave out; on Windows npm is a script, which needs a shell.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  const { status } = spawnSync('npm', args, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) stop('npm ci failed: see above.');
}

function readyPeers() {
  let missing = missingPeers();
  if (missing.length > 0 && mayInstallPeers()) {
    console.log(`Installing ${missing.join(', ')} for the tests (apt-get, no service is started) …`);
    installPeers(missing);
    missing = missingPeers();
  }
  if (missing.length === 0) return;
  const message = `Missing: ${missing.join(', ')}. On Debian, as root: ${installCommand(missing)}`;
  if (process.env.REQUIRE_ALL_PEERS === '1') stop(message);
  console.log(`${message}\nTests that need them are skipped.`);
}

function stop(message) {
  console.error(message);
  process.exit(1);
}
