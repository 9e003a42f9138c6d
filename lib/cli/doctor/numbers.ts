import { type Config, readConfig } from '../../config.ts';
import { Masks } from '../../domain/masked-number.ts';
import type { Reading } from '../../domain/number-reader.ts';
import { isCountryAllowed } from '../../domain/phone-number.ts';
import { CONFIG_FLAG, readArguments } from '../arguments.ts';
import { loadOptions } from '../config-file.ts';
import { Failure } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import { phoneCorrections } from './ldif.ts';
import { isNational, numbersIn, type PersonReadings, REASONS, readPeople, type ValueReading } from './readings.ts';

const FLAGS = { ...CONFIG_FLAG, ldif: { type: 'boolean', default: false } } as const;
const FULL_NUMBERS = 'These lines have full numbers in them. Look at them before you give them to ldapmodify.';

/** `doctor numbers`: what is read of each person's values, and why; or, as LDIF, how to write them in E.164. */
export async function numbers(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = readArguments(args, FLAGS);
  const config = readConfig(await loadOptions(values.config));
  const { userStore, transport } = config;
  if (userStore.users === undefined) throw new Failure('This user store cannot list people.');
  try {
    if (values.ldif) await printCorrections(config, terminal);
    else
      for await (const person of readPeople(config)) for (const line of linesOf(person, config)) terminal.print(line);
  } finally {
    for (const part of [transport, userStore]) await part.close?.();
  }
  return 0;
}

async function printCorrections(config: Config, terminal: Terminal): Promise<void> {
  if (config.userStore.phoneSource === undefined) {
    throw new Failure('This user store does not say in which entries its numbers are.');
  }
  terminal.complain(FULL_NUMBERS);
  printLines('version: 1\n', terminal);
  for await (const person of readPeople(config)) {
    const record = phoneCorrections(person);
    if (record !== undefined) printLines(record, terminal);
  }
}

function printLines(text: string, terminal: Terminal): void {
  for (const line of text.split('\n')) terminal.print(line);
}

/** The values themselves are never shown. */
function linesOf(person: PersonReadings, config: Config): readonly string[] {
  const { user, values } = person;
  const who = user.username === user.id ? user.id : `${user.username} (${user.id})`;
  if (values.length === 0) return [`${who}: no value`];
  const all = numbersIn(person).map(({ number }) => number);
  const masks = new Masks(config.defaultCountry);
  return values.flatMap((value) =>
    value.readings.map((reading) => {
      const where = value.attribute === undefined ? '' : ` ${value.attribute}`;
      return `${who}${where}: ${'reason' in reading ? `no code, ${REASONS[reading.reason].words}` : `${masks.of(reading.number, all)}, ${howRead(value, reading, person, config)}`}`;
    }),
  );
}

function howRead(
  { value }: ValueReading,
  { number, isValid }: Extract<Reading, { number: string }>,
  { user }: PersonReadings,
  { defaultCountry, allowedCountries }: Config,
): string {
  const never = isCountryAllowed(number, allowedCountries) ? '' : '; no code, its country is not in allowedCountries';
  const doubt = `${isValid ? '' : '; possible, but in no numbering plan'}${never}`;
  if (value === number) return `E.164${doubt}`;
  if (isNational(value, number)) {
    const country = user.country === undefined ? `defaultCountry ${defaultCountry}` : `the person's country`;
    return `by ${country}${doubt}`;
  }
  return `by its country code${doubt}`;
}
