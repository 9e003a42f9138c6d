import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { UserStore } from '../domain/ports.ts';
import type { User } from '../domain/user.ts';

/** One person of a `MemoryUserStore`. */
export interface MemoryUser extends Omit<User, 'id'> {
  /** [the username] */
  readonly id?: string;
  /** Kept as a salted scrypt hash only. */
  readonly password: string;
}

interface Account {
  readonly user: User;
  readonly salt: Buffer;
  readonly hash: Promise<Buffer>;
}

/** A user store without a directory: for tests, for trials, and for an app with a handful of people. */
export class MemoryUserStore implements UserStore {
  readonly #accounts = new Map<string, Account>();

  /** @throws Error where two people share an id or a name */
  constructor(people: readonly MemoryUser[]) {
    for (const { password, ...person } of people) {
      const user: User = { id: person.username, ...person };
      if (this.#accounts.has(user.id) || this.#byName(user.username) !== undefined) {
        throw new Error('Two people in the MemoryUserStore share an id or a username.');
      }
      const salt = randomBytes(16);
      this.#accounts.set(user.id, { user, salt, hash: hashOf(password, salt) });
    }
  }

  async findUser(key: { readonly id: string } | { readonly username: string }): Promise<User | undefined> {
    return 'id' in key ? this.#accounts.get(key.id)?.user : this.#byName(key.username)?.user;
  }

  async checkPassword(user: User, password: string): Promise<boolean> {
    const account = this.#accounts.get(user.id);
    if (account === undefined || password === '') return false;
    return timingSafeEqual(await account.hash, await hashOf(password, account.salt));
  }

  async changePhoneNumbers(
    { id }: User,
    { add, remove }: { readonly add?: string; readonly remove?: string },
  ): Promise<'done' | 'conflict'> {
    const account = this.#accounts.get(id);
    const before = account?.user.phoneNumbers ?? [];
    const isStale = (remove !== undefined && !before.includes(remove)) || (add !== undefined && before.includes(add));
    if (account === undefined || isStale) return 'conflict';
    const phoneNumbers = [...before.filter((number) => number !== remove), ...(add === undefined ? [] : [add])];
    this.#accounts.set(id, { ...account, user: { ...account.user, phoneNumbers } });
    return 'done';
  }

  async *users(): AsyncGenerator<User> {
    for (const { user } of this.#accounts.values()) yield user;
  }

  #byName(username: string): Account | undefined {
    return [...this.#accounts.values()].find(({ user }) => user.username === username);
  }
}

function hashOf(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, 32, (error, hash) => (error === null ? resolve(hash) : reject(error)));
  });
}
