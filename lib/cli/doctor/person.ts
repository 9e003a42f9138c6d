import type { Config } from '../../config.ts';
import type { Finding } from '../../domain/finding.ts';
import { maskPhoneNumber, readPhoneNumbers } from '../../domain/phone-number.ts';
import type { User } from '../../domain/user.ts';
import { Failure } from '../failure.ts';
import { findPerson } from '../person.ts';

/** What the operator has said of one person. */
export interface AskedPerson {
  /** A username or an id. */
  readonly name: string;
  readonly password: string | undefined;
}

/** Whether this person can sign in: found, with a number, and with this password where one is given. */
export async function* examinePerson(
  { userStore, defaultCountry }: Config,
  asked: AskedPerson,
): AsyncGenerator<Finding> {
  let user: User;
  try {
    user = await findPerson(userStore, asked.name);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const remedy = 'Compare the name with usernameAttribute, baseDn and userFilter; the account must be enabled.';
    return yield { check: 'person', status: 'failed', detail: error.message, remedy };
  }
  yield examineNumbers(user, defaultCountry);
  if (asked.password === undefined || asked.password === '' || userStore.checkPassword === undefined) return;
  const check = 'person password';
  if (await userStore.checkPassword(user, asked.password)) yield { check, status: 'ok', detail: 'it is accepted' };
  else yield { check, status: 'failed', detail: 'it is refused', remedy: 'Is it right, and may this account sign in?' };
}

function examineNumbers({ phoneNumbers }: User, defaultCountry: Config['defaultCountry']): Finding {
  const check = 'person';
  let unreadable = 0;
  const numbers = readPhoneNumbers(phoneNumbers, defaultCountry, () => {
    unreadable += 1;
  });
  const also = unreadable === 0 ? '' : `; ${unreadable} cannot be read`;
  if (numbers.length > 0)
    return { check, status: 'ok', detail: `found, with ${numbers.map(maskPhoneNumber).join(', ')}${also}` };
  const remedy = 'Write a number as +46701740605 into the directory.';
  return { check, status: 'failed', detail: `found, without a number that can be read${also}`, remedy };
}
