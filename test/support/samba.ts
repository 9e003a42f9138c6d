import { execFile, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Attribute, Client } from 'ldapts';
import {
  type AccountSpec,
  type ActiveDirectory,
  accountAttributes,
  unicodePassword,
  unitsAbove,
} from './active-directory.ts';
import { makeCertificate } from './certificate-authority.ts';

const run = promisify(execFile);
const SAMBA = '/usr/sbin/samba';
const SAMBA_TOOL = '/usr/bin/samba-tool';
const ADMINISTRATOR = 'Administrator@example.test';
const PASSWORD = 'Adm1n-of-the-test';

/** A real Samba domain controller, of which only LDAP runs; its port is 636, so that it needs root and an address of its own. It takes about ten seconds. */
export async function startSamba(accounts: (baseDn: string) => readonly AccountSpec[]): Promise<ActiveDirectory> {
  const folder = await mkdtemp(join(tmpdir(), 'samba-'));
  const at = (file: string) => join(folder, file);
  const address = `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;
  const { cert, key, ca } = await makeCertificate(`IP:${address}`);
  await writeFile(at('cert.pem'), cert);
  await writeFile(at('key.pem'), key, { mode: 0o600 });
  await writeFile(at('ca.pem'), ca);
  const domain = ['--realm=EXAMPLE.TEST', '--domain=EXAMPLE', '--server-role=dc', '--dns-backend=NONE'];
  const place = [`--targetdir=${at('domain')}`, `--adminpass=${PASSWORD}`];
  await run(SAMBA_TOOL, ['domain', 'provision', ...domain, ...place]);
  const settings = [
    'server services=ldap',
    `interfaces=${address}/8`,
    'bind interfaces only=yes',
    ...['cert', 'key', 'ca'].map((name) => `tls ${name}file=${at(`${name}.pem`)}`),
    `pid directory=${folder}`,
    `ncalrpc dir=${at('ncalrpc')}`,
  ];
  const options = settings.map((setting) => `--option=${setting}`);
  const server = spawn(SAMBA, ['-i', '--debug-stdout', '-s', at('domain/etc/smb.conf'), ...options], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const close = async () => {
    const ended = once(server, 'exit');
    // It ends itself, and the processes it began, with its standard input.
    server.stdin?.end();
    await ended;
    // Its last processes may still write.
    await rm(folder, { recursive: true, maxRetries: 20, retryDelay: 50 });
  };
  const directory = {
    ...{ url: `ldaps://${address}`, ca, baseDn: 'DC=example,DC=test' },
    ...{ bindDn: ADMINISTRATOR, bindPassword: PASSWORD, close },
  };
  try {
    await addAll(directory, accounts(directory.baseDn));
    return directory;
  } catch (error) {
    await close();
    throw error;
  }
}

async function addAll({ url, ca }: ActiveDirectory, accounts: readonly AccountSpec[]): Promise<void> {
  const client = new Client({ url, tlsOptions: { ca, host: new URL(url).hostname } });
  await ready(client);
  for (const account of accounts) await add(client, account);
  await client.unbind();
}

/** Resolves bound; mocha's time-out is the deadline. */
async function ready(client: Client): Promise<void> {
  try {
    await client.bind(ADMINISTRATOR, PASSWORD);
  } catch {
    await pause(100);
    await ready(client);
  }
}

async function add(client: Client, account: AccountSpec): Promise<void> {
  for (const unit of unitsAbove(account.dn)) {
    // It is there already if another account lies in it.
    await client.add(unit, { objectClass: 'organizationalUnit' }).catch(() => {});
  }
  const texts = Object.entries({ objectClass: 'user', ...accountAttributes(account) });
  await client.add(account.dn, [
    ...texts.map(([type, value]) => new Attribute({ type, values: [value] })),
    new Attribute({ type: 'unicodePwd', values: [unicodePassword(account.password)] }),
  ]);
}
