import { expect } from 'chai';
import { ADA_NUMBER, codeOf, createRig, type Rig, SECRET, wrong } from '../support/rig.ts';
import { expectUntold } from '../support/untold.ts';

const DAY = 24 * 60 * 60;

/** With a history, which is kept as for a support page. */
function recorded(options: Parameters<typeof createRig>[0] = {}, shares: Parameters<typeof createRig>[1] = {}): Rig {
  const rig = createRig(options, shares);
  rig.history.isOn = true;
  return rig;
}

const sendsOf = async ({ support }: Rig) =>
  (await support.read('id-ada')).sends.map(({ state, reason, phone, isRepeat }) => ({
    state,
    reason,
    phone,
    isRepeat,
  }));

describe('the history of a person', () => {
  it('is not kept if nobody has asked for it', async () => {
    const rig = createRig();
    await rig.signedIn();
    expect(await sendsOf(rig)).to.deep.equal([]);
  });

  it('costs a sign-in no commit, and no key more while it is off', async () => {
    const commitsOf = async (rig: Rig) => {
      await rig.signedIn();
      return rig.state.commits;
    };
    const [off, on] = [createRig(), recorded()];
    expect(await commitsOf(on)).to.equal(await commitsOf(off));
    const kinds = ({ state }: Rig) => [...state.entries.keys()].map((key) => key.split(':')[1]);
    expect(kinds(off)).not.to.include('hs');
    expect(kinds(on).filter((kind) => kind === 'hs')).to.have.length(1);
  });

  it('has a message in the commit that counts it: a process that dies before the SMSC answers leaves it queued', async () => {
    const rig = recorded();
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    rig.transport.send = () => answered.then(() => ({ status: 'unknown' }));
    const login = rig.loggedIn();
    for (let sends = await sendsOf(rig); sends.length === 0; sends = await sendsOf(rig));
    expect(await sendsOf(rig)).to.deep.equal([
      { state: 'queued', reason: undefined, phone: '••• 0605', isRepeat: false },
    ]);
    answer();
    await login;
  });

  it('has what became of each message, the newest first', async () => {
    const rig = recorded();
    const jar = await rig.loggedIn();
    rig.clock.advance(31);
    rig.transport.mode = 'reject';
    expect(await codeOf(jar.send())).to.equal('SMS_UNAVAILABLE');
    rig.clock.advance(31);
    rig.transport.mode = 'accept';
    await jar.send();
    const mask = { phone: '••• 0605' };
    expect(await sendsOf(rig)).to.deep.equal([
      { state: 'accepted', reason: undefined, ...mask, isRepeat: true },
      { state: 'refused', reason: 'SMS_UNAVAILABLE', ...mask, isRepeat: true },
      { state: 'accepted', reason: undefined, ...mask, isRepeat: false },
    ]);
  });

  it('hears of a receipt that comes after the code was entered, and takes back no delivery', async () => {
    const rig = recorded();
    await rig.signedIn();
    const receipt = { smsc: 'test', messageId: '1' };
    await rig.deliveries.receive({ ...receipt, state: 'delivered' });
    await rig.deliveries.receive({ ...receipt, state: 'failed', reason: 'late news' });
    expect(await sendsOf(rig)).to.have.deep.members([
      { state: 'delivered', reason: undefined, phone: '••• 0605', isRepeat: false },
    ]);
  });

  it("has the network's reason, and that of a pending code, too", async () => {
    const rig = recorded();
    await rig.loggedIn();
    await rig.deliveries.receive({ smsc: 'test', messageId: '1', state: 'failed', reason: '011' });
    expect((await sendsOf(rig))[0]).to.include({ state: 'failed', reason: '011' });
  });

  it('holds no number and no name in what it stores', async () => {
    const rig = recorded();
    await rig.signedIn();
    rig.history.note('id-ada', 'sendRefused:TOO_MANY_SENDS');
    await rig.history.settled();
    const stored = JSON.stringify([...rig.state.entries]);
    expectUntold(stored, ADA_NUMBER.slice(1), 'ada', 'id-ada', 'Ada', 'TOO_MANY');
  });

  it('counts notes that come while another is written, also those of other processes', async () => {
    const one = recorded();
    const two = recorded({}, { state: one.state, clock: one.clock, people: one.people });
    for (let turn = 0; turn < 50; turn++) {
      one.history.note('id-ada', 'codeRefused:INVALID_CODE');
      two.history.note('id-ada', 'codeRefused:INVALID_CODE');
      if (turn % 10 === 0) await Promise.resolve();
    }
    await Promise.all([one.history.settled(), two.history.settled()]);
    const { notes } = await one.support.read('id-ada');
    expect(notes.map(({ kind, total }) => ({ kind, total }))).to.deep.equal([
      { kind: 'codeRefused:INVALID_CODE', total: 100 },
    ]);
    expect(one.state.commits).to.be.below(60);
  });

  it('forgets a note after 7 days without another, and a message after 7 days', async () => {
    const rig = recorded();
    await rig.loggedIn();
    rig.history.note('id-ada', 'unlocked');
    await rig.history.settled();
    rig.clock.advance(4 * DAY);
    rig.history.note('id-ada', 'locked');
    await rig.history.settled();
    rig.clock.advance(4 * DAY);
    rig.history.note('id-ada', 'locked');
    await rig.history.settled();
    const { notes, sends } = await rig.support.read('id-ada');
    expect(notes.map(({ kind, total }) => `${kind} ${total}`)).to.deep.equal(['locked 2']);
    expect(sends).to.deep.equal([]);
  });

  it('loses a note, and disturbs nobody, while the state is down', async () => {
    const rig = recorded();
    rig.state.isDown = true;
    rig.history.note(undefined, 'fault:DIRECTORY_UNAVAILABLE');
    await rig.history.settled();
    rig.state.isDown = false;
    rig.history.note(undefined, 'fault:DIRECTORY_UNAVAILABLE');
    await rig.history.settled();
    const { faults } = await rig.support.read('id-ada');
    expect(faults.map(({ total }) => total)).to.deep.equal([1]);
  });

  it('keeps notes of 1000 people at most that wait to be written', async () => {
    const rig = recorded();
    for (let place = 0; place < 1_200; place++) {
      rig.history.note(`id-${place}`, 'locked');
      rig.history.note(`id-${place}`, 'unlocked');
    }
    await rig.history.settled();
    expect((await rig.support.read('id-0')).notes).to.have.length(2);
    expect((await rig.support.read('id-1199')).notes).to.have.length.below(2);
  });

  it('goes with the person who is forgotten', async () => {
    const rig = recorded();
    await rig.signedIn();
    rig.history.note('id-ada', 'unlocked');
    await rig.ends.forget('id-ada');
    expect([...rig.state.entries.keys()].filter((key) => /:(hs|hn):/.test(key))).to.deep.equal([]);
  });
});

