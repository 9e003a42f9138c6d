import { expect } from 'chai';
import type { SharedState, Step } from '../../lib/domain/shared-state.ts';
import type { Browser } from '../support/browser-rig.ts';
import { FakeClock } from '../support/clock.ts';
import { MapState } from '../support/map-state.ts';
import { codeOf, createRig, type Rig, wrong } from '../support/rig.ts';
import { slowState } from '../support/slow-state.ts';

/** The commits of a piece of work. */
async function commitsOf({ state }: Rig, work: () => Promise<unknown>): Promise<number> {
  const before = state.commits;
  await work();
  return state.commits - before;
}

describe('the round trips of a sign-in', () => {
  it('are 4 for the password, 3 for the right code, 1 for the first gate, and none for 5 s then', async () => {
    const rig = createRig({ limits: { smsPerDay: 1000 } });
    const jar = rig.browser({ form: 'the random bits of one form' });
    expect(await commitsOf(rig, () => jar.login())).to.equal(4);
    expect(await commitsOf(rig, () => jar.enter(rig.transport.lastCode()))).to.equal(3);
    expect(await commitsOf(rig, () => rig.flows.byRecord(jar.ref))).to.equal(1);
    expect(await commitsOf(rig, () => rig.flows.byRecord(jar.ref))).to.equal(0);
  });

  it('are one more for a gate after the clock was set back: what was read before is believed no longer', async () => {
    const rig = createRig();
    const jar = await rig.signedIn();
    await rig.flows.byRecord(jar.ref);
    rig.clock.advance(-3600);
    expect(await commitsOf(rig, () => rig.flows.byRecord(jar.ref))).to.equal(1);
  });

  it('are one less for the password in a browser that is known: it has one counter', async () => {
    const rig = createRig();
    const { token } = await rig.signedIn();
    const jar = rig.browser(token === undefined ? {} : { token });
    expect(await commitsOf(rig, () => jar.login())).to.equal(3);
    expect(await commitsOf(rig, () => jar.enter(rig.transport.lastCode()))).to.equal(3);
  });

  it('are 3 + 3 + 1 under the app’s own login', async () => {
    const rig = createRig();
    const jar = rig.browser();
    jar.currentUser = { key: { id: 'id-ada' }, amr: [], hash: 'x'.repeat(22) };
    expect(await commitsOf(rig, () => jar.send())).to.equal(3);
    expect(await commitsOf(rig, () => jar.enter(rig.transport.lastCode()))).to.equal(3);
    expect(await commitsOf(rig, () => rig.flows.byRecord(jar.ref))).to.equal(1);
  });

  it('are 2 for the page of a pending code, and 1 for any other', async () => {
    const rig = createRig();
    const jar = await rig.loggedIn();
    expect(await commitsOf(rig, () => jar.pending())).to.equal(2);
    await jar.enter(rig.transport.lastCode());
    expect(await commitsOf(rig, () => jar.look('always'))).to.equal(1);
  });

  it('are one more for a login whose receipt came before the answer of the SMSC', async () => {
    const rig = createRig({ limits: { smsPerDay: 1000 } });
    await rig.deliveries.receive({ smsc: 'test', messageId: '1', state: 'delivered' });
    const jar = rig.browser();
    expect(await commitsOf(rig, () => jar.login())).to.equal(5);
    expect((await jar.pending())?.delivery).to.equal('delivered');
  });

  it('are 2 for a wrong code, and for a wrong password one more than the two before it', async () => {
    const rig = createRig();
    const jar = await rig.loggedIn();
    expect(await commitsOf(rig, () => codeOf(jar.enter(wrong(rig.transport.lastCode()))))).to.equal(2);
    expect(await commitsOf(rig, () => codeOf(rig.browser().login('ada', 'wrong')))).to.equal(3);
  });
});

