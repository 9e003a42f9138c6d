import { expect } from 'chai';
import type { Browser } from '../support/browser-rig.ts';
import { codeOf, createRig, type Rig, SECRET, wrong } from '../support/rig.ts';

/** Counted for an address, or for all: they name nobody. And keys that are written once and read by nobody. */
const OF_NOBODY = /^smsOtp:(?:ah|pa|bh|sms|nc):/;

async function wrongly(rig: Rig, jar: Browser, times: number): Promise<void> {
  for (let time = 0; time < times; time++) await codeOf(jar.enter(wrong(rig.transport.lastCode())));
}

/** The keys that are alive, but for those that name nobody. */
async function keysLeft({ state }: Rig): Promise<readonly string[]> {
  const keys = [...state.entries.keys()].filter((key) => !OF_NOBODY.test(key));
  const { found } = await state.commit(keys.map((read) => ({ read })));
  return keys.filter((_, place) => found[place] !== undefined);
}

/** All that a person can leave behind. */
async function leaveTraces(rig: Rig): Promise<void> {
  const { browser, signedIn, loggedIn, people, clock, phones } = rig;
  const inside = await signedIn();
  await codeOf(browser().login('ada', 'wrong'));
  await codeOf(browser(inside.token === undefined ? {} : { token: inside.token }).login('ada', 'wrong'));
  const pending = await loggedIn('ada', { form: 'the random bits of one form' });
  await wrongly(rig, pending, 2);
  clock.advance(30);
  await pending.send();
  await rig.deliveries.receive({ smsc: 'test', messageId: '2', state: 'failed' });
  const known = browser(inside.token === undefined ? {} : { token: inside.token });
  await known.login();
  await wrongly(rig, known, 1);
  await rig.flows.byRecord(inside.ref);
  people.change('id-ada', { phoneNumbers: ['+46701740605', 'no number', '+46701740609'] });
  await phones.list('id-ada');
  const two = await loggedIn();
  await two.send({ purpose: 'sign-in', number: '+46701740609' });
  await two.signOut();
  await inside.send({ number: '+46701740605', purpose: 'step-up' });
}

describe('forgetting a person', () => {
  it('leaves no key of them', async () => {
    const rig = createRig({ limits: { smsPerDay: 100 } });
    await leaveTraces(rig);
    expect(rig.state.entries.size).to.be.greaterThan(30);
    await rig.ends.forget('id-ada');
    expect(await keysLeft(rig)).to.deep.equal([]);
  });

  it('leaves a lock, and nothing else', async () => {
    const rig = createRig({ limits: { failedCodesPerUserPer30Days: 3 } });
    await wrongly(rig, await rig.loggedIn(), 3);
    await rig.ends.forget('id-ada');
    expect(await keysLeft(rig)).to.deep.equal([`smsOtp:ac:${rig.keyring.tagOf('id-ada')}`]);
    expect(await codeOf(rig.loggedIn())).to.equal('FACTOR_LOCKED');
  });

  it('takes nothing of anybody else', async () => {
    const rig = createRig();
    const grace = await rig.loggedIn('grace');
    const keys = [...rig.state.entries.keys()].filter((key) => !OF_NOBODY.test(key));
    await leaveTraces(rig);
    await rig.ends.forget('id-ada');
    expect([...rig.state.entries.keys()]).to.include.members(keys);
    expect((await grace.look()).stage).to.equal('send');
  });
});

