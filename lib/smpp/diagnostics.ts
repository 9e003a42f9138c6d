import type { Socket } from 'node:net';
import { examineServer, speaksTls } from '../diagnostics/server.ts';
import type { Finding } from '../domain/ports.ts';
import { BindRefusal, remedyOf, type SmscFailure } from './command-status.ts';
import { type BindMode, Session } from './session.ts';
import type { SmscSettings } from './smsc-schema.ts';
import { type Timeouts, timeoutsOf } from './timeouts.ts';

const ALREADY_BOUND = 0x05;
const SILENCE_REMEDY = 'Ask the operator whether this address may bind: some SMSCs drop others without a word.';
const TLS_REMEDY = 'Use smpps:// in the URL, or set tls: true.';
const PORT_REMEDY = 'Is this the port for SMPP? Something else listens there.';
const HTTP_REMEDY = 'Is this the port for SMPP? A web server listens there.';
const MALFORMED_REMEDY = 'Ask the operator: the answer does not keep to SMPP (3.4, section 4.1).';
const BOTH: readonly BindMode[] = ['transmitter', 'receiver'];
const DEAF = { onDelivery() {}, onLateResponse() {}, onRoom() {} };

/**
 * Looks at one SMSC after the other, each on one connection: its server, a bind of its own that is let go at once, and one
 * question on it.
 */
export async function* examineSmscs(smscs: readonly SmscSettings[], timeouts: Timeouts): AsyncGenerator<Finding> {
  for (const smsc of smscs) {
    const { host, port, localAddress, tls } = smsc;
    const label = `SMSC ${smsc.name}`;
    const own = timeoutsOf(smsc, timeouts);
    const trust = tls && { name: tls.servername ?? host, trust: tls };
    const [first, ...others] = smsc.bindMode === 'transmitter+receiver' ? BOTH : [smsc.bindMode];
    const bind = (socket: Socket) => examineBind(label, smsc, { mode: first ?? 'transceiver', socket }, own);
    const isThere = yield* examineServer({ label, host, port, localAddress, tls: trust }, own.step, bind);
    if (isThere) for (const mode of others) yield* examineBind(label, smsc, { mode }, own);
  }
}

interface Plan {
  readonly mode: BindMode;
  readonly socket?: Socket;
}

/** A session, and why it ended if it was not bound. */
async function openBind(smsc: SmscSettings, plan: Plan, timeouts: Timeouts) {
  const session = new Session(smsc, { ...plan, isProven: false }, timeouts, DEAF);
  return { session, failure: (await session.open()) ? undefined : await session.closed };
}

async function* examineBind(
  label: string,
  smsc: SmscSettings,
  plan: Plan,
  timeouts: Timeouts,
): AsyncGenerator<Finding> {
  const check = `${label} bind`;
  const { mode } = plan;
  const { session, failure } = await openBind(smsc, plan, timeouts);
  if (failure === undefined) {
    const answer = await examineAnswer(label, session, timeouts.dead);
    await session.unbind();
    yield { check, status: 'ok', detail: `bound as ${mode}` };
    yield answer;
  } else if (await isTlsPort(smsc, failure, timeouts)) {
    yield {
      check,
      status: 'failed',
      detail: `the port speaks TLS, this connection is in clear (${failure.message})`,
      remedy: TLS_REMEDY,
    };
  } else if (mode === 'transceiver' && failure.mayBeAboutMode) {
    const other = await openBind(smsc, { mode: 'transmitter' }, timeouts);
    if (other.failure === undefined) await other.session.unbind();
    yield other.failure === undefined ? judgeTransmitter(check, failure) : judgeFailure(check, failure);
  } else yield judgeFailure(check, failure);
}

async function examineAnswer(label: string, session: Session, timeoutMilliseconds: number): Promise<Finding> {
  const check = `${label} enquire_link`;
  const remedy = 'Ask the operator: an SMSC must answer enquire_link (SMPP 3.4, section 4.11).';
  const begin = performance.now();
  try {
    const { command } = await session.request('enquire_link', {}, timeoutMilliseconds);
    if (command !== 'enquire_link_resp') return { check, status: 'warning', detail: `answered by ${command}`, remedy };
    return { check, status: 'ok', detail: `answered after ${Math.round(performance.now() - begin)} ms` };
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'no answer';
    return { check, status: 'failed', detail, remedy };
  }
}

/** A server that wants TLS leaves a clear connection without a word. */
async function isTlsPort(
  { host, port, tls }: SmscSettings,
  failure: SmscFailure,
  { step }: Timeouts,
): Promise<boolean> {
  return tls === undefined && !(failure instanceof BindRefusal) && (await speaksTls(host, port, step));
}

function judgeTransmitter(check: string, { message }: SmscFailure): Finding {
  return {
    check,
    status: 'warning',
    detail: `bound as transmitter only: no receipts will come (as transceiver ${message})`,
    remedy: "Ask the operator for transceiver binds, or set bindMode: 'transmitter'.",
  };
}

function judgeFailure(check: string, failure: SmscFailure): Finding {
  const { message } = failure;
  if (!(failure instanceof BindRefusal)) {
    return { check, status: 'failed', detail: message, remedy: remedyOfLoss(message) };
  }
  const remedy = remedyOf(failure.status);
  if (failure.status !== ALREADY_BOUND) return { check, status: 'failed', detail: message, remedy };
  const detail = `another process holds the bind, and the account has no room for one more (${message})`;
  return { check, status: 'skipped', detail, remedy };
}

function remedyOfLoss(message: string): string {
  if (message.includes('HTTP')) return HTTP_REMEDY;
  if (message.includes('not SMPP')) return PORT_REMEDY;
  return message.includes('cannot be read') ? MALFORMED_REMEDY : SILENCE_REMEDY;
}