describe('the mark of a record that has moved', () => {
  async function movedOn(rig: Rig): Promise<{ jar: Browser; late: Browser }> {
    const jar = await rig.loggedIn();
    const late = jar.copy();
    await jar.enter(rig.transport.lastCode());
    return { jar, late };
  }

  it('opens no gate, takes no code and sends none', async () => {
    const rig = createRig();
    const { jar, late } = await movedOn(rig);
    await jar.send();
    expect((await rig.flows.byRecord(late.ref, true)).stage).to.equal('none');
    expect((await late.look('always')).stage).to.equal('none');
    expect(await codeOf(late.enter(rig.transport.lastCode()))).to.equal('CODE_EXPIRED');
    rig.clock.advance(31);
    expect(await codeOf(late.send())).to.equal('SIGN_IN_REQUIRED');
    expect((await jar.look()).stage).to.equal('code');
  });

  it('is followed by a first factor that is proven again for the same subject', async () => {
    const rig = createRig();
    const { jar, late } = await movedOn(rig);
    await late.login();
    expect((await late.look()).stage).to.equal('code');
    expect((await jar.look()).stage).to.equal('none');
  });

  for (const [what, seconds, messages] of [
    ['in the pause after a send', 0, 1],
    ['when the next send is due', 31, 2],
  ] as const) {
    it(`leads a password that is posted twice at once, ${what}, to one sign-in, which both sessions hold`, async () => {
      const clock = new FakeClock();
      const state = new MapState(clock.now);
      const rig = createRig({ shared: slowState(state) }, { clock, state });
      for (let round = 0; round < 10; round++) {
        const [jar, sent] = [await rig.loggedIn('grace'), rig.transport.messages.length];
        await jar.send({ purpose: 'sign-in', number: '+46701740606' });
        clock.advance(seconds);
        const jars = [jar.copy(), jar.copy()];
        await Promise.all(jars.map((each) => each.login('grace')));
        expect(rig.transport.messages.length - sent).to.equal(messages);
        const [one, other] = jars;
        for (const each of jars) expect((await each.look()).stage).to.equal('code');
        await one?.enter(rig.transport.lastCode());
        expect((await one?.look())?.stage).to.equal('verified');
        expect((await other?.look())?.stage).to.equal('none');
        clock.advance(3600);
      }
    });
  }

  it('is not followed by the first factor of somebody else: what it leads to goes on', async () => {
    const rig = createRig();
    const { jar, late } = await movedOn(rig);
    await late.begin('grace');
    expect((await late.look('always')).user?.id).to.equal('id-grace');
    expect((await jar.look()).stage).to.equal('verified');
  });

  it('cannot be read without the old id, and ends after 15 minutes', async () => {
    const rig = createRig();
    const { jar, late } = await movedOn(rig);
    const dump = JSON.stringify([...rig.state.entries]);
    expect(dump)
      .to.not.include(jar.ref?.id ?? 'x')
      .and.not.include('movedTo');
    rig.clock.advance(15 * 60);
    expect(await late.signOut()).to.equal(undefined);
    expect((await jar.look()).stage).to.equal('verified');
  });
});

