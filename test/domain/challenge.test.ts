import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { codeOf, createRig, wrong } from '../support/rig.ts';

describe('the record of a challenge', () => {
  it('has the facts, and is gone with the life of its code', async () => {
    const { send, challenges, clock } = createRig({ codeTtlSeconds: 60 });
    const challenge = await send();
    expect(await challenges.read(challenge.id)).to.deep.equal(challenge);
    expect(challenge).to.include({ subject: 'id-ada', number: '+46701740605', purpose: 'sign-in', generation: 0 });
    expect(Buffer.from(challenge.id, 'base64url')).to.have.length(16);
    expect(challenges.secondsLeft(challenge)).to.equal(60);
    clock.advance(60);
    expect(await challenges.read(challenge.id)).to.equal(undefined);
    expect(challenges.secondsLeft(challenge)).to.equal(0);
  });

  it('tells neither the code nor a hash of it, as nothing else in the shared state does', async () => {
    const rig = createRig();
    const { id } = await rig.send();
    const code = rig.transport.lastCode();
    await codeOf(rig.guess(await rig.challenges.read(id), wrong(code)));
    const dump = JSON.stringify([...rig.state.entries]);
    expect(dump).to.include(id);
    expect(dump).to.not.include(code).and.not.include('lovelace');
    // A thief would hash all codes, and would stop at the right one: it is enough to look for that.
    for (const text of [code, id + code, code + id, `${id}:${code}`, `${code}:${id}`]) {
      const hash = createHash('sha256').update(text).digest();
      for (const encoding of ['hex', 'base64', 'base64url'] as const) {
        expect(dump.toLowerCase()).to.not.include(hash.toString(encoding).toLowerCase());
      }
    }
  });

  it('is kept under keys that name nobody, as everything else in the shared state is', async () => {
    const rig = createRig({ limits: { smsPerDay: 100 } });
    const challenge = await rig.send();
    await rig.passwords.check({ username: 'ada', password: 'wrong', addressBlock: '192.0.2.1', token: undefined });
    await rig.deliveries.receive({ smsc: 'test', messageId: '1', state: 'delivered' });
    await rig.guess(challenge, rig.transport.lastCode());
    await rig.grants.give({ id: 'id-ada', username: 'ada', phoneNumbers: [] }, { amr: [] });
    const keys = [...rig.state.entries.keys()];
    expect(keys.length).to.be.greaterThan(10);
    for (const key of keys) expect(key).to.match(/^smsOtp:[a-zA-Z0-9]+:[\w-]{43}$/);
  });
});
