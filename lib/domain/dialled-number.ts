import { digitCount, type UnreadableReason } from './dial-string.ts';
import {
  type Country,
  type DiallingRules,
  internationalPrefixes,
  type PlannedNumber,
  planned,
} from './phone-number.ts';

/** The number that digits mean, or why they mean none. */
export type Outcome = PlannedNumber | UnreadableReason;

/** VN: the new beginnings of the mobile numbers of eleven digits, by the old ones. */
const VIETNAM: Readonly<Record<string, string>> = {
  ...{ 120: '70', 121: '79', 122: '77', 123: '83', 124: '84', 125: '85', 126: '76', 127: '81', 128: '78', 129: '82' },
  ...{ 162: '32', 163: '33', 164: '34', 165: '35', 166: '36', 167: '37', 168: '38', 169: '39' },
  ...{ 186: '56', 188: '58', 199: '59' },
};
/**
 * Spellings that a numbering plan has given up, each with one certain reading today. MX: the 1 of mobile numbers, and
 * 01, 044 and 045 before them, ended on 2019-08-03 (IFT). BJ: all numbers got 01 in front on 2024-11-30 (ARCEP Bénin).
 * BR: mobile numbers of eight digits got a 9 in front by 2016-11-06 (Anatel); São Paulo (11) had landlines with a 6.
 * VN: mobile numbers of eleven digits got ten by 2018-11-14 (MIC).
 */
const LEGACY: readonly (readonly [RegExp, string])[] = [
  [/^\+52(?:1|01|04[45])(?=\d{10}$)/, '+52'],
  [/^\+229(?=\d{8}$)/, '+22901'],
  [/^\+55(?!116)(?<area>\d\d)(?=[689]\d{7}$)/, '+55$<area>9'],
  ...Object.entries(VIETNAM).map(([old, now]) => [new RegExp(`^\\+84${old}(?=\\d{7}$)`), `+84${now}`] as const),
];
/**
 * The same before national numbers. MX: 01, 044 and 045 ended on 2019-08-03 (IFT). UA: the 8 before the 0 ended in 2009
 * (NKRZ); Belarus still has it, with other mobile numbers. The 0 that Poland and Chile have given up is not here: behind
 * it, digits are as well a mobile number of France, Switzerland or Ecuador.
 */
const LEGACY_PREFIXES: Readonly<Partial<Record<Country, RegExp>>> = {
  MX: /^0(?:1|44|45)(?=\d{10}$)/,
  UA: /^8(?=0\d{9}$)/,
};

/** With a plus: possible is enough. */
export function international(dial: string): Outcome {
  const spellings = dial.includes('o') ? [dial.replace('o', ''), dial.replace('o', '0')] : [dial];
  const readings = spellings.flatMap((spelling) => planned(spelling) ?? []);
  const known = distinct(readings.filter(isValid));
  if (known.length > 0) return only(known);
  const rewritten = distinct(spellings.flatMap(rewrite).filter(isValid));
  if (rewritten.length > 0) return only(rewritten);
  return only(distinct(readings.filter(({ isPossible }) => isPossible)));
}

/** Meanings of a number that is none as it stands: a legacy spelling, or a zero that is not dialled from abroad. */
function rewrite(dial: string): readonly PlannedNumber[] {
  const { callingCode = '', national = '' } = planned(dial) ?? {};
  const withoutZero = national.startsWith('0') ? [`+${callingCode}${national.slice(1)}`] : [];
  return [...renew(dial), ...withoutZero.flatMap((spelling) => planned(spelling) ?? [])];
}

/** Meanings today of a spelling that was given up. */
function renew(dial: string): readonly PlannedNumber[] {
  const renewed = LEGACY.filter(([old]) => old.test(dial)).map(([old, now]) => dial.replace(old, now));
  return renewed.flatMap((spelling) => planned(spelling) ?? []);
}

/** Two zeros are a plus, or begin the country's own international prefix, as 0011 in Australia. */
export function doubleZero(dial: string, rules: DiallingRules | undefined): Outcome {
  const asPlus = international(`+${dial.slice(2)}`);
  const asPrefix = rules && behindPrefix(dial, rules.internationalPrefix);
  const readings = [asPlus, ...(asPrefix === undefined ? [] : [asPrefix])];
  const known = distinct(readings.filter(isValid));
  if (known.length > 0) return only(known);
  const possible = distinct(readings.filter((reading) => typeof reading !== 'string'));
  const agree = readings.every((reading) => typeof reading !== 'string') && possible.length === 1;
  return agree && !isDialledElsewhere(dial) ? only(possible) : 'invalid';
}

function behindPrefix(dial: string, prefix: RegExp): Outcome | undefined {
  const [dialled] = prefix.exec(dial) ?? [];
  return dialled === undefined ? undefined : international(`+${dial.slice(dialled.length)}`);
}

