import type { User, UserStore } from '../../lib/index.ts';

interface Person extends User {
  readonly password: string;
}

const PEOPLE: readonly Person[] = [
  { id: 'id-ada', username: 'ada', displayName: 'Ada Lovelace', password: 'lovelace', phoneNumbers: ['+46701740605'] },
  { id: 'id-grace', username: 'grace', password: 'hopper', phoneNumbers: ['+46701740606', '+46701740607'] },
  { id: 'id-alan', username: 'alan', password: 'turing', phoneNumbers: [] },
];

/** The demo's people in a store that answers at once, that can be changed, and that can be down. */
export class People implements UserStore {
  readonly #people = new Map(PEOPLE.map((person) => [person.id, person]));
  isDown = false;
  isReadOnly = false;
  /** How many passwords were looked at. */
  checks = 0;
  /** How often somebody was looked for. */
  searches = 0;

  add(person: Person): void {
    this.#people.set(person.id, person);
  }

  change(id: string, change: Partial<Person>): void {
    const person = this.#people.get(id);
    if (person !== undefined) this.#people.set(id, { ...person, ...change });
  }

  remove(id: string): void {
    this.#people.delete(id);
  }

  async findUser(key: { readonly id: string } | { readonly username: string }): Promise<User | undefined> {
    if (this.isDown) throw new Error('connect ECONNREFUSED');
    this.searches += 1;
    const all = [...this.#people.values()];
    const person = 'id' in key ? this.#people.get(key.id) : all.find(({ username }) => username === key.username);
    if (person === undefined) return undefined;
    const { password: _, ...user } = person;
    return user;
  }

  async checkPassword(user: User, password: string): Promise<boolean> {
    if (this.isDown) throw new Error('connect ECONNREFUSED');
    this.checks += 1;
    return this.#people.get(user.id)?.password === password;
  }

  async changePhoneNumbers(user: User, change: { add?: string; remove?: string }): Promise<'done' | 'conflict'> {
    if (this.isDown || this.isReadOnly) throw new Error('insufficientAccessRights');
    const numbers = this.#people.get(user.id)?.phoneNumbers ?? [];
    if (change.remove !== undefined && !numbers.includes(change.remove)) return 'conflict';
    const left = numbers.filter((number) => number !== change.remove);
    this.change(user.id, { phoneNumbers: change.add === undefined ? left : [...left, change.add] });
    return 'done';
  }
}
