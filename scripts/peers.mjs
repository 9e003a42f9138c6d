import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

// Read by postgresql's own installation: without it, that makes a cluster and starts it.
const CLUSTERS = '/etc/postgresql-common/createcluster.conf';
// Asked by invoke-rc.d before it starts a service; 101 says no.
const POLICY = '/usr/sbin/policy-rc.d';

/** The real programs that tests run against, by Debian's package names, with how to tell that one is there. */
const LIGHT = {
  slapd: () => isProgram('slapd'),
  'ldap-utils': () => isProgram('ldapmodify'),
  'redis-server': () => isProgram('redis-server'),
  chromium: () => isProgram('chromium'),
  'libnet-smpp-perl': () => spawnSync('perl', ['-MNet::SMPP', '-e', '1']).status === 0,
  openssl: () => isProgram('openssl'),
  postgresql: () => existsSync('/usr/lib/postgresql'),
  pgbouncer: () => isProgram('pgbouncer'),
};
/** Those that are large: they are installed only if REQUIRE_ALL_PEERS is 1. */
const HEAVY = {
  'kannel-extras': () => existsSync('/usr/lib/kannel/test/drive_smpp'),
  '389-ds-base': () => isProgram('ns-slapd'),
  samba: () => ['/usr/sbin/samba', '/usr/share/samba/setup', VFS].every((path) => existsSync(path)),
  prometheus: () => isProgram('prometheus') && isProgram('promtool'),
  apacheds: () => isProgram('java') && APACHEDS_JARS.every((name) => existsSync(`/usr/share/java/${name}.jar`)),
};
const PEERS = { ...LIGHT, ...HEAVY };
const VFS = '/usr/lib/x86_64-linux-gnu/samba/vfs/acl_xattr.so';
const APACHEDS_JARS = [
  'apacheds-service',
  'apache-directory-api-all',
  'mina2-core',
  'caffeine',
  'commons-collections4',
];
/** Packages that come with a package here, since its own list of what it needs is not enough for what the tests do. */
const COMPANIONS = {
  samba: ['samba-ad-provision', 'samba-dsdb-modules', 'samba-vfs-modules'],
  apacheds: [
    ...['libapache-directory-api-java', 'libapache-directory-jdbm-java', 'libbcprov-java', 'libcaffeine-java'],
    ...['libcommons-codec-java', 'libcommons-collections4-java', 'libcommons-lang-java', 'libcommons-lang3-java'],
    ...['libcommons-pool-java', 'libcommons-pool2-java', 'libdom4j-java', 'libmavibot-java', 'libmina2-java'],
    'libxpp3-java',
  ],
};

export function installCommand(names) {
  return `apt-get install --no-install-recommends ${packagesOf(names).join(' ')}`;
}

export function isPeerThere(name) {
  return PEERS[name]();
}

export function missingPeers() {
  const wanted = process.env.REQUIRE_ALL_PEERS === '1' ? PEERS : LIGHT;
  return Object.keys(wanted).filter((name) => !isPeerThere(name));
}

function packagesOf(names) {
  return names.flatMap((name) => [name, ...(COMPANIONS[name] ?? [])]);
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
  if (names.includes('postgresql')) forbidClusters();
  try {
    aptGet('update');
    aptGet('install', '-y', '--no-install-recommends', ...packagesOf(names));
  } finally {
    if (isPolicyOurs) rmSync(POLICY);
    process.off('SIGINT', wait).off('SIGTERM', wait);
  }
}

/** The tests have an instance of their own; settings that the machine already has stay. */
function forbidClusters() {
  mkdirSync(dirname(CLUSTERS), { recursive: true });
  if (!existsSync(CLUSTERS)) writeFileSync(CLUSTERS, 'create_main_cluster = false\n', { flag: 'wx' });
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
