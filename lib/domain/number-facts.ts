import type { Keyring } from './keyring.ts';
import { type Country, countryOf } from './phone-number.ts';

/** What events say of a phone number in place of it. */
export interface NumberFacts {
  /** A keyed hash of the number. */
  readonly number: string;
  /** A keyed hash of the number without its last four digits: whoever walks along a block may well own it. */
  readonly block: string;
  /** ISO 3166-1 alpha-2; absent where the numbering plan does not tell. */
  readonly country?: Country;
}

/** @param number E.164 */
export function describeNumber(keyring: Keyring, number: string): NumberFacts {
  const country = countryOf(number);
  return {
    number: keyring.pseudonym(number),
    block: keyring.pseudonym(number.slice(0, -4)),
    ...(country === undefined ? {} : { country }),
  };
}
