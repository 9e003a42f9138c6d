import { type Country, callingCodeOf, isCountry, sampleMobile } from '../domain/phone-number.ts';
import type { Finding, SampleText } from '../domain/ports.ts';
import type { Lane, Route, Routes } from './routes.ts';
import type { SmscSettings } from './smsc-schema.ts';
import { encodeText, type GsmDataCoding } from './text-encoding.ts';

const UCS_2 = 8;
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
