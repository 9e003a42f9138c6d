import type { Config } from '../../config.ts';
import { type Country, isCountryAllowed } from '../../domain/phone-number.ts';
import type { Finding } from '../../domain/ports.ts';
import { remedyOf } from './findings.ts';
import {
  COUNTRY_NOT_ALLOWED,
  isNational,
  numbersIn,
  type PersonReadings,
  REASONS,
  readPeople,
  reasonsIn,
} from './readings.ts';

/** Enough to see what is wrong, and not too much for any directory. */
const MOST_PEOPLE = 10_000;
const NOT_VALID = 'with a number that is possible, but in no numbering plan';

/** How many people have a number that can be read, and why the others have none. */
export async function* examinePeople(config: Config): AsyncGenerator<Finding> {
  if (config.userStore.users === undefined) {
    return yield { check: 'numbers', status: 'skipped', detail: 'this user store cannot list people' };
  }
  const { people, isAll } = await list(config);
  yield judge(people, isAll, config.allowedCountries);
  const countries = new Set(people.flatMap(({ source }) => source?.country?.toUpperCase() ?? []));
  if (countries.size < 2 || !people.some(dependsOnDefault)) return;
  const detail = `people are in ${countries.size} countries by the attribute c, and countryAttribute is not set`;
  const remedy =
    "Set countryAttribute: 'c', or national numbers of other countries are read as those of defaultCountry.";
  yield { check: 'numbers country', status: 'warning', detail, remedy };
}

/** Whether a number is national, and the person's country is not asked for. */
function dependsOnDefault({ user, values }: PersonReadings): boolean {
  if (user.country !== undefined) return false;
  return values.some(({ value, readings }) =>
    readings.some((reading) => 'number' in reading && isNational(value, reading.number)),
  );
}

function judge(people: readonly PersonReadings[], isAll: boolean, allowed: readonly Country[] | undefined): Finding {
  const check = 'numbers';
  if (people.length === 0) {
    const remedy = 'Compare baseDn, usernameAttribute and userFilter with the directory, and what bindDn may read.';
    return { check, status: 'failed', detail: 'nobody is found', remedy };
  }
  const usable = people.filter((person) => numbersIn(person).some(({ number }) => isCountryAllowed(number, allowed)));
  const lacks = lacksOf(people, allowed);
  const all = `${usable.length} of ${isAll ? '' : 'the first '}${people.length} can get a code`;
  const detail = [all, ...lacks.map(({ count, words }) => `${count} ${words}`)].join('; ');
  if (lacks.length === 0) return { check, status: 'ok', detail };
  const isListed = lacks.some(({ words }) => words !== NO_VALUE.words)
    ? ['express-sms-otp doctor numbers lists them.']
    : [];
  const remedy = [...new Set(lacks.map((lack) => lack.remedy)), ...isListed].join(' ');
  return { check, status: usable.length === 0 ? 'failed' : 'warning', detail, remedy };
}

const NO_VALUE = { words: 'without any', remedy: 'Write numbers into phoneAttribute, and let bindDn read them.' };

/** The things that people lack, with how many people lack them: one person may lack several. */
function lacksOf(people: readonly PersonReadings[], allowed: readonly Country[] | undefined) {
  const countOf = (lacks: (person: PersonReadings) => boolean) => people.filter(lacks).length;
  const reasons = Object.entries(REASONS).map(([reason, lack]) => ({
    ...lack,
    count: countOf((person) => [...reasonsIn(person)].some((one) => one === reason)),
  }));
  const notValid = countOf((person) => numbersIn(person).some(({ isValid }) => !isValid));
  const notAllowed = countOf((person) => numbersIn(person).some(({ number }) => !isCountryAllowed(number, allowed)));
  return [
    { ...NO_VALUE, count: countOf(({ values }) => values.length === 0) },
    ...reasons,
    { words: `with a number ${COUNTRY_NOT_ALLOWED.words}`, remedy: COUNTRY_NOT_ALLOWED.remedy, count: notAllowed },
    { words: NOT_VALID, remedy: 'Check the numbers that no numbering plan has.', count: notValid },
  ].filter(({ count }) => count > 0);
}

/** Many directories list so many people and no more. */
async function list(config: Config): Promise<{ people: readonly PersonReadings[]; isAll: boolean }> {
  const people: PersonReadings[] = [];
  try {
    for await (const person of readPeople(config)) {
      people.push(person);
      if (people.length === MOST_PEOPLE) return { people, isAll: false };
    }
  } catch (error) {
    if (people.length === 0 || remedyOf(error) !== undefined) throw error;
    return { people, isAll: false };
  }
  return { people, isAll: true };
}
