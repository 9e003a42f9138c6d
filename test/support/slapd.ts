import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { makeCertificate } from './certificate-authority.ts';
import { freePort } from './free-port.ts';

const run = promisify(execFile);
const SLAPD = '/usr/sbin/slapd';
const SLAPADD = '/usr/sbin/slapadd';
const HOST = '127.0.0.1';

/** A real OpenLDAP server of the test's own, in a temporary folder and on free ports. */
export interface Slapd {
  /** `ldap://`; StartTLS is on offer. */
  readonly url: string;
  readonly secureUrl: string;
  /** The authority of its certificate, in PEM; the certificate is for `localhost` and `127.0.0.1`. */
  readonly ca: string;
  /** The certificate itself, and its key. */
  readonly cert: string;
  readonly key: string;
  readonly baseDn: string;
  /** May read everything and write the phone attributes. */
  readonly bindDn: string;
  readonly bindPassword: string;
  stop(): Promise<void>;
  /** Starts it again, with the entries as they were, on the same ports. */
  start(): Promise<void>;
  /** Stops it and deletes all of it. */
  close(): Promise<void>;
}

/**
 * Holds the people of the LDIF, below `ou=people,dc=example,dc=org`; nothing at all without one, as a copy begins.
 *
 * @param settings further global ones, and definitions of a schema, as slapd.conf has them
 * @param access who may do what, in place of what the docs of the service account promise
 */
export async function startSlapd(ldif: string | undefined, settings = '', access = ACCESS): Promise<Slapd> {
  const folder = await mkdtemp(join(tmpdir(), 'slapd-'));
  const { cert, key, ca } = await makeCertificate();
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'cert.pem'), cert);
  await writeFile(join(folder, 'key.pem'), key);
  await writeFile(join(folder, 'ca.pem'), ca);
  await writeFile(join(folder, 'slapd.conf'), configuration(folder, settings, access));
  if (ldif !== undefined) {
    await writeFile(join(folder, 'people.ldif'), `${TREE}\n${ldif}`);
    await run(SLAPADD, ['-f', join(folder, 'slapd.conf'), '-l', join(folder, 'people.ldif')]);
  }
  const [port, securePort] = [await freePort(), await freePort()];
  const url = `ldap://${HOST}:${port}`;
  const secureUrl = `ldaps://${HOST}:${securePort}`;
  let server: ChildProcess | undefined;
  const start = async () => {
    server = spawn(SLAPD, ['-d', '0', '-f', join(folder, 'slapd.conf'), '-h', `${url} ${secureUrl}`], {
      stdio: 'ignore',
    });
    await Promise.all([listening(port), listening(securePort)]);
  };
  const stop = async () => {
    if (server === undefined || server.exitCode !== null) return;
    const ended = once(server, 'exit');
    server.kill();
    await ended;
  };
  await start();
  return {
    url,
    secureUrl,
    ca,
    cert,
    key,
    baseDn: 'ou=people,dc=example,dc=org',
    bindDn: 'cn=service,dc=example,dc=org',
    bindPassword: 'service',
    start,
    stop,
    close: async () => {
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}

function configuration(folder: string, settings: string, access: string): string {
  return `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
attributetype ( 1.3.6.1.4.1.4203.666.1.900 NAME 'phoneNumberVerified'
  EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
objectclass ( 1.3.6.1.4.1.4203.666.3.900 NAME 'verifiedPerson' AUXILIARY MAY phoneNumberVerified )
${settings}
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ${join(folder, 'slapd.pid')}
TLSCACertificateFile ${join(folder, 'ca.pem')}
TLSCertificateFile ${join(folder, 'cert.pem')}
TLSCertificateKeyFile ${join(folder, 'key.pem')}
database mdb
suffix "dc=example,dc=org"
directory ${join(folder, 'data')}
dbnosync
access to attrs=userPassword by anonymous auth by * none
${access}
`;
}

/** The rights of the service account, as the docs say. */
export const ACCESS = `
access to attrs=mobile,phoneNumberVerified by dn.exact="cn=service,dc=example,dc=org" write by dn.exact="cn=reader,ou=people,dc=example,dc=org" read
access to * by dn.exact="cn=service,dc=example,dc=org" read by dn.exact="cn=reader,ou=people,dc=example,dc=org" read`;

const TREE = `
dn: dc=example,dc=org
objectClass: domain
dc: example

dn: ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: people

dn: cn=service,dc=example,dc=org
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: service
userPassword: service
`;

/** Resolves when the port takes connections; mocha's time-out is the deadline. */
async function listening(port: number): Promise<void> {
  const socket = connect(port, HOST);
  try {
    await once(socket, 'connect');
  } catch {
    await pause(10);
    await listening(port);
  } finally {
    socket.destroy();
  }
}
