import { expect } from 'chai';
import { Enrollment } from '../../lib/domain/enrollment.ts';
import type { Limits } from '../../lib/domain/rate-limiter.ts';
import { CROWD_PASSWORD, Crowd } from '../support/crowd.ts';
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

const ENROLLMENT = { when: 'always', allowedCountries: ['SE'] } as const;

/** People without a number, beside ada. */
function rigOf(limits: Partial<Limits> = {}): Rig {
  const limitsOfAll = { sendsPerAddressPerHour: false, ...limits } as const;
  return createRig({ userStore: new Crowd(() => undefined), enrollment: ENROLLMENT, limits: limitsOfAll });
}

/** Sends to a number that nobody has proven, each time as another user in another browser. */
async function enrollAs({ browser }: Rig, index: number, number: string): Promise<void> {
  const jar = browser();
  await jar.begin(`user${index}`, CROWD_PASSWORD);
  await jar.send({ number, purpose: 'enroll' });
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

  it('takes a national number of the person, and says whose numbers are taken', () => {
    const enrollment = new Enrollment({ ...RULE, allowedCountries: ['SE', 'DE'] }, 'SE');
    expect(enrollment.accept('0171 3920000', 'DE')).to.equal('+491713920000');
    expect(enrollment.accept('46701740699')).to.equal('+46701740699');
    expect(() => enrollment.accept('+44 7911 123456')).to.throw('Numbers of these countries are taken: SE, DE.');
    expect(() => enrollment.accept('070-174 06 98, 070-174 06 99')).to.throw('no phone number that can be used');
    expect(enrollment.example).to.equal('+46 70 174 06 50');
    expect(new Enrollment({ ...RULE, allowedCountries: ['NO'] }, 'SE').example).to.equal('+47 XX XX XX XX');
    expect(new Enrollment(undefined, 'SE').example).to.equal('');
  });

  it('is for who has no value at all, and only if there is a rule', () => {
    const user = { id: 'x', username: 'x', phoneNumbers: [] };
    expect(new Enrollment(undefined, 'SE').mayEnroll(user)).to.equal(false);
    expect(new Enrollment(undefined, 'SE').mayAdd([])).to.equal(false);
    expect(new Enrollment(RULE, 'SE').mayEnroll(user)).to.equal(true);
    expect(new Enrollment(RULE, 'SE').mayEnroll({ ...user, phoneNumbers: ['n/a'] })).to.equal(false);
    expect(new Enrollment(RULE, 'SE').mayAdd(['+46701740605'])).to.equal(true);
    expect(new Enrollment(RULE, 'SE').mayAdd(['+46701740605', '+46701740606'])).to.equal(false);
  });

  it('refuses if the rule of the app says anything but true', () => {
    const user = { id: 'x', username: 'x', phoneNumbers: [] };
    for (const answer of [false, undefined, 1, 'yes', Promise.resolve(true)]) {
      const enrollment = new Enrollment({ ...RULE, when: () => answer as boolean }, 'SE');
      expect(enrollment.mayEnroll(user)).to.equal(false);
    }
  });
});

describe('sends to numbers that nobody has proven', () => {
  it('stop along a block of numbers, while a proven one in it still gets its SMS', async () => {
    const crowd = new Crowd(() => undefined);
    crowd.change('id-ada', { phoneNumbers: [numberAt(0)] });
    const limits = { sendsPerAddressPerHour: false } as const;
    const rig = createRig({ userStore: crowd, enrollment: ENROLLMENT, limits });
    const outcomes = [];
    for (let index = 0; index < 200; index++) {
      outcomes.push(await codeOf(enrollAs(rig, index % 50, numberAt(index))));
    }
    expect(outcomes.filter((outcome) => outcome === undefined)).to.have.length(20);
    expect(rig.transport.messages).to.have.length(20);
    expect(await codeOf(rig.loggedIn())).to.equal(undefined);
    expect(await codeOf(enrollAs(rig, 51, numberAt(0, '4670175')))).to.equal(undefined);
  });

  it('gives nothing of a block back for right codes: who walks along it may own it', async () => {
    const rig = rigOf({ sendsPerBlockPerHour: 3 });
    for (let index = 0; index < 3; index++) {
      const jar = rig.browser();
      await jar.begin(`user${index}`, CROWD_PASSWORD);
      await jar.send({ number: numberAt(index), purpose: 'enroll' });
      await jar.enter(rig.transport.lastCode());
    }
    expect(await codeOf(enrollAs(rig, 3, numberAt(3)))).to.equal('TOO_MANY_SENDS');
  });

  it('use up nothing of the owner, whoever enters the number', async () => {
    const rig = rigOf({ sendsPerBlockPerHour: false });
    const number = '+46701740605';
    const outcomes = [];
    for (let index = 0; index < 40; index++) outcomes.push(await codeOf(enrollAs(rig, index, number)));
    expect(outcomes.filter((outcome) => outcome === undefined)).to.have.length(5);
    expect(await codeOf(rig.loggedIn())).to.equal(undefined);
  });

  it('stop before the last fifth of the day, which is kept for proven ones', async () => {
    const rig = rigOf({ smsPerDay: 10 });
    const outcomes = [];
    for (let index = 0; index < 12; index++) outcomes.push(await codeOf(enrollAs(rig, index, numberAt(index))));
    expect(outcomes.filter((outcome) => outcome === undefined)).to.have.length(8);
    expect(outcomes.at(-1)).to.equal('TOO_MANY_SENDS');
    const kept = [];
    for (let time = 0; time < 3; time++) kept.push(await codeOf(rig.loggedIn()));
    expect(kept).to.deep.equal([undefined, undefined, 'TOO_MANY_SENDS']);
    const alarms = rig.events.filter(([name]) => name === 'smsBudgetUsed').map(([, facts]) => facts);
    expect(alarms.map((facts) => 'percent' in facts && facts.percent)).to.deep.equal([50, 80, 100]);
  });
});

describe('a verdict on a number that nobody has proven', () => {
  it('counts: a block of numbers is not walked along for what the network, or the app, says of each', async () => {
    const rig = rigOf();
    rig.transport.mode = 'refuse';
    const outcomes = [];
    for (let index = 0; index < 60; index++) outcomes.push(await codeOf(enrollAs(rig, index, numberAt(index))));
    expect(outcomes.filter((outcome) => outcome === 'PHONE_NOT_ACCEPTED')).to.have.length(20);
    expect(outcomes.at(-1)).to.equal('TOO_MANY_SENDS');
  });
});
