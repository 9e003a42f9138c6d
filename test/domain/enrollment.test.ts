import { expect } from 'chai';
import { Enrollment } from '../../lib/domain/enrollment.ts';
import { codeOf, createRig, type Rig } from '../support/rig.ts';

const RULE = {
  when: 'always',
  allowedCountries: ['SE', 'US'],
  types: ['MOBILE', 'FIXED_LINE_OR_MOBILE'],
  maxNumbers: 2,
} as const;

function numberAt(index: number, block = '4670174'): string {
  return `+${block}${String(index).padStart(4, '0')}`;
}

/** Sends to a number that nobody has proven, each time as another user from another address. */
function enrollAs(rig: Rig, index: number, number: string): ReturnType<Rig['send']> {
  const user = { id: `user-${index}`, username: `user-${index}`, phoneNumbers: [] };
  return rig.send(undefined, { user, number, purpose: 'enroll', signIn: `sign-in ${index} ${number}` });
}

describe('enrolment', () => {
  it('takes mobile numbers of the allowed countries, in any spelling', () => {
    const enrollment = new Enrollment(RULE, 'SE');
    for (const typed of [
      '+46701740699',
      '0046 70 174 06 99',
      '070-174 06 99',
      'tel:+46701740699',
      '+46 (0)70 174 06 99',
    ]) {
      expect(enrollment.accept(typed), typed).to.equal('+46701740699');
    }
    expect(enrollment.accept('+1 202 456 1111')).to.equal('+12024561111');
  });

  for (const typed of [
    '+882 16 123 4567',
    '+979 123 456 789',
    '+46 900 123 45 67',
    '+46 939 123 45',
    '+46 8 123 456 78',
    '+46 20 12 34 56',
    '+1 900 555 0100',
    '+1 800 555 0100',
    '+49 1512 3456789',
    '+44 7911 123456',
    '112',
    '911',
    '72404',
    '+46 70 174',
    '+46701740699123',
    '070',
    '',
    ' ',
    'call me',
    '+',
    '００４６７０１７４０６９９x',
  ]) {
    it(`does not take ${JSON.stringify(typed)}`, async () => {
      const enrollment = new Enrollment(RULE, 'SE');
      expect(await codeOf(Promise.resolve().then(() => enrollment.accept(typed)))).to.equal('PHONE_NOT_ACCEPTED');
    });
  }

  it('is for who has no value at all, and only where there is a rule', () => {
    const user = { id: 'x', username: 'x', phoneNumbers: [] };
    expect(new Enrollment(undefined, 'SE').mayEnroll(user)).to.equal(false);
    expect(new Enrollment(undefined, 'SE').mayAdd([])).to.equal(false);
    expect(new Enrollment(RULE, 'SE').mayEnroll(user)).to.equal(true);
    expect(new Enrollment(RULE, 'SE').mayEnroll({ ...user, phoneNumbers: ['n/a'] })).to.equal(false);
    expect(new Enrollment(RULE, 'SE').mayAdd(['+46701740605'])).to.equal(true);
    expect(new Enrollment(RULE, 'SE').mayAdd(['+46701740605', '+46701740606'])).to.equal(false);
  });

  it('refuses where the rule of the app says anything but true', () => {
    const user = { id: 'x', username: 'x', phoneNumbers: [] };
    for (const answer of [false, undefined, 1, 'yes', Promise.resolve(true)]) {
      const enrollment = new Enrollment({ ...RULE, when: () => answer as boolean }, 'SE');
      expect(enrollment.mayEnroll(user)).to.equal(false);
    }
  });
});

describe('sends to numbers that nobody has proven', () => {
  it('stop along a block of numbers, while a proven one in it still gets its SMS', async () => {
    const rig = createRig({ limits: { sendsPerAddressPerHour: false } });
    const outcomes = [];
    for (let index = 0; index < 200; index++) {
      outcomes.push(await codeOf(enrollAs(rig, index % 50, numberAt(index))));
    }
    expect(outcomes.filter((outcome) => outcome === undefined)).to.have.length(20);
    expect(rig.transport.messages).to.have.length(20);
    expect(await codeOf(rig.send(undefined, { number: numberAt(0) }))).to.equal(undefined);
    expect(await codeOf(enrollAs(rig, 51, numberAt(0, '4670175')))).to.equal(undefined);
  });

  it('gives nothing of a block back for right codes: who walks along it may own it', async () => {
    const rig = createRig({
      enrollment: { when: 'always', allowedCountries: ['SE'] },
      limits: { sendsPerAddressPerHour: false, sendsPerBlockPerHour: 3 },
    });
    rig.people.change('id-ada', { phoneNumbers: [] });
    for (let index = 0; index < 3; index++) {
      const challenge = await rig.send(undefined, {
        number: numberAt(index),
        purpose: 'enroll',
        signIn: String(index),
      });
      expect(await codeOf(rig.guess(challenge, rig.transport.lastCode()))).to.equal(undefined);
    }
    expect(await codeOf(rig.send(undefined, { number: numberAt(3), purpose: 'enroll', signIn: '3' }))).to.equal(
      'TOO_MANY_SENDS',
    );
  });

  it('use up nothing of the owner, whoever enters the number', async () => {
    const rig = createRig({ limits: { sendsPerAddressPerHour: false, sendsPerBlockPerHour: false } });
    const number = '+46701740605';
    const outcomes = [];
    for (let index = 0; index < 40; index++) outcomes.push(await codeOf(enrollAs(rig, index, number)));
    expect(outcomes.filter((outcome) => outcome === undefined)).to.have.length(5);
    expect(await codeOf(rig.send())).to.equal(undefined);
  });

  it('stop before the last fifth of the day, which is kept for proven ones', async () => {
    const rig = createRig({ limits: { smsPerDay: 10, sendsPerAddressPerHour: false } });
    const outcomes = [];
    for (let index = 0; index < 12; index++) outcomes.push(await codeOf(enrollAs(rig, index, numberAt(index))));
    expect(outcomes.filter((outcome) => outcome === undefined)).to.have.length(8);
    expect(outcomes.at(-1)).to.equal('TOO_MANY_SENDS');
    const kept = [];
    for (const signIn of ['a', 'b', 'c']) kept.push(await codeOf(rig.send(undefined, { signIn })));
    expect(kept).to.deep.equal([undefined, undefined, 'TOO_MANY_SENDS']);
    const alarms = rig.events.filter(([name]) => name === 'smsBudgetUsed').map(([, facts]) => facts);
    expect(alarms.map((facts) => 'percent' in facts && facts.percent)).to.deep.equal([50, 80, 100]);
  });
});

describe('a verdict on a number that nobody has proven', () => {
  it('counts: a block of numbers is not walked along for what the network, or the app, says of each', async () => {
    const rig = createRig({ limits: { sendsPerAddressPerHour: false } });
    rig.transport.mode = 'refuse';
    const outcomes = [];
    for (let index = 0; index < 60; index++) outcomes.push(await codeOf(enrollAs(rig, index, numberAt(index))));
    expect(outcomes.filter((outcome) => outcome === 'PHONE_NOT_ACCEPTED')).to.have.length(20);
    expect(outcomes.at(-1)).to.equal('TOO_MANY_SENDS');
  });
});
