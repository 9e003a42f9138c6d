import { expect } from 'chai';
import { testUserStore } from '../../lib/conformance/user-store.ts';
import { ADA, ALAN, type OpenUserStore, SAMPLE_PEOPLE } from '../../lib/conformance/user-store-harness.ts';
import type { UserStore } from '../../lib/domain/ports.ts';
import type { User } from '../../lib/domain/user.ts';
import { MemoryUserStore } from '../../lib/state/memory-user-store.ts';

type Parts = Required<Pick<UserStore, 'findUser' | 'checkPassword' | 'changePhoneNumbers' | 'health'>>;
type Wrong = (right: Parts) => Partial<Parts>;

/** For each promise a store that breaks it. */
const WRONG: Readonly<Record<string, Wrong>> = {
  'finds a person by username, with display name and all numbers in their order': (right) =>
    giving(right, (user) => ({ ...user, phoneNumbers: user.phoneNumbers.toReversed() })),
  'finds the same person by id': (right) => ({
    findUser: async (key) => ('id' in key ? undefined : right.findUser(key)),
  }),
  'gives every person an id of their own': (right) => giving(right, (user) => ({ ...user, id: 'same' })),
  'finds nobody by a name or an id that nobody has, whatever characters are in it': (right) => ({
    findUser: (key) => right.findUser('username' in key ? { username: key.username.replace('*', 'ada') } : key),
  }),
  'gives a list without numbers, and no null, if there is nothing': (right) =>
    giving(right, (user) => ({ ...user, locale: JSON.parse('null') })),
  'never gives a password': (right) =>
    giving(right, (user) => ({ ...user, attributes: { userPassword: [ADA.password] } })),

  'takes the right password': () => ({ checkPassword: async () => false }),
  'refuses a wrong password, and one that is only nearly right': (right) => ({
    checkPassword: (user, password) => right.checkPassword(user, password.trim()),
  }),
  'refuses the password of somebody else': () => ({
    checkPassword: async (_user, password) => SAMPLE_PEOPLE.some((person) => person.password === password),
  }),
  'refuses an empty password, and one that begins with a control character': (right) => ({
    checkPassword: async (user, password) => password === '' || right.checkPassword(user, password),
  }),
  'looks at every byte of a long password': (right) => ({
    checkPassword: (user, password) => right.checkPassword(user, password.slice(0, 72) + ALAN.password.slice(72)),
  }),
  'refuses a person who is gone': () => ({ checkPassword: async () => true }),

  'adds a number, also the first': () => ({ changePhoneNumbers: async () => 'done' }),
  'removes the number that it is told, and no other': (right) => ({
    async changePhoneNumbers(user) {
      for (const remove of user.phoneNumbers) await right.changePhoneNumbers(user, { remove });
      return 'done';
    },
  }),
  'removes the last number': (right) => ({
    changePhoneNumbers: async (user, change) =>
      user.phoneNumbers.length === 1 ? 'conflict' : right.changePhoneNumbers(user, change),
  }),
  'replaces a number': (right) => ({
    changePhoneNumbers: (user, { add = '' }) => right.changePhoneNumbers(user, { add }),
  }),
  'says conflict, and changes nothing, if the number to remove is not there': (right) => ({
    async changePhoneNumbers(user, { add, remove }) {
      if (add !== undefined) await right.changePhoneNumbers(user, { add });
      return remove === undefined ? 'done' : right.changePhoneNumbers(user, { remove });
    },
  }),
  'says conflict, and changes nothing, if the number to add is there': (right) => sayingDone(right),
  'lets one of several changes of one number win': (right) => sayingDone(right),
  'says conflict if the person is gone': (right) => sayingDone(right),

  'says that it is well while it is': () => ({ health: () => Promise.reject(new Error('no')) }),
  'rejects every call with an Error while what it asks is unreachable': (right) => ({
    findUser: (key) => right.findUser(key).catch(() => undefined),
  }),
  'has no password and no number in its errors, however deep': (right) => ({
    changePhoneNumbers: (user, change) =>
      right.changePhoneNumbers(user, change).catch((cause) => {
        throw new Error('no', { cause: Object.assign(new Error('no', { cause }), { values: [change.add] }) });
      }),
  }),
};

describe('the conformance suite for user stores, with a wrong store', () => {
  for (const [promise, wrong] of Object.entries(WRONG)) {
    it(`fails in “${promise}”`, async () => {
      const error = await run(promise, wrong).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).to.have.property('code', 'ERR_ASSERTION');
    });
  }

  it('passes the store that these are made of', async () => {
    for (const check of promises(() => ({})).values()) await check();
  });

  it('has a wrong store for each of its promises', () => {
    expect(Object.keys(WRONG)).to.have.members([...promises(() => ({})).keys()]);
  });
});

async function run(promise: string, wrong: Wrong): Promise<void> {
  const check = promises(wrong).get(promise) ?? expect.fail('there is no such promise');
  await check();
}

/** The suite's tests by title, for a store that is wrong in this way. */
function promises(wrong: Wrong): ReadonlyMap<string, () => Promise<void>> {
  const tests = new Map<string, () => Promise<void>>();
  const runner = {
    describe: (_title: string, body: () => void) => body(),
    it: (title: string, body: () => Promise<void>) => void tests.set(title, body),
  };
  testUserStore(runner, { open: async () => open(wrong) });
  return tests;
}

function open(wrong: Wrong): OpenUserStore {
  const store = new MemoryUserStore(SAMPLE_PEOPLE);
  let isDown = false;
  const ask = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
    if (isDown) throw new Error('connect ECONNREFUSED');
    return call();
  };
  const right: Parts = {
    findUser: (key) => ask(() => store.findUser(key)),
    checkPassword: (user, password) => ask(() => store.checkPassword(user, password)),
    changePhoneNumbers: (user, change) => ask(() => store.changePhoneNumbers(user, change)),
    health: () => ask(async () => {}),
  };
  return {
    store: { ...right, ...wrong(right) },
    async breakDown() {
      isDown = true;
    },
  };
}

function giving(right: Parts, change: (user: User) => User): Partial<Parts> {
  return {
    async findUser(key) {
      const user = await right.findUser(key);
      return user && change(user);
    },
  };
}

function sayingDone(right: Parts): Partial<Parts> {
  return { changePhoneNumbers: (user, change) => right.changePhoneNumbers(user, change).then(() => 'done') };
}
