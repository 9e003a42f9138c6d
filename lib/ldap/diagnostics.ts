import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Deadline } from '../deadline.ts';
import { type ExaminedTls, ExplainedFailure, examineServer } from '../diagnostics/server.ts';
import type { Finding } from '../domain/ports.ts';
import { connect, type LdapServer, type ServerTrust, startTls } from './connection.ts';
import { ConnectionLost, DirectoryFault, LateResponse, RESULT_CODE, type ResultCodeName } from './directory-fault.ts';
import type { LdapSettings } from './ldap-settings.ts';
import type { People } from './people.ts';
import { bindAs } from './servers.ts';
import type { UserEntry } from './user-entry.ts';
import { listEntries } from './user-search.ts';
import { examineWriting } from './write-access.ts';

/** The first people of a list are often administrators, whose entries are protected. */
const SAMPLE = 5;

/**
 * Checks each server: the way to it, the service account, and whether the base can be read; then whether people are
 * found again by their ids. If numbers must be written, it also checks whether the account may.
 */
export async function* examineDirectory(
  settings: LdapSettings,
  people: People,
  mustWrite: boolean,
): AsyncGenerator<Finding> {
  const isUsable = yield* examineServers(settings);
  if (!isUsable) return;
  const sample: UserEntry[] = [];
  try {
    for await (const entry of listEntries(settings)) if (sample.push(entry) === SAMPLE) break;
  } catch (fault) {
    yield failed('LDAP list', fault, 'Let the account (bindDn) list people, or raise the limits of the directory.');
  }
  const [first] = sample;
  if (first !== undefined) yield await examineId(settings, people, first);
  if (mustWrite) yield await examineWriting(settings, sample);
}

/** Every code asks for its user by the id: what cannot be looked up there ends each sign-in. */
async function examineId(settings: LdapSettings, people: People, entry: UserEntry): Promise<Finding> {
  const check = 'LDAP id';
  const newDeadline = () => new Deadline(settings.connection.timeoutMilliseconds);
  try {
    const { id } = await people.read(entry, newDeadline());
    const found = await people.find({ id }, newDeadline());
    const attribute = people.idAttributeOf(entry, id);
    if (found === undefined) {
      const remedy = `Let the account (bindDn) search ${attribute}, not only read it.`;
      return { check, status: 'failed', detail: `nobody is found by ${attribute}`, remedy };
    }
    return {
      check,
      status: 'ok',
      detail: `people are found by ${attribute}${adviceOn(settings, entry, attribute)}`,
    };
  } catch (fault) {
    return failed(check, fault);
  }
}

function adviceOn({ mayIdBeDn }: LdapSettings, entry: UserEntry, attribute: string): string {
  const isOn389 = mayIdBeDn && attribute === 'entryUUID' && entry.values('nsUniqueId').length > 0;
  return isOn389 ? "; a new installation takes idAttribute: 'nsUniqueId', which always has an index" : '';
}

/** Those of a global catalog of Active Directory (MS-ADTS, section 3.1.1.3). */
const CATALOG_PORTS = [3268, 3269];
const CATALOG = {
  detail: 'the port of a global catalog, which shows only some attributes and takes no writes',
  remedy: 'Name port 636 of the domain in url: a person whose number is not shown looks like one without.',
};

/** Whether at least one of them can be used. */
async function* examineServers(settings: LdapSettings): AsyncGenerator<Finding, boolean> {
  const { servers, trust, timeoutMilliseconds } = settings.connection;
  let isUsable = false;
  for (const server of servers) {
    const label = `LDAP ${server.name}`;
    const tls = tlsOf(server, trust, timeoutMilliseconds);
    if (CATALOG_PORTS.includes(server.port)) yield { check: `${label} catalog`, status: 'warning', ...CATALOG };
    const isThere = yield* examineServer({ ...server, label, tls }, timeoutMilliseconds);
    if (isThere && (yield* examineAccount(label, server, settings))) isUsable = true;
  }
  return isUsable;
}

function tlsOf(server: LdapServer, trust: ServerTrust, timeoutMilliseconds: number): ExaminedTls | undefined {
  if (server.security === 'none') return undefined;
  const tls = { name: trust.servername ?? server.host, trust: { secureContext: trust.secureContext } };
  if (server.security === 'tls') return tls;
  return { ...tls, prepare: (socket) => requestTls(server, socket, timeoutMilliseconds) };
}

/** @throws ExplainedFailure if the server refuses StartTLS; DirectoryFault if it does not answer */
async function requestTls(server: LdapServer, socket: Socket, timeoutMilliseconds: number): Promise<void> {
  try {
    await startTls(server, socket, new Deadline(timeoutMilliseconds));
  } catch (fault) {
    if (!(fault instanceof DirectoryFault) || fault.resultCode === undefined) throw fault;
    throw new ExplainedFailure(`StartTLS is refused: the directory ${describe(fault, server)}`, START_TLS_REMEDY);
  }
}

