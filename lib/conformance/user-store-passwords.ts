import assert from 'node:assert/strict';
import type { UserStore } from '../domain/ports.ts';
import { foundUser } from './found-user.ts';
import { ADA, ALAN, GONE, GRACE, SAMPLE_PEOPLE, type SamplePerson } from './sample-people.ts';
import type { UserStoreChecks } from './user-store.ts';

export const PASSWORDS: UserStoreChecks = {
  'takes the right password': async ({ store }) => {
    for (const person of SAMPLE_PEOPLE) assert.equal(await check(store, person, person.password), true);
  },

  'refuses a wrong password, and one that is only nearly right': async ({ store }) => {
    const { password } = ADA;
    for (const wrong of ['wrong', password.toLowerCase(), ` ${password}`, `${password} `, password.slice(0, -1), '*']) {
      assert.equal(await check(store, ADA, wrong), false, `it takes ${JSON.stringify(wrong)}`);
    }
  },

  'refuses the password of somebody else': async ({ store }) => {
    assert.equal(await check(store, ADA, GRACE.password), false);
  },

  'refuses an empty password, and one that begins with NUL': async ({ store }) => {
    for (const empty of ['', '\0', `\0${ADA.password}`]) assert.equal(await check(store, ADA, empty), false);
  },

  'looks at every byte of a long password': async ({ store }) => {
    assert.equal(await check(store, ALAN, `${ALAN.password.slice(0, -1)}u`), false);
  },

  'refuses a person who is gone': async ({ store }) => {
    assert.equal(await store.checkPassword?.(GONE, ADA.password), false);
  },
};

async function check(store: UserStore, person: SamplePerson, password: string): Promise<unknown> {
  return store.checkPassword?.(await foundUser(store, person), password);
}
