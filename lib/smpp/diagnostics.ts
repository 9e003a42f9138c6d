import type { Socket } from 'node:net';
import { examineServer, speaksTls } from '../diagnostics/server.ts';
import { type Country, callingCodeOf, isCountry, sampleMobile } from '../domain/phone-number.ts';
import type { Finding, SampleText } from '../domain/ports.ts';
import { BindRefusal, remedyOf, type SmscFailure } from './command-status.ts';
import type { Lane, Route, Routes } from './routes.ts';
import { type BindMode, Session } from './session.ts';
import type { SmscSettings } from './smsc-schema.ts';
import { encodeText, type GsmDataCoding, UCS_2 } from './text-encoding.ts';
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

const NO_TEMPLATE =
  'Give each text of its countries in smsTemplates a templateId, name in allowedCountries only countries that have texts there, or take { templateId: true } out of tlvs.';

/** Tells for each route how its messages are written. Only the operator can say whether that is registered. */
export function* examineRoutes(
  routes: Routes,
  smscs: readonly SmscSettings[],
  samples: readonly SampleText[],
): Generator<Finding> {
  for (const route of routes.all) {
    if (route.isOnly && samples.length === 0) continue;
    const own = samplesOf(route, routes, samples);
    const codingOf = ({ smsc }: Lane) => smscs.find(({ name }) => name === smsc.name)?.gsmDataCoding ?? 0;
    const [only, ...others] = own;
    for (const lane of route.lanes) {
      const text = only === undefined || others.length > 0 ? '' : describeText(only, codingOf(lane));
      yield describeLane(route, lane, own, text);
    }
    if (others.length > 0) yield* describeTexts(route, own, new Set(route.lanes.map(codingOf)));
  }
}

/** Each on a line of its own, once if all SMSCs of the route are sent the same. */
function* describeTexts(
  { name, isOnly }: Route,
  samples: readonly SampleText[],
  codings: ReadonlySet<GsmDataCoding>,
): Generator<Finding> {
  const check = isOnly ? 'SMSC text' : `route ${name} text`;
  for (const [index, sample] of samples.entries()) {
    const forms = new Set([...codings].map((coding) => describeText(sample, coding)));
    yield { check: `${check} ${index + 1}`, status: 'ok', detail: [...forms].join('; ') };
  }
}

/** Names the routes that would not send one of these texts. */
export function problemsOfTexts(routes: Routes, samples: readonly SampleText[]): readonly string[] {
  return routes.all.flatMap((route) => {
    const own = samplesOf(route, routes, samples);
    return route.lanes.flatMap((lane) => {
      const problem = lackOf(lane, own);
      return problem === undefined ? [] : [`${nameOf(route, lane)}: ${problem}. ${NO_TEMPLATE}`];
    });
  });
}

/** Those of the countries that take this route, each once, and those of no country if others take it, too. */
function samplesOf(route: Route, routes: Routes, samples: readonly SampleText[]): readonly SampleText[] {
  const isFor = (country: Country): boolean => {
    if (route.targets.some((to) => covers(country, to))) return true;
    const number = sampleMobile(country);
    return number !== undefined && routes.find(number.slice(1)) === route;
  };
  const countries = new Set(samples.flatMap(({ country }) => (country === undefined ? [] : [country])));
  const isAllNamed = route.targets.every((to) => [...countries].some((country) => covers(country, to)));
  const own = samples.filter(({ country }) => (country === undefined ? !isAllNamed : isFor(country)));
  return [...new Map(own.map((sample) => [`${sample.templateId} ${sample.text}`, sample])).values()];
}

/** Whether all numbers of a route's target are of this country. */
function covers(country: Country, to: string): boolean {
  if (isCountry(to)) return country === to;
  const { digits, isShared } = callingCodeOf(country);
  return !isShared && to.startsWith(`+${digits}`);
}

function nameOf({ name, isOnly }: Route, { smsc }: Lane): string {
  return isOnly ? `SMSC ${smsc.name} messages` : `route ${name} through ${smsc.name}`;
}

/** Texts that cannot be sent on a lane that writes a template. */
function lackOf({ encoder }: Lane, samples: readonly SampleText[]): string | undefined {
  const lacking = samples.filter(({ templateId }) => templateId === undefined).length;
  if (!encoder.tlvs.needsTemplate || lacking === 0) return undefined;
  return `${lacking} of ${samples.length} texts have no template to write, and are not sent`;
}

/** @param text the only one, or none */
function describeLane(route: Route, lane: Lane, samples: readonly SampleText[], text: string): Finding {
  const check = nameOf(route, lane);
  const { encoder } = lane;
  const { address, ton, npi } = encoder.source;
  const tlvs = encoder.tlvs.description;
  const sender = `sender ${address} (ton ${ton}, npi ${npi}), TLVs: ${tlvs === '' ? 'none' : tlvs}`;
  const wire = text === '' ? sender : `${sender}; ${text}`;
  const problem = lackOf(lane, samples);
  if (problem !== undefined) return { check, status: 'failed', detail: `${problem}: ${wire}`, remedy: NO_TEMPLATE };
  const unseen = 'whether the operator has registered these cannot be seen, --send tries it';
  return { check, status: 'ok', detail: `${wire}; ${unseen}` };
}

/** As it would be written, on one line. */
function describeText({ text, templateId }: SampleText, coding: GsmDataCoding): string {
  const parts = encodeText(text, coding);
  const dataCoding = parts[0]?.data_coding ?? coding;
  const alphabet = dataCoding === UCS_2 ? 'UCS-2' : `GSM 03.38, data_coding ${dataCoding}`;
  const template = templateId === undefined ? '' : `, template ${templateId}`;
  const segments = parts.length === 1 ? '1 segment' : `${parts.length} segments`;
  return `${JSON.stringify(text)} (${alphabet}, ${segments}${template})`;
}
