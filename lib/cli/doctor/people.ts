import type { Config } from '../../config.ts';
import type { Finding } from '../../domain/finding.ts';
import { NumberReader } from '../../domain/number-reader.ts';
import type { Country } from '../../domain/phone-number.ts';
import type { User } from '../../domain/user.ts';
import { remedyOf } from './findings.ts';

/** Enough to see what is wrong, and not too much for any directory. */
const MOST_PEOPLE = 10_000;
const LACKS = [
  { lack: 'none', words: 'without any', remedy: 'Write numbers into phoneAttribute, and let bindDn read them.' },
  {
    lack: 'national',
    words: 'without a country code',
    remedy: 'Set defaultCountry, as SE, or write the country codes.',
  },
  { lack: 'unreadable', words: 'with what is no number', remedy: 'Write the numbers as +46701740605.' },
] as const;

type Lack = (typeof LACKS)[number]['lack'];

/** How many people have a number that can be read, and why the others have none. */
export async function* examinePeople({ userStore, defaultCountry }: Config): AsyncGenerator<Finding> {
  if (userStore.users === undefined) {
    return yield { check: 'numbers', status: 'skipped', detail: 'this user store cannot list people' };
  }
  const { lacks, isAll } = await list(userStore.users(), defaultCountry);
  yield judge(lacks, isAll);
}

function judge(lacks: readonly (Lack | undefined)[], isAll: boolean): Finding {
  const check = 'numbers';
  if (lacks.length === 0) {
    const remedy = 'Compare baseDn, usernameAttribute and userFilter with the directory, and what bindDn may read.';
    return { check, status: 'failed', detail: 'nobody is found', remedy };
  }
  const countOf = (lack: Lack | undefined) => lacks.filter((one) => one === lack).length;
  const found = LACKS.filter(({ lack }) => countOf(lack) > 0);
  const usable = countOf(undefined);
  const all = `${usable} of ${isAll ? '' : 'the first '}${lacks.length} can get a code`;
  const detail = [all, ...found.map(({ lack, words }) => `${countOf(lack)} ${words}`)].join('; ');
  if (found.length === 0) return { check, status: 'ok', detail };
  const remedy = found.map((lack) => lack.remedy).join(' ');
  return { check, status: usable === 0 ? 'failed' : 'warning', detail, remedy };
}

/** Many directories list so many people and no more. */
async function list(users: AsyncIterable<User>, defaultCountry: Country | undefined) {
  const lacks: (Lack | undefined)[] = [];
  try {
    for await (const user of users) {
      lacks.push(lackOf(user, defaultCountry));
      if (lacks.length === MOST_PEOPLE) return { lacks, isAll: false };
    }
  } catch (error) {
    if (lacks.length === 0 || remedyOf(error) !== undefined) throw error;
    return { lacks, isAll: false };
  }
  return { lacks, isAll: true };
}

function lackOf({ phoneNumbers }: User, defaultCountry: Country | undefined): Lack | undefined {
  if (new NumberReader({ defaultCountry }).readAll(phoneNumbers).numbers.length > 0) return undefined;
  if (phoneNumbers.length === 0) return 'none';
  const mayBeNational = defaultCountry === undefined && phoneNumbers.some(isNational);
  return mayBeNational ? 'national' : 'unreadable';
}

function isNational(value: string): boolean {
  const digits = value.replace(/\D/g, '');
  return digits.length >= 7 && !digits.startsWith('00') && !value.includes('+');
}
