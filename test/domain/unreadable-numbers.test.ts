import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import type { UserStore } from '../../lib/index.ts';
import { People } from '../support/people.ts';
import { createRig, type Rig } from '../support/rig.ts';

const DAY_SECONDS = 24 * 60 * 60;
const USER = { id: 'id-ada', username: 'ada', phoneNumbers: ['+46701740605', '47110', 'n/a', '4711'] };

function told({ events }: Rig): readonly object[] {
  return events
    .filter(([name]) => name === 'numberUnreadable')
    .map(([, { time: _, ...facts }]: readonly [string, { time?: Date }]) => facts);
}

async function look(rig: Rig): Promise<void> {
  const { numbers } = rig.flows.decide({ stage: 'send', now: 0, numbers: [] }, USER);
  expect(numbers).to.deep.equal(['+46701740605']);
  for (let turns = 0; turns < 10; turns++) await nextTurn();
}

describe('values that give no number', () => {
  const internal = { userId: 'id-ada', reason: 'internal' };
  const text = { userId: 'id-ada', reason: 'text' };

  it('are told once a person and day, each reason once, and never the value', async () => {
    const rig = createRig();
    await look(rig);
    await look(rig);
    expect(told(rig)).to.deep.equal([internal, text]);
    expect(JSON.stringify(rig.events)).to.not.include('4711');
    rig.clock.advance(DAY_SECONDS + 1);
    await look(rig);
    expect(told(rig)).to.have.length(4);
  });

  it('are told once over all processes', async () => {
    const first = createRig();
    const second = createRig({}, first);
    await look(first);
    await look(second);
    expect([told(first).length, told(second).length]).to.deep.equal([2, 0]);
  });

  it('are told though the shared state cannot say whether they were', async () => {
    const rig = createRig();
    rig.state.isDown = true;
    await look(rig);
    expect(told(rig)).to.have.length(2);
  });

  it('are told with the attribute, if the user store knows it', async () => {
    const people = new People();
    const withSource = (phoneSource: UserStore['phoneSource']): UserStore => ({
      findUser: (key) => people.findUser(key),
      checkPassword: async () => false,
      ...(phoneSource && { phoneSource }),
    });
    const values = USER.phoneNumbers.map((value) => ({ attribute: value === 'n/a' ? 'pager' : 'mobile', value }));
    const rig = createRig({ userStore: withSource(() => ({ dn: 'cn=Ada', values })) });
    await look(rig);
    expect(told(rig)).to.have.deep.members([
      { ...internal, attribute: 'mobile' },
      { ...text, attribute: 'pager' },
    ]);
    const failing = createRig({
      userStore: withSource(() => {
        throw new Error('no source');
      }),
    });
    await look(failing);
    expect(told(failing)).to.deep.equal([]);
  });
});
