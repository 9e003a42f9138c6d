import { randomInt } from 'node:crypto';
import { expect } from 'chai';
import type { Limits } from '../../lib/domain/rate-limiter.ts';
import type { SharedState } from '../../lib/domain/shared-state.ts';
import type { Browser } from '../support/browser-rig.ts';
import { FakeClock } from '../support/clock.ts';
import { MapState } from '../support/map-state.ts';
import { codeOf, createRig, type Rig, refusalOf, SECRET, waitOf, wrong } from '../support/rig.ts';
import { slowState } from '../support/slow-state.ts';
import { UNLIMITED_SENDS } from '../support/unlimited-sends.ts';

const NEWER_SECRET = 'a newer secret of the tests, long enough';

function slowRig(limits: Partial<Limits> = {}): Rig {
  const clock = new FakeClock();
  const state = new MapState(clock.now);
  return createRig({ shared: slowState(state), limits: { ...UNLIMITED_SENDS, ...limits } }, { clock, state });
}

async function guessWrongly({ transport }: Rig, jar: Browser, times: number): Promise<void> {
  for (let index = 0; index < times; index++) {
    expect(await codeOf(jar.enter(wrong(transport.lastCode())))).to.equal('INVALID_CODE');
  }
}

async function leftOf(jar: Browser): Promise<number | undefined> {
  return (await jar.pending())?.guessesLeft;
}

