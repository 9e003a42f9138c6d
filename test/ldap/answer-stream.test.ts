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

/** Well-formed as BER, and no LDAP. */
const NO_ENTRIES: Readonly<Record<string, readonly number[]>> = {
  'without attributes': [0x64, 5, 4, 3, 65, 65, 65],
  'whose attributes are a text': [0x64, 9, 4, 3, 65, 65, 65, 4, 2, 4, 1],
  'with an attribute that is a text': [0x64, 10, 4, 3, 65, 65, 65, 0x30, 3, 4, 1, 4],
  'with an attribute without values': [0x64, 10, 4, 3, 65, 65, 65, 0x30, 3, 0x30, 1, 4],
  'with more behind its attributes': [0x64, 9, 4, 3, 65, 65, 65, 0x30, 0, 4, 0],
};
const NO_RESULTS: Readonly<Record<string, readonly number[]>> = {
  'without content': [0x61, 0],
  'whose code has no bytes': [0x61, 6, 10, 0, 4, 0, 4, 0],
  'whose code is no number': [0x61, 7, 4, 1, 0, 4, 0, 4, 0],
  'that ends behind its code': [0x61, 3, 10, 1, 0],
  'of an operation that was never asked for': [0x69, 7, 10, 1, 0, 4, 0, 4, 0],
  'of a search': [0x65, 7, 10, 1, 0, 4, 0, 4, 0],
  'of a change': [0x67, 7, 10, 1, 0, 4, 0, 4, 0],
  'of an extended operation': [0x78, 7, 10, 1, 0, 4, 0, 4, 0],
  'with a control that is a text': [0x61, 7, 10, 1, 0, 4, 0, 4, 0, 0xa0, 3, 4, 1, 4],
};
const NO_MESSAGES: Readonly<Record<string, string>> = {
  'an answer over HTTP': Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n').toString('hex'),
  'a length that is not definite': '308002010100',
  'a length of 2 GB': '30847fffffff020101',
  'a negative length': '3084ffffffff020101',
  'an element that is longer than its message': '300702010261040a0100',
  nothing: '3000',
  'a hundred levels': `${'3002'.repeat(100)}0200`,
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
    it(`is refused where it is an entry ${what}`, async () => {
      directory.behave({ at: 'search', do: 'garbage', bytes: message(SEARCH_ID, operation) });
      expect(await outcome(store.findUser({ username: 'ada' }))).to.match(/no LDAP/);
      await heals();
    });
  }

  for (const [what, operation] of Object.entries(NO_RESULTS)) {
    it(`is no success where it is a result ${what}`, async () => {
      const ada = (await store.findUser({ username: 'ada' })) ?? expect.fail();
      directory.behave({ at: 'bind', do: 'garbage', bytes: message(BIND_ID, operation) });
      expect(await outcome(store.checkPassword(ada, 'lovelace'))).to.match(/no LDAP/);
      await heals();
    });
  }

  for (const [what, hex] of Object.entries(NO_MESSAGES)) {
    it(`is refused where it is ${what}`, async () => {
      directory.behave({ at: 'search', do: 'garbage', bytes: Buffer.from(hex, 'hex') });
      expect(await outcome(store.findUser({ username: 'ada' }))).to.match(/no LDAP/);
      await heals();
    });
  }

  it('is refused where it does not end', async () => {
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
    await fc.assert(property, { numRuns: 100, seed: 4511, endOnFailure: true });
    await heals();
  }).timeout(60_000);

  async function heals(): Promise<void> {
    directory.behave();
    const ada = (await store.findUser({ username: 'ada' })) ?? expect.fail('ada is not found');
    expect(await store.checkPassword(ada, 'lovelace')).to.equal(true);
  }
});

function message(id: number, operation: readonly number[]): Buffer {
  const content = Buffer.from([2, 1, id, ...operation]);
  const head = content.length < 128 ? [0x30, content.length] : [0x30, 0x82, content.length >> 8, content.length & 255];
  return Buffer.concat([Buffer.from(head), content]);
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
