import { examineServer } from '../diagnostics/server.ts';
import type { Finding } from '../domain/finding.ts';
import { BindRefusal, type SmscFailure } from './command-status.ts';
import { remedyOf } from './remedies.ts';
import { type BindMode, Session } from './session.ts';
import type { SmscSettings } from './smsc-schema.ts';
import type { Timeouts } from './timeouts.ts';

const ALREADY_BOUND = 0x05;
const SILENCE_REMEDY = 'Ask the operator whether this address may bind: some SMSCs drop others without a word.';
const BOTH: readonly BindMode[] = ['transmitter', 'receiver'];
const DEAF = { onDelivery() {}, onLateResponse() {}, onRoom() {} };

/** Looks at one SMSC after the other: its server, a bind of its own that is let go at once, and one question on it. */
export async function* examineSmscs(smscs: readonly SmscSettings[], timeouts: Timeouts): AsyncGenerator<Finding> {
  for (const smsc of smscs) {
    const { host, port, tls } = smsc;
    const label = `SMSC ${smsc.name}`;
    const trust = tls && { name: tls.servername ?? host, trust: tls };
    const isThere = yield* examineServer({ label, host, port, tls: trust }, timeouts.step);
    if (!isThere) continue;
    const modes = smsc.bindMode === 'transmitter+receiver' ? BOTH : [smsc.bindMode];
    for (const mode of modes) yield* examineBind(label, smsc, mode, timeouts);
  }
}

/** A session, and why it ended if it was not bound. */
async function openBind(smsc: SmscSettings, mode: BindMode, timeouts: Timeouts) {
  const session = new Session(smsc, { mode, isProven: false }, timeouts, DEAF);
  return { session, failure: (await session.open()) ? undefined : await session.closed };
}

async function* examineBind(
  label: string,
  smsc: SmscSettings,
  mode: BindMode,
  timeouts: Timeouts,
): AsyncGenerator<Finding> {
  const check = `${label} bind`;
  const { session, failure } = await openBind(smsc, mode, timeouts);
  if (failure === undefined) {
    const answer = await examineAnswer(label, session, timeouts.dead);
    await session.unbind();
    yield { check, status: 'ok', detail: `bound as ${mode}` };
    yield answer;
  } else if (mode === 'transceiver' && failure instanceof BindRefusal && failure.mayBeAboutMode) {
    const other = await openBind(smsc, 'transmitter', timeouts);
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

function judgeTransmitter(check: string, { message }: BindRefusal): Finding {
  return {
    check,
    status: 'warning',
    detail: `bound as transmitter only: no receipts will come (as transceiver ${message})`,
    remedy: "Ask the operator for transceiver binds, or set bindMode: 'transmitter'.",
  };
}

function judgeFailure(check: string, failure: SmscFailure): Finding {
  const { message } = failure;
  if (!(failure instanceof BindRefusal)) return { check, status: 'failed', detail: message, remedy: SILENCE_REMEDY };
  const remedy = remedyOf(failure.status);
  if (failure.status !== ALREADY_BOUND) return { check, status: 'failed', detail: message, remedy };
  const detail = `another process holds the bind, and the account has no room for one more (${message})`;
  return { check, status: 'skipped', detail, remedy };
}