describe('checking a code', () => {
  it('compares exactly 5 of 200 that come at once, wherever the right one is among them', async () => {
    const { loggedIn, transport, events } = slowRig();
    const jar = await loggedIn();
    const right = transport.lastCode();
    const place = randomInt(200);
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => codeOf(jar.enter(index === place ? right : wrong(right)))),
    );
    const compared = events.filter(
      ([name, facts]) => name === 'codeAccepted' || ('reason' in facts && facts.reason === 'INVALID_CODE'),
    );
    expect(compared.length).to.be.within(1, 5);
    const accepted = events.some(([name]) => name === 'codeAccepted');
    if (!accepted) expect(compared).to.have.length(5);
  });

  it('frees no guess on its challenge by the right code, while that is still being claimed', async () => {
    const clock = new FakeClock();
    const state = new MapState(clock.now);
    const late: string[] = [];
    let thief: Browser | undefined;
    let right = '';
    const shared: SharedState = {
      async commit(steps) {
        const isWin = steps.some((step) => 'refund' in step) && steps.some((step) => 'write' in step);
        if (isWin && thief !== undefined) {
          const jar = thief;
          thief = undefined;
          late.push((await codeOf(jar.enter(wrong(right)))) ?? 'compared');
        }
        return state.commit(steps);
      },
    };
    const rig = createRig({ shared }, { clock, state });
    const jar = await rig.loggedIn();
    right = rig.transport.lastCode();
    await guessWrongly(rig, jar, 4);
    thief = jar.copy();
    await jar.enter(right);
    expect(late).to.deep.equal(['TOO_MANY_ATTEMPTS']);
  });

  it('lets one of 50 right codes win, and gives every count back', async () => {
    const { loggedIn, transport, clock } = slowRig({ failedCodesPerUserPerDay: 5 });
    const jar = await loggedIn();
    const code = transport.lastCode();
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => codeOf(jar.copy().enter(code))));
    expect(outcomes.filter((outcome) => outcome === undefined)).to.have.length(1);
    const known = new Set([undefined, 'CODE_EXPIRED', 'TOO_MANY_ATTEMPTS', 'SIGN_IN_REQUIRED']);
    expect(outcomes.filter((outcome) => !known.has(outcome))).to.deep.equal([]);
    clock.advance(30);
    expect(await leftOf(await loggedIn())).to.equal(5);
  });

  it('wipes no failure of the day by a right code', async () => {
    const rig = createRig({ limits: UNLIMITED_SENDS });
    for (const [session, failures] of [4, 4, 2].entries()) {
      const jar = await rig.loggedIn();
      await guessWrongly(rig, jar, failures);
      const outcome = await codeOf(jar.enter(rig.transport.lastCode()));
      expect(outcome).to.equal(session < 2 ? undefined : 'TOO_MANY_ATTEMPTS');
    }
  });

  it('is not refilled by sending again, neither the same code nor the next one', async () => {
    const rig = createRig({ limits: UNLIMITED_SENDS });
    const jar = await rig.loggedIn();
    await guessWrongly(rig, jar, 3);
    rig.clock.advance(30);
    await jar.send();
    expect(await jar.challenge()).to.include({ generation: 0 });
    await guessWrongly(rig, jar, 1);
    rig.clock.advance(150);
    await jar.send();
    expect(await jar.challenge()).to.include({ generation: 1 });
    await guessWrongly(rig, jar, 1);
    expect(await codeOf(jar.enter(rig.transport.lastCode()))).to.equal('TOO_MANY_ATTEMPTS');
  });

  for (const [what, limits, failures, outcome] of [
    ['its challenge is used up', {}, 5, 'TOO_MANY_ATTEMPTS'],
    ['the day of its user is used up', { failedCodesPerUserPerDay: 3 }, 3, 'TOO_MANY_ATTEMPTS'],
    ['its user is locked', { failedCodesPerUserPer30Days: 3 }, 3, 'FACTOR_LOCKED'],
  ] as const) {
    it(`refuses the right code just as a wrong one once ${what}`, async () => {
      const rig = createRig({ limits });
      const jar = await rig.loggedIn();
      await guessWrongly(rig, jar, failures);
      const right = rig.transport.lastCode();
      const refusals = [right, wrong(right), right, wrong(right)].map((code) => refusalOf(jar.enter(code)));
      const [first, ...others] = await Promise.all(refusals);
      expect(first).to.deep.include({ code: outcome });
      for (const other of others) expect(other).to.deep.equal(first);
    });
  }

  it('says of a used-up challenge when a new code can be had', async () => {
    const rig = createRig();
    const jar = await rig.loggedIn();
    rig.clock.advance(10);
    await guessWrongly(rig, jar, 5);
    const refusal = await refusalOf(jar.enter(rig.transport.lastCode()));
    expect(refusal).to.deep.include({ details: { attemptsRemaining: 0, retryAfterSeconds: 20 } });
    rig.clock.advance(20);
    await jar.send();
    expect(await codeOf(jar.enter(rig.transport.lastCode()))).to.equal(undefined);
  });

  it('says of a used-up challenge when the day ends, if that is used up, too', async () => {
    const rig = createRig({ limits: { failedCodesPerUserPerDay: 5 } });
    const jar = await rig.loggedIn();
    await guessWrongly(rig, jar, 5);
    rig.clock.advance(10);
    const refusal = await refusalOf(jar.enter(rig.transport.lastCode()));
    expect(refusal).to.deep.include({ details: { attemptsRemaining: 0, retryAfterSeconds: 86_390 } });
    rig.clock.advance(86_390);
    await jar.login();
    expect(await codeOf(jar.enter(rig.transport.lastCode()))).to.equal(undefined);
  });

  it('counts down by whichever limit is nearest', async () => {
    for (const limit of ['attemptsPerChallenge', 'failedCodesPerUserPerDay', 'failedCodesPerUserPer30Days']) {
      const rig = createRig({ limits: { [limit]: 2 } });
      const jar = await rig.loggedIn();
      expect(await leftOf(jar), limit).to.equal(2);
      const refusal = await refusalOf(jar.enter(wrong(rig.transport.lastCode())));
      expect(refusal, limit).to.deep.include({ details: { attemptsRemaining: 1 } });
      expect(await leftOf(jar), limit).to.equal(1);
    }
  });

  it('counts all challenges of a user together, 10 a day', async () => {
    const { loggedIn, transport } = createRig({ limits: UNLIMITED_SENDS });
    const outcomes: unknown[] = [];
    for (let session = 0; session < 3; session++) {
      const jar = await loggedIn();
      for (let index = 0; index < 4; index++) outcomes.push(await codeOf(jar.enter(wrong(transport.lastCode()))));
    }
    expect(outcomes.filter((outcome) => outcome === 'INVALID_CODE')).to.have.length(10);
    expect(outcomes.slice(10)).to.deep.equal(['TOO_MANY_ATTEMPTS', 'TOO_MANY_ATTEMPTS']);
    expect(await codeOf(loggedIn())).to.equal('TOO_MANY_ATTEMPTS');
  });

  it('is used up until the day of the first failure ends', async () => {
    const rig = createRig({ limits: { ...UNLIMITED_SENDS, failedCodesPerUserPerDay: 2 } });
    const jar = await rig.loggedIn();
    await guessWrongly(rig, jar, 2);
    rig.clock.advance(100);
    expect(await codeOf(jar.enter(rig.transport.lastCode()))).to.equal('TOO_MANY_ATTEMPTS');
    expect(await waitOf(jar.enter(rig.transport.lastCode()))).to.equal(86_300);
    rig.clock.advance(86_300);
    const again = await rig.loggedIn();
    expect(await codeOf(again.enter(rig.transport.lastCode()))).to.equal(undefined);
  });

  it('locks after 30 failures over three days, until an administrator unlocks', async () => {
    const rig = createRig({ limits: UNLIMITED_SENDS });
    for (let day = 0; day < 3; day++) {
      for (let session = 0; session < 2; session++) await guessWrongly(rig, await rig.loggedIn(), 5);
      rig.clock.advance(86_400);
    }
    expect(rig.events.filter(([name]) => name === 'factorLocked')).to.have.length(1);
    expect(await codeOf(rig.loggedIn())).to.equal('FACTOR_LOCKED');
    rig.clock.advance(399 * 86_400 - 3 * 86_400);
    expect(await codeOf(rig.loggedIn())).to.equal('FACTOR_LOCKED');
    await rig.ends.unlock('id-ada');
    await rig.signedIn();
  });

  it('locks also a challenge that is pending', async () => {
    const rig = createRig({ limits: { ...UNLIMITED_SENDS, failedCodesPerUserPer30Days: 2 } });
    const [one, other] = [await rig.loggedIn(), await rig.loggedIn()];
    for (let index = 0; index < 2; index++) await codeOf(one.enter(wrong(rig.transport.lastCode())));
    expect(await codeOf(other.enter(rig.transport.lastCode()))).to.equal('FACTOR_LOCKED');
  });

  it('compares no more than are left of 30 days at the same moment, and is locked then', async () => {
    const rig = slowRig({ failedCodesPerUserPerDay: false, failedCodesPerUserPer30Days: 3 });
    const jar = await rig.loggedIn();
    const code = wrong(rig.transport.lastCode());
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => codeOf(jar.enter(code))));
    expect(outcomes.filter((outcome) => outcome === 'INVALID_CODE')).to.have.length(3);
    expect(await codeOf(jar.enter(rig.transport.lastCode()))).to.equal('FACTOR_LOCKED');
  });

  it('is never locked by right codes that come at once', async () => {
    const rig = slowRig({ failedCodesPerUserPer30Days: 3 });
    const jar = await rig.loggedIn();
    await guessWrongly(rig, jar, 2);
    const code = rig.transport.lastCode();
    const outcomes = await Promise.all([1, 2, 3].map(() => codeOf(jar.copy().enter(code))));
    expect(outcomes).to.include(undefined).and.not.include('FACTOR_LOCKED');
    await rig.loggedIn();
  });

  it('is refused, and not locked, while tries under way have used up the 30 days: they may be right', async () => {
    const rig = createRig({ limits: { ...UNLIMITED_SENDS, failedCodesPerUserPer30Days: 2 } });
    const [jar, other] = [await rig.loggedIn(), await rig.loggedIn()];
    await guessWrongly(rig, other, 1);
    const { findUser } = rig.people;
    const late: (string | undefined)[] = [];
    rig.people.findUser = async (key) => {
      late.push(await codeOf(other.enter(wrong(rig.transport.lastCode()))));
      return findUser.call(rig.people, key);
    };
    const code = rig.transport.lastCode();
    expect(await codeOf(other.copy().enter(code))).to.be.oneOf([undefined, 'SIGN_IN_REQUIRED']);
    expect(late).to.deep.equal(['TOO_MANY_ATTEMPTS']);
    rig.people.findUser = findUser;
    expect((await jar.look()).stage).to.equal('code');
    expect(await leftOf(jar)).to.equal(1);
  });

  it('writes the lock at the refusal after a process died at the last comparison, before it could lock', async () => {
    const rig = createRig({ limits: { ...UNLIMITED_SENDS, failedCodesPerUserPer30Days: 2 } });
    const jar = await rig.loggedIn();
    await guessWrongly(rig, jar, 1);
    // The last comparison is counted, and nothing that follows it is written: the process is gone.
    await dyingAfter(rig, jar, 2).catch(() => undefined);
    expect(rig.events.map(([name]) => name)).to.not.include('factorLocked');
    expect(await codeOf(jar.enter(rig.transport.lastCode()))).to.equal('TOO_MANY_ATTEMPTS');
    rig.clock.advance(11);
    expect(await codeOf(jar.enter(rig.transport.lastCode()))).to.equal('FACTOR_LOCKED');
    rig.clock.advance(31 * 86_400);
    expect(await codeOf(rig.loggedIn())).to.equal('FACTOR_LOCKED');
    await rig.ends.unlock('id-ada');
    await rig.loggedIn();
  });

  it('begins anew after an unlock, even if a challenge is pending', async () => {
    const rig = createRig({ limits: { ...UNLIMITED_SENDS, failedCodesPerUserPer30Days: 2 } });
    const jar = await rig.loggedIn();
    await guessWrongly(rig, jar, 2);
    await rig.ends.unlock('id-ada');
    rig.clock.advance(30);
    await jar.send();
    expect(await codeOf(jar.enter(rig.transport.lastCode()))).to.equal(undefined);
  });

  it('belongs to one user, one challenge and one purpose', async () => {
    const rig = createRig({ limits: UNLIMITED_SENDS });
    const jar = await rig.signedIn();
    const used = rig.transport.lastCode();
    await jar.send({ number: '+46701740605', purpose: 'step-up' });
    if (used !== rig.transport.lastCode()) expect(await codeOf(jar.enter(used))).to.equal('INVALID_CODE');
    const other = await rig.loggedIn();
    const code = rig.transport.lastCode();
    const thief = rig.browser();
    expect(await codeOf(thief.enter(code))).to.equal('NO_CHALLENGE');
    await other.enter(code);
  });

  it('is nothing in a session that names another person', async () => {
    const rig = createRig();
    const jar = await rig.loggedIn();
    const { ref, sessionId = '' } = jar;
    if (ref === undefined) throw new Error('no sign-in');
    jar.stored.set(sessionId, { ...ref, tag: rig.keyring.tagOf('id-grace') });
    expect(await codeOf(jar.enter(rig.transport.lastCode()))).to.equal('NO_CHALLENGE');
  });

  it('refuses what is no code without counting it, and anything if nothing is pending', async () => {
    const rig = createRig({ limits: { failedCodesPerUserPerDay: 5 } });
    const jar = await rig.loggedIn();
    for (const typed of ['', '12345', '1234567', 'abcdef']) {
      expect(await codeOf(jar.enter(typed)), typed).to.equal('BAD_REQUEST');
      expect(await codeOf(jar.enter(typed, true)), typed).to.equal('BAD_REQUEST');
      expect(await codeOf(rig.browser().enter(typed)), typed).to.equal('NO_CHALLENGE');
    }
    expect(await leftOf(jar)).to.equal(5);
  });

  it('counts nothing if all limits are lifted', async () => {
    const rig = createRig({
      limits: { failedCodesPerUserPerDay: false, failedCodesPerUserPer30Days: false, attemptsPerChallenge: false },
    });
    const jar = await rig.loggedIn();
    await guessWrongly(rig, jar, 101);
    expect(await codeOf(jar.enter(rig.transport.lastCode()))).to.equal(undefined);
  });

  it('lets one code in if the right one and the next one cross', async () => {
    for (let round = 0; round < 10; round++) {
      const rig = slowRig();
      const jar = await rig.loggedIn();
      const old = rig.transport.lastCode();
      rig.clock.advance(150);
      const [first] = await Promise.all([codeOf(jar.enter(old)), codeOf(jar.copy().send())]);
      const second = await codeOf(jar.enter(rig.transport.lastCode()));
      expect([first, second].filter((outcome) => outcome === undefined)).to.have.length(1);
    }
  });

  it('gives the count back if the directory cannot say, and the code lives on', async () => {
    const { loggedIn, transport, people } = createRig();
    const jar = await loggedIn();
    people.isDown = true;
    expect(await codeOf(jar.enter(transport.lastCode()))).to.equal('DIRECTORY_UNAVAILABLE');
    expect(await leftOf(jar)).to.equal(5);
    people.isDown = false;
    expect(await codeOf(jar.enter(transport.lastCode()))).to.equal(undefined);
  });

  it('ends the challenge of somebody who is gone, or whose number is', async () => {
    for (const [change, outcome] of [
      [(rig: Rig) => rig.people.remove('id-ada'), 'SIGN_IN_REQUIRED'],
      [(rig: Rig) => rig.people.change('id-ada', { phoneNumbers: ['+46701740699'] }), 'CONFLICT'],
    ] as const) {
      const rig = createRig();
      const jar = await rig.loggedIn();
      change(rig);
      expect(await codeOf(jar.enter(rig.transport.lastCode()))).to.equal(outcome);
      expect(await codeOf(jar.enter(rig.transport.lastCode()))).to.equal('NO_CHALLENGE');
    }
  });

  it('lives by the clock of the shared state, not by its own', async () => {
    const stateClock = new FakeClock();
    const state = new MapState(stateClock.now);
    const early = createRig({ codeTtlSeconds: 60 }, { clock: new FakeClock(), state });
    early.clock.advance(-600);
    const late = createRig({ codeTtlSeconds: 60 }, { clock: new FakeClock(), state });
    late.clock.advance(600);
    const [one, elsewhere] = [await early.loggedIn(), late.browser()];
    elsewhere.stored.set('session', one.ref ?? { id: '', tag: '' });
    elsewhere.sessionId = 'session';
    const code = early.transport.lastCode();
    const other = await early.loggedIn();
    stateClock.advance(59);
    expect(await codeOf(elsewhere.enter(code))).to.equal(undefined);
    stateClock.advance(2);
    expect(await codeOf(other.enter(early.transport.lastCode()))).to.equal('CODE_EXPIRED');
  });

  it('is over by the time of the commit that counted it, and costs nothing then', async () => {
    const clock = new FakeClock();
    const state = new MapState(clock.now);
    let isLate = false;
    const shared: SharedState = {
      async commit(steps) {
        if (isLate && steps.some((step) => 'charge' in step)) {
          isLate = false;
          clock.advance(2);
        }
        return state.commit(steps);
      },
    };
    const rig = createRig({ shared, codeTtlSeconds: 60, limits: { failedCodesPerUserPerDay: 1 } }, { clock, state });
    const jar = await rig.loggedIn();
    const code = rig.transport.lastCode();
    clock.advance(59);
    isLate = true;
    expect(await codeOf(jar.enter(code))).to.equal('CODE_EXPIRED');
    await jar.send();
    expect(await leftOf(jar)).to.equal(1);
    await jar.enter(rig.transport.lastCode());
  });

  it('goes on with a secret that was rotated', async () => {
    const old = createRig();
    const jar = await old.loggedIn();
    const rotated = createRig({ secret: [NEWER_SECRET, SECRET] }, old);
    expect(await codeOf(moved(rotated, jar).enter(old.transport.lastCode()))).to.equal(undefined);
  });

  it('does not go on with a secret that was dropped', async () => {
    const old = createRig();
    const jar = await old.loggedIn();
    const dropped = createRig({ secret: NEWER_SECRET }, old);
    expect(await codeOf(moved(dropped, jar).enter(old.transport.lastCode()))).to.equal('NO_CHALLENGE');
  });

  it('neither counts nor ends a code whose secret only another process knows', async () => {
    const old = createRig({ limits: { failedCodesPerUserPerDay: 5 } });
    const rotated = createRig({ secret: [NEWER_SECRET, SECRET], limits: { failedCodesPerUserPerDay: 5 } }, old);
    const jar = await rotated.loggedIn();
    const code = rotated.transport.lastCode();
    expect(await codeOf(moved(old, jar).enter(code))).to.be.oneOf(['NO_CHALLENGE', 'CODE_EXPIRED']);
    expect(await leftOf(jar)).to.equal(5);
    expect(await codeOf(jar.enter(code))).to.equal(undefined);
  });
});

