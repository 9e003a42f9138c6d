import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import type { Finding } from '../domain/ports.ts';
import { isLoopback } from '../url.ts';

/** A server to look at, from its name to its certificate. */
export interface ExaminedServer {
  /** How its findings begin, as `SMSC smsc.example.net:3550`. */
  readonly label: string;
  readonly host: string;
  readonly port: number;
  /** This machine's address that the connection comes from. */
  readonly localAddress?: string | undefined;
  /** Absent if the connection is plain. */
  readonly tls: ExaminedTls | undefined;
}

export interface ExaminedTls {
  /** The name that the certificate must have. */
  readonly name: string;
  /** The authorities it is checked against, and other options of the connection. */
  readonly trust: ConnectionOptions;
  /** Exchange in clear before TLS, such as StartTLS. */
  prepare?(socket: Socket): Promise<void>;
}

/** A step failed for a known reason, which has a remedy of its own. */
export class ExplainedFailure extends Error {
  override readonly name = 'ExplainedFailure';
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

type Verdict = Omit<Finding, 'check'>;
type Job = (signal: AbortSignal) => Promise<Verdict>;

const NAME_REMEDY = 'Is the name spelt right, and does the DNS of this machine know it?';
const TCP_REMEDY = 'Are host and port right, does the server run, and do firewalls let this machine through?';
const TLS_REMEDY = 'Does this port speak TLS? Perhaps another port is meant, or the server wants a client certificate.';
/** By the code that Node gives. */
const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'no name server answers',
  ECONNREFUSED: 'nobody listens there',
  EHOSTUNREACH: 'there is no way to this host',
  ECONNRESET: 'the server closed the connection',
};

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
/** A certificate that ends sooner is a warning: it takes about that long to get another one. */
const SHORT_DAYS = 21;
/** Some certificates have hundreds of names. */
const LONGEST_NAMES = 200;

const RENEW = 'The server needs a new certificate; ask the person who runs it.';
const TRUST = "Put the certificate of its authority into the option tls.ca, or ask for a public authority's one.";

/** By the code of Node's TLS. */
const REMEDIES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: RENEW,
  CERT_NOT_YET_VALID: 'Is the clock of this machine right?',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Use a name that the certificate has, or say it in the option tls.servername.',
};

/**
 * Looks up the server's name, connects, and negotiates TLS, up to the first step that fails. Sends nothing secret.
 *
 * @param use goes on with the same connection, whose certificate is good: some servers take one at a time
 * @returns whether it can be used
 */
export async function* examineServer(
  server: ExaminedServer,
  timeoutMilliseconds: number,
  use?: (socket: Socket) => AsyncGenerator<Finding>,
): AsyncGenerator<Finding, boolean> {
  const { label, host, port, localAddress } = server;
  if (isIP(host) === 0) {
    const step = { check: `${label} name`, remedy: NAME_REMEDY, timeoutMilliseconds };
    const name = await run((signal) => lookUp(host, signal), step);
    yield name;
    if (name.status === 'failed') return false;
  }
  const from = localAddress === undefined ? {} : { localAddress, family: isIP(localAddress) };
  // An error between two steps needs a listener, too.
  const socket = connect({ ...from, host, port }).on('error', () => undefined);
  try {
    const secured = yield* examineConnection(server, socket, timeoutMilliseconds);
    if (secured !== undefined && use !== undefined) yield* use(secured);
    return secured !== undefined;
  } finally {
    socket.destroy();
  }
}

/** @returns the socket to go on with, if it can be used */
async function* examineConnection(
  { label, port, tls }: ExaminedServer,
  socket: Socket,
  timeoutMilliseconds: number,
): AsyncGenerator<Finding, Socket | undefined> {
  const attempt = (name: string, remedy: string, job: Job) =>
    run(job, { check: `${label} ${name}`, remedy, timeoutMilliseconds });
  const tcp = await attempt('TCP', TCP_REMEDY, (signal) => reach(socket, port, signal));
  yield tcp;
  if (tcp.status === 'failed') return undefined;
  let secured: Socket = socket;
  const last = await attempt('TLS', TLS_REMEDY, async (signal) => {
    if (tls === undefined) return judgeClear(socket);
    const own = await secure(socket, tls, signal);
    secured = own;
    return judgeCertificate(own, tls.name);
  });
  yield last;
  return last.status === 'failed' ? undefined : secured;
}

interface Step {
  readonly check: string;
  /** Remedy if it fails. */
  readonly remedy: string;
  readonly timeoutMilliseconds: number;
}

async function run(job: Job, { check, remedy, timeoutMilliseconds }: Step): Promise<Finding> {
  const signal = AbortSignal.timeout(timeoutMilliseconds);
  try {
    return { check, ...(await job(signal)) };
  } catch (error) {
    const detail = signal.aborted ? `no answer within ${timeoutMilliseconds} ms` : describe(error);
    return { check, status: 'failed', detail, remedy: error instanceof ExplainedFailure ? error.remedy : remedy };
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'it failed';
  if (!('code' in error)) return error.message;
  const code = String(error.code);
  return code in WORDS ? `${WORDS[code]} (${code})` : code;
}

async function lookUp(host: string, signal: AbortSignal): Promise<Verdict> {
  const tooLate = once(signal, 'abort').then(() => Promise.reject(signal.reason));
  const addresses = await Promise.race([lookup(host, { all: true }), tooLate]);
  return { status: 'ok', detail: addresses.map(({ address }) => address).join(', ') };
}

async function reach(socket: Socket, port: number, signal: AbortSignal): Promise<Verdict> {
  await once(socket, 'connect', { signal });
  return { status: 'ok', detail: `connected to port ${port}` };
}

async function secure(socket: Socket, { name, trust, prepare }: ExaminedTls, signal: AbortSignal): Promise<TLSSocket> {
  await prepare?.(socket);
  const secured = connectTls({
    ...trust,
    socket,
    host: name,
    ...(isIP(name) === 0 && { servername: name }),
    minVersion: 'TLSv1.2',
    // Nothing is sent before the certificate is judged: so the finding can say what is wrong with it.
    rejectUnauthorized: false,
  }).on('error', () => undefined);
  await once(secured, 'secureConnect', { signal });
  return secured;
}

/** Whether the port negotiates TLS, with any certificate. Sends nothing. */
export async function speaksTls(host: string, port: number, timeoutMilliseconds: number): Promise<boolean> {
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

function judgeClear({ remoteAddress = '' }: Socket): Verdict {
  if (isLoopback(remoteAddress)) return { status: 'skipped', detail: 'in clear, and never off this machine' };
  return { status: 'warning', detail: 'passwords and codes go in clear', remedy: 'Use an address with TLS.' };
}

/** Judges the certificate of a connection that was made without checking it. */
function judgeCertificate(socket: TLSSocket, name: string): Omit<Finding, 'check'> {
  const { valid_to: end, subjectaltname: names = 'no name' } = socket.getPeerCertificate();
  const daysLeft = Math.floor((Date.parse(end) - Date.now()) / DAY_MILLISECONDS);
  const facts = `${socket.getProtocol()}, for ${names.slice(0, LONGEST_NAMES)}, until ${end}`;
  if (!socket.authorized) {
    const code = String(socket.authorizationError);
    return {
      status: 'failed',
      detail: `its certificate is refused as one of ${name}: ${code} (${facts})`,
      remedy: REMEDIES[code] ?? TRUST,
    };
  }
  const detail = `${daysLeft} days left (${facts})`;
  return daysLeft < SHORT_DAYS ? { status: 'warning', detail, remedy: RENEW } : { status: 'ok', detail };
}
