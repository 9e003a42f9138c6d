import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { codeOf, createRig } from '../support/rig.ts';

const TWO_NUMBERS = ['+46701740605', '+46701740606'];

describe('if a sign-in stands', () => {
  it('is nowhere before the first factor', async () => {
    const { browser, flows } = createRig();
    expect(await browser().look('always')).to.include({ stage: 'none' });
    expect(await flows.byRecord(undefined)).to.include({ stage: 'none' });
  });

  it('is "send", then "code" while one is pending, then "verified"', async () => {
    const { browser, transport, clock } = createRig();
    const jar = browser();
    await jar.begin();
    expect((await jar.look()).stage).to.equal('send');
    await jar.send();
    expect(await jar.look()).to.include({ stage: 'code' });
    await jar.enter(transport.lastCode());
    const { stage, grant } = await jar.look();
    expect(stage).to.equal('verified');
    const authTime = Math.floor(clock.now() / 1000);
    expect(grant).to.deep.include({ acr: 'smpp', amr: ['pwd', 'sms', 'otp', 'mfa'], authTime, by: 'code' });
    expect(grant).to.deep.include({ username: 'ada', displayName: 'Ada Lovelace' });
  });

  it('is "send" again once the pending code is over', async () => {
    const { loggedIn, clock } = createRig();
    const jar = await loggedIn();
    clock.advance(300);
    expect((await jar.look()).stage).to.equal('send');
  });

  it('is nowhere after 15 minutes, whatever is sent meanwhile, unless it was finished', async () => {
    const { loggedIn, signedIn, clock } = createRig({ codeTtlSeconds: 600, limits: { sendsPerUserPerHour: 20 } });
    const [begun, finished] = [await loggedIn(), await signedIn()];
    clock.advance(15 * 60 - 1);
    await begun.send();
    expect((await begun.look()).stage).to.equal('code');
    clock.advance(1);
    expect((await begun.look()).stage).to.equal('none');
    expect((await finished.look()).stage).to.equal('verified');
  });

  it('ends with the life of its grant, which no step-up prolongs by being asked for', async () => {
    const { signedIn, clock } = createRig({ sessionMaxAgeSeconds: 3600 });
    const jar = await signedIn();
    clock.advance(3599);
    await jar.send();
    expect((await jar.look()).stage).to.equal('code');
    clock.advance(1);
    expect((await jar.look()).stage).to.equal('none');
  });

  it('is not moved by a reference that names another person', async () => {
    const { signedIn, keyring, state } = createRig();
    const jar = await signedIn();
    const { ref, sessionId = '' } = jar;
    if (ref === undefined) throw new Error('no sign-in');
    // Even if both accounts had the same epoch.
    const [ada, grace] = ['id-ada', 'id-grace'].map((id) => `smsOtp:ac:${keyring.tagOf(id)}`);
    state.entries.set(grace ?? '', state.entries.get(ada ?? ''));
    jar.stored.set(sessionId, { ...ref, tag: keyring.tagOf('id-grace') });
    expect((await jar.look()).stage).to.equal('none');
  });

  it('is "send" with a grant of somebody who was exempt from the code', async () => {
    const { browser, start } = createRig();
    const jar = browser();
    const proven = await jar.prove();
    await start.beginExempt({ proven, amr: ['pwd'], returnTo: undefined, client: jar.client, earlier: undefined });
    const { stage, grant } = await jar.look();
    expect(stage).to.equal('send');
    expect(grant).to.include({ by: 'exempt' }).and.not.have.property('acr');
  });

  it('has no step-up left if the grant beneath was revoked', async () => {
    const { signedIn, ends, transport } = createRig();
    const jar = await signedIn();
    await jar.send();
    expect(await jar.look()).to.include({ stage: 'code' });
    await ends.endAll('id-ada');
    expect(await jar.look()).to.include({ stage: 'none' });
    expect(await codeOf(jar.enter(transport.lastCode()))).to.equal('NO_CHALLENGE');
  });

  it('is the same while the directory is down, until numbers are asked for', async () => {
    const { browser, people } = createRig();
    const jar = browser();
    await jar.begin();
    people.isDown = true;
    expect((await jar.look()).stage).to.equal('send');
    expect(await codeOf(jar.look('for the stage'))).to.equal('DIRECTORY_UNAVAILABLE');
  });

  it('is "number" while one of several is to be chosen, or the chosen one is gone', async () => {
    const { loggedIn, people, transport, clock } = createRig();
    people.change('id-ada', { phoneNumbers: TWO_NUMBERS });
    const jar = await loggedIn();
    expect(await jar.look('for the stage')).to.deep.include({ stage: 'number', numbers: TWO_NUMBERS });
    await jar.send({ purpose: 'sign-in', number: '+46701740606' });
    clock.advance(300);
    expect(await jar.look('for the stage')).to.deep.include({ stage: 'send', numbers: TWO_NUMBERS });
    people.change('id-ada', { phoneNumbers: ['+46701740605', '+46701740699'] });
    expect((await jar.look('for the stage')).stage).to.equal('number');
    expect(transport.messages).to.have.length(1);
  });

  it('asks nobody to choose who has one number, none, or both factors already', async () => {
    const { browser, signedIn, people } = createRig();
    const jar = browser();
    await jar.begin();
    expect((await jar.look('for the stage')).stage).to.equal('send');
    people.change('id-ada', { phoneNumbers: ['TRUE'] });
    expect(await jar.look('for the stage')).to.deep.include({ stage: 'send', numbers: [] });
    people.change('id-ada', { phoneNumbers: ['+46701740605'] });
    const inside = await signedIn();
    people.change('id-ada', { phoneNumbers: TWO_NUMBERS });
    expect(await inside.look('always')).to.deep.include({ stage: 'verified', numbers: TWO_NUMBERS });
  });

  it('is nowhere for somebody who is gone from the directory, and takes all grants of that person with it', async () => {
    const { signedIn, browser, people } = createRig();
    const inside = await signedIn();
    const jar = browser();
    await jar.begin();
    people.remove('id-ada');
    expect(await jar.look('for the stage')).to.include({ stage: 'none' });
    expect((await inside.look()).stage).to.equal('none');
  });

  it('is nowhere once its user was signed out everywhere, unless it began later; no other user is', async () => {
    const { loggedIn, signedIn, ends } = createRig();
    const [pending, inside, grace] = [await loggedIn(), await signedIn(), await loggedIn('grace')];
    await ends.signOutEverywhere('id-ada');
    expect([(await pending.look()).stage, (await inside.look()).stage]).to.deep.equal(['none', 'none']);
    expect((await grace.look()).stage).to.equal('send');
    expect((await (await signedIn()).look()).stage).to.equal('verified');
  });

  it('ends with its pending code and its grant', async () => {
    const { signedIn, browser, transport } = createRig();
    const jar = await signedIn();
    await jar.send();
    const thief = jar.copy();
    await jar.signOut();
    expect((await thief.look()).stage).to.equal('none');
    expect(await codeOf(thief.enter(transport.lastCode()))).to.equal('NO_CHALLENGE');
    await browser().begin();
  });
});