describe('a record that somebody else changes at the same moment', () => {
  /** Lets somebody in between the last look and the commit that is named. */
  function interrupted(isMeant: (steps: readonly Step[]) => boolean): {
    rig: Rig;
    next(work: () => Promise<unknown>): void;
  } {
    const clock = new FakeClock();
    const state = new MapState(clock.now);
    let intruder: (() => Promise<unknown>) | undefined;
    const shared: SharedState = {
      async commit(steps) {
        const work = intruder;
        if (work !== undefined && isMeant(steps)) {
          intruder = undefined;
          await work();
        }
        return state.commit(steps);
      },
    };
    const next = (work: () => Promise<unknown>): void => {
      intruder = work;
    };
    return { rig: createRig({ shared, limits: { sendsPerUserPerHour: 20 } }, { clock, state }), next };
  }

  const writes = (steps: readonly Step[]): boolean =>
    steps.some((step) => 'write' in step && step.write.includes(':si:')) ||
    steps.some((step) => 'remove' in step && step.remove.includes(':si:'));

  it('is not guessed at once it is signed out', async () => {
    const { rig, next } = interrupted(writes);
    const jar = await rig.loggedIn();
    const copy = jar.copy();
    next(() => copy.signOut(true));
    expect(await codeOf(jar.enter(rig.transport.lastCode()))).to.equal('NO_CHALLENGE');
    expect((await jar.look()).stage).to.equal('none');
  });

  it('gains no session by a right code if it is signed out between the count and the win', async () => {
    const { rig, next } = interrupted((steps) => writes(steps) && steps.some((step) => 'refund' in step));
    const jar = await rig.loggedIn();
    const copy = jar.copy();
    next(() => copy.signOut(true));
    expect(await codeOf(jar.enter(rig.transport.lastCode()))).to.equal('NO_CHALLENGE');
    expect((await jar.look()).stage).to.equal('none');
    expect((await copy.look()).stage).to.equal('none');
  });

  it('gains no session by a code of before if the next one is sent between the count and the win', async () => {
    const { rig, next } = interrupted((steps) => writes(steps) && steps.some((step) => 'refund' in step));
    const jar = await rig.loggedIn();
    const [copy, code] = [jar.copy(), rig.transport.lastCode()];
    rig.clock.advance(200);
    next(() => copy.send());
    expect(await codeOf(jar.enter(code))).to.equal('CODE_EXPIRED');
    expect(rig.transport.lastCode()).to.not.equal(code);
    await jar.enter(rig.transport.lastCode());
    expect((await jar.look()).stage).to.equal('verified');
  });

  it('gains no session if all are signed out between the count and the win', async () => {
    const { rig, next } = interrupted((steps) => writes(steps) && steps.some((step) => 'refund' in step));
    const jar = await rig.loggedIn();
    next(() => rig.ends.signOutEverywhere('id-ada'));
    expect(await codeOf(jar.enter(rig.transport.lastCode()))).to.equal('NO_CHALLENGE');
    expect((await jar.look()).stage).to.equal('none');
  });

  it('is not written again by a resend after a sign-out', async () => {
    const { rig, next } = interrupted(writes);
    const jar = await rig.loggedIn();
    rig.clock.advance(30);
    const copy = jar.copy();
    next(() => copy.signOut(true));
    expect(await codeOf(jar.send())).to.equal('SIGN_IN_REQUIRED');
    expect(rig.transport.messages).to.have.length(1);
    expect((await jar.look()).stage).to.equal('none');
  });

  it('loses no guess to a resend, and no resend to a guess', async () => {
    const { rig, next } = interrupted(writes);
    const jar = await rig.loggedIn();
    const code = rig.transport.lastCode();
    rig.clock.advance(30);
    const copy = jar.copy();
    next(() => codeOf(copy.enter(wrong(code))));
    await jar.send();
    expect(await jar.challenge()).to.include({ attempts: 1, sends: 2 });
    rig.clock.advance(60);
    next(() => copy.send());
    expect(await codeOf(jar.enter(wrong(code)))).to.equal('INVALID_CODE');
    expect(await jar.challenge()).to.include({ attempts: 2, sends: 3 });
  });

  it('does not leave by a sign-out that met a guess', async () => {
    const { rig, next } = interrupted(writes);
    const jar = await rig.loggedIn();
    const copy = jar.copy();
    next(() => codeOf(copy.enter(wrong(rig.transport.lastCode()))));
    expect(await jar.signOut(true)).to.equal('id-ada');
    expect((await copy.look()).stage).to.equal('none');
  });

  it('does not leave its grant behind by a sign-out that met the right code', async () => {
    const { rig, next } = interrupted(writes);
    const jar = await rig.loggedIn();
    const copy = jar.copy();
    next(() => copy.enter(rig.transport.lastCode()));
    expect(await jar.signOut(true)).to.equal('id-ada');
    expect((await copy.look()).stage).to.equal('none');
  });

  for (const [what, end] of [
    ['all are signed out', (rig: Rig) => rig.ends.signOutEverywhere('id-ada')],
    ['the numbers are changed', (rig: Rig) => rig.phones.add('id-ada', '+46701740699')],
  ] as const) {
    it(`is not guessed at once ${what}: no code is compared`, async () => {
      const { rig, next } = interrupted(writes);
      const jar = await rig.loggedIn();
      next(() => end(rig));
      expect(await codeOf(jar.enter(wrong(rig.transport.lastCode())))).to.equal('NO_CHALLENGE');
    });
  }

  it('counts its guess after the unlock that came in between, not before it', async () => {
    const { rig, next } = interrupted(writes);
    const jar = await rig.loggedIn();
    next(() => rig.ends.unlock('id-ada'));
    expect(await codeOf(jar.enter(wrong(rig.transport.lastCode())))).to.equal('INVALID_CODE');
    rig.clock.advance(30);
    await codeOf(jar.enter(wrong(rig.transport.lastCode())));
    const account = await rig.records.readAccountOf(rig.keyring.tagOf('id-ada'));
    const days = [...rig.state.entries.keys()].filter((key) => key.includes(':fd:'));
    expect(days).to.have.length(1);
    expect(days[0]).to.include(account?.unlock ?? 'no account');
  });

  it('is begun under the new epoch if all are signed out during the login, and is not signed out by that', async () => {
    const { rig, next } = interrupted(writes);
    await rig.signedIn();
    const jar = rig.browser();
    next(() => rig.ends.signOutEverywhere('id-ada'));
    await jar.login();
    expect((await jar.look()).stage).to.equal('code');
  });
});

