import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'ldapts';
import { bound, type DirectoryPeer, type PersonSpec, personEntry, replace } from './directory-peer.ts';
import { freePort } from './free-port.ts';

const ROOT = 'cn=root';
const PASSWORD = 'root-secret';
const SUFFIX = 'dc=example,dc=org';
const BACKEND = 'cn=userRoot,cn=ldbm database,cn=plugins,cn=config';
const SERVICE = `cn=service,${SUFFIX}`;

/**
 * A real 389 Directory Server in the foreground, whose backend is added over LDAP. It takes about two seconds.
 *
 * @param lookThrough entries that it looks through at most for a search without an index
 */
export async function startNsSlapd(people: readonly PersonSpec[], lookThrough = 5000): Promise<DirectoryPeer> {
  // A name with slapd- in it would be taken for an instance's, whose folder for statistics is missing.
  const folder = await mkdtemp(join(tmpdir(), 'directory-389-'));
  const port = await freePort();
  await configure(folder, port);
  const config = join(folder, 'config');
  const options = ['-D', config, '-i', join(folder, 'pid'), '-d', '0'];
  const run = () => spawn('/usr/sbin/ns-slapd', options, { stdio: 'ignore' });
  let server = run();
  const url = `ldap://127.0.0.1:${port}`;
  const stop = async () => {
    const ended = once(server, 'exit');
    if (server.kill()) await ended;
  };
  const close = async () => {
    await stop();
    await rm(folder, { recursive: true });
  };
  try {
    await (await bound(url, ROOT, PASSWORD)).unbind();
    // The plug-in for entryUUID, which the first start adds, works from the second one on.
    await stop();
    server = run();
    const client = await bound(url, ROOT, PASSWORD);
    await addBackend(client, lookThrough);
    for (const [dn, attributes] of [...TREE, ...people.map((person) => personEntry(person))])
      await client.add(dn, attributes);
    await client.unbind();
  } catch (error) {
    await close();
    throw error;
  }
  return { url, baseDn: `ou=people,${SUFFIX}`, bindDn: SERVICE, bindPassword: 'service', close };
}

async function configure(folder: string, port: number): Promise<void> {
  const folders = ['config', 'config/schema', 'lock', 'tmp', 'ldif', 'bak', 'run', 'inst', 'log', 'db'];
  for (const name of folders) await mkdir(join(folder, name));
  const at = (name: string) => join(folder, name);
  const values: Readonly<Record<string, string>> = {
    schema_dir: at('config/schema'),
    cert_dir: at('config'),
    config_dir: at('config'),
    db_home_dir: at('db'),
    db_lib: 'bdb',
    fqdn: 'localhost',
    ds_port: `${port}\nnsslapd-listenhost: 127.0.0.1`,
    ds_user: 'root',
    rootdn: ROOT,
    ds_passwd: salted(PASSWORD),
    ldapi_enabled: 'off',
    ldapi_autobind: 'off',
    ldapi: at('run/ldapi'),
    ds_suffix: SUFFIX,
  };
  const template = await readFile('/usr/share/dirsrv/data/template-dse.ldif', 'utf8');
  const filled = template.replace(/%(\w+)%/g, (_, name: string) => values[name] ?? at(name.replace(/_dir$/, '')));
  await writeFile(at('config/dse.ldif'), filled);
  await copyFile('/etc/dirsrv/schema/99user.ldif', at('config/schema/99user.ldif'));
  await copyFile('/etc/dirsrv/config/slapd-collations.conf', at('config/slapd-collations.conf'));
}

/** The server takes no password in clear from its configuration. */
function salted(password: string): string {
  const salt = randomBytes(8);
  return `{SSHA}${Buffer.concat([createHash('sha1').update(password).update(salt).digest(), salt]).toString('base64')}`;
}

async function addBackend(client: Client, lookThrough: number): Promise<void> {
  await client.add(BACKEND, {
    objectClass: ['top', 'extensibleObject', 'nsBackendInstance'],
    cn: 'userRoot',
    'nsslapd-suffix': SUFFIX,
  });
  await client.add(`cn="${SUFFIX}",cn=mapping tree,cn=config`, {
    objectClass: ['top', 'extensibleObject', 'nsMappingTree'],
    cn: SUFFIX,
    'nsslapd-state': 'backend',
    'nsslapd-backend': 'userRoot',
  });
  await replace(
    client,
    'cn=config,cn=ldbm database,cn=plugins,cn=config',
    'nsslapd-lookthroughlimit',
    `${lookThrough}`,
  );
}

const TREE: readonly (readonly [string, Record<string, string | string[]>])[] = [
  [
    SUFFIX,
    {
      objectClass: ['top', 'domain'],
      dc: 'example',
      aci: [
        `(targetattr="*")(version 3.0; acl "read"; allow (read,search,compare) userdn="ldap:///${SERVICE}";)`,
        `(targetattr="mobile")(version 3.0; acl "write"; allow (write) userdn="ldap:///${SERVICE}";)`,
      ],
    },
  ],
  [`ou=people,${SUFFIX}`, { objectClass: 'organizationalUnit', ou: 'people' }],
  [SERVICE, { objectClass: ['applicationProcess', 'simpleSecurityObject'], cn: 'service', userPassword: 'service' }],
];
