import assert from 'node:assert/strict';
import type { UserStore } from '../domain/ports.ts';
import type { User } from '../domain/user.ts';
import type { Checks } from './runner.ts';

/** How to open the store under test. */
export interface UserStoreSetup {
  /** Opens a store that contains these people and nobody else. Called for each test. */
  open(people: readonly SamplePerson[]): Promise<OpenUserStore>;
  /**
   * Abilities that the store lacks.
   *
   * @default nothing: everything is tested
   */
  readonly leaveOut?: readonly UserStorePart[];
}

/** One store for one test. */
export interface OpenUserStore {
  /** Contains the people that `open` was given. */
  readonly store: UserStore;
  /** Makes the store's server or database unreachable. */
  breakDown?(): void | Promise<void>;
  /** Ends everything but the store itself, which is closed before. */
  close?(): void | Promise<void>;
}

/** `outage` is for a store that depends on a server or database. */
export type UserStorePart = 'checkPassword' | 'changePhoneNumbers' | 'outage';

export type UserStoreChecks = Checks<OpenUserStore>;

/** A person that a user store must contain. */
export interface SamplePerson {
  /** The name they sign in with. */
  readonly username: string;
  /** Up to 200 bytes. */
  readonly password: string;
  /** One person has none. */
  readonly displayName?: string;
  /** In the order in which the store must return them; one person has none. */
  readonly phoneNumbers: readonly string[];
}

export const ADA: SamplePerson = {
  username: 'ada',
  password: 'Lovelace-1815',
  displayName: 'Ada Lovelace',
  phoneNumbers: ['+46701740605'],
};

export const GRACE: SamplePerson = {
  username: 'grace',
  password: 'Hopper-1906',
  displayName: 'Grace Hopper',
  phoneNumbers: ['+46701740606', '+46701740607', '+46701740608'],
};

/** No display name, no number, and a password of 200 bytes. */
export const ALAN: SamplePerson = { username: 'alan', password: 'ü'.repeat(100), phoneNumbers: [] };

export const SAMPLE_PEOPLE: readonly SamplePerson[] = [ADA, GRACE, ALAN];

/** Nobody has these names or ids. Pasted into a query unescaped, each would match somebody. */
export const NAMES_OF_NOBODY: readonly string[] = [
  'bob',
  '',
  '*',
  'ad*',
  'ad%',
  'a_a',
  "ada' OR ''='",
  'ada)(uid=*',
  'ada\u0001',
  'ada\\',
  '__proto__',
  'a'.repeat(5000),
];

/** A person who was removed after they were found. */
export const GONE = { id: '00000000-0000-4000-8000-000000000000', username: 'ada', phoneNumbers: ADA.phoneNumbers };

/** The person as the store returns them; fails if it does not find them. */
export async function foundUser(store: UserStore, { username }: SamplePerson): Promise<User> {
  const user = await store.findUser({ username });
  assert.ok(user, `findUser({ username: '${username}' }) finds nobody`);
  return user;
}
