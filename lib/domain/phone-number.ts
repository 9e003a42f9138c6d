// The CommonJS build of /max (1.13.16) has no Metadata.
import { Metadata, type MetadataJson } from 'libphonenumber-js/core';
import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  getExampleNumber,
  isSupportedCountry,
  type NumberType,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';
import metadata from 'libphonenumber-js/max/metadata';
import examples from 'libphonenumber-js/mobile/examples';
import { BoundedMap } from '../bounded-map.ts';

/** An ISO 3166-1 alpha-2 code, as `SE`. */
export type Country = CountryCode;

/** The kinds of number that numbering plans tell apart. */
export const PHONE_NUMBER_TYPES = [
  'MOBILE',
  'FIXED_LINE_OR_MOBILE',
  'FIXED_LINE',
  'VOIP',
  'PERSONAL_NUMBER',
  'PAGER',
  'UAN',
  'VOICEMAIL',
  'TOLL_FREE',
  'SHARED_COST',
  'PREMIUM_RATE',
] as const satisfies readonly NonNullable<NumberType>[];

/** A kind of number, as `libphonenumber-js` names it. */
export type PhoneNumberType = (typeof PHONE_NUMBER_TYPES)[number];

/** A number as the numbering plans see it. */
export interface PlannedNumber {
  /** E.164, with its plus. */
  readonly number: string;
  readonly callingCode: string;
  /** Without country code and trunk prefix. */
  readonly national: string;
  readonly country: Country | undefined;
  /** Absent if the numbering plan has no such number: then it is at most possible, by its length. */
  readonly type: PhoneNumberType | undefined;
  readonly isPossible: boolean;
}

/** The prefixes that are dialled in one country. */
export interface DiallingRules {
  readonly callingCode: string;
  /** Written before national numbers, as `0`; empty if there is none. */
  readonly trunkPrefix: string;
  /** Whether mobile numbers are written with it. */
  readonly hasTrunkMobiles: boolean;
  /** Digits of the shortest mobile number without the trunk prefix: 7 at least, or as many as a small country has. */
  readonly shortestMobile: number;
  /** Dialled before the code of another country, as `00` or `011`. */
  readonly internationalPrefix: RegExp;
}

/** One sign-in asks for the same number several times. */
const PLANNED = new BoundedMap<string, PlannedNumber | undefined>(1_000);
/** The library (1.13.16) has mobile numbers of 5 digits in ZA, which nobody can tell from extensions. */
const LEAST_MOBILE_DIGITS = 7;

interface FictionRange {
  readonly country: Country;
  readonly range: RegExp;
  /** In the international spelling. */
  readonly example: string;
}

/**
 * Reserved by the regulators for films and books, so nobody has them; the library of numbering plans (1.13.16) leaves
 * those of GB and FR out. Sources: ACMA (numbers for use in creative works), BNetzA (drama numbers), Arcep (decision
 * 2018-0881), Ofcom (telephone numbers for use in drama), PTS (numbers for use in films), NANPA (555 line numbers).
 */
export const FICTION: readonly FictionRange[] = [
  { country: 'AU', range: /^\+61491570(006|11[0-9]|15[6-9]|313|737)$/, example: '+61 491 570 156' },
  { country: 'DE', range: /^\+49(17139200|176040690)\d\d$/, example: '+49 171 3920000' },
  { country: 'FR', range: /^\+3363998\d{4}$/, example: '+33 6 39 98 12 34' },
  { country: 'GB', range: /^\+447700900\d{3}$/, example: '+44 7700 900123' },
  { country: 'SE', range: /^\+46701740(60[5-9]|6[1-9]\d)$/, example: '+46 70 174 06 50' },
  { country: 'US', range: /^\+120255501\d\d$/, example: '+1 202 555 0123' },
  { country: 'CA', range: /^\+161355501\d\d$/, example: '+1 613 555 0123' },
];

export function isCountry(code: string): code is Country {
  return isSupportedCountry(code);
}

/**
 * @param dial a plus and digits, or digits as they are dialled within the country
 * @returns `undefined` if no number can be made of it
 */
