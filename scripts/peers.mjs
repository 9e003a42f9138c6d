import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

// Asked by invoke-rc.d before it starts a service; 101 says no.
const POLICY = '/usr/sbin/policy-rc.d';

/** The real programs that tests run against, by Debian's package names, with how to tell that one is there. */
const PEERS = {
  slapd: () => isProgram('slapd'),
  'ldap-utils': () => isProgram('ldapmodify'),
  'redis-server': () => isProgram('redis-server'),
  chromium: () => isProgram('chromium'),
  'libnet-smpp-perl': () => spawnSync('perl', ['-MNet::SMPP', '-e', '1']).status === 0,
  openssl: () => isProgram('openssl'),
};

export function installCommand(names) {
  return `apt-get install --no-install-recommends ${names.join(' ')}`;
}

export function isPeerThere(name) {
  return PEERS[name]();
}

export function missingPeers() {
  return Object.keys(PEERS).filter((name) => !isPeerThere(name));
}

/** True for root on a Debian without a running systemd: a container or a build machine, nobody's own computer. */
export function mayInstallPeers() {
  return process.getuid?.() === 0 && !existsSync('/run/systemd/system') && isProgram('apt-get');
}

/** Installs Debian packages and keeps their services from starting. Says nothing of success: look again afterwards. */
export function installPeers(names) {
  // A signal also reaches apt-get; without a listener it would end this process before the policy is removed.
  const wait = () => {};
  process.on('SIGINT', wait).on('SIGTERM', wait);
  const isPolicyOurs = forbidServices();
  try {
    aptGet('update');
    aptGet('install', '-y', '--no-install-recommends', ...names);
  } finally {
    if (isPolicyOurs) rmSync(POLICY);
    process.off('SIGINT', wait).off('SIGTERM', wait);
  }
}

/** Whether there is now a policy of ours; one that the machine already has stays. */
function forbidServices() {
  if (existsSync(POLICY)) return false;
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' });
  return true;
}

function aptGet(...args) {
  // Another installation may be under way: seconds to wait for it.
  const options = ['-q', '-o', 'DPkg::Lock::Timeout=300'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', [...options, ...args], { stdio: ['ignore', 'inherit', 'inherit'], env });
}

function isProgram(name) {
  // Servers live in sbin, which is not on everybody's PATH.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/sbin'];
  return folders.some((folder) => existsSync(join(folder, name)));
}
