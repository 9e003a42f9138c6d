import type { Config } from '../../config.ts';
import { Masks } from '../../domain/masked-number.ts';
import { NumberReader } from '../../domain/number-reader.ts';
import { isCountryAllowed } from '../../domain/phone-number.ts';
import type { Finding, UserStore } from '../../domain/ports.ts';
import type { User } from '../../domain/user.ts';
import { findPerson } from '../person.ts';
import { COUNTRY_NOT_ALLOWED, REASONS, readPerson, reasonsIn } from './readings.ts';

const NAME_IT = 'name the attribute that holds it: with LdapUserStore, phoneAttribute.';

/** The person that the operator asked about. */
export interface AskedPerson {
  /** A username or an id. */
  readonly name: string;
  readonly password?: string | undefined;
}

/**
 * Checks that this person is found and has a number and this password, then whether people may write their own numbers.
 *
 * @throws Failure if nobody is found; SmsOtpError `DIRECTORY_UNAVAILABLE`
 */
export async function* examinePerson(config: Config, asked: AskedPerson | undefined): AsyncGenerator<Finding> {
  const { userStore } = config;
  if (asked !== undefined) {
    const user = await findPerson(userStore, asked.name);
    yield examineNumbers(user, config);
    if (userStore.examinePerson !== undefined) yield await userStore.examinePerson(user);
    if (asked.password !== undefined) return yield* examinePassword(userStore, user, asked.password);
  }
  if (userStore.examineOwnRights === undefined) return;
  const detail = '--user NAME --password-stdin shows whether people may write their own numbers';
  yield { check: 'own rights', status: 'skipped', detail };
}

function examineNumbers(user: User, config: Config): Finding {
  const check = 'person';
  const { numbers } = new NumberReader(config).readAll(user.phoneNumbers, user.country);
  if (numbers.length > 0) return judgeNumbers(numbers, config);
  const person = readPerson(config, user);
  const lacks = [...reasonsIn(person)].map((reason) => REASONS[reason]);
  if (lacks.length === 0) {
    const detail = 'found, without a number';
    return { check, status: 'failed', detail, remedy: `Write one as +46701740650, or ${NAME_IT}` };
  }
  const detail = `found, with ${person.values.length === 1 ? 'a value' : 'values'} ${lacks.map(({ words }) => words).join(' and ')}`;
  return { check, status: 'failed', detail, remedy: `${lacks.map(({ remedy }) => remedy).join(' ')} Or ${NAME_IT}` };
}

/** Some of them may be in a country that gets no code. */
function judgeNumbers(numbers: readonly string[], { defaultCountry, allowedCountries }: Config): Finding {
  const check = 'person';
  const masks = new Masks(defaultCountry);
  const shown = (some: readonly string[]): string => some.map((one) => masks.of(one, numbers)).join(', ');
  const refused = numbers.filter((number) => !isCountryAllowed(number, allowedCountries));
  if (refused.length === 0) return { check, status: 'ok', detail: `found, with ${shown(numbers)}` };
  const { words, remedy } = COUNTRY_NOT_ALLOWED;
  const all = refused.length === numbers.length;
  const others = numbers.filter((number) => !refused.includes(number));
  const detail = `found, with ${all ? '' : `${shown(others)} and `}${shown(refused)}, ${words}`;
  return { check, status: all ? 'failed' : 'warning', detail, remedy };
}

async function* examinePassword(store: UserStore, user: User, password: string): AsyncGenerator<Finding> {
  const check = 'person password';
  // Tried once, before anything else uses it: each wrong password brings the account nearer to its lock.
  if (password === '' || !(await store.checkPassword?.(user, password))) {
    const remedy = 'Is it right, and may this account sign in?';
    return yield { check, status: 'failed', detail: 'it is refused', remedy };
  }
  yield { check, status: 'ok', detail: 'it is accepted' };
  if (store.examineOwnRights !== undefined) yield await store.examineOwnRights(user, password);
}