export function planned(dial: string, country?: Country): PlannedNumber | undefined {
  return PLANNED.recall(`${country ?? ''}${dial}`, () => lookUp(dial, country));
}

function lookUp(dial: string, country: Country | undefined): PlannedNumber | undefined {
  const parsed = parsePhoneNumberFromString(dial, {
    ...(country !== undefined && { defaultCountry: country }),
    extract: false,
  });
  if (parsed === undefined || !/^\+[1-9]\d{6,14}$/.test(parsed.number)) return undefined;
  const { number, countryCallingCode: callingCode, nationalNumber: national } = parsed;
  const fiction = FICTION.find(({ range }) => range.test(number));
  const type = parsed.getType() ?? (fiction && 'MOBILE');
  const isPossible = type !== undefined || parsed.isPossible();
  return { number, callingCode, national, country: parsed.country ?? fiction?.country, type, isPossible };
}

export function diallingRules(country: Country): DiallingRules {
  const plan = planOf(country);
  const example = getExampleNumber(country, examples);
  const hasTrunkMobiles =
    example !== undefined && example.formatNational().replace(/\D/g, '') !== example.nationalNumber;
  const shortest = Math.min(...(plan.type('MOBILE')?.possibleLengths() ?? plan.possibleLengths()));
  return {
    callingCode: getCountryCallingCode(country),
    trunkPrefix: plan.nationalPrefix() ?? '',
    hasTrunkMobiles,
    shortestMobile: hasTrunkMobiles ? Math.max(LEAST_MOBILE_DIGITS, shortest) : shortest,
    internationalPrefix: new RegExp(`^(?:${plan.IDDPrefix()})`),
  };
}

/** Those of all countries, each once. */
export function internationalPrefixes(): readonly RegExp[] {
  const prefixes = new Set(getCountries().map((country) => planOf(country).IDDPrefix()));
  return Array.from(prefixes, (prefix) => new RegExp(`^(?:${prefix})`));
}

/** The library (1.13.16) has more of a numbering plan than its types say. */
interface Plan {
  IDDPrefix(): string;
  nationalPrefix(): string | undefined;
  possibleLengths(): readonly number[];
  type(name: 'MOBILE'): { possibleLengths(): readonly number[] } | undefined;
}

function planOf(country: Country): Plan {
  // To CommonJS it is a JSON file, in which TypeScript sees texts in place of the library's countries.
  const plans = new Metadata(metadata as MetadataJson);
  plans.selectNumberingPlan(country);
  return plans.numberingPlan as unknown as Plan;
}

/**
 * @param number E.164; several countries may share its country code, and then its next digits may not tell them apart
 */
export function countryOf(number: string): Country | undefined {
  return planned(number)?.country;
}

/**
 * Whether codes may go to this number. If several countries share its calling code and cannot be told apart, they may not.
 *
 * @param number E.164
 */
export function isCountryAllowed(number: string, allowedCountries: readonly Country[] | undefined): boolean {
  if (allowedCountries === undefined) return true;
  const country = countryOf(number);
  return country !== undefined && allowedCountries.includes(country);
}

/**
 * How a number of the country is written, for a hint: one that nobody has, or else one without digits behind its
 * country code.
 */
export function exampleNumber(country: Country): string {
  const fiction = FICTION.find((range) => range.country === country);
  if (fiction !== undefined) return fiction.example;
  const code = `+${getCountryCallingCode(country)}`;
  const shape = getExampleNumber(country, examples)?.formatInternational() ?? `${code} 000 000 000`;
  return code + shape.slice(code.length).replace(/\d/g, 'X');
}

/** A mobile number of the country in E.164, to try what becomes of such; somebody may have it. */
export function sampleMobile(country: Country): string | undefined {
  return getExampleNumber(country, examples)?.number;
}

/** The digits that all numbers of a country begin with, and whether other countries share them. */
export function callingCodeOf(country: Country): { readonly digits: string; readonly isShared: boolean } {
  const digits = getCountryCallingCode(country);
  const isShared = getCountries().some((other) => other !== country && getCountryCallingCode(other) === digits);
  return { digits, isShared };
}