describe('signing out', () => {
  it('writes nothing without a sign-in', async () => {
    const { browser, state, loggedIn } = createRig();
    const jar = browser();
    expect(await jar.signOut()).to.equal(undefined);
    expect(state.commits).to.equal(0);
    const ended = await loggedIn();
    const copy = ended.copy();
    await ended.signOut(true);
    const before = JSON.stringify([...state.entries]);
    expect(await copy.signOut()).to.equal(undefined);
    expect(JSON.stringify([...state.entries])).to.equal(before);
  });

  it('follows the mark of a right code, and ends what it has led to', async () => {
    const { loggedIn, transport } = createRig();
    const jar = await loggedIn();
    const late = jar.copy();
    await jar.enter(transport.lastCode());
    expect(await late.signOut()).to.equal('id-ada');
    expect((await jar.look()).stage).to.equal('none');
  });

  it('without a grant keeps the challenge for the same person in this browser: same code, attempts and pause', async () => {
    const rig = createRig();
    const jar = await rig.loggedIn();
    await wrongly(rig, jar, 2);
    const before = await jar.challenge();
    const code = rig.transport.lastCode();
    await jar.signOut();
    expect((await jar.look()).stage).to.equal('none');
    expect(await codeOf(jar.enter(code))).to.equal('NO_CHALLENGE');
    await jar.login();
    expect(rig.transport.messages).to.have.length(1);
    expect(await jar.challenge()).to.deep.equal(before);
    await jar.enter(code);
    expect((await jar.look()).stage).to.equal('verified');
  });

  it('keeps no challenge for another person', async () => {
    const { loggedIn, people, transport } = createRig();
    people.change('id-grace', { phoneNumbers: ['+46701740606'] });
    const jar = await loggedIn();
    const code = transport.lastCode();
    await jar.signOut();
    await jar.login('grace');
    if (code !== transport.lastCode()) expect(await codeOf(jar.enter(code))).to.equal('INVALID_CODE');
    expect(await jar.challenge()).to.include({ number: '+46701740606' });
  });

  it('leaves a record with no life beyond that of its code', async () => {
    const { loggedIn, clock, state } = createRig({ codeTtlSeconds: 60 });
    const jar = await loggedIn();
    await jar.signOut();
    clock.advance(60);
    const { found } = await state.commit([...state.entries.keys()].filter(isRecord).map((read) => ({ read })));
    // The mark is no record, and lives 15 minutes.
    expect(found.filter((value) => value !== undefined)).to.have.length(1);
    expect((await jar.look()).stage).to.equal('none');
  });

  it('everywhere matches no sign-in of an account that is absent, and creates none', async () => {
    const { signedIn, state, ends, keyring } = createRig();
    const jar = await signedIn();
    const key = `smsOtp:ac:${keyring.tagOf('id-ada')}`;
    state.entries.delete(key);
    await ends.signOutEverywhere('id-ada');
    expect(state.entries.has(key)).to.equal(false);
    expect((await jar.look()).stage).to.equal('none');
  });
});

describe('an account', () => {
  const DAYS = 86_400;

  it('is renewed for 400 days by each login', async () => {
    const rig = createRig();
    const key = `smsOtp:ac:${rig.keyring.tagOf('id-ada')}`;
    const epochs = new Set<unknown>();
    for (let time = 0; time < 3; time++) {
      await rig.signedIn();
      epochs.add((await rig.state.commit([{ read: key }])).found[0]);
      rig.clock.advance(399 * DAYS);
    }
    expect(epochs).to.have.length(1);
  });

  it('is found locked after a new secret was added, and after the old one was dropped', async () => {
    const newer = 'a newer secret of the tests, long enough';
    const limits = { failedCodesPerUserPer30Days: 2 };
    const rotating = createRig({ secret: [newer, SECRET], limits });
    await wrongly(rotating, await rotating.loggedIn(), 2);
    for (const secret of [[newer, SECRET], SECRET, newer]) {
      const next = createRig({ secret, limits }, rotating);
      expect(await codeOf(next.loggedIn())).to.equal('FACTOR_LOCKED');
    }
    await createRig({ secret: [newer, SECRET], limits }, rotating).ends.unlock('id-ada');
    for (const secret of [[newer, SECRET], newer]) {
      await createRig({ secret, limits: { ...limits, sendsPerUserPerHour: 20 } }, rotating).loggedIn();
    }
  });
});

function isRecord(key: string): boolean {
  return key.includes(':si:');
}
