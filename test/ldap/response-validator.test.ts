import { expect } from 'chai';
import fc from 'fast-check';
import { DirectoryFault } from '../../lib/ldap/directory-fault.ts';
import { LdapUserStore } from '../../lib/ldap/ldap-user-store.ts';
import { type DirectorySimulator, startDirectory } from '../../lib/simulator/directory/directory.ts';
import { answerMessages } from '../../lib/simulator/directory/response.ts';

const SEARCH = 0x63;
const BIND = 0x60;
/** ldapts begins with 2; the service account's bind comes before the first search. */
const BIND_ID = 2;
const SEARCH_ID = 3;

/** Entries that are well-formed as BER, but no LDAP; what is wrong with them has no consequence. */
const NO_ENTRIES: Readonly<Record<string, readonly number[]>> = {
  'whose DN is a number': [0x64, 7, 2, 3, 65, 65, 65, 0x30, 0],
  'whose attributes are a text': [0x64, 9, 4, 3, 65, 65, 65, 4, 2, 65, 65],
  'with an attribute that is a text': [0x64, 10, 4, 3, 65, 65, 65, 0x30, 3, 4, 1, 65],
  'with an attribute without values': [0x64, 12, 4, 3, 65, 65, 65, 0x30, 5, 0x30, 3, 4, 1, 65],
  'with an attribute whose values are a text': [0x64, 14, 4, 3, 65, 65, 65, 0x30, 7, 0x30, 5, 4, 1, 65, 4, 0],
  'with more behind its attributes': [0x64, 9, 4, 3, 65, 65, 65, 0x30, 0, 4, 0],
};
/** Refusals (49) that are no responses to a bind: whoever read them all the same would refuse, too. */
const NO_RESULTS: Readonly<Record<string, readonly number[]>> = {
  'whose code is no number': [0x61, 7, 4, 1, 49, 4, 0, 4, 0],
  'that ends behind its code': [0x61, 3, 10, 1, 49],
  'that ends before its text': [0x61, 5, 10, 1, 49, 4, 0],
  'of an operation that was never asked for': [0x69, 7, 10, 1, 49, 4, 0, 4, 0],
  'of a search': [0x65, 7, 10, 1, 49, 4, 0, 4, 0],
  'of a change': [0x67, 7, 10, 1, 49, 4, 0, 4, 0],
  'of an extended operation': [0x78, 7, 10, 1, 49, 4, 0, 4, 0],
  'with a text in place of its controls': [0x61, 7, 10, 1, 49, 4, 0, 4, 0, 4, 0],
  'with more behind its controls': [0x61, 7, 10, 1, 49, 4, 0, 4, 0, 0xa0, 0, 4, 0],
  'with a control whose name is a number': [0x61, 7, 10, 1, 49, 4, 0, 4, 0, 0xa0, 5, 0x30, 3, 2, 1, 1],
};
const NO_SUCH_OBJECT = [0x65, 7, 10, 1, 32, 4, 0, 4, 0];
const NO_MESSAGES: Readonly<Record<string, Buffer>> = {
  'an answer over HTTP': Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
  'a length that is not definite': Buffer.from([0x30, 0x80]),
  'a message of a megabyte': message(SEARCH_ID, [0x65, ...longText(1_000_000)]),
  'an element that is longer than its message': message(SEARCH_ID, NO_SUCH_OBJECT.with(1, 8)),
  'a number and nothing else': message(SEARCH_ID, []),
  'thirty levels': message(SEARCH_ID, [...NO_SUCH_OBJECT, ...levels(30)]),
};