describe('a shared state that loses keys', () => {
  it('never gives another guess on a live challenge, whichever key it evicts', async () => {
    const keys = await (async () => {
      const rig = createRig();
      await guessWrongly(rig, await rig.loggedIn(), 3);
      return [...rig.state.entries.keys()];
    })();
    expect(keys.length).to.be.greaterThan(8);
    for (let place = 0; place < keys.length; place++) {
      const rig = createRig();
      const jar = await rig.loggedIn();
      await guessWrongly(rig, jar, 3);
      rig.state.entries.delete([...rig.state.entries.keys()][place] ?? '');
      const outcomes = [];
      for (let index = 0; index < 6; index++) outcomes.push(await codeOf(jar.enter(wrong(rig.transport.lastCode()))));
      expect(outcomes.filter((outcome) => outcome === 'INVALID_CODE').length, `key ${place}`).to.be.at.most(2);
      expect(outcomes, `key ${place}`).to.not.include(undefined);
    }
  });

  it('signs out, and never in, whichever key it evicts', async () => {
    const count = await (async () => {
      const rig = createRig();
      await rig.signedIn();
      return rig.state.entries.size;
    })();
    for (let place = 0; place < count; place++) {
      const [rig, pending] = [createRig(), createRig()];
      const inside = await rig.signedIn();
      const outside = await pending.loggedIn();
      for (const { state } of [rig, pending]) state.entries.delete([...state.entries.keys()][place] ?? '');
      expect((await inside.look()).stage, `key ${place}`).to.be.oneOf(['verified', 'none']);
      expect((await outside.look()).stage, `key ${place}`).to.be.oneOf(['code', 'none']);
    }
  });

  it('ends everything if it is flushed', async () => {
    const rig = createRig();
    const jar = await rig.loggedIn();
    rig.state.entries.clear();
    expect(await codeOf(jar.enter(rig.transport.lastCode()))).to.equal('NO_CHALLENGE');
    expect((await jar.look()).stage).to.equal('none');
  });

  it('is 503 if it is down, whatever is asked', async () => {
    const rig = createRig();
    const jar = await rig.loggedIn();
    rig.state.isDown = true;
    expect(await codeOf(jar.enter(rig.transport.lastCode()))).to.equal('STATE_UNAVAILABLE');
    expect(await codeOf(jar.send())).to.equal('STATE_UNAVAILABLE');
    expect(await codeOf(rig.browser().login())).to.equal('STATE_UNAVAILABLE');
    expect(await codeOf(jar.signOut())).to.equal('STATE_UNAVAILABLE');
    expect(rig.transport.messages).to.have.length(1);
    rig.state.isDown = false;
    expect(await codeOf(jar.enter(rig.transport.lastCode()))).to.equal(undefined);
  });
});

/** The same session at another process. */
function moved({ browser }: Rig, { ref, sessionId = '' }: Browser): Browser {
  const jar = browser();
  if (ref !== undefined) jar.stored.set(sessionId, ref);
  jar.sessionId = sessionId;
  return jar;
}

/** A wrong code at a process that dies after so many commits. */
function dyingAfter(
  { clock, state, transport }: Rig,
  { ref, sessionId = '' }: Browser,
  commits: number,
): Promise<unknown> {
  let left = commits;
  const shared: SharedState = {
    async commit(steps) {
      if (left === 0) throw new Error('The process is gone.');
      left -= 1;
      return state.commit(steps);
    },
  };
  const limits = { ...UNLIMITED_SENDS, failedCodesPerUserPer30Days: 2 };
  const dying = createRig({ shared, limits }, { clock, state });
  const jar = dying.browser();
  if (ref !== undefined) jar.stored.set(sessionId, ref);
  jar.sessionId = sessionId;
  return jar.enter(wrong(transport.lastCode()));
}
