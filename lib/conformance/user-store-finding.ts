import assert from 'node:assert/strict';
import { foundUser } from './found-user.ts';
import { ADA, ALAN, GONE, GRACE, NAMES_OF_NOBODY, SAMPLE_PEOPLE } from './sample-people.ts';
import type { UserStoreChecks } from './user-store.ts';

export const FINDING: UserStoreChecks = {
  'finds a person by username, with display name and all numbers in their order': async ({ store }) => {
    for (const person of [ADA, GRACE]) {
      const { username, displayName, phoneNumbers } = await foundUser(store, person);
      const { password: _, ...expected } = person;
      assert.deepEqual({ username, displayName, phoneNumbers: [...phoneNumbers] }, expected);
    }
  },

  'finds the same person by id': async ({ store }) => {
    for (const person of SAMPLE_PEOPLE) {
      const user = await foundUser(store, person);
      assert.deepEqual(await store.findUser({ id: user.id }), user);
    }
  },

  'gives every person an id of their own': async ({ store }) => {
    const users = await Promise.all(SAMPLE_PEOPLE.map((person) => foundUser(store, person)));
    for (const { id } of users) assert.ok(typeof id === 'string' && id !== '', 'an id is a text that is not empty');
    assert.equal(new Set(users.map(({ id }) => id)).size, users.length, 'two people have the same id');
  },

  'finds nobody by a name or an id that nobody has, whatever characters are in it': async ({ store }) => {
    for (const name of NAMES_OF_NOBODY) {
      assert.equal(await store.findUser({ username: name }), undefined, `somebody is called ${JSON.stringify(name)}`);
      assert.equal(await store.findUser({ id: name }), undefined, `somebody has the id ${JSON.stringify(name)}`);
    }
    assert.equal(await store.findUser({ id: GONE.id }), undefined, 'somebody has an unknown id');
  },

  'gives a list without numbers, and no null, where there is nothing': async ({ store }) => {
    const user = await foundUser(store, ALAN);
    assert.deepEqual([...user.phoneNumbers], []);
    for (const [name, value] of Object.entries(user)) assert.notEqual(value, null, `${name} is null`);
  },

  'never gives a password': async ({ store }) => {
    for (const person of SAMPLE_PEOPLE) {
      const user = await foundUser(store, person);
      assert.ok(!JSON.stringify(user).includes(person.password), 'the password is in the user');
    }
  },
};