describe('what a directory answers', () => {
  let directory: DirectorySimulator;
  let store: LdapUserStore;

  beforeEach(async () => {
    directory = await startDirectory();
    const { url, baseDn } = directory;
    const account = { bindDn: 'cn=service,dc=example,dc=org', bindPassword: 'service' };
    store = new LdapUserStore({ url, baseDn, ...account, connections: 1, timeoutSeconds: 1 });
  });

  afterEach(async () => {
    await store.close();
    await directory.close();
  });

  for (const [what, operation] of Object.entries(NO_ENTRIES)) {
    it(`is refused if it is an entry ${what}`, async () => {
      directory.behave({ at: 'search', do: 'garbage', bytes: message(SEARCH_ID, operation) });
      expect(await outcome(store.findUser({ username: 'ada' }))).to.match(/no LDAP/);
      await heals();
    });
  }

  for (const [what, operation] of Object.entries(NO_RESULTS)) {
    it(`is no success if it is a result ${what}`, async () => {
      const ada = (await store.findUser({ username: 'ada' })) ?? expect.fail();
      directory.behave({ at: 'bind', do: 'garbage', bytes: message(BIND_ID, operation) });
      expect(await outcome(store.checkPassword(ada, 'lovelace'))).to.match(/no LDAP/);
      await heals();
    });
  }

  for (const [what, bytes] of Object.entries(NO_MESSAGES)) {
    it(`is refused if it is ${what}`, async () => {
      directory.behave({ at: 'search', do: 'garbage', bytes });
      expect(await outcome(store.findUser({ username: 'ada' }))).to.match(/no LDAP/);
      await heals();
    });
  }

  it('is refused if it does not end', async () => {
    const entry = [0x64, 0x82, 0x80, 4, 4, 0x82, 0x7f, 0xfe, ...Array<number>(0x7ffe).fill(65), 0x30, 0];
    const bytes = Buffer.concat(Array<Buffer>(400).fill(message(SEARCH_ID, entry)));
    directory.behave({ at: 'search', do: 'garbage', bytes });
    expect(await outcome(store.findUser({ username: 'ada' }))).to.match(/no LDAP/);
    await heals();
  });

  it('is read as soon as the last of its bytes has come', async () => {
    const ada = { dn: 'cn=Ada', attributes: { uid: ['ada'], entryUUID: ['x'], mobile: ['+46701740605'] } };
    const bytes = answerMessages(SEARCH_ID, SEARCH, { resultCode: 0, entries: [ada] });
    for (const cut of [1, bytes.length - 1]) {
      directory.behave({ at: 'search', do: 'garbage', bytes: bytes.subarray(0, cut) });
      expect(await outcome(store.findUser({ username: 'ada' })), String(cut)).to.match(/in time/);
    }
    directory.behave({ at: 'search', do: 'garbage', bytes });
    expect(await store.findUser({ username: 'ada' })).to.include({ id: 'x' });
  }).timeout(30_000);

  it('ends in a fault or an answer, and never in a hang, whatever bytes are changed in it', async () => {
    const entry = { dn: 'cn=Ada', attributes: { uid: ['ada'], mobile: ['+46701740605', '+46701740606'] } };
    const found = answerMessages(SEARCH_ID, SEARCH, { resultCode: 0, entries: [entry], references: ['ldap://x'] });
    const bound = answerMessages(BIND_ID, BIND, { resultCode: 0 });
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 });
    const property = fc.asyncProperty(changes, changes, async (ofSearch, ofBind) => {
      const { url, baseDn } = directory;
      const account = { bindDn: 'cn=service', bindPassword: 'service' };
      const hasty = new LdapUserStore({ url, baseDn, ...account, connections: 1, timeoutSeconds: 0.05 });
      directory.behave(
        { at: 'search', do: 'garbage', bytes: mutated(found, ofSearch) },
        { at: 'bind', do: 'garbage', bytes: mutated(bound, ofBind), times: 1 },
        { at: 'bind', do: 'answer', resultCode: 0 },
      );
      for (const _ of 'ab') await hasty.findUser({ username: 'ada' }).catch(expectFault);
      await hasty.close();
    });
    await fc.assert(property, { numRuns: 100, endOnFailure: true });
    await heals();
  }).timeout(60_000);

  async function heals(): Promise<void> {
    directory.behave();
    const ada = (await store.findUser({ username: 'ada' })) ?? expect.fail('ada is not found');
    expect(await store.checkPassword(ada, 'lovelace')).to.equal(true);
  }
});

function message(id: number, operation: readonly number[]): Buffer {
  return element(0x30, [2, 1, id, ...operation]);
}

/** With the length in as many bytes as it needs (X.690, section 8.1.3). */
function element(tag: number, content: readonly number[]): Buffer {
  const { length } = content;
  if (length < 128) return Buffer.from([tag, length, ...content]);
  return Buffer.concat([
    Buffer.from([tag, 0x83, length >> 16, (length >> 8) & 255, length & 255]),
    Buffer.from(content),
  ]);
}

/** A refusal (32) from its length on, whose text is so long. */
function longText(length: number): readonly number[] {
  const content = [10, 1, 32, 4, 0, ...element(4, Array<number>(length).fill(65))];
  return [...element(0x65, content)].slice(1);
}

/** Empty sequences, one in the other. */
function levels(count: number): readonly number[] {
  return count === 0 ? [] : [...element(0x30, levels(count - 1))];
}

function mutated(bytes: Buffer, mutations: readonly (readonly [number, number])[]): Buffer {
  const copy = Buffer.from(bytes);
  for (const [place, value] of mutations) copy[place % copy.length] = value;
  return copy;
}

function expectFault(error: unknown): void {
  expect(error).to.be.instanceOf(DirectoryFault);
}

/** The message of the rejection, or what it resolved with. */
async function outcome(promise: Promise<unknown>): Promise<string> {
  return promise.then(String, (error: unknown) => (error instanceof Error ? error.message : 'no Error'));
}