async function* examineAccount(
  label: string,
  server: LdapServer,
  { connection: settings, baseDn }: LdapSettings,
): AsyncGenerator<Finding, boolean> {
  const { trust, serviceAccount, timeoutMilliseconds } = settings;
  const deadline = new Deadline(timeoutMilliseconds);
  const who = serviceAccount === undefined ? 'anonymous: there is no bindDn' : 'the service account is accepted';
  let check = `${label} bind`;
  let hasAnswered = false;
  try {
    const connection = await connect(server, trust, deadline);
    try {
      await bindAs(serviceAccount)(connection, deadline);
      hasAnswered = serviceAccount !== undefined;
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
    const remedy = hasAnswered ? remedyLater(fault) : await remedyAtFirst(fault, server, settings);
    yield { check, status: 'failed', detail: describe(fault, server), remedy };
    return false;
  }
}

/** Whether a port that was spoken to without TLS expects TLS from the first byte. Nothing secret is sent. */
async function wantsTls({ security, host, port }: LdapServer, timeoutMilliseconds: number): Promise<boolean> {
  if (security === 'tls') return false;
  const socket = connectTls({ host, port, rejectUnauthorized: false }).on('error', () => undefined);
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(timeoutMilliseconds) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Without the server's name: the finding begins with it. */
function describe({ message }: DirectoryFault, { name }: LdapServer): string {
  const fault = message.startsWith(`${name} `) ? message.slice(name.length + 1) : message;
  return fault.replace(/\.$/, '');
}

function failed(check: string, fault: unknown, remedy?: string): Finding {
  if (!(fault instanceof DirectoryFault)) throw fault;
  const detail = fault.message.replace(/\.$/, '');
  return { check, status: 'failed', detail, remedy: remedyLater(fault, remedy) };
}

/** Answers that no right and no limit of the account changes. */
const NO_LIMIT: readonly ResultCodeName[] = ['referral', 'busy', 'unavailable'];
const SLOW =
  'The directory works, but this search is slow: give usernameAttribute and idAttribute an equality index, or set a larger timeoutSeconds.';
const ENDED = 'The directory works, but it closed the connection in place of an answer: its log may tell why.';
const START_TLS_REMEDY =
  'Use ldaps:// in url and leave startTls out, or let the administrator turn StartTLS on: it needs a certificate.';
const USE_TLS = 'This directory wants an encrypted connection: use ldaps:// in url, or startTls: true.';

const SET_ACCOUNT = 'The directory wants an account: set bindDn and bindPassword.';
/** Answers to somebody who has not said who they are; the first is Active Directory's. */
const WANTS_ACCOUNT: readonly ResultCodeName[] = [
  'operationsError',
  'inappropriateAuthentication',
  'insufficientAccessRights',
  'unwillingToPerform',
];

/** The remedy for each answer to the service account's bind or search. */
const REMEDIES: Readonly<Partial<Record<ResultCodeName, string>>> = {
  protocolError: 'The server does not take this request: does it speak version 3 of LDAP?',
  timeLimitExceeded:
    'Give usernameAttribute and idAttribute an equality index, or raise the time limit of the account (bindDn).',
  sizeLimitExceeded: 'Raise the size limit of the account (bindDn) in the directory.',
  strongAuthRequired: USE_TLS,
  referral: 'This server does not hold baseDn: name the one that does.',
  adminLimitExceeded:
    'Give usernameAttribute and idAttribute an equality index, or raise the look-through limit of the account (bindDn).',
  confidentialityRequired: USE_TLS,
  noSuchObject: 'Is baseDn right, and may the account (bindDn) read it?',
  invalidDnSyntax:
    'Write bindDn and baseDn as DNs, as cn=service,dc=example,dc=org; a comma in a value needs a backslash.',
  inappropriateAuthentication: SET_ACCOUNT,
  invalidCredentials: 'Compare bindDn and bindPassword with the account in the directory.',
  insufficientAccessRights: 'Give the account (bindDn) the right to search and read below baseDn.',
  busy: 'The directory is busy: try again, and raise the limits of the account (bindDn) if that goes on.',
  unavailable: 'The directory is starting or stopping: try again in a moment.',
  unwillingToPerform:
    'The directory refuses it by its own rules: is the account (bindDn) locked, or its password to be changed first?',
};

/** The remedy at the first request to a server: perhaps it is no directory, or wants TLS. */
async function remedyAtFirst(
  fault: DirectoryFault,
  server: LdapServer,
  { serviceAccount, timeoutMilliseconds }: LdapSettings['connection'],
): Promise<string> {
  if (serviceAccount === undefined && fault.hasCode(WANTS_ACCOUNT)) return SET_ACCOUNT;
  if (fault.resultCode !== undefined) return remedyFor(fault);
  const speaksTls = await wantsTls(server, timeoutMilliseconds);
  return speaksTls ? 'This port speaks TLS: use ldaps:// in url in place of ldap://.' : remedyFor(fault);
}

/** The remedy at a request to a directory that has answered others. */
function remedyLater(fault: DirectoryFault, other = remedyFor(fault)): string {
  if (fault.remedy !== undefined) return fault.remedy;
  if (fault.hasCode(NO_LIMIT)) return remedyFor(fault);
  if (fault instanceof LateResponse) return SLOW;
  return fault instanceof ConnectionLost ? ENDED : other;
}

function remedyFor({ resultCode }: DirectoryFault): string {
  if (resultCode === undefined) return 'Is it an LDAP server that listens there, and does it answer others?';
  const known = Object.entries(REMEDIES).find(([name]) => RESULT_CODE[name as ResultCodeName] === resultCode);
  return known?.[1] ?? 'Ask the administrator of the directory, and tell them the result.';
}
