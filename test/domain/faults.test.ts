import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import type { CommitResult, Step } from '../../lib/domain/shared-state.ts';
import type { Browser } from '../support/browser-rig.ts';
import { FakeClock } from '../support/clock.ts';
import { type FailingState, failingState } from '../support/failing-state.ts';
import { MapState } from '../support/map-state.ts';
import { codeOf, createRig, type Rig, wrong } from '../support/rig.ts';

const SENDS_PER_HOUR = 5;

type Work = (rig: Rig, shared: FailingState, call: number, isDone: boolean) => Promise<string | undefined>;

for (const isDone of [false, true]) {
  const what = isDone ? 'whose answer is lost although it was done' : 'that is not done';
  describe(`a shared state with one commit ${what}, whichever it is, and no answer to the question what became of it`, () => {
    it('costs no send if no message went out', async () => {
      const outcomes = await atEachCall(isDone, async (rig, shared, call) => {
        shared.failAt(call, isDone);
        const refusal = await codeOf(rig.loggedIn());
        shared.failAt(0);
        const sent = rig.transport.messages.length;
        expect(sent).to.equal(refusal === undefined ? 1 : 0);
        let more = 0;
        while ((await codeOf(rig.loggedIn())) === undefined) more += 1;
        // A charge of a commit whose outcome nobody learned stays until its window ends.
        const most = SENDS_PER_HOUR - sent;
        if (!isDone || refusal === undefined) expect({ call, more }).to.deep.equal({ call, more: most });
        else expect(more).to.be.within(most - 1, most);
        return refusal;
      });
      expect(outcomes).to.have.members([undefined, 'STATE_UNAVAILABLE']);
    });

    it('has charged nobody for a message that did not go out, as soon as it answers again', async () => {
      await atEachCall(isDone, async (rig, shared, call) => {
        const jar = await rig.loggedIn();
        const before = totals(rig);
        const sent = rig.transport.messages.length;
        shared.failAt(call, isDone);
        const refusal = await codeOf(rig.loggedIn());
        shared.failAt(0);
        await jar.look();
        await setImmediate();
        if (rig.transport.messages.length > sent) return refusal;
        const { pa = 0, pu = 0, ...sends } = totals(rig);
        expect(sends, `call ${call}`).to.deep.equal(before);
        // The commit that gives a right password back may not have been done: then it counts until its window ends.
        expect([pa, pu], `call ${call}`).to.be.deep.oneOf(
          isDone
            ? [[0, 0]]
            : [
                [0, 0],
                [1, 2],
              ],
        );
        return refusal;
      });
    });

    it('lets a right code in once', async () => {
      const outcomes = await atEachCall(isDone, async (rig, shared, call) => {
        const jar = await rig.loggedIn();
        const code = rig.transport.lastCode();
        shared.failAt(call, isDone);
        const refusal = await codeOf(jar.enter(code));
        shared.failAt(0);
        if (refusal === undefined) {
          expect((await jar.look()).stage).to.equal('verified');
          return refusal;
        }
        const again = await codeOf(jar.enter(code));
        const stage = (await jar.look()).stage;
        // Nobody is let in by a win that no session learned of; the code is lost with it, and no more.
        if (isDone) expect([again, stage].join()).to.be.oneOf([',verified', 'CODE_EXPIRED,none']);
        else expect({ call, again }).to.deep.equal({ call, again: undefined });
        return refusal;
      });
      expect(outcomes).to.have.members([undefined, 'STATE_UNAVAILABLE']);
    });

    it('compares no code that it did not count, and counts none twice', async () => {
      const outcomes = await atEachCall(isDone, async (rig, shared, call) => {
        const jar = await rig.loggedIn();
        shared.failAt(call, isDone);
        const refusal = await codeOf(jar.enter(wrong(rig.transport.lastCode())));
        shared.failAt(0);
        const left = (await jar.pending())?.guessesLeft ?? 0;
        if (refusal === 'INVALID_CODE') expect({ call, left }).to.deep.equal({ call, left: 4 });
        else expect(left).to.be.within(isDone ? 4 : 5, 5);
        return refusal;
      });
      expect(outcomes).to.have.members(['INVALID_CODE', 'STATE_UNAVAILABLE']);
    });
  });
}

describe('a question that only reads', () => {
  it('is asked once more if it was not answered, unless that took too long', async () => {
    const clock = new FakeClock();
    const state = new MapState(clock.now);
    let [silences, seconds, asked] = [0, 0, 0];
    const shared = {
      async commit(steps: readonly Step[]): Promise<CommitResult> {
        asked += 1;
        if (silences-- <= 0) return state.commit(steps);
        clock.advance(seconds);
        throw new Error('The connection was lost.');
      },
    };
    const rig = createRig({ shared }, { clock, state });
    const jar = await rig.signedIn();
    for (const [silent, late, questions, refusal] of [
      [1, 0, 2, undefined],
      [2, 0, 2, 'STATE_UNAVAILABLE'],
      [1, 0.5, 1, 'STATE_UNAVAILABLE'],
    ] as const) {
      [silences, seconds, asked] = [silent, late, 0];
      expect(await codeOf(jar.look())).to.equal(refusal);
      expect(asked).to.equal(questions);
    }
  });
});