/** Whether it is a number behind the international prefix of some other country. */
function isDialledElsewhere(dial: string): boolean {
  return internationalPrefixes().some((prefix) => isValid(behindPrefix(dial, prefix)));
}

/** Without a plus. `isMixed`: it may be a number of any country, whose plus is missing. */
export function national(dial: string, home: Country, rules: DiallingRules, isMixed: boolean): Outcome {
  const legacy = planned(dial.replace(LEGACY_PREFIXES[home] ?? '', ''), home);
  if (LEGACY_PREFIXES[home]?.test(dial) && isValid(legacy) && (home === 'MX' || isMobile(legacy))) return legacy;
  const { callingCode, trunkPrefix } = rules;
  const written = dial.includes('o') ? undefined : planned(dial, home);
  const isHome = written?.callingCode === callingCode && dial !== callingCode + written.national;
  const renewed = isHome && written.type === undefined ? renew(written.number).find(isValid) : undefined;
  const asNational = isHome ? (renewed ?? written) : undefined;
  const asInternational = valid(`+${dial}`);
  const isOwn = asInternational?.callingCode === callingCode;
  const readings: Readings = {
    asNational,
    asOwn: isOwn ? asInternational : undefined,
    asForeign: isOwn ? undefined : asInternational,
    asPrefixed: known(behindPrefix(dial, rules.internationalPrefix)),
    isRenewed: renewed !== undefined,
  };
  const hasTrunk = trunkPrefix !== '' && dial.startsWith(trunkPrefix) && asNational?.national !== dial;
  if (hasTrunk && asNational?.isPossible) return behindTrunk(dial, asNational, readings);
  return withoutTrunk(dial, readings, rules, isMixed);
}

interface Readings {
  readonly asNational: PlannedNumber | undefined;
  /** With the country's own code, whose plus is missing. */
  readonly asOwn: PlannedNumber | undefined;
  readonly asForeign: PlannedNumber | undefined;
  /** Behind the country's own international prefix. */
  readonly asPrefixed: PlannedNumber | undefined;
  /** Whether the national spelling is one that the numbering plan has given up. */
  readonly isRenewed: boolean;
}

/** With the trunk prefix it is national, unless it is clearly something else. */
function behindTrunk(dial: string, asNational: PlannedNumber, readings: Readings): Outcome {
  const { asOwn, asForeign, asPrefixed } = readings;
  if (!isValid(asNational)) {
    if (asForeign !== undefined) return 'addPlus';
    const other = distinct([asOwn, asPrefixed].filter(isValid));
    if (other.length > 0) return only(other);
    return isDialledElsewhere(dial) ? 'ambiguous' : asNational;
  }
  // No country code begins with a zero, but 8 and 06 may be both: a mobile number behind them never is.
  if (isMobile(asNational)) return only(distinct([asNational, asPrefixed].filter(isValid)));
  if (asForeign !== undefined) return 'addPlus';
  return only(distinct([asNational, asOwn, asPrefixed].filter(isValid)));
}

/** Without plus and trunk prefix it must be certain whose number it is. */
function withoutTrunk(
  dial: string,
  { asNational, asOwn, asForeign, asPrefixed, isRenewed }: Readings,
  { hasTrunkMobiles, shortestMobile }: DiallingRules,
  isMixed: boolean,
): Outcome {
  if (digitCount(dial) < shortestMobile && !isRenewed) return 'internal';
  const home = [asNational, asOwn].filter(isValid);
  const mobiles = home.filter(isMobile);
  const readings = distinct([...(mobiles.length > 0 ? mobiles : home), ...[asPrefixed].filter(isValid)]);
  const mayBeForeign = (isMixed && (hasTrunkMobiles || isRenewed)) || home.length === 0;
  if (asForeign !== undefined && mayBeForeign) return 'addPlus';
  return only(readings);
}

export function valid(dial: string): PlannedNumber | undefined {
  return known(international(dial));
}

function known(outcome: Outcome | undefined): PlannedNumber | undefined {
  return isValid(outcome) ? outcome : undefined;
}

export function isValid(outcome: Outcome | undefined): outcome is PlannedNumber {
  return typeof outcome === 'object' && outcome.type !== undefined;
}

export function isMobile({ type }: PlannedNumber): boolean {
  return type === 'MOBILE' || type === 'FIXED_LINE_OR_MOBILE';
}

function distinct(readings: readonly PlannedNumber[]): readonly PlannedNumber[] {
  return [...new Map(readings.map((reading) => [reading.number, reading])).values()];
}

function only([reading, ...others]: readonly PlannedNumber[]): Outcome {
  if (reading === undefined) return 'invalid';
  return others.length === 0 ? reading : 'ambiguous';
}