describe('the lock of an administrator', () => {
  it('holds for browsers that have counters of their own, and after a rotation of the secret', async () => {
    const rig = createRig();
    const jar = await rig.signedIn();
    await rig.ends.lock('id-ada');
    expect(await codeOf(jar.login('ada'))).to.equal('FACTOR_LOCKED');
    const fresh = 'another secret of the tests that is long enough';
    const rotated = createRig({ secret: [fresh, SECRET] }, { state: rig.state, clock: rig.clock, people: rig.people });
    expect(await codeOf(rotated.loggedIn())).to.equal('FACTOR_LOCKED');
    await rotated.ends.lock('id-ada');
    const next = createRig({ secret: fresh }, { state: rig.state, clock: rig.clock, people: rig.people });
    expect(await codeOf(next.loggedIn())).to.equal('FACTOR_LOCKED');
    await next.ends.unlock('id-ada');
    expect(await codeOf(next.loggedIn())).to.equal(undefined);
  });

  it('refuses the right code of a challenge that is pending', async () => {
    const rig = createRig();
    const jar = await rig.loggedIn();
    await rig.ends.lock('id-ada');
    const code = rig.transport.lastCode();
    expect(await codeOf(jar.enter(wrong(code)))).to.equal('FACTOR_LOCKED');
    expect(await codeOf(jar.enter(code))).to.equal('FACTOR_LOCKED');
  });
});
