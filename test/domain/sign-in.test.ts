import { expect } from 'chai';
import type { SignIn } from '../../lib/domain/sign-in.ts';
import { ADA, createRig, type Rig } from '../support/rig.ts';

const FACTS = { acr: 'smpp', amr: ['pwd', 'sms', 'otp', 'mfa'] };
const TWO_NUMBERS = ['+46701740605', '+46701740606'];

function signIn(rig: Rig, more: Partial<SignIn> = {}): SignIn {
  return { id: 'sign-in 1', subject: 'id-ada', startedAt: rig.clock.now(), amr: ['pwd'], ...more };
}

describe('where a sign-in stands', () => {
  it('is nowhere before the first factor', async () => {
    const { policy } = createRig();
    expect(await policy.standing(undefined)).to.deep.equal({ stage: 'none' });
    expect(await policy.withNumbers({ stage: 'none' })).to.deep.equal({ stage: 'none', numbers: [] });
  });

  it('is "send", then "code" while one is pending, then "verified"', async () => {
    const rig = createRig();
    expect((await rig.policy.standing(signIn(rig))).stage).to.equal('send');
    const challenge = await rig.send();
    const pending = await rig.policy.standing(signIn(rig, { challengeId: challenge.id }));
    expect(pending).to.deep.include({ stage: 'code', challenge });
    const grantId = await rig.grants.give(ADA, FACTS);
    const verified = await rig.policy.standing(signIn(rig, { grantId }));
    expect(verified.stage).to.equal('verified');
    expect(verified.grant).to.deep.include({ subject: 'id-ada', ...FACTS });
  });

  it('is "send" again once the pending code is over', async () => {
    const rig = createRig();
    const { id } = await rig.send();
    rig.clock.advance(300);
    expect((await rig.policy.standing(signIn(rig, { challengeId: id }))).stage).to.equal('send');
  });

  it('is nowhere after 15 minutes, unless it was finished', async () => {
    const rig = createRig();
    const [begun, grantId] = [signIn(rig), await rig.grants.give(ADA, FACTS)];
    rig.clock.advance(15 * 60);
    expect((await rig.policy.standing(begun)).stage).to.equal('send');
    rig.clock.advance(1);
    const { id: challengeId } = await rig.send();
    expect(await rig.policy.standing({ ...begun, challengeId })).to.deep.equal({ stage: 'none' });
    expect((await rig.policy.standing({ ...begun, grantId })).stage).to.equal('verified');
  });

  it('is not moved by a code or a grant of somebody else', async () => {
    const rig = createRig();
    const { id: challengeId } = await rig.send();
    const grantId = await rig.grants.give(ADA, FACTS);
    const grace = signIn(rig, { subject: 'id-grace', challengeId, grantId });
    const standing = await rig.policy.standing(grace);
    expect(standing).to.deep.equal({ stage: 'send', signIn: grace });
  });

  it('is "send" with a grant of somebody who was exempt from the code', async () => {
    const rig = createRig();
    const grantId = await rig.grants.give(ADA, { amr: ['pwd'] });
    const standing = await rig.policy.standing(signIn(rig, { grantId }));
    expect(standing.stage).to.equal('send');
    expect(standing.grant?.acr).to.equal(undefined);
  });

  it('has no step-up left where the grant beneath was revoked', async () => {
    const rig = createRig();
    const grantId = await rig.grants.give(ADA, FACTS);
    const { id: challengeId } = await rig.send(undefined, { purpose: 'step-up' });
    const session = signIn(rig, { grantId, challengeId });
    expect((await rig.policy.standing(session)).stage).to.equal('code');
    await rig.grants.endAll('id-ada');
    const standing = await rig.policy.standing(session);
    expect(standing.stage).to.equal('send');
    expect(standing.challenge).to.equal(undefined);
    expect(standing.signIn?.challengeId).to.equal(undefined);
  });

  it('is the same while the directory is down, until numbers are asked for', async () => {
    const rig = createRig();
    rig.people.isDown = true;
    const standing = await rig.policy.standing(signIn(rig));
    expect(standing.stage).to.equal('send');
    const error = await rig.policy.withNumbers(standing).catch((thrown) => thrown);
    expect(error).to.include({ code: 'DIRECTORY_UNAVAILABLE' });
  });

  it('is "number" while one of several is to be chosen, or the chosen one is gone', async () => {
    const rig = createRig();
    rig.people.change('id-ada', { phoneNumbers: TWO_NUMBERS });
    for (const [number, stage] of [
      [undefined, 'number'],
      ['+46701740606', 'send'],
      ['+46701740699', 'number'],
    ] as const) {
      const standing = await rig.policy.standing(signIn(rig, { number }));
      expect(await rig.policy.withNumbers(standing)).to.deep.include({ stage, numbers: TWO_NUMBERS });
    }
  });

  it('asks nobody to choose who has one number, none, or both factors already', async () => {
    const rig = createRig();
    const standing = await rig.policy.standing(signIn(rig));
    expect(rig.policy.decide(standing, ADA).stage).to.equal('send');
    expect(rig.policy.decide(standing, { ...ADA, phoneNumbers: ['TRUE'] })).to.deep.include({
      stage: 'send',
      numbers: [],
    });
    const grantId = await rig.grants.give(ADA, FACTS);
    const verified = await rig.policy.standing(signIn(rig, { grantId }));
    expect(rig.policy.decide(verified, { ...ADA, phoneNumbers: TWO_NUMBERS }).stage).to.equal('verified');
  });

  it('is nowhere for somebody who is gone from the directory', async () => {
    const rig = createRig();
    rig.people.remove('id-ada');
    const standing = await rig.policy.withNumbers(await rig.policy.standing(signIn(rig)));
    expect(standing).to.deep.equal({ stage: 'none', numbers: [] });
  });

  it('of somebody who is gone takes all grants of that person with it', async () => {
    const rig = createRig();
    const grantId = await rig.grants.give(ADA, FACTS);
    rig.people.remove('id-ada');
    await rig.policy.withNumbers(await rig.policy.standing(signIn(rig)));
    expect(await rig.grants.find(grantId)).to.equal(undefined);
  });

  it('is nowhere once its user was signed out everywhere, unless it began later', async () => {
    const rig = createRig();
    const before = await rig.policy.begin({ id: 'sign-in 1', subject: 'id-ada', amr: ['pwd'] });
    const pending = { ...before, challengeId: (await rig.send()).id };
    expect((await rig.policy.standing(pending)).stage).to.equal('code');
    await rig.grants.endAll('id-ada');
    expect(await rig.policy.standing(pending)).to.deep.equal({ stage: 'none' });
    const later = await rig.policy.begin({ id: 'sign-in 2', subject: 'id-ada', amr: ['pwd'] });
    expect((await rig.policy.standing(later)).stage).to.equal('send');
  });

  it('ends with its pending code and its grant', async () => {
    const rig = createRig();
    const session = signIn(rig, { grantId: await rig.grants.give(ADA, FACTS), challengeId: (await rig.send()).id });
    await rig.policy.end(session);
    expect(await rig.policy.standing(session)).to.deep.equal({ stage: 'none' });
    expect((await rig.policy.standing(signIn(rig, { id: 'sign-in 2' }))).stage).to.equal('send');
  });
});