describe('a right code whose session is not to be had', () => {
  it('is lost to nobody if the session cannot be saved: the code lives, and the new record is gone', async () => {
    const rig = createRig();
    const jar = await rig.loggedIn();
    const [before, code] = [await jar.challenge(), rig.transport.lastCode()];
    jar.cannotSave = true;
    expect(await codeOf(jar.enter(code))).to.equal('STATE_UNAVAILABLE');
    jar.cannotSave = false;
    expect(await jar.challenge()).to.deep.equal(before);
    expect(await jar.pending()).to.include({ guessesLeft: 5 });
    expect([...rig.state.entries.keys()].filter((key) => key.includes(':si:'))).to.have.length(1);
    await jar.enter(code);
    expect((await jar.look()).stage).to.equal('verified');
  });

  it('is nobody’s if the app has destroyed the session: no record is left that anybody could use', async () => {
    const rig = createRig();
    const jar = await rig.loggedIn();
    const { ref } = jar;
    const work = jar.enter(rig.transport.lastCode());
    jar.destroySession();
    expect(await codeOf(work)).to.equal('SIGN_IN_REQUIRED');
    expect((await rig.flows.byRecord(ref, true)).stage).to.not.equal('verified');
    expect((await jar.look()).stage).to.equal('none');
  });
});

describe('the life of a record', () => {
  it('is 15 minutes, and no guess, page or resend prolongs what the shared state keeps', async () => {
    const rig = createRig({ codeTtlSeconds: 600, limits: { sendsPerUserPerHour: 20 } });
    const jar = await rig.loggedIn();
    const key = rig.records.recordKey(jar.ref?.id ?? '');
    rig.clock.advance(840);
    await jar.send();
    await codeOf(jar.enter(wrong(rig.transport.lastCode())));
    await rig.flows.noteShown({ ...(await jar.look()), numbers: ['+46701740605'] });
    rig.clock.advance(59);
    expect((await rig.state.commit([{ read: key }])).found[0]).to.be.a('string');
    rig.clock.advance(1);
    expect((await rig.state.commit([{ read: key }])).found[0]).to.equal(undefined);
  });
});
