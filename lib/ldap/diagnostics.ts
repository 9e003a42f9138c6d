import { Deadline } from '../deadline.ts';
import { type ExaminedTls, examineServer } from '../diagnostics/server.ts';
import type { Finding } from '../domain/finding.ts';
import { connect, type LdapServer, type ServerTrust, startTls } from './connection.ts';
import { DirectoryFault } from './directory-fault.ts';
import type { LdapSettings } from './ldap-settings.ts';
import { bindAs } from './servers.ts';
import type { UserEntry } from './user-entry.ts';
import { listEntries } from './user-search.ts';
import { examineWriting } from './write-access.ts';

/**
 * Checks each server: the way to it, the service account, and whether the base can be read. If numbers must be written,
 * it then checks whether the account may.
 */
export async function* examineDirectory(settings: LdapSettings, mustWrite: boolean): AsyncGenerator<Finding> {
  const isUsable = yield* examineServers(settings);
  if (isUsable && mustWrite) yield await examineWriting(settings, await findAnybody(settings));
}

async function findAnybody(settings: LdapSettings): Promise<UserEntry | undefined> {
  for await (const entry of listEntries(settings)) return entry;
  return undefined;
}

/** Whether at least one of them can be used. */
async function* examineServers(settings: LdapSettings): AsyncGenerator<Finding, boolean> {
  const { servers, trust, timeoutMilliseconds } = settings.connection;
  let isUsable = false;
  for (const server of servers) {
    const label = `LDAP ${server.name}`;
    const tls = tlsOf(server, trust, timeoutMilliseconds);
    const isThere = yield* examineServer({ ...server, label, tls }, timeoutMilliseconds);
    if (isThere && (yield* examineAccount(label, server, settings))) isUsable = true;
  }
  return isUsable;
}

function tlsOf(server: LdapServer, trust: ServerTrust, timeoutMilliseconds: number): ExaminedTls | undefined {
  if (server.security === 'none') return undefined;
  const tls = { name: trust.servername ?? server.host, trust: { secureContext: trust.secureContext } };
  if (server.security === 'tls') return tls;
  return { ...tls, prepare: (socket) => startTls(server, socket, new Deadline(timeoutMilliseconds)) };
}

async function* examineAccount(
  label: string,
  server: LdapServer,
  { connection: { trust, serviceAccount, timeoutMilliseconds }, baseDn }: LdapSettings,
): AsyncGenerator<Finding, boolean> {
  const deadline = new Deadline(timeoutMilliseconds);
  const who = serviceAccount === undefined ? 'anonymous: there is no bindDn' : 'the service account is accepted';
  let check = `${label} bind`;
  try {
    const connection = await connect(server, trust, deadline);
    try {
      await bindAs(serviceAccount)(connection, deadline);
      yield { check, status: 'ok', detail: who };
      check = `${label} search`;
      await connection.run((client) => client.search(baseDn, { scope: 'base', attributes: ['1.1'] }), deadline);
      yield { check, status: 'ok', detail: 'the base can be read' };
      return true;
    } finally {
      connection.close();
    }
  } catch (fault) {
    if (!(fault instanceof DirectoryFault)) throw fault;
    yield { check, status: 'failed', detail: describe(fault, server), remedy: remedyFor(fault) };
    return false;
  }
}

/** Without the server's name: the finding begins with it. */
function describe({ message }: DirectoryFault, { name }: LdapServer): string {
  const fault = message.startsWith(`${name} `) ? message.slice(name.length + 1) : message;
  return fault.replace(/\.$/, '');
}

function remedyFor(fault: DirectoryFault): string {
  if (fault.hasCode(['invalidCredentials']))
    return 'Compare bindDn and bindPassword with the account in the directory.';
  if (fault.hasCode(['noSuchObject'])) return 'Is baseDn right, and may the account (bindDn) read it?';
  if (fault.hasCode(['referral'])) return 'This server does not hold baseDn: name the one that does.';
  if (fault.resultCode === undefined) return 'Is it an LDAP server that listens there, and does it answer others?';
  return 'Ask whoever runs the directory, and say the result.';
}
