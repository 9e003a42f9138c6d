import assert from 'node:assert/strict';
import type { UserStore } from '../domain/ports.ts';
import { foundUser } from './found-user.ts';
import { ADA, ALAN, GONE, GRACE, SAMPLE_PEOPLE, type SamplePerson } from './sample-people.ts';
import type { UserStoreChecks } from './user-store.ts';

const NEW = '+46701740609';
const UNKNOWN = '+46701740610';
const [, SECOND = ''] = GRACE.phoneNumbers;

interface Change {
  readonly add?: string;
  readonly remove?: string;
}

export const CHANGES: UserStoreChecks = {
  'adds a number, also the first': async ({ store }) => {
    assert.equal(await change(store, ADA, { add: NEW }), 'done');
    assert.equal(await change(store, ALAN, { add: NEW }), 'done');
    await expectNumbers(store, { ada: [...ADA.phoneNumbers, NEW], alan: [NEW] });
  },

  'removes the number that it is told, and no other': async ({ store }) => {
    assert.equal(await change(store, GRACE, { remove: SECOND }), 'done');
    await expectNumbers(store, { grace: GRACE.phoneNumbers.filter((number) => number !== SECOND) });
  },

  'removes the last number': async ({ store }) => {
    for (const remove of ADA.phoneNumbers) assert.equal(await change(store, ADA, { remove }), 'done');
    await expectNumbers(store, { ada: [] });
  },

  'replaces a number': async ({ store }) => {
    assert.equal(await change(store, GRACE, { remove: SECOND, add: NEW }), 'done');
    await expectNumbers(store, { grace: GRACE.phoneNumbers.map((number) => (number === SECOND ? NEW : number)) });
  },

  'says conflict, and changes nothing, where the number to remove is not there': async ({ store }) => {
    assert.equal(await change(store, GRACE, { remove: UNKNOWN }), 'conflict');
    assert.equal(await change(store, GRACE, { remove: UNKNOWN, add: NEW }), 'conflict');
    await expectNumbers(store, {});
  },

  'says conflict, and changes nothing, where the number to add is there': async ({ store }) => {
    assert.equal(await change(store, GRACE, { add: SECOND }), 'conflict');
    await expectNumbers(store, {});
  },

  'lets one of several changes of one number win': async ({ store }) => {
    const user = await foundUser(store, GRACE);
    const numbers = [1, 2, 3, 4, 5].map((digit) => `+4670174062${digit}`);
    const results = await Promise.all(numbers.map((add) => store.changePhoneNumbers?.(user, { remove: SECOND, add })));
    assert.equal(results.filter((result) => result === 'done').length, 1, 'not exactly one change is done');
    const winner = numbers[results.indexOf('done')] ?? '';
    await expectNumbers(store, { grace: GRACE.phoneNumbers.map((number) => (number === SECOND ? winner : number)) });
  },

  'says conflict where the person is gone': async ({ store }) => {
    assert.equal(await store.changePhoneNumbers?.(GONE, { add: NEW }), 'conflict');
    await expectNumbers(store, {});
  },
};

async function change(store: UserStore, person: SamplePerson, wanted: Change): Promise<unknown> {
  return store.changePhoneNumbers?.(await foundUser(store, person), wanted);
}

/** These people's numbers, in any order, and everybody else's as they were. */
async function expectNumbers(store: UserStore, changed: Readonly<Record<string, readonly string[]>>): Promise<void> {
  for (const person of SAMPLE_PEOPLE) {
    const { phoneNumbers } = await foundUser(store, person);
    const expected = changed[person.username] ?? person.phoneNumbers;
    assert.deepEqual([...phoneNumbers].sort(), [...expected].sort(), `the numbers of ${person.username}`);
  }
}
