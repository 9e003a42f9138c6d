import type { Config } from '../../config.ts';
import type { UnreadableReason } from '../../domain/dial-string.ts';
import { NumberReader, type Reading } from '../../domain/number-reader.ts';
import type { PhoneSource } from '../../domain/ports.ts';
import type { User } from '../../domain/user.ts';

/** The reading of a person's value. */
export interface ValueReading {
  readonly value: string;
  /** Where it stands, if the user store says so. */
  readonly attribute: string | undefined;
  readonly readings: readonly Reading[];
}

export interface PersonReadings {
  readonly user: User;
  readonly source: PhoneSource | undefined;
  readonly values: readonly ValueReading[];
}

/** In words for administrators, with what to do. */
export const REASONS: Readonly<Record<UnreadableReason, { readonly words: string; readonly remedy: string }>> = {
  text: { words: 'with what is no number', remedy: 'Write the numbers as +46701740650.' },
  notANumber: {
    words: 'with a date, opening hours, an address, a decimal number or one digit all over',
    remedy: 'Correct the export that has written dates, hours, addresses, decimal numbers or fillers.',
  },
  extension: { words: 'with an extension', remedy: 'Write numbers without extension: it would ring at a switchboard.' },
  internal: { words: 'with an internal extension', remedy: 'Write mobile numbers in full.' },
  tail: { words: 'with half of a second number', remedy: 'Write each number in full, in a value of its own.' },
  noCountry: {
    words: 'without a country code',
    remedy: 'Set defaultCountry, as SE, or write the country codes.',
  },
  unknownCountry: {
    words: 'without a country code, of a country that is not known',
    remedy: 'Let countryAttribute have two letters of ISO 3166-1.',
  },
  addPlus: {
    words: 'without a plus that may be of another country',
    remedy:
      "Write the plus, or set numberFormat: 'international' if all numbers have their country code, 'national' if those without a plus never are of another country.",
  },
  ambiguous: { words: 'with two possible meanings', remedy: 'Write the numbers as +46701740650.' },
  invalid: { words: 'that no numbering plan has', remedy: 'Write the numbers as +46701740650.' },
  noSms: { words: 'that get no SMS', remedy: 'Write mobile numbers: premium and toll-free ones get no code.' },
};

/** A number that is read, but gets no code. */
export const COUNTRY_NOT_ALLOWED = {
  words: 'whose country is not in allowedCountries',
  remedy: 'Add the countries in which your people have numbers to allowedCountries.',
} as const;

/** Everybody of the user store, with what their values are read as. */
export async function* readPeople(config: Config): AsyncGenerator<PersonReadings> {
  for await (const user of config.userStore.users?.() ?? []) yield readPerson(config, user);
}

export function readPerson(config: Config, user: User): PersonReadings {
  const reader = new NumberReader(config);
  const source = config.userStore.phoneSource?.(user);
  const values = source?.values ?? user.phoneNumbers.map((value) => ({ value, attribute: undefined }));
  return { user, source, values: values.map((one) => ({ ...one, readings: reader.read(one.value, user.country) })) };
}

export function numbersIn({ values }: PersonReadings): readonly Extract<Reading, { number: string }>[] {
  return values.flatMap(({ readings }) => readings).flatMap((reading) => ('number' in reading ? [reading] : []));
}

export function reasonsIn({ values }: PersonReadings): ReadonlySet<UnreadableReason> {
  return new Set(values.flatMap(({ readings }) => readings.flatMap((one) => ('reason' in one ? [one.reason] : []))));
}

/** Whether the country of a number is told by the settings, not by the value. */
export function isNational(value: string, number: string): boolean {
  const digits = value.normalize('NFKC').replace(/\D/g, '');
  return !value.normalize('NFKC').includes('+') && !digits.endsWith(number.slice(1));
}
