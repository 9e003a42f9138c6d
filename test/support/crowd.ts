import type { User } from '../../lib/index.ts';
import { People } from './people.ts';

/** The password of everybody in the crowd. */
export const CROWD_PASSWORD = 'of the crowd';

/**
 * As many people as a test wants, called `user0`, `user1`, …, each with one number or none; and ada, grace and alan.
 */
export class Crowd extends People {
  readonly #numberOf: (place: number) => string | undefined;

  constructor(numberOf: (place: number) => string | undefined = crowdNumber) {
    super();
    this.#numberOf = numberOf;
  }

  override async findUser(key: { readonly id: string } | { readonly username: string }): Promise<User | undefined> {
    const name = 'id' in key ? key.id : key.username;
    const place = /^user(\d{1,4})$/.exec(name)?.[1];
    if (place === undefined) return super.findUser(key);
    const number = this.#numberOf(Number(place));
    return { id: name, username: name, phoneNumbers: number === undefined ? [] : [number] };
  }

  override async checkPassword(user: User, password: string): Promise<boolean> {
    if (!/^user\d+$/.test(user.id)) return super.checkPassword(user, password);
    this.checks += 1;
    return password === CROWD_PASSWORD;
  }
}

/** E.164. */
export function crowdNumber(place: number): string {
  return `+4670174${String(place).padStart(4, '0')}`;
}
