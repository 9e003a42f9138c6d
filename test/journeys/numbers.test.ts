import { expect } from 'chai';
import { agent, type Response } from 'supertest';
import { LdapUserStore } from '../../lib/ldap/ldap-user-store.ts';
import { type Agent, getPage, postForm, postJson } from '../support/app.ts';
import { type Demo, startDemo } from '../support/demo.ts';
import { ADA, ALAN } from '../support/ldif-people.ts';
import { requirePeer } from '../support/peers.ts';
import { type Slapd, startSlapd } from '../support/slapd.ts';

const NEW = '+46701740699';

describe('numbers in the demo', () => {
  let demo: Demo;
  let secondsAhead: number;

  beforeEach(async () => {
    secondsAhead = 0;
    demo = await startDemo({}, () => Date.now() + secondsAhead * 1000);
  });

  afterEach(() => demo.close());

  it('alan enters one, and is in', async () => {
    const jar = agent(demo.url);
    const login = await postForm(jar, '/auth/login', { username: 'alan', password: 'turing' }).expect(303);
    await getPage(jar, location(login)).expect(200);
    await postForm(jar, '/auth/enroll', { phone: '070 174 06 99' }).expect(422);
    await postForm(jar, '/auth/enroll', { phone: '+46 70 174 06 99' }).expect(303);
    await postForm(jar, '/auth/code', { code: await demo.newestCode() })
      .expect(303)
      .expect('Location', '/dashboard');
    await getPage(jar, '/dashboard').expect(200);
    const again = agent(demo.url);
    const { body } = await postJson(again, '/auth/login', { username: 'alan', password: 'turing' }).expect(200);
    expect(body).to.include({ stage: 'code', phone: '••• 0699' });
  });

  it('ada adds one and removes one, and the old number hears of both', async () => {
    const jar = agent(demo.url);
    await postJson(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
    await postJson(jar, '/auth/code', { code: await demo.newestCode() }).expect(200);
    await postJson(jar, '/auth/account/phones', { phone: NEW }).expect(200);
    await postJson(jar, '/auth/code', { code: await demo.newestCode() }).expect(200);
    await postJson(jar, '/auth/code', { code: await demo.newestCode() }).expect(200);
    await arrived(demo, '+46701740605', 'was added');
    expect(await numbersOnPage(jar)).to.deep.equal(['0605', '0699']);
    secondsAhead = 31;
    await postJson(jar, '/auth/account/phones/remove', { number: 0 }).expect(200);
    await postJson(jar, '/auth/code', { code: await demo.newestCode() }).expect(200);
    await arrived(demo, '+46701740605', 'was removed');
    expect(await numbersOnPage(jar)).to.deep.equal(['0699']);
  });

  it("an administrator removes all of grace's, and she is asked for a new one", async () => {
    const ada = agent(demo.url);
    await postJson(ada, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
    await postJson(ada, '/auth/code', { code: await demo.newestCode() }).expect(200);
    await removeNumbersOfGrace(ada);
    const login = { username: 'grace', password: 'hopper' };
    const { body } = await postJson(agent(demo.url), '/auth/login', login).expect(200);
    expect(body).to.include({ stage: 'enroll', location: '/auth/enroll' });
  });
});

describe('numbers in the demo without enrolment', () => {
  it('alan is told that he has none', async () => {
    const demo = await startDemo({}, Date.now, false);
    try {
      const login = { username: 'alan', password: 'turing' };
      const { text } = await postForm(agent(demo.url), '/auth/login', login).expect(403);
      expect(text).to.include('There is no phone number for your account.');
    } finally {
      await demo.close();
    }
  });
});

describe('numbers in a real directory', () => {
  let slapd: Slapd;
  let demo: Demo;
  let store: LdapUserStore;
  let secondsAhead: number;

  beforeEach(async function () {
    requirePeer(this, 'slapd');
    slapd = await startSlapd(ADA + ALAN + READER);
    const { url, bindDn, bindPassword, baseDn } = slapd;
    store = new LdapUserStore({ url, bindDn, bindPassword, baseDn });
    secondsAhead = 0;
    demo = await demoWith({});
  });

  afterEach(async () => {
    await demo?.close();
    await store?.close();
    await slapd?.close();
  });

  function demoWith(environment: Record<string, string>): Promise<Demo> {
    const { url: LDAP_URL, bindDn: LDAP_BIND_DN, bindPassword: LDAP_BIND_PASSWORD } = slapd;
    const directory = { LDAP_URL, LDAP_BIND_DN, LDAP_BIND_PASSWORD, LDAP_PHONE_ATTRIBUTE: 'mobile' };
    return startDemo({ ...directory, ...environment }, () => Date.now() + secondsAhead * 1000);
  }

  async function alanAtHisCode(): Promise<Agent> {
    const jar = agent(demo.url);
    await postJson(jar, '/auth/login', { username: 'alan', password: 'turing' }).expect(200);
    await postJson(jar, '/auth/enroll', { phone: NEW }).expect(200);
    return jar;
  }

  async function numbersOf(username: string): Promise<readonly string[]> {
    return (await store.findUser({ username }))?.phoneNumbers ?? [];
  }

  it('are entered, added, chosen and removed', async () => {
    const jar = await alanAtHisCode();
    expect(await numbersOf('alan')).to.deep.equal([]);
    await postJson(jar, '/auth/code', { code: await demo.newestCode() }).expect(200);
    expect(await numbersOf('alan')).to.deep.equal([NEW]);
    await postJson(jar, '/auth/account/phones', { phone: '+46701740698' }).expect(200);
    await postJson(jar, '/auth/code', { code: await demo.newestCode() }).expect(200);
    await postJson(jar, '/auth/code', { code: await demo.newestCode() }).expect(200);
    expect(await numbersOf('alan')).to.have.members([NEW, '+46701740698']);
    secondsAhead = 31;
    const again = agent(demo.url);
    const { body } = await postJson(again, '/auth/login', { username: 'alan', password: 'turing' }).expect(200);
    expect(body.stage).to.equal('number');
    await postJson(again, '/auth/number', { number: 1 }).expect(200);
    await postJson(again, '/auth/code', { code: await demo.newestCode() }).expect(200);
    const shown = await numbersOnPage(again);
    await postJson(again, '/auth/account/phones/remove', { number: shown.indexOf('0699') }).expect(200);
    await postJson(again, '/auth/code', { code: await demo.newestCode() }).expect(200);
    expect(await numbersOf('alan')).to.deep.equal(['+46701740698']);
  });

  it('are not added to an entry that got one meanwhile', async () => {
    const jar = await alanAtHisCode();
    const code = await demo.newestCode();
    const alan = await store.findUser({ username: 'alan' });
    await store.changePhoneNumbers(alan ?? { id: '', username: '', phoneNumbers: [] }, { add: '+46701740698' });
    await postJson(jar, '/auth/code', { code }).expect(409);
    expect(await numbersOf('alan')).to.deep.equal(['+46701740698']);
  });

  it('are a 503, and the code lives on, if the app may not write', async () => {
    await demo.close();
    demo = await demoWith({ LDAP_BIND_DN: 'cn=reader,ou=people,dc=example,dc=org', LDAP_BIND_PASSWORD: 'reader' });
    const jar = await alanAtHisCode();
    const code = await demo.newestCode();
    for (let times = 0; times < 3; times++) {
      const { body } = await postJson(jar, '/auth/code', { code }).expect(503);
      expect(body.code).to.equal('DIRECTORY_UNAVAILABLE');
    }
    expect(await numbersOf('alan')).to.deep.equal([]);
  });

  it('are gone with a change by any tool: the pending code to them opens nothing', async () => {
    const jar = agent(demo.url);
    await postJson(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
    const code = await demo.newestCode();
    const ada = await store.findUser({ username: 'ada' });
    await store.changePhoneNumbers(ada ?? { id: '', username: '', phoneNumbers: [] }, { remove: '+46701740605' });
    await postJson(jar, '/auth/code', { code }).expect(409);
    await jar.get('/dashboard').expect(401);
  });
});

/** A notice is sent after the answer: nobody waits for it. */
async function arrived(demo: Demo, to: string, words: string): Promise<void> {
  const messages = await demo.messages();
  if (messages.some((message) => message.to === to && message.text.includes(words))) return;
  await new Promise((resolve) => setTimeout(resolve, 10));
  await arrived(demo, to, words);
}

async function numbersOnPage(jar: Agent): Promise<readonly string[]> {
  const { text } = await getPage(jar, '/auth/account').expect(200);
  return [...new Set([...text.matchAll(/•••\s(\d{4})/g)].map(([, end = '']) => end))];
}

async function removeNumbersOfGrace(ada: Agent): Promise<void> {
  for (const end of ['0606', '0607']) {
    const { text } = await ada.get('/admin').expect(200);
    const form = text.split('<form').find((part) => part.includes(end)) ?? '';
    const fields = [...form.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)];
    const remove = Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value]));
    await postForm(ada, '/admin/phones/remove', remove).expect(303);
  }
}

function location({ headers }: Response): string {
  return String(headers.location);
}

const READER = `
dn: cn=reader,ou=people,dc=example,dc=org
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: reader
`;
