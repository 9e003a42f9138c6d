import { expect } from 'chai';
import type { User, UserStore } from '../../lib/index.ts';

/** A user whom the store must know. */
export async function mustFind(store: Pick<UserStore, 'findUser'>, username: string): Promise<User> {
  return (await store.findUser({ username })) ?? expect.fail(`${username} is not found`);
}
