import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import type { PhoneChange } from '../../lib/domain/challenge.ts';
import type { UserStore } from '../../lib/index.ts';
import { FakeClock } from '../support/clock.ts';
import { MapState } from '../support/map-state.ts';
import { People } from '../support/people.ts';
import { codeOf, createRig, type Rig } from '../support/rig.ts';
import { slowState } from '../support/slow-state.ts';

const GRACE = 'id-grace';
const FIRST = '+46701740606';
const SECOND = '+46701740607';
const anything = (): void => undefined;

async function numbersOf({ people }: Rig, id: string): Promise<readonly string[]> {
  return (await people.findUser({ id }))?.phoneNumbers ?? [];
}

describe('a change of numbers', () => {
  it('tells the numbers that were there before, without a code, and nobody waits for that', async () => {
    const rig = createRig({ appName: 'Example' });
    const { send } = rig.transport;
    const onTheirWay: (() => void)[] = [];
    rig.transport.send = () =>
      new Promise((_resolve, reject) => onTheirWay.push(() => reject(new Error('no SMSC is connected'))));
    await rig.phoneBook.change(GRACE, { remove: FIRST }, { assertAllowed: anything });
    expect(rig.events.map(([name]) => name)).to.deep.equal(['numberRemoved']);
    while (onTheirWay.length < 2) await nextTurn();
    for (const lose of onTheirWay) lose();
    await rig.notices.settled();
    expect(rig.events.map(([name]) => name)).to.deep.equal(['numberRemoved', 'noticeFailed', 'noticeFailed']);
    rig.transport.send = send;
    await rig.phoneBook.change(GRACE, { add: FIRST }, { assertAllowed: anything });
    await rig.notices.settled();
    expect(rig.transport.messages.map(({ to }) => to)).to.deep.equal([SECOND]);
    expect(rig.transport.messages[0]?.text).to.include('added to your account at Example').and.not.match(/\d/);
    const told = JSON.stringify(rig.events);
    expect(told).to.not.include(FIRST).and.not.include(SECOND);
  });

  it('hears of a notice that the network refuses', async () => {
    const rig = createRig();
    rig.transport.mode = 'refuse';
    await rig.phoneBook.change('id-ada', { add: FIRST }, { assertAllowed: anything });
    await rig.notices.settled();
    expect(rig.events.map(([name]) => name)).to.deep.equal(['numberAdded', 'noticeFailed']);
  });

  it('runs alone: of two that would remove the last two numbers one is a conflict', async () => {
    const rig = createRig();
    const slow = createRig({ shared: slowState(rig.state), userStore: rig.people }, rig);
    const notTheLast = (numbers: readonly string[]): void => {
      if (numbers.length < 2) throw new Error('the last one');
    };
    const changes: readonly PhoneChange[] = [{ remove: FIRST }, { remove: SECOND }];
    const outcomes = await Promise.all(
      changes.map((change) => codeOf(slow.phoneBook.change(GRACE, change, { assertAllowed: notTheLast }))),
    );
    expect(outcomes.filter((outcome) => outcome === undefined)).to.have.length(1);
    expect(await numbersOf(rig, GRACE)).to.have.length(1);
  });

  it('leaves no lock behind, whatever happened', async () => {
    const rig = createRig();
    const refuse = (): void => {
      throw new Error('refused');
    };
    expect(await codeOf(rig.phoneBook.change(GRACE, { remove: FIRST }, { assertAllowed: refuse }))).to.equal(
      'Error: refused',
    );
    rig.people.isReadOnly = true;
    expect(await codeOf(rig.phoneBook.change(GRACE, { remove: FIRST }, { assertAllowed: anything }))).to.equal(
      'DIRECTORY_UNAVAILABLE',
    );
    rig.people.isReadOnly = false;
    expect(await codeOf(rig.phoneBook.change('nobody', { add: FIRST }, { assertAllowed: anything }))).to.equal(
      'CONFLICT',
    );
    expect(await codeOf(rig.phoneBook.change(GRACE, { remove: FIRST }, { assertAllowed: anything }))).to.equal(
      undefined,
    );
    expect(await numbersOf(rig, GRACE)).to.deep.equal([SECOND]);
  });

  it('takes what is written already for done', async () => {
    const rig = createRig({ defaultCountry: 'SE' });
    rig.people.change(GRACE, { phoneNumbers: ['070-174 06 06'] });
    await rig.phoneBook.change(GRACE, { add: FIRST }, { assertAllowed: anything });
    expect(await numbersOf(rig, GRACE)).to.deep.equal(['070-174 06 06']);
  });

  it('tells the old numbers though the grants cannot be ended', async () => {
    const clock = new FakeClock();
    const state = new MapState(clock.now);
    const people = new People();
    const userStore: UserStore = {
      findUser: (key) => people.findUser(key),
      checkPassword: async () => false,
      async changePhoneNumbers(user, change) {
        state.isDown = true;
        return people.changePhoneNumbers(user, change);
      },
    };
    const rig = createRig({ userStore, limits: { smsPerDay: 100 } }, { clock, state });
    const change = rig.phoneBook.change('id-ada', { add: FIRST }, { assertAllowed: anything });
    expect(await codeOf(change)).to.equal('STATE_UNAVAILABLE');
    await rig.notices.settled();
    expect((await people.findUser({ id: 'id-ada' }))?.phoneNumbers).to.include(FIRST);
    expect(rig.transport.messages.map(({ to }) => to)).to.deep.equal(['+46701740605']);
  });
});
