import { expect } from 'chai';
import { FakeClock } from '../support/clock.ts';
import { type FailingState, failingState } from '../support/failing-state.ts';
import { MapState } from '../support/map-state.ts';
import { codeOf, createRig, type Rig, wrong } from '../support/rig.ts';

const SENDS_PER_HOUR = 5;

type Work = (rig: Rig, shared: FailingState, call: number) => Promise<string | undefined>;

describe('a shared state that fails at one call, whichever it is', () => {
  it('costs no send where no message went out', async () => {
    const outcomes = await atEachCall(async (rig, shared, call) => {
      shared.failAt(call);
      const refusal = await codeOf(rig.send());
      shared.failAt(0);
      const sent = rig.transport.messages.length;
      expect(sent).to.equal(refusal === undefined ? 1 : 0);
      let more = 0;
      while ((await codeOf(rig.send(undefined, { signIn: `sign-in ${more + 2}` }))) === undefined) more += 1;
      expect({ call, more }).to.deep.equal({ call, more: SENDS_PER_HOUR - sent });
      return refusal;
    });
    expect(outcomes).to.have.members([undefined, 'STATE_UNAVAILABLE']);
  });

  it('loses no right code, which lets in once', async () => {
    const outcomes = await atEachCall(async (rig, shared, call) => {
      const challenge = await rig.send();
      const code = rig.transport.lastCode();
      shared.failAt(call);
      const refusal = await codeOf(rig.guess(challenge, code));
      shared.failAt(0);
      const again = await codeOf(rig.guess(challenge, code));
      expect({ call, again }).to.deep.equal({ call, again: refusal === undefined ? 'CODE_EXPIRED' : undefined });
      return refusal;
    });
    expect(outcomes).to.have.members([undefined, 'STATE_UNAVAILABLE']);
  });

  it('costs no guess that was not compared', async () => {
    const outcomes = await atEachCall(async (rig, shared, call) => {
      const challenge = await rig.send();
      shared.failAt(call);
      const refusal = await codeOf(rig.guess(challenge, wrong(rig.transport.lastCode())));
      shared.failAt(0);
      const remaining = await rig.guesses.remaining(challenge);
      expect({ call, remaining }).to.deep.equal({ call, remaining: refusal === 'INVALID_CODE' ? 4 : 5 });
      return refusal;
    });
    expect(outcomes).to.have.members(['INVALID_CODE', 'STATE_UNAVAILABLE']);
  });
});

/** Anew with the first call that fails, the second and so on, until there is none left; what came of it, each once. */
async function atEachCall(work: Work): Promise<readonly (string | undefined)[]> {
  const outcomes = new Set<string | undefined>();
  for (let call = 1, hasFailed = true; hasFailed; call += 1) {
    const clock = new FakeClock();
    const shared = failingState(new MapState(clock.now));
    const rig = createRig({ shared, limits: { sendsPerUserPerHour: SENDS_PER_HOUR } }, { clock });
    outcomes.add(await work(rig, shared, call));
    hasFailed = shared.hasFailed;
  }
  return [...outcomes];
}
