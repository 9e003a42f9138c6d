import { randomInt } from 'node:crypto';
import { expect } from 'chai';
import type { Challenge } from '../../lib/domain/challenge.ts';
import type { Limits } from '../../lib/domain/limits.ts';
import { FakeClock } from '../support/clock.ts';
import { MapState } from '../support/map-state.ts';
import { codeOf, createRig, type Rig, refusalOf, SECRET, wrong } from '../support/rig.ts';
import { slowState } from '../support/slow-state.ts';

const UNLIMITED_SENDS = {
  sendsPerUserPerHour: false,
  sendsPerUserPerDay: false,
  sendsPerNumberPerHour: false,
  sendsPerNumberPerDay: false,
  sendsPerDayHard: false,
} as const;

const NEWER_SECRET = 'a newer secret of the tests, long enough';

function slowRig(limits: Partial<Limits> = {}): Rig {
  const clock = new FakeClock();
  const state = new MapState(clock.now);
  return createRig({ shared: slowState(state), limits: { ...UNLIMITED_SENDS, ...limits } }, { clock, state });
}

async function guessWrongly(rig: Rig, challenge: Challenge, times: number): Promise<void> {
  for (let index = 0; index < times; index++) {
    expect(await codeOf(rig.guess(challenge, wrong(rig.transport.lastCode())))).to.equal('INVALID_CODE');
  }
}

