import assert from 'node:assert/strict';
import type { UserStore } from '../domain/ports.ts';
import type { User } from '../domain/user.ts';
import type { SamplePerson } from './sample-people.ts';

/** The person as the store gives them; fails where it does not. */
export async function foundUser(store: UserStore, { username }: SamplePerson): Promise<User> {
  const user = await store.findUser({ username });
  assert.ok(user, `findUser({ username: '${username}' }) finds nobody`);
  return user;
}
