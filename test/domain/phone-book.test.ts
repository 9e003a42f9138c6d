import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import type { UserStore } from '../../lib/index.ts';
import type { Browser } from '../support/browser-rig.ts';
import { FakeClock } from '../support/clock.ts';
import { MapState } from '../support/map-state.ts';
import { codeOf, createRig, type Rig } from '../support/rig.ts';
import { slowState } from '../support/slow-state.ts';

const GRACE = 'id-grace';
const FIRST = '+46701740606';
const SECOND = '+46701740607';
const NEW = '+46701740699';
const ENROLLMENT = { when: 'always', allowedCountries: ['SE'] } as const;

async function numbersOf({ people }: Rig, id: string): Promise<readonly string[]> {
  return (await people.findUser({ id }))?.phoneNumbers ?? [];
}

/** Grace, signed in, with a code pending that removes this number. */
async function removing({ loggedIn, transport }: Rig, number: string): Promise<Browser> {
  const jar = await loggedIn('grace');
  const staying = number === FIRST ? SECOND : FIRST;
  await jar.send({ purpose: 'sign-in', number: staying });
  await jar.enter(transport.lastCode());
  await jar.send({ purpose: 'change', number: staying, change: { remove: number } });
  return jar;
}

describe('a change of numbers', () => {
  it('tells the numbers that were there before, without a code, and nobody waits for that', async () => {
    const rig = createRig({ appName: 'Example' });
    const { send } = rig.transport;
    const onTheirWay: (() => void)[] = [];
    rig.transport.send = () =>
      new Promise((_resolve, reject) => onTheirWay.push(() => reject(new Error('no SMSC is connected'))));
    await rig.phones.remove(GRACE, FIRST);
    expect(rig.events.map(([name]) => name)).to.deep.equal(['numberRemoved']);
    while (onTheirWay.length < 2) await nextTurn();
    for (const lose of onTheirWay) lose();
    await rig.notices.settled();
    expect(rig.events.map(([name]) => name)).to.deep.equal(['numberRemoved', 'noticeFailed', 'noticeFailed']);
    rig.transport.send = send;
    await rig.phones.add(GRACE, FIRST);
    await rig.notices.settled();
    expect(rig.transport.messages.map(({ to }) => to)).to.deep.equal([SECOND]);
    expect(rig.transport.messages[0]?.text).to.include('added to your account at Example').and.not.match(/\d/);
    const told = JSON.stringify(rig.events);
    expect(told).to.not.include(FIRST).and.not.include(SECOND);
  });

  it('hears of a notice that a transport loses, without the number that it quotes', async () => {
    const rig = createRig();
    rig.transport.send = ({ to }) => Promise.reject(new Error(`HTTP 400: {"to":"${to}"}`));
    await rig.phones.add('id-ada', FIRST);
    await rig.notices.settled();
    expect(rig.events.map(([name]) => name)).to.deep.equal(['numberAdded', 'noticeFailed']);
    expect(rig.events[1]?.[1]).to.include({ reason: 'HTTP 400: {"to":"+•••"}' });
  });

  it('hears of a notice that the network refuses', async () => {
    const rig = createRig();
    rig.transport.mode = 'refuse';
    await rig.phones.add('id-ada', FIRST);
    await rig.notices.settled();
    expect(rig.events.map(([name]) => name)).to.deep.equal(['numberAdded', 'noticeFailed']);
  });

  it('runs alone: of two that would remove the last two numbers one is refused', async () => {
    const clock = new FakeClock();
    const state = new MapState(clock.now);
    for (let round = 0; round < 10; round++) {
      const rig = createRig({ shared: slowState(state), enrollment: ENROLLMENT }, { clock, state });
      const codes: string[] = [];
      const jars: Browser[] = [];
      for (const number of [FIRST, SECOND]) {
        jars.push(await removing(rig, number));
        codes.push(rig.transport.lastCode());
      }
      const outcomes = await Promise.all(jars.map((jar, place) => codeOf(jar.enter(codes[place] ?? ''))));
      expect(outcomes.filter((outcome) => outcome === undefined)).to.have.length(1);
      expect(await numbersOf(rig, GRACE)).to.have.length(1);
      await rig.notices.settled();
      await rig.ends.forget(GRACE);
    }
  });

  it('leaves no turn behind, whatever happened', async () => {
    const rig = createRig();
    const turns = (): readonly string[] => [...rig.state.entries.keys()].filter((key) => key.includes(':pb:'));
    expect(await codeOf(rig.phones.remove(GRACE, NEW))).to.equal('CONFLICT');
    expect(turns()).to.deep.equal([]);
    rig.people.isReadOnly = true;
    expect(await codeOf(rig.phones.remove(GRACE, FIRST))).to.equal('DIRECTORY_UNAVAILABLE');
    rig.people.isReadOnly = false;
    expect(await codeOf(rig.phones.add('nobody', FIRST))).to.equal('CONFLICT');
    expect(turns()).to.deep.equal([]);
    expect(await codeOf(rig.phones.remove(GRACE, FIRST))).to.equal(undefined);
    expect(await numbersOf(rig, GRACE)).to.deep.equal([SECOND]);
    const jar = await removing(createRig({ enrollment: ENROLLMENT }, rig), FIRST).catch(() => undefined);
    expect(jar).to.equal(undefined);
    expect(turns()).to.deep.equal([]);
  });

  it('takes what is written already for done', async () => {
    const rig = createRig({ defaultCountry: 'SE', enrollment: ENROLLMENT });
    const jar = await rig.loggedIn('alan');
    await jar.send({ number: NEW, purpose: 'enroll' });
    // A try before this one, whose answer was lost.
    rig.people.change('id-alan', { phoneNumbers: ['070-174 06 99'] });
    await jar.enter(rig.transport.lastCode());
    expect(await numbersOf(rig, 'id-alan')).to.deep.equal(['070-174 06 99']);
  });

  it('removes one of several numbers in a value, and keeps the others', async () => {
    const rig = createRig({ defaultCountry: 'SE' });
    rig.people.change(GRACE, { phoneNumbers: ['070-174 06 06; 070-174 06 07, 070-174 06 08', '+46701740608'] });
    await rig.phones.remove(GRACE, FIRST);
    expect(await numbersOf(rig, GRACE)).to.have.members([SECOND, '+46701740608']);
    rig.people.change(GRACE, { phoneNumbers: ['070-174 06 06; 070-174 06 07', '+46 70 174 06 06'] });
    await rig.phones.remove(GRACE, FIRST);
    expect(await numbersOf(rig, GRACE)).to.deep.equal([SECOND]);
  });

  it('by a code ends all other sign-ins before the directory is asked to write', async () => {
    const rig = createRig({ enrollment: ENROLLMENT });
    const other = await rig.loggedIn('grace');
    const jar = await removing(rig, FIRST);
    const { changePhoneNumbers } = rig.people;
    const seen: string[] = [];
    rig.people.changePhoneNumbers = async (...args) => {
      seen.push((await other.look()).stage);
      return changePhoneNumbers.apply(rig.people, args);
    };
    await jar.enter(rig.transport.lastCode());
    expect(seen).to.deep.equal(['none']);
    expect((await jar.look()).stage).to.equal('verified');
    expect(await numbersOf(rig, GRACE)).to.deep.equal([SECOND]);
  });

  it('by a code runs alone, too: an administrator who removes the other number meanwhile is refused', async () => {
    const rig = createRig({ enrollment: ENROLLMENT });
    const jar = await removing(rig, FIRST);
    const { changePhoneNumbers } = rig.people;
    const outcomes: (string | undefined)[] = [];
    rig.people.changePhoneNumbers = async (...args) => {
      rig.people.changePhoneNumbers = changePhoneNumbers;
      outcomes.push(await codeOf(rig.phones.remove(GRACE, SECOND)));
      return changePhoneNumbers.apply(rig.people, args);
    };
    await jar.enter(rig.transport.lastCode());
    expect(outcomes).to.deep.equal(['CONFLICT']);
    expect(await numbersOf(rig, GRACE)).to.deep.equal([SECOND]);
  });

  it('by a code that the directory cannot write leaves the code pending; one that it refuses ends the change', async () => {
    const rig = createRig({ enrollment: ENROLLMENT });
    const jar = await removing(rig, FIRST);
    rig.people.isReadOnly = true;
    expect(await codeOf(jar.enter(rig.transport.lastCode()))).to.equal('DIRECTORY_UNAVAILABLE');
    rig.people.isReadOnly = false;
    expect(await numbersOf(rig, GRACE)).to.deep.equal([FIRST, SECOND]);
    expect((await jar.look()).stage).to.equal('code');
    await jar.enter(rig.transport.lastCode());
    expect(await numbersOf(rig, GRACE)).to.deep.equal([SECOND]);
  });

  it('tells the old numbers though the turn cannot be given back', async () => {
    const clock = new FakeClock();
    const state = new MapState(clock.now);
    const { people } = createRig();
    const userStore: UserStore = {
      findUser: (key) => people.findUser(key),
      checkPassword: async () => false,
      async changePhoneNumbers(user, change) {
        state.isDown = true;
        return people.changePhoneNumbers(user, change);
      },
    };
    const rig = createRig({ userStore, limits: { smsPerDay: 100 } }, { clock, state });
    expect(await codeOf(rig.phones.add('id-ada', FIRST))).to.equal('STATE_UNAVAILABLE');
    await rig.notices.settled();
    expect((await people.findUser({ id: 'id-ada' }))?.phoneNumbers).to.include(FIRST);
    expect(rig.transport.messages.map(({ to }) => to)).to.deep.equal(['+46701740605']);
  });
});
