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
    const problem = 'This is the username of one person and the id of another.';
    throw new Failure(problem, 'To tell them apart, use the id of the one.');
  }
  const person = byName ?? byId;
  if (person !== undefined) return person;
  const remedy = 'Give a username or an id as the directory has it; userFilter and baseDn may leave people out.';
  throw new Failure('There is no such person, or the account is disabled.', remedy);
}

async function ask(store: UserStore, key: Parameters<UserStore['findUser']>[0]): Promise<User | undefined> {
  try {
    return await store.findUser(key);
  } catch (cause) {
    throw new SmsOtpError('DIRECTORY_UNAVAILABLE', 'The directory cannot be asked.', { cause });
  }
}
