import { expect } from 'chai';
import type { SmsOtpEvents } from '../../lib/index.ts';
import { codeOf, createRig, type Rig } from '../support/rig.ts';

const AMERICAN = '+12015550123';
const CANADIAN = '+16135550123';

function eventsOf<Name extends keyof SmsOtpEvents>({ events }: Rig, wanted: Name) {
  return events.flatMap(([name, facts]) => (name === wanted ? [facts as SmsOtpEvents[Name][0]] : []));
}

describe('countries that get no code', () => {
  it('are refused before anything is charged, and the password need not be typed again', async () => {
    const rig = createRig({ allowedCountries: ['SE'], limits: { sendsPerUserPerHour: 1, failedPasswordsPerUser: 2 } });
    rig.people.change('id-ada', { phoneNumbers: [AMERICAN] });
    for (const _ of 'four') {
      const jar = rig.browser();
      expect(await codeOf(jar.login())).to.equal('SEND_REFUSED');
      expect(await codeOf(jar.send())).to.equal('SEND_REFUSED');
    }
    expect(rig.transport.messages).to.deep.equal([]);
    const [refused] = eventsOf(rig, 'sendRefused');
    expect(refused).to.include({ reason: 'SEND_REFUSED', country: 'US', userId: 'id-ada' });
    rig.people.change('id-ada', { phoneNumbers: ['+46701740605'] });
    await rig.loggedIn();
    expect(rig.transport.messages).to.have.length(1);
  });

  it('are told apart from neighbours who share their calling code, and what cannot be told is refused', async () => {
    const rig = createRig({ allowedCountries: ['CA'] });
    for (const [number, outcome] of [
      [AMERICAN, 'SEND_REFUSED'],
      [CANADIAN, undefined],
      ['+80012345678', 'SEND_REFUSED'],
    ] as const) {
      rig.people.change('id-ada', { phoneNumbers: [CANADIAN, number] });
      const jar = rig.browser();
      await jar.begin();
      expect(await codeOf(jar.send({ number, purpose: 'sign-in' })), number).to.equal(outcome);
    }
  });

  it('hold for a code that is sent again, if the option came with a restart', async () => {
    const before = createRig();
    before.people.change('id-ada', { phoneNumbers: [AMERICAN] });
    const jar = await before.loggedIn();
    const after = createRig({ allowedCountries: ['SE'] }, before);
    const same = after.browser();
    same.sessionId = 'one';
    if (jar.ref !== undefined) same.stored.set('one', jar.ref);
    before.clock.advance(30);
    expect(await codeOf(same.send())).to.equal('SEND_REFUSED');
    expect(before.transport.messages).to.have.length(1);
  });

  it('get no notice either, and that is told', async () => {
    const rig = createRig({ allowedCountries: ['SE'] });
    rig.people.change('id-ada', { phoneNumbers: [AMERICAN, '+46701740605'] });
    await rig.phones.add('id-ada', '+46701740606');
    await rig.notices.settled();
    expect(rig.transport.messages.map(({ to }) => to)).to.deep.equal(['+46701740605']);
    const reasons = eventsOf(rig, 'noticeFailed').map(({ reason }) => reason);
    expect(reasons).to.deep.equal(['The country of this number is not allowed.']);
  });
});
