import type { UserStore } from '../domain/ports.ts';
import type { User } from '../domain/user.ts';
import { SmsOtpError } from '../errors.ts';
import { Failure } from './failure.ts';

/**
 * Whom an operator means by a username or an id.
 *
 * @throws Failure where that is nobody, or one person by name and another by id; SmsOtpError `DIRECTORY_UNAVAILABLE`
 */
export async function findPerson(store: UserStore, name: string): Promise<User> {
  const byName = (await ask(store, { username: name })) ?? undefined;
  const byId = (await ask(store, { id: name })) ?? undefined;
  if (byName !== undefined && byId !== undefined && byName.id !== byId.id) {
    throw new Failure('This is the username of one person and the id of another: use the id of the one.');
  }
  const person = byName ?? byId;
  if (person === undefined) throw new Failure('There is no such person, or the account is disabled.');
  return person;
}

async function ask(store: UserStore, key: Parameters<UserStore['findUser']>[0]): Promise<User | undefined> {
  try {
    return await store.findUser(key);
  } catch (cause) {
    throw new SmsOtpError('DIRECTORY_UNAVAILABLE', 'The directory cannot be asked.', { cause });
  }
}
