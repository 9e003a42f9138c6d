import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { UserStore } from '../domain/ports.ts';
import type { User } from '../domain/user.ts';

/** One person of a `MemoryUserStore`. */
export interface MemoryUser extends Omit<User, 'id'> {
  /** The stable id. @default the username */
  readonly id?: string;
  /** Kept as a salted scrypt hash only. */
  readonly password: string;
}

interface StoredPerson {
  readonly user: User;
  readonly salt: Buffer;
  readonly hash: Promise<Buffer>;
}

/** A user store without a directory: for tests, for trials, and for an app with a handful of people. */
export class MemoryUserStore implements UserStore {
  readonly #people = new Map<string, StoredPerson>();

  /** @throws Error if two people share an id or a name */
  constructor(people: readonly MemoryUser[]) {
    for (const { password, ...person } of people) {
      const user: User = { id: person.username, ...person };
      if (this.#people.has(user.id) || this.#byName(user.username) !== undefined) {
        throw new Error('Two people in the MemoryUserStore share an id or a username.');
      }
      const salt = randomBytes(16);
      this.#people.set(user.id, { user, salt, hash: hashOf(password, salt) });
    }
  }

  async findUser(key: { readonly id: string } | { readonly username: string }): Promise<User | undefined> {
    return 'id' in key ? this.#people.get(key.id)?.user : this.#byName(key.username)?.user;
  }

  async checkPassword(user: User, password: string): Promise<boolean> {
    const person = this.#people.get(user.id);
    if (person === undefined || password === '') return false;
    return timingSafeEqual(await person.hash, await hashOf(password, person.salt));
  }

  async changePhoneNumbers(
    { id }: User,
    { add, remove }: { readonly add?: string; readonly remove?: string },
  ): Promise<'done' | 'conflict'> {
    const person = this.#people.get(id);
    const before = person?.user.phoneNumbers ?? [];
    const isStale = (remove !== undefined && !before.includes(remove)) || (add !== undefined && before.includes(add));
    if (person === undefined || isStale) return 'conflict';
    const phoneNumbers = [...before.filter((number) => number !== remove), ...(add === undefined ? [] : [add])];
    this.#people.set(id, { ...person, user: { ...person.user, phoneNumbers } });
    return 'done';
  }

  async *users(): AsyncGenerator<User> {
    for (const { user } of this.#people.values()) yield user;
  }

  #byName(username: string): StoredPerson | undefined {
    return [...this.#people.values()].find(({ user }) => user.username === username);
  }
}

function hashOf(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, 32, (error, hash) => (error === null ? resolve(hash) : reject(error)));
  });
}
