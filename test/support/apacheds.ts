import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bound, type DirectoryPeer, type PersonSpec, personEntry } from './directory-peer.ts';
import { freePort } from './free-port.ts';

const ADMINISTRATOR = 'uid=admin,ou=system';
const PASSWORD = 'secret';
const SUFFIX = 'dc=example,dc=com';
/** Debian's package names less than it needs: the start-up ends without these. */
const JARS = ['caffeine', 'commons-collections4', 'commons-lang3', 'commons-codec', 'commons-pool2'];

/** A real Apache Directory Server; it takes about ten seconds. */
export async function startApacheDs(people: readonly PersonSpec[]): Promise<DirectoryPeer> {
  const folder = await mkdtemp(join(tmpdir(), 'apacheds-'));
  for (const name of ['conf', 'log', 'partitions', 'run', 'cache']) await mkdir(join(folder, name));
  const port = await freePort();
  const config = (await readFile('/etc/apacheds/config.ldif', 'utf8'))
    .replaceAll('0.0.0.0', '127.0.0.1')
    .replace('ads-systemport: 10389', `ads-systemport: ${port}`)
    .replace('ads-systemport: 10636', `ads-systemport: ${await freePort()}`);
  await writeFile(join(folder, 'conf/config.ldif'), config);
  await copyFile('/etc/apacheds/log4j.properties', join(folder, 'conf/log4j.properties'));
  const server = spawn('java', javaArguments(folder), { stdio: 'ignore' });
  const close = async () => {
    const ended = once(server, 'exit');
    if (server.kill()) await ended;
    await rm(folder, { recursive: true });
  };
  const url = `ldap://127.0.0.1:${port}`;
  const baseDn = `ou=people,${SUFFIX}`;
  try {
    const client = await bound(url, ADMINISTRATOR, PASSWORD);
    await client.add(baseDn, { objectClass: 'organizationalUnit', ou: 'people' });
    for (const person of people) await client.add(...personEntry(person, baseDn));
    await client.unbind();
  } catch (error) {
    await close();
    throw error;
  }
  return { url, baseDn, bindDn: ADMINISTRATOR, bindPassword: PASSWORD, close };
}

function javaArguments(folder: string): string[] {
  const jars = ['/usr/share/apacheds/lib/*', ...JARS.map((name) => `/usr/share/java/${name}.jar`)];
  return [
    '-Xmx256m',
    // It makes its certificate with these; Java 17 keeps them to itself.
    ...['sun.security.x509', 'sun.security.util'].flatMap((name) => ['--add-exports', `java.base/${name}=ALL-UNNAMED`]),
    `-Dlog4j.configuration=file:${join(folder, 'conf/log4j.properties')}`,
    `-Dapacheds.log.dir=${join(folder, 'log')}`,
    ...['-cp', jars.join(':'), 'org.apache.directory.server.UberjarMain', folder],
  ];
}