describe('checking a code', () => {
  it('compares exactly 5 of 200 that come at once, wherever the right one is among them', async () => {
    const { send, guess, transport } = slowRig();
    const challenge = await send();
    const right = transport.lastCode();
    const place = randomInt(200);
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, index) => codeOf(guess(challenge, index === place ? right : wrong(right)))),
    );
    const compared = outcomes.filter((outcome) => outcome === 'INVALID_CODE' || outcome === undefined);
    expect(compared).to.have.length(5);
  });

  it('frees no guess on its challenge by the right code, while that is still being claimed', async () => {
    const clock = new FakeClock();
    const state = new MapState(clock.now);
    const late: string[] = [];
    const rig = createRig({ shared: { ...slowState(state), delete: claim } }, { clock, state });
    const challenge = await rig.send();
    const right = rig.transport.lastCode();
    await guessWrongly(rig, challenge, 4);
    async function claim(key: string): Promise<boolean> {
      if (key.includes(':challenge:')) late.push((await codeOf(rig.guess(challenge, wrong(right)))) ?? 'compared');
      return state.delete(key);
    }
    await rig.guess(challenge, right);
    expect(late).to.deep.equal(['TOO_MANY_ATTEMPTS']);
  });

  it('lets one of 50 right codes win, and gives every count back', async () => {
    const { send, guess, transport, guesses, clock } = slowRig({ failedCodesPerUserPerDay: 5 });
    const challenge = await send();
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () => codeOf(guess(challenge, transport.lastCode()))),
    );
    expect(outcomes.filter((outcome) => outcome === undefined)).to.have.length(1);
    expect(new Set(outcomes)).to.deep.equal(new Set([undefined, 'CODE_EXPIRED', 'TOO_MANY_ATTEMPTS']));
    clock.advance(30);
    expect(await guesses.remaining(await send())).to.equal(5);
  });

  it('wipes no failure of the day by a right code', async () => {
    const rig = createRig({ limits: UNLIMITED_SENDS });
    for (const [session, failures] of [4, 4, 2].entries()) {
      const challenge = await rig.send(undefined, { signIn: `sign-in ${session}` });
      await guessWrongly(rig, challenge, failures);
      const outcome = await codeOf(rig.guess(challenge, rig.transport.lastCode()));
      expect(outcome).to.equal(session < 2 ? undefined : 'TOO_MANY_ATTEMPTS');
    }
  });

  it('is not refilled by sending again, neither the same code nor the next one', async () => {
    const rig = createRig({ limits: UNLIMITED_SENDS });
    let challenge = await rig.send();
    await guessWrongly(rig, challenge, 3);
    rig.clock.advance(30);
    challenge = await rig.send(challenge);
    expect(challenge.generation).to.equal(0);
    await guessWrongly(rig, challenge, 1);
    rig.clock.advance(150);
    challenge = await rig.send(challenge);
    expect(challenge.generation).to.equal(1);
    await guessWrongly(rig, challenge, 1);
    expect(await codeOf(rig.guess(challenge, rig.transport.lastCode()))).to.equal('TOO_MANY_ATTEMPTS');
  });

  for (const [what, limits, failures, outcome] of [
    ['its challenge is used up', {}, 5, 'TOO_MANY_ATTEMPTS'],
    ['the day of its user is used up', { failedCodesPerUserPerDay: 3 }, 3, 'TOO_MANY_ATTEMPTS'],
    ['its user is locked', { failedCodesPerUserPer30Days: 3 }, 3, 'FACTOR_LOCKED'],
  ] as const) {
    it(`refuses the right code just as a wrong one once ${what}`, async () => {
      const rig = createRig({ limits });
      const challenge = await rig.send();
      await guessWrongly(rig, challenge, failures);
      const right = rig.transport.lastCode();
      const refusals = [right, wrong(right), right, wrong(right)].map((code) => refusalOf(rig.guess(challenge, code)));
      const [first, ...others] = await Promise.all(refusals);
      expect(first).to.deep.include({ code: outcome });
      for (const other of others) expect(other).to.deep.equal(first);
    });
  }

  it('says of a used-up challenge when a new code can be had', async () => {
    const rig = createRig();
    const challenge = await rig.send();
    rig.clock.advance(10);
    await guessWrongly(rig, challenge, 5);
    const refusal = await refusalOf(rig.guess(challenge, rig.transport.lastCode()));
    expect(refusal).to.deep.include({ details: { attemptsRemaining: 0, retryAfterSeconds: 20 } });
    rig.clock.advance(20);
    const next = await rig.send(challenge);
    expect(await codeOf(rig.guess(next, rig.transport.lastCode()))).to.equal(undefined);
  });

  it('says of a used-up challenge when the day ends, where that is used up, too', async () => {
    const rig = createRig({ limits: { failedCodesPerUserPerDay: 5 } });
    const challenge = await rig.send();
    await guessWrongly(rig, challenge, 5);
    rig.clock.advance(10);
    const refusal = await refusalOf(rig.guess(challenge, rig.transport.lastCode()));
    expect(refusal).to.deep.include({ details: { attemptsRemaining: 0, retryAfterSeconds: 86_390 } });
    rig.clock.advance(86_390);
    const next = await rig.send(challenge);
    expect(await codeOf(rig.guess(next, rig.transport.lastCode()))).to.equal(undefined);
  });

  it('counts down by whichever limit is nearest', async () => {
    for (const limit of ['attemptsPerChallenge', 'failedCodesPerUserPerDay', 'failedCodesPerUserPer30Days']) {
      const rig = createRig({ limits: { [limit]: 2 } });
      const challenge = await rig.send();
      expect(await rig.guesses.remaining(challenge), limit).to.equal(2);
      const refusal = await refusalOf(rig.guess(challenge, wrong(rig.transport.lastCode())));
      expect(refusal, limit).to.deep.include({ details: { attemptsRemaining: 1 } });
      expect(await rig.guesses.remaining(challenge), limit).to.equal(1);
    }
  });

  it('counts all challenges of a user together, 10 a day', async () => {
    const { send, guess, transport } = createRig({ limits: UNLIMITED_SENDS });
    const outcomes: unknown[] = [];
    for (let session = 0; session < 4; session++) {
      const challenge = await send(undefined, { signIn: `sign-in ${session}` }).catch(({ code }) =>
        outcomes.push(code),
      );
      if (typeof challenge === 'number') continue;
      for (let index = 0; index < 4; index++)
        outcomes.push(await codeOf(guess(challenge, wrong(transport.lastCode()))));
    }
    expect(outcomes.filter((outcome) => outcome === 'INVALID_CODE')).to.have.length(10);
    expect(outcomes.slice(10)).to.deep.equal(['TOO_MANY_ATTEMPTS', 'TOO_MANY_ATTEMPTS', 'TOO_MANY_ATTEMPTS']);
  });

  it('is used up until the day of the first failure ends', async () => {
    const rig = createRig({ limits: { ...UNLIMITED_SENDS, failedCodesPerUserPerDay: 2 } });
    const challenge = await rig.send();
    for (let index = 0; index < 2; index++) await codeOf(rig.guess(challenge, wrong(rig.transport.lastCode())));
    rig.clock.advance(100);
    const error = await rig.guess(challenge, rig.transport.lastCode()).catch((thrown) => thrown);
    expect(error).to.deep.include({ code: 'TOO_MANY_ATTEMPTS' });
    expect(error.details.retryAfterSeconds).to.equal(86_300);
    rig.clock.advance(86_300);
    const again = await rig.send();
    expect(await codeOf(rig.guess(again, rig.transport.lastCode()))).to.equal(undefined);
  });

  it('locks after 30 failures over three days, until an administrator unlocks', async () => {
    const rig = createRig({ limits: UNLIMITED_SENDS });
    for (let day = 0; day < 3; day++) {
      for (let session = 0; session < 2; session++) {
        const challenge = await rig.send(undefined, { signIn: `day ${day}, ${session}` });
        for (let index = 0; index < 5; index++) {
          expect(await codeOf(rig.guess(challenge, wrong(rig.transport.lastCode())))).to.equal('INVALID_CODE');
        }
      }
      rig.clock.advance(86_400);
    }
    expect(await codeOf(rig.send())).to.equal('FACTOR_LOCKED');
    rig.clock.advance(399 * 86_400 - 3 * 86_400);
    expect(await codeOf(rig.send())).to.equal('FACTOR_LOCKED');
    await rig.payers.unlock('id-ada');
    const challenge = await rig.send();
    expect(await codeOf(rig.guess(challenge, rig.transport.lastCode()))).to.equal(undefined);
  });

  it('locks also a challenge that is pending', async () => {
    const rig = createRig({ limits: { ...UNLIMITED_SENDS, failedCodesPerUserPer30Days: 2 } });
    const [one, other] = [await rig.send(), await rig.send(undefined, { signIn: 'other' })];
    for (let index = 0; index < 2; index++) await codeOf(rig.guess(one, wrong(rig.transport.lastCode())));
    expect(await codeOf(rig.guess(other, rig.transport.lastCode()))).to.equal('FACTOR_LOCKED');
  });

  it('compares no more than are left of 30 days at the same moment, and is locked then', async () => {
    const { send, guess, transport } = slowRig({ failedCodesPerUserPerDay: false, failedCodesPerUserPer30Days: 3 });
    const challenge = await send();
    const code = wrong(transport.lastCode());
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => codeOf(guess(challenge, code))));
    expect(outcomes.filter((outcome) => outcome === 'INVALID_CODE')).to.have.length(3);
    expect(await codeOf(guess(challenge, transport.lastCode()))).to.equal('FACTOR_LOCKED');
  });

  it('is never locked by right codes that come at once', async () => {
    const rig = slowRig({ failedCodesPerUserPer30Days: 3 });
    const challenge = await rig.send();
    await guessWrongly(rig, challenge, 2);
    const outcomes = await Promise.all([1, 2, 3].map(() => codeOf(rig.guess(challenge, rig.transport.lastCode()))));
    expect(outcomes).to.include(undefined).and.not.include('FACTOR_LOCKED');
    await rig.send(undefined, { signIn: 'next' });
  });

  it('stays locked until an unlock where the lock itself was lost', async () => {
    const rig = createRig({ limits: { failedCodesPerUserPer30Days: 2 } });
    const challenge = await rig.send();
    await guessWrongly(rig, challenge, 2);
    const locks = [...rig.state.entries.keys()].filter((key) => key.includes(':lock:'));
    expect(locks).to.have.length(1);
    for (const key of locks) rig.state.entries.delete(key);
    expect(await codeOf(rig.guess(challenge, rig.transport.lastCode()))).to.equal('TOO_MANY_ATTEMPTS');
    rig.clock.advance(30);
    expect(await codeOf(rig.send())).to.equal('FACTOR_LOCKED');
    await rig.payers.unlock('id-ada');
    await rig.send();
  });

  it('begins anew after an unlock, also where a challenge is pending', async () => {
    const rig = createRig({ limits: { ...UNLIMITED_SENDS, failedCodesPerUserPer30Days: 2 } });
    const locked = await rig.send();
    for (let failure = 0; failure < 2; failure++) await codeOf(rig.guess(locked, wrong(rig.transport.lastCode())));
    await rig.payers.unlock('id-ada');
    rig.clock.advance(30);
    const next = await rig.send(locked);
    expect(await codeOf(rig.guess(next, rig.transport.lastCode()))).to.equal(undefined);
  });

  it('belongs to one user, one challenge and one purpose', async () => {
    const rig = createRig({ limits: UNLIMITED_SENDS });
    const signIn = await rig.send();
    const code = rig.transport.lastCode();
    const stepUp = await rig.send(undefined, { purpose: 'step-up' });
    if (code !== rig.transport.lastCode()) expect(await codeOf(rig.guess(stepUp, code))).to.equal('INVALID_CODE');
    const stolen = rig.verification.verify(
      { challengeId: signIn.id, subject: 'id-grace', code },
      async () => undefined,
    );
    expect(await codeOf(stolen)).to.equal('CODE_EXPIRED');
    expect(await codeOf(rig.guess(undefined, code))).to.equal('NO_CHALLENGE');
  });

  it('refuses what is no code without counting it, and anything where nothing is pending', async () => {
    const rig = createRig({ limits: { failedCodesPerUserPerDay: 5 } });
    const challenge = await rig.send();
    for (const typed of ['', '12345', '1234567', 'abcdef']) {
      expect(await codeOf(rig.guess(challenge, typed)), typed).to.equal('BAD_REQUEST');
      expect(await codeOf(rig.guess(undefined, typed)), typed).to.equal('NO_CHALLENGE');
    }
    expect(await rig.guesses.remaining(challenge)).to.equal(5);
  });

  it('counts nothing where all limits are lifted', async () => {
    const rig = createRig({
      limits: { failedCodesPerUserPerDay: false, failedCodesPerUserPer30Days: false, attemptsPerChallenge: false },
    });
    const challenge = await rig.send();
    await guessWrongly(rig, challenge, 101);
    expect(await codeOf(rig.guess(challenge, rig.transport.lastCode()))).to.equal(undefined);
  });

  it('lets one code in where the right one and the next one cross', async () => {
    for (let round = 0; round < 10; round++) {
      const rig = slowRig();
      const challenge = await rig.send();
      const old = rig.transport.lastCode();
      rig.clock.advance(150);
      const [first] = await Promise.all([codeOf(rig.guess(challenge, old)), codeOf(rig.send(challenge))]);
      const second = await codeOf(rig.guess(challenge, rig.transport.lastCode()));
      expect([first, second].filter((outcome) => outcome === undefined)).to.have.length(1);
    }
  });

  it('gives the count back where the directory cannot say, and the code lives on', async () => {
    const { send, guess, transport, people, guesses } = createRig();
    const challenge = await send();
    people.isDown = true;
    expect(await codeOf(guess(challenge, transport.lastCode()))).to.equal('DIRECTORY_UNAVAILABLE');
    expect(await guesses.remaining(challenge)).to.equal(5);
    people.isDown = false;
    expect(await codeOf(guess(challenge, transport.lastCode()))).to.equal(undefined);
  });

  it('ends the challenge of somebody who is gone, or whose number is', async () => {
    for (const [change, outcome] of [
      [(rig: Rig) => rig.people.remove('id-ada'), 'SIGN_IN_REQUIRED'],
      [(rig: Rig) => rig.people.change('id-ada', { phoneNumbers: ['+46701740699'] }), 'CONFLICT'],
    ] as const) {
      const rig = createRig();
      const challenge = await rig.send();
      change(rig);
      expect(await codeOf(rig.guess(challenge, rig.transport.lastCode()))).to.equal(outcome);
      expect(await codeOf(rig.guess(challenge, rig.transport.lastCode()))).to.equal('CODE_EXPIRED');
    }
  });

  it('lives by the clock of the shared state, not by its own', async () => {
    const stateClock = new FakeClock();
    const state = new MapState(stateClock.now);
    const early = createRig({ codeTtlSeconds: 60 }, { clock: new FakeClock(), state });
    early.clock.advance(-600);
    const late = createRig({ codeTtlSeconds: 60 }, { clock: new FakeClock(), state });
    late.clock.advance(600);
    const one = await early.send(undefined, { signIn: 'one' });
    const code = early.transport.lastCode();
    const other = await early.send(undefined, { signIn: 'two' });
    stateClock.advance(59);
    expect(await codeOf(late.guess(one, code))).to.equal(undefined);
    stateClock.advance(2);
    expect(await codeOf(early.guess(other, early.transport.lastCode()))).to.equal('CODE_EXPIRED');
  });

  it('goes on with a secret that was rotated', async () => {
    const old = createRig();
    const challenge = await old.send();
    const rotated = createRig({ secret: [NEWER_SECRET, SECRET] }, old);
    expect(await codeOf(rotated.guess(challenge, old.transport.lastCode()))).to.equal(undefined);
  });

  it('does not go on with a secret that was dropped', async () => {
    const old = createRig();
    const challenge = await old.send();
    const dropped = createRig({ secret: NEWER_SECRET }, old);
    expect(await codeOf(dropped.guess(challenge, old.transport.lastCode()))).to.equal('CODE_EXPIRED');
  });

  it('neither counts nor ends a code whose secret only another process knows', async () => {
    const old = createRig({ limits: { failedCodesPerUserPerDay: 5 } });
    const rotated = createRig({ secret: [NEWER_SECRET, SECRET], limits: { failedCodesPerUserPerDay: 5 } }, old);
    const challenge = await rotated.send();
    expect(await codeOf(old.guess(challenge, rotated.transport.lastCode()))).to.equal('CODE_EXPIRED');
    expect(await rotated.guesses.remaining(challenge)).to.equal(5);
    expect(await codeOf(rotated.guess(challenge, rotated.transport.lastCode()))).to.equal(undefined);
  });
});

