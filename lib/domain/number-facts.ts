import { BoundedMap } from '../bounded-map.ts';
import type { Keyring } from './keyring.ts';
import { type Country, countryOf } from './phone-number.ts';

/** The facts that events hold in place of a phone number. */
export interface NumberFacts {
  /** A keyed hash of the number. */
  readonly number: string;
  /** A keyed hash of the number without its last four digits: whoever walks along a block may well own it. */
  readonly block: string;
  /** ISO 3166-1 alpha-2; absent if the numbering plan does not tell. */
  readonly country?: Country;
}

/** Says of a number, in E.164, what events may say of it. */
export type DescribeNumber = (number: string) => NumberFacts;

export function numberDescriber(keyring: Keyring): DescribeNumber {
  const known = new BoundedMap<string, NumberFacts>(1_000);
  return (number) => known.recall(number, () => factsOf(keyring, number));
}

function factsOf(keyring: Keyring, number: string): NumberFacts {
  const country = countryOf(number);
  return {
    number: keyring.pseudonym(number),
    block: keyring.pseudonym(number.slice(0, -4)),
    ...(country === undefined ? {} : { country }),
  };
}
