import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { LdapUserStore } from '../../lib/ldap/ldap-user-store.ts';
import type { DirectoryBehaviour } from '../../lib/simulator/directory/behaviour.ts';
import { type DirectorySimulator, startDirectory } from '../../lib/simulator/directory/directory.ts';
import { type Agent, postJson, testApp } from '../support/app.ts';
import { useClosing } from '../support/closing.ts';

const SERVICE = 'cn=service,dc=example,dc=org';
const MOODS: Readonly<Record<string, DirectoryBehaviour>> = {
  'answers every request after three seconds': { do: 'slow', milliseconds: 3000 },
  'never answers': { do: 'silence' },
  'closes every connection at its first request': { do: 'drop' },
  'sends something else than LDAP': { do: 'garbage' },
  'is unavailable': { do: 'answer', resultCode: 52 },
};

describe('LdapUserStore with a directory in trouble', () => {
  const keep = useClosing();

  async function start(people?: number): Promise<{ directory: DirectorySimulator; store: LdapUserStore }> {
    const entries = people === undefined ? {} : { entries: Array.from({ length: people }, person) };
    const directory = keep(await startDirectory(entries));
    const { url, baseDn } = directory;
    const store = keep(new LdapUserStore({ url, baseDn, bindDn: SERVICE, bindPassword: 'service' }));
    return { directory, store };
  }

  for (const [what, mood] of Object.entries(MOODS)) {
    it(`answers 503 within six seconds if it ${what}, counts nothing, and heals by itself`, async () => {
      const { directory, store } = await start();
      const browser = testApp({ options: { userStore: store, limits: { failedPasswordsPerUser: 1 } } }).agent();
      await signIn(browser).expect(200);
      directory.behave(mood);
      const startedAt = performance.now();
      // Without `then` the request would not go out yet.
      const trying = signIn(browser)
        .expect(503)
        .then(({ body }) => body);
      let isOver = false;
      const others = askOthers(browser, () => isOver);
      const { code } = await trying;
      isOver = true;
      expect(code).to.equal('DIRECTORY_UNAVAILABLE');
      expect(performance.now() - startedAt).to.be.lessThan(6000);
      // Far from how long the directory is waited for; a busy machine takes its time, too.
      expect(await others).to.be.lessThan(3000);
      directory.behave();
      await signIn(browser).expect(200);
    }).timeout(30_000);
  }

  it('keeps to its connections under a thousand sign-ins at once, and turns away who would wait too long', async () => {
    const { directory, store } = await start(1);
    directory.behave({ do: 'slow', milliseconds: 5 });
    const all = await Promise.all(Array.from({ length: 1000 }, () => tryOnce(store, 'user0', 'secret0')));
    expect(new Set(directory.operations.map(({ connection }) => connection)).size).to.be.at.most(8);
    expect(all.filter((result) => result === true).length).to.be.at.least(64);
    const faults = all.filter((result) => result !== true);
    expect(new Set(faults)).to.deep.equal(new Set(['Too many operations wait for the directory.']));
    directory.behave();
    expect(await tryOnce(store, 'user0', 'secret0')).to.equal(true);
  });

  it('never mixes up twenty people in two hundred sign-ins at once, and searches as the service account only', async () => {
    const { directory, store } = await start(20);
    const tries = Array.from({ length: 200 }, (_, index) => ({ who: index % 20, what: (index * 7) % 20 }));
    const answers = await Promise.all(
      tries.map(({ who, what }) => tryUntilAnswered(store, `user${who}`, `secret${what}`)),
    );
    expect(answers).to.deep.equal(tries.map(({ who, what }) => who === what));
    expect(answers).to.include(true).and.to.include(false);
    const searches = directory.operations.filter(({ kind }) => kind === 'search');
    expect(new Set(searches.map((search) => search.as))).to.deep.equal(new Set([SERVICE]));
  });
});

function person(_: unknown, index: number) {
  const attributes = { objectClass: ['person'], uid: [`user${index}`], entryUUID: [`id-${index}`] };
  return { dn: `uid=user${index},ou=people,dc=example,dc=org`, password: `secret${index}`, attributes };
}

function signIn(browser: Agent) {
  return postJson(browser, '/auth/login', { username: 'ada', password: 'lovelace' });
}

/** Asks for another page again and again; the longest that an answer took, in milliseconds. */
async function askOthers(browser: Agent, isOver: () => boolean): Promise<number> {
  let longest = 0;
  while (!isOver()) {
    const startedAt = performance.now();
    await browser.get('/auth/session').set('Accept', 'application/json').expect(200);
    longest = Math.max(longest, performance.now() - startedAt);
    await delay(50);
  }
  return longest;
}

/** Whether the password is right, or the fault's message. */
async function tryOnce(store: LdapUserStore, username: string, password: string): Promise<boolean | string> {
  try {
    const user = await store.findUser({ username });
    return user !== undefined && (await store.checkPassword(user, password));
  } catch (error) {
    return error instanceof Error ? error.message : 'no Error';
  }
}

async function tryUntilAnswered(store: LdapUserStore, username: string, password: string): Promise<boolean> {
  const result = await tryOnce(store, username, password);
  if (typeof result === 'boolean') return result;
  // All of them at every turn would keep a busy machine from answering anybody.
  await delay(250);
  return tryUntilAnswered(store, username, password);
}
