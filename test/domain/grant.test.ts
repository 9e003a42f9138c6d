import { expect } from 'chai';
import { Grants } from '../../lib/domain/grant.ts';
import { Keyring } from '../../lib/domain/keyring.ts';
import { FakeClock } from '../support/clock.ts';
import { MapState } from '../support/map-state.ts';
import { ADA, SECRET } from '../support/rig.ts';

const FACTS = { acr: 'smpp', amr: ['pwd', 'sms', 'otp', 'mfa'] };

function processes(): { clock: FakeClock; state: MapState; here: Grants; there: Grants } {
  const clock = new FakeClock();
  const state = new MapState(clock.now);
  const grants = () => new Grants(state, new Keyring('a', [SECRET]), clock.now, 3600);
  return { clock, state, here: grants(), there: grants() };
}

describe('a grant', () => {
  it('says who, how and when', async () => {
    const { here, clock } = processes();
    const grant = await here.find(await here.give({ ...ADA, displayName: 'Ada' }, FACTS));
    const authTime = clock.now() / 1000;
    expect(grant).to.deep.include({ subject: 'id-ada', username: 'ada', displayName: 'Ada', authTime, ...FACTS });
  });

  it('is known by its id only', async () => {
    const { here } = processes();
    await here.give(ADA, FACTS);
    expect(await here.find('')).to.equal(undefined);
  });

  it('that ends here is over here at once, and elsewhere within 5 s', async () => {
    const { here, there, clock } = processes();
    const id = await here.give(ADA, FACTS);
    await there.find(id);
    await here.end(id);
    expect(await here.find(id)).to.equal(undefined);
    clock.advance(4.999);
    expect(await there.find(id)).to.not.equal(undefined);
    clock.advance(0.001);
    expect(await there.find(id)).to.equal(undefined);
  });

  it('is remembered for 5 s by a process that looked it up, and by no other', async () => {
    const { here, there, clock } = processes();
    const id = await here.give(ADA, FACTS);
    expect(there.cached(id)).to.equal(undefined);
    const grant = await there.find(id);
    clock.advance(4.999);
    expect(there.cached(id)).to.equal(grant).and.not.equal(undefined);
    expect(here.cached(id)).to.equal(undefined);
    clock.advance(0.001);
    expect(there.cached(id)).to.equal(undefined);
  });

  it('is forgotten at once where all of its user end here', async () => {
    const { here } = processes();
    const id = await here.give(ADA, FACTS);
    await here.find(id);
    await here.endAll(ADA.id);
    expect(here.cached(id)).to.equal(undefined);
  });

  it('is looked up at once where its age matters', async () => {
    const { here, there } = processes();
    const id = await here.give(ADA, FACTS);
    await there.find(id);
    await here.end(id);
    expect(await there.findNow(id)).to.equal(undefined);
    expect(await there.find(id)).to.equal(undefined);
  });

  it('ends with all others of its user, and with none of another', async () => {
    const { here, there, clock } = processes();
    const grace = { id: 'id-grace', username: 'grace', phoneNumbers: [] };
    const [one, two, other] = [
      await here.give(ADA, FACTS),
      await there.give(ADA, FACTS),
      await here.give(grace, FACTS),
    ];
    await there.endAll('id-ada');
    clock.advance(5);
    for (const grants of [here, there]) {
      expect(await grants.find(one)).to.equal(undefined);
      expect(await grants.find(two)).to.equal(undefined);
      expect(await grants.find(other)).to.not.equal(undefined);
    }
    expect(await here.find(await here.give(ADA, FACTS))).to.not.equal(undefined);
  });

  it('is over with its time', async () => {
    const { here, clock } = processes();
    const id = await here.give(ADA, FACTS);
    clock.advance(3600);
    expect(await here.find(id)).to.equal(undefined);
  });

  it('is refused where the shared state has lost any part of it', async () => {
    for (const part of [':grant:', ':epoch:']) {
      const { here, there, state } = processes();
      const id = await here.give(ADA, FACTS);
      for (const key of [...state.entries.keys()]) if (key.includes(part)) state.entries.delete(key);
      expect(await there.find(id), part).to.equal(undefined);
    }
  });

  it('is refused where its epoch is lost in the very moment that it is given', async () => {
    const { here, state } = processes();
    const { set } = state;
    state.set = async (key, value, ttlSeconds, ifAbsent) => !ifAbsent && set.call(state, key, value, ttlSeconds);
    expect(await here.findNow(await here.give(ADA, FACTS))).to.equal(undefined);
  });

  it('does not come back where its end was lost', async () => {
    const { here, there, state } = processes();
    const id = await here.give(ADA, FACTS);
    await here.endAll('id-ada');
    for (const key of [...state.entries.keys()]) if (key.includes(':epoch:')) state.entries.delete(key);
    await here.give(ADA, FACTS);
    expect(await there.findNow(id)).to.equal(undefined);
  });

  it('takes no more memory than ten thousand others', async () => {
    const { here } = processes();
    const first = await here.give(ADA, FACTS);
    await here.find(first);
    for (let index = 0; index < 10_001; index++) await here.find(`none ${index}`);
    expect(await here.find(first)).to.not.equal(undefined);
  });
});
