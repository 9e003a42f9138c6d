import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';

/** An ISO 3166-1 alpha-2 code, as `SE`. */
export type Country = CountryCode;

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
  const international = value
    .trim()
    .replace(/^tel:/i, '')
    .replace(/^00(?=[1-9])/, '+');
  const number = parsePhoneNumberFromString(international, {
    ...(defaultCountry === undefined ? {} : { defaultCountry }),
    extract: false,
  });
  return number?.isPossible() && /^\+[1-9]\d{6,14}$/.test(number.number) ? number.number : undefined;
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
