import assert from 'node:assert/strict';
import { within } from '../deadline.ts';
import type { UserStore } from '../domain/ports.ts';
import { tellsAny } from './discretion.ts';
import { type Part, type Runner, testParts } from './runner.ts';
import {
  ADA,
  ALAN,
  foundUser,
  GONE,
  GRACE,
  NAMES_OF_NOBODY,
  type OpenUserStore,
  SAMPLE_PEOPLE,
  type SamplePerson,
  type UserStoreChecks,
  type UserStorePart,
  type UserStoreSetup,
} from './user-store-harness.ts';

const FINDING: UserStoreChecks = {
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

  'gives a list without numbers, and no null, if there is nothing': async ({ store }) => {
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

const PASSWORDS: UserStoreChecks = {
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

  'refuses an empty password, and one that begins with a control character': async ({ store }) => {
    for (const empty of ['', '\u0001', `\u0001${ADA.password}`]) assert.equal(await check(store, ADA, empty), false);
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

const NEW = '+46701740609';
const UNKNOWN = '+46701740610';
const [, SECOND = ''] = GRACE.phoneNumbers;

interface Change {
  readonly add?: string;
  readonly remove?: string;
}

const CHANGES: UserStoreChecks = {
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

  'says conflict, and changes nothing, if the number to remove is not there': async ({ store }) => {
    assert.equal(await change(store, GRACE, { remove: UNKNOWN }), 'conflict');
    assert.equal(await change(store, GRACE, { remove: UNKNOWN, add: NEW }), 'conflict');
    await expectNumbers(store, {});
  },

  'says conflict, and changes nothing, if the number to add is there': async ({ store }) => {
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

  'says conflict if the person is gone': async ({ store }) => {
    assert.equal(await store.changePhoneNumbers?.(GONE, { add: NEW }), 'conflict');
    await expectNumbers(store, {});
  },
};

async function change(store: UserStore, person: SamplePerson, wanted: Change): Promise<unknown> {
  return store.changePhoneNumbers?.(await foundUser(store, person), wanted);
}

/** Expects these people's numbers, in any order, and everybody else's unchanged. */
async function expectNumbers(store: UserStore, changed: Readonly<Record<string, readonly string[]>>): Promise<void> {
  for (const person of SAMPLE_PEOPLE) {
    const { phoneNumbers } = await foundUser(store, person);
    const expected = changed[person.username] ?? person.phoneNumbers;
    assert.deepEqual([...phoneNumbers].sort(), [...expected].sort(), `the numbers of ${person.username}`);
  }
}

const PATIENCE_MILLISECONDS = 10_000;
const SECRETS = [ADA.password, ...ADA.phoneNumbers, NEW];

const OUTAGE: UserStoreChecks = {
  'says that it is well while it is': async ({ store }) => {
    await assert.doesNotReject(async () => store.health?.());
  },

  'rejects every call with an Error while what it asks is unreachable': async (open) => {
    for (const { name, reason } of await callsInOutage(open)) {
      assert.ok(reason instanceof Error, `${name} does not reject with an Error within ten seconds`);
    }
  },

  'has no password and no number in its errors, however deep': async (open) => {
    for (const { name, reason } of await callsInOutage(open)) {
      assert.ok(!tellsAny(SECRETS, reason), `${name} tells a password or a number`);
    }
  },
};

/** The rejection of each call; `undefined` if it resolves, or takes too long. */
async function callsInOutage(opened: OpenUserStore): Promise<{ name: string; reason: unknown }[]> {
  const { store } = opened;
  const user = await foundUser(store, ADA);
  assert.ok(opened.breakDown, 'the set-up cannot break anything down');
  await opened.breakDown();
  const calls: Readonly<Record<string, Promise<unknown> | undefined>> = {
    'findUser by username': store.findUser({ username: ADA.username }),
    'findUser by id': store.findUser({ id: user.id }),
    checkPassword: store.checkPassword?.(user, ADA.password),
    changePhoneNumbers: store.changePhoneNumbers?.(user, { add: NEW }),
    health: store.health?.(),
  };
  const made = Object.entries(calls).filter(([, call]) => call !== undefined);
  return Promise.all(made.map(async ([name, call]) => ({ name, reason: await rejection(call) })));
}

async function rejection(call: Promise<unknown> | undefined): Promise<unknown> {
  const ended = Promise.resolve(call).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return within(ended, PATIENCE_MILLISECONDS, () => new Error('too late')).catch(() => undefined);
}

const PARTS: readonly Part<UserStorePart, OpenUserStore>[] = [
  { title: 'findUser', checks: FINDING },
  { title: 'checkPassword', name: 'checkPassword', checks: PASSWORDS },
  { title: 'changePhoneNumbers', name: 'changePhoneNumbers', checks: CHANGES },
  { title: 'an outage', name: 'outage', checks: OUTAGE },
];

/** Tests with `node:assert` that a user store keeps every promise of the port. */
export function testUserStore(runner: Runner, { open, leaveOut = [] }: UserStoreSetup): void {
  testParts(runner, PARTS, leaveOut, async (check) => {
    const opened = await open(SAMPLE_PEOPLE);
    try {
      await check(opened);
    } finally {
      await opened.store.close?.();
      await opened.close?.();
    }
  });
}