describe('a shared state that loses keys', () => {
  it('never gives another guess on a live challenge, whichever key it evicts', async () => {
    const keys = await (async () => {
      const rig = createRig();
      const challenge = await rig.send();
      for (let index = 0; index < 3; index++) await codeOf(rig.guess(challenge, wrong(rig.transport.lastCode())));
      return [...rig.state.entries.keys()];
    })();
    expect(keys.length).to.be.greaterThan(8);
    for (let place = 0; place < keys.length; place++) {
      const rig = createRig();
      const challenge = await rig.send();
      const code = wrong(rig.transport.lastCode());
      for (let index = 0; index < 3; index++) await codeOf(rig.guess(challenge, code));
      rig.state.entries.delete([...rig.state.entries.keys()][place] ?? '');
      const outcomes = [];
      for (let index = 0; index < 6; index++) outcomes.push(await codeOf(rig.guess(challenge, code)));
      expect(outcomes.filter((outcome) => outcome === 'INVALID_CODE').length, `key ${place}`).to.be.at.most(2);
      expect(outcomes, `key ${place}`).to.not.include(undefined);
    }
  });

  it('leaves no guess on a challenge whose counter is lost, and a new one can be had', async () => {
    const rig = createRig();
    const challenge = await rig.send();
    for (const key of [...rig.state.entries.keys()]) {
      if (key.includes(':attemptsPerChallenge:')) rig.state.entries.delete(key);
    }
    expect(await rig.guesses.remaining(challenge)).to.equal(0);
    rig.clock.advance(30);
    const next = await rig.send(challenge);
    expect(next.id).to.not.equal(challenge.id);
    expect(await codeOf(rig.guess(challenge, rig.transport.lastCode()))).to.equal('CODE_EXPIRED');
    expect(await codeOf(rig.guess(next, rig.transport.lastCode()))).to.equal(undefined);
  });

  it('ends everything where it is flushed', async () => {
    const rig = createRig();
    const challenge = await rig.send();
    rig.state.entries.clear();
    expect(await codeOf(rig.guess(challenge, rig.transport.lastCode()))).to.equal('CODE_EXPIRED');
  });

  it('is 503 where it is down, whatever is asked', async () => {
    const rig = createRig();
    const challenge = await rig.send();
    rig.state.isDown = true;
    expect(await codeOf(rig.guess(challenge, rig.transport.lastCode()))).to.equal('STATE_UNAVAILABLE');
    expect(await codeOf(rig.send(challenge))).to.equal('STATE_UNAVAILABLE');
    expect(rig.transport.messages).to.have.length(1);
    rig.state.isDown = false;
    expect(await codeOf(rig.guess(challenge, rig.transport.lastCode()))).to.equal(undefined);
  });
});
