import {
  type CountryCode,
  isSupportedCountry,
  type NumberType,
  type PhoneNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';

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

export function isCountry(code: string): code is Country {
  return isSupportedCountry(code);
}

/**
 * A number in any shape a directory holds, as E.164 with its plus; `undefined` where it cannot be read. It must be
 * possible, not valid: a directory's number is trusted, and numbering plans change faster than any table.
 *
 * @param defaultCountry whose national numbers are meant where no country code is given
 */
export function readPhoneNumber(value: string, defaultCountry?: Country): string | undefined {
  return parse(value, defaultCountry)?.number;
}

/** What a number that nobody has proven yet must be. */
export interface NewNumberRule {
  readonly allowedCountries: readonly Country[];
  readonly types: readonly PhoneNumberType[];
}

/**
 * A number that somebody typed, as E.164; `undefined` where the numbering plan does not know it, or the rule refuses
 * it.
 */
export function readNewPhoneNumber(
  typed: string,
  { allowedCountries, types }: NewNumberRule,
  defaultCountry?: Country,
): string | undefined {
  const number = parse(typed, defaultCountry);
  const [country, type] = [number?.country, number?.getType()];
  if (number === undefined || country === undefined || type === undefined || number.ext !== undefined) return undefined;
  return allowedCountries.includes(country) && types.some((known) => known === type) ? number.number : undefined;
}

function parse(value: string, defaultCountry: Country | undefined): PhoneNumber | undefined {
  const international = value
    .trim()
    .replace(/^tel:/i, '')
    .replace(/^00(?=[1-9])/, '+');
  const number = parsePhoneNumberFromString(international, {
    ...(defaultCountry === undefined ? {} : { defaultCountry }),
    extract: false,
  });
  return number?.isPossible() && /^\+[1-9]\d{6,14}$/.test(number.number) ? number : undefined;
}

/**
 * @param number E.164; several countries may share its country code, and then its next digits may not tell them apart
 */
export function countryOf(number: string): Country | undefined {
  return parsePhoneNumberFromString(number)?.country;
}

/** A directory's values as E.164, each number once; what cannot be read is told of by its last two digits. */
export function readPhoneNumbers(
  values: readonly string[],
  defaultCountry: Country | undefined,
  onUnreadable: (masked: string) => void,
): readonly string[] {
  const numbers = new Set<string>();
  for (const value of values) {
    const number = readPhoneNumber(value, defaultCountry);
    if (number === undefined) onUnreadable(`••• ${value.replace(/\D/g, '').slice(-2)}`);
    else numbers.add(number);
  }
  return [...numbers];
}

/** The only form in which a number is ever shown: `••• 0605`. */
export function maskPhoneNumber(number: string): string {
  return `••• ${number.slice(-4)}`;
}
