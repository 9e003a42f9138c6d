import type { Finding } from '../domain/finding.ts';
import { examineServer } from '../examination/server-examination.ts';
import { Bind, type BindMode } from './bind.ts';
import { BindRefusal } from './bind-refusal.ts';
import type { SmscSettings } from './smsc-settings.ts';
import type { Timings } from './timings.ts';

/** By the name of the status that an SMSC answers a bind with. */
const REMEDIES: Readonly<Record<string, string>> = {
  ESME_RALYBND: 'No error of the configuration. To test the bind itself, stop a process of the app first.',
  ESME_RINVPASWD: 'Compare password with what the operator gave you.',
  ESME_RINVSYSID: 'Compare systemId with what the operator gave you.',
  ESME_RINVSYSTYP: 'Compare systemType with what the operator gave you.',
};
const OTHER_REMEDY = 'Ask the operator, and say this: is the account active, and is this address allowed?';

/** Looks at one SMSC after the other: its server, a bind of its own that is let go at once, and one question on it. */
export async function* examineSmscs(smscs: readonly SmscSettings[], timings: Timings): AsyncGenerator<Finding> {
  for (const smsc of smscs) {
    const { host, port, tls } = smsc;
    const label = `SMSC ${smsc.name}`;
    const trust = tls && { name: tls.servername ?? host, trust: tls };
    const isThere = yield* examineServer({ label, host, port, tls: trust }, timings.step);
    if (!isThere) continue;
    const modes = smsc.bindMode === 'transmitter+receiver' ? BOTH : [smsc.bindMode];
    for (const mode of modes) yield* examineBind(label, smsc, mode, timings);
  }
}

const BOTH: readonly BindMode[] = ['transmitter', 'receiver'];
const NO_EVENTS = { onDelivery() {}, onLateAnswer() {}, onDrain() {} };

/** A bind, and why it ended where it did not come about. */
async function openBind(smsc: SmscSettings, mode: BindMode, timings: Timings) {
  const bind = new Bind(smsc, { mode, isProven: false }, timings, NO_EVENTS);
  return { bind, failure: (await bind.open()) ? undefined : await bind.closed };
}

async function* examineBind(
  label: string,
  smsc: SmscSettings,
  mode: BindMode,
  timings: Timings,
): AsyncGenerator<Finding> {
  const check = `${label} bind`;
  const { bind, failure } = await openBind(smsc, mode, timings);
  if (failure === undefined) {
    const answer = await examineAnswer(label, bind, timings.dead);
    await bind.unbind();
    yield { check, status: 'ok', detail: `bound as ${mode}` };
    yield answer;
  } else if (mode === 'transceiver' && failure instanceof BindRefusal && failure.mayBeAboutMode) {
    const other = await openBind(smsc, 'transmitter', timings);
    if (other.failure === undefined) await other.bind.unbind();
    yield other.failure === undefined ? judgeTransmitter(check, failure.message) : judgeRefusal(check, failure.message);
  } else yield judgeRefusal(check, failure.message);
}

async function examineAnswer(label: string, bind: Bind, timeoutMs: number): Promise<Finding> {
  const check = `${label} enquire_link`;
  const remedy = 'Ask the operator: an SMSC must answer enquire_link (SMPP 3.4, section 4.11).';
  const begin = performance.now();
  try {
    const { command } = await bind.request('enquire_link', {}, timeoutMs);
    if (command !== 'enquire_link_resp') return { check, status: 'warning', detail: `answered by ${command}`, remedy };
    return { check, status: 'ok', detail: `answered after ${Math.round(performance.now() - begin)} ms` };
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'no answer';
    return { check, status: 'failed', detail, remedy };
  }
}

function judgeTransmitter(check: string, refusal: string): Finding {
  return {
    check,
    status: 'warning',
    detail: `bound as transmitter only: no receipts will come (as transceiver ${refusal})`,
    remedy: "Ask the operator for transceiver binds, or set bindMode: 'transmitter'.",
  };
}

function judgeRefusal(check: string, refusal: string): Finding {
  const name = Object.keys(REMEDIES).find((status) => refusal.includes(status));
  const remedy = (name && REMEDIES[name]) ?? OTHER_REMEDY;
  if (name !== 'ESME_RALYBND') return { check, status: 'failed', detail: refusal, remedy };
  const detail = `another process holds the bind, and the account has no room for one more (${refusal})`;
  return { check, status: 'skipped', detail, remedy };
}