describe('an answer that is lost after the commit was done, and a second question that is answered', () => {
  const WORKS: Readonly<Record<string, (rig: Rig, jar: Browser) => Promise<unknown>>> = {
    'a login': (rig) => rig.loggedIn(),
    'a first factor alone': (rig) => rig.browser().begin(),
    'a resend': (rig, jar) => {
      rig.clock.advance(30);
      return jar.send();
    },
    'a wrong code': async (rig, jar) => {
      const left = (await jar.pending())?.guessesLeft ?? 0;
      expect(await codeOf(jar.enter(wrong(rig.transport.lastCode())))).to.equal('INVALID_CODE');
      // Both commits of the question were on the road: the guess is counted once.
      expect((await jar.pending())?.guessesLeft).to.equal(left - 1);
    },
    'a right code': async (rig, jar) => {
      await jar.enter(rig.transport.lastCode());
      expect((await jar.look()).stage).to.equal('verified');
    },
    'a sign-out': async (_rig, jar) => {
      expect(await jar.signOut(true)).to.equal('id-ada');
      expect((await jar.look()).stage).to.equal('none');
    },
    'a sign-out everywhere': (rig) => rig.ends.signOutEverywhere('id-ada'),
    'an unlock': (rig) => rig.ends.unlock('id-ada'),
    'a change by an administrator': (rig) => rig.phones.add('id-ada', '+46701740699'),
    'a wrong password': async (rig) => {
      expect(await codeOf(rig.browser().login('ada', 'wrong'))).to.equal('INVALID_CREDENTIALS');
    },
  };

  for (const [name, work] of Object.entries(WORKS)) {
    it(`is the same to ${name} as an answer at once, at each of its commits`, async () => {
      const calls = await callsOf(work);
      expect(calls).to.be.greaterThan(0);
      for (let call = 1; call <= calls; call++) {
        const { rig, jar, at } = await stateThatLoses();
        at(call);
        await work(rig, jar);
        at(0);
        await rig.notices.settled();
        const twin = await stateThatLoses();
        await work(twin.rig, twin.jar);
        await twin.rig.notices.settled();
        expect(totals(rig), `call ${call}`).to.deep.equal(totals(twin.rig));
        expect(rig.transport.messages.length).to.equal(twin.rig.transport.messages.length);
      }
    });
  }
});

async function callsOf(work: (rig: Rig, jar: Browser) => Promise<unknown>): Promise<number> {
  const { rig, jar, at } = await stateThatLoses();
  at(Number.POSITIVE_INFINITY);
  let calls = 0;
  const { commit } = rig.state;
  rig.state.commit = (steps) => {
    if (!isReading(steps)) calls += 1;
    return commit.call(rig.state, steps);
  };
  await work(rig, jar);
  return calls;
}

/** A commit that only reads has no outcome that somebody must learn. */
function isReading(steps: readonly Step[]): boolean {
  return steps.every((step) => 'read' in step || 'count' in step);
}

/** A state that does the commit that is named, of those that change something, and loses its answer. */
async function stateThatLoses(): Promise<{ rig: Rig; jar: Browser; at(call: number): void }> {
  const clock = new FakeClock();
  const state = new MapState(clock.now);
  let left = 0;
  const shared = {
    async commit(steps: readonly Step[]): Promise<CommitResult> {
      const answer = await state.commit(steps);
      if (!isReading(steps)) left -= 1;
      if (left === 0 && !isReading(steps)) throw new Error('The connection was lost.');
      return answer;
    },
  };
  const rig = createRig({ shared, limits: { smsPerDay: 100 } }, { clock, state });
  const jar = await rig.loggedIn();
  return {
    rig,
    jar,
    at(call) {
      left = call;
    },
  };
}

/** How much is counted under each kind of counter. */
function totals({ state }: Rig): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [key, entry] of state.entries) {
    const kind = key.split(':')[1] ?? '';
    if (typeof entry !== 'object' || entry === null || !('total' in entry)) continue;
    sums[kind] = (sums[kind] ?? 0) + Number(entry.total);
  }
  return sums;
}

/** Anew with the first call that fails, the second and so on, until there is none left; what came of it, each once. */
async function atEachCall(isDone: boolean, work: Work): Promise<readonly (string | undefined)[]> {
  const outcomes = new Set<string | undefined>();
  for (let call = 1, hasFailed = true; hasFailed; call += 1) {
    const clock = new FakeClock();
    const state = new MapState(clock.now);
    const shared = failingState(state);
    const rig = createRig({ shared, limits: { sendsPerUserPerHour: SENDS_PER_HOUR } }, { clock, state });
    outcomes.add(await work(rig, shared, call, isDone));
    hasFailed = shared.hasFailed;
  }
  return [...outcomes];
}