describe('what a process remembers of a grant', () => {
  it('is over here at once if it ends here, and elsewhere within 5 s', async () => {
    const here = createRig();
    const there = createRig({}, here);
    const jar = await here.signedIn();
    const { ref } = jar;
    await there.flows.byRecord(ref);
    await jar.signOut(true);
    expect((await here.flows.byRecord(ref)).stage).to.equal('none');
    here.clock.advance(4.999);
    expect((await there.flows.byRecord(ref)).stage).to.equal('verified');
    expect((await there.flows.byRecord(ref, true)).stage).to.equal('none');
  });

  it('is believed for 5 s by a process that looked it up, and by no other', async () => {
    const here = createRig();
    const there = createRig({}, here);
    const { ref } = await here.signedIn();
    if (ref === undefined) throw new Error('no sign-in');
    expect(there.flows.cached(ref)).to.equal(undefined);
    await there.flows.byRecord(ref);
    here.clock.advance(4.999);
    const commits = here.state.commits;
    expect((await there.flows.byRecord(ref)).stage).to.equal('verified');
    expect(here.state.commits).to.equal(commits);
    here.clock.advance(0.001);
    expect(there.flows.cached(ref)).to.equal(undefined);
  });

  it('is never believed if its age matters', async () => {
    const here = createRig();
    const there = createRig({}, here);
    const jar = await here.signedIn();
    const { ref } = jar;
    await there.flows.byRecord(ref);
    await jar.signOut(true);
    expect((await there.flows.byRecord(ref, true)).stage).to.equal('none');
    expect((await there.flows.byRecord(ref)).stage).to.equal('none');
  });

  it('is looked up while the shared state takes no writes; each process then asks the directory once in five minutes', async () => {
    const { signedIn, flows, state, clock, people } = createRig();
    const [{ ref }, other] = [await signedIn(), await signedIn()];
    clock.advance(10 * 60);
    state.isFull = true;
    const stageNow = async () => (await flows.byRecord(ref, true)).stage;
    const before = people.searches;
    for (let look = 0; look < 3; look++) expect(await stageNow()).to.equal('verified');
    await nextTurn();
    expect(people.searches).to.equal(before + 1);
    people.remove('id-ada');
    expect(await stageNow()).to.equal('verified');
    await nextTurn();
    expect(await stageNow()).to.equal('verified');
    clock.advance(5 * 60);
    await stageNow();
    await nextTurn();
    expect(await stageNow()).to.equal('none');
    expect((await flows.byRecord(other.ref, true)).stage).to.equal('none');
  });

  it('stays with somebody exempt while the shared state takes no writes, until the directory tells them otherwise', async () => {
    const { browser, start, flows, state, clock, people } = createRig();
    const jar = browser();
    const proven = await jar.prove();
    await start.beginExempt({ proven, amr: ['pwd'], returnTo: undefined, client: jar.client, earlier: undefined });
    const { ref } = jar;
    state.isFull = true;
    const stageLater = async () => {
      clock.advance(5 * 60);
      await flows.byRecord(ref, true);
      await nextTurn();
      return (await flows.byRecord(ref, true)).stage;
    };
    expect(await stageLater()).to.equal('send');
    people.change('id-ada', { displayName: 'Ada, Countess of Lovelace' });
    expect(await stageLater()).to.equal('none');
    people.change('id-ada', { displayName: 'Ada Lovelace' });
    state.isFull = false;
    expect(await stageLater()).to.equal('send');
  });

  it('is forgotten at once if all of its user end here', async () => {
    const { signedIn, flows, ends } = createRig();
    const { ref } = await signedIn();
    await flows.byRecord(ref);
    await ends.endAll('id-ada');
    expect((await flows.byRecord(ref)).stage).to.equal('none');
  });

  it('does not come back if the account is lost and begun anew', async () => {
    const { signedIn, loggedIn, state, flows } = createRig();
    const { ref } = await signedIn();
    for (const key of [...state.entries.keys()]) if (key.includes(':ac:')) state.entries.delete(key);
    expect((await flows.byRecord(ref, true)).stage).to.equal('none');
    await loggedIn();
    expect((await flows.byRecord(ref, true)).stage).to.equal('none');
  });
});
