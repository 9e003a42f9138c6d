import type { UserStore } from '../domain/ports.ts';
import type { User } from '../domain/user.ts';
import { SmsOtpError } from '../errors.ts';
import { Failure } from './failure.ts';

/**
 * The person with this username or id.
 *
 * @throws Failure if there is nobody, or if it is the username of one person and the id of another;
 * SmsOtpError `DIRECTORY_UNAVAILABLE`
 */
export async function findPerson(store: UserStore, name: string): Promise<User> {
  const byName = (await ask(store, { username: name })) ?? undefined;
  const byId = (await ask(store, { id: name })) ?? undefined;
  if (byName !== undefined && byId !== undefined && byName.id !== byId.id) {
    const problem = 'This is the username of one person and the id of another.';
    throw new Failure(problem, 'Use the id of the person you mean.');
  }
  const person = byName ?? byId;
  if (person !== undefined) return person;
  const remedy =
    'Give a username or an id as in the directory. userFilter and baseDn may exclude people, and a name that two people have finds neither.';
  throw new Failure('There is no such person, or the account is disabled.', remedy);
}

async function ask(store: UserStore, key: Parameters<UserStore['findUser']>[0]): Promise<User | undefined> {
  try {
    return await store.findUser(key);
  } catch (cause) {
    throw new SmsOtpError('DIRECTORY_UNAVAILABLE', { cause });
  }
}
