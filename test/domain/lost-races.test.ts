import { expect } from 'chai';
import type { CommitResult, SharedState, Step } from '../../lib/domain/shared-state.ts';
import type { Browser } from '../support/browser-rig.ts';
import { FakeClock } from '../support/clock.ts';
import { MapState } from '../support/map-state.ts';
import { codeOf, createRig, type Rig, wrong } from '../support/rig.ts';

/** One step of one commit, as far as it can refuse. */
interface Place {
  readonly commit: number;
  readonly step: number;
}

interface Site {
  readonly rig: Rig;
  readonly jar: Browser;
  readonly race: RacedState;
}

type Work = (site: Site) => Promise<unknown>;

const PHONE = '+46701740699';

const WORKS: Readonly<Record<string, Work>> = {
  'a login': ({ rig }) => rig.loggedIn('grace'),
  'a login in the same browser': ({ jar }) => jar.login(),
  'a first factor alone': ({ rig }) => rig.browser().begin('grace'),
  'a resend': ({ rig, jar }) => {
    rig.clock.advance(30);
    return jar.send();
  },
  'a wrong code': ({ rig, jar }) => jar.enter(wrong(rig.transport.lastCode())),
  'a wrong code of a form': ({ rig, jar }) => jar.enter(wrong(rig.transport.lastCode()), true),
  'something else than a code': ({ jar }) => jar.enter('abc', true),
  'a right code': ({ rig, jar }) => jar.enter(rig.transport.lastCode()),
  'a right code that no session can be saved for': ({ rig, jar }) => {
    jar.cannotSave = true;
    return jar.enter(rig.transport.lastCode());
  },
  'a message that is not taken': ({ rig }) => {
    rig.transport.send = async () => {
      throw new Error('no');
    };
    return rig.loggedIn('grace');
  },
  'a sign-out': ({ jar }) => jar.signOut(true),
  'a sign-out everywhere': ({ rig }) => rig.ends.signOutEverywhere('id-ada'),
  'an unlock': ({ rig }) => rig.ends.unlock('id-ada'),
  'a change by an administrator': ({ rig }) => rig.phones.add('id-alan', PHONE),
  'a wrong password': ({ rig }) => rig.browser().login('ada', 'wrong'),
};

describe('a race that is lost', () => {
  for (const [name, work] of Object.entries(WORKS)) {
    it(`once, at any step of ${name}, is made good or told, and costs nobody a way in`, async () => {
      const usual = await outcomeOf(work, []);
      const places = usual.race.places;
      expect(places.length).to.be.greaterThan(0);
      for (const place of places) {
        const { code, race } = await outcomeOf(work, [place]);
        const about = `${JSON.stringify(place)} ${race.lost.join()}: ${code}`;
        expect(race.lost, about).to.have.length(1);
        expect(code ?? 'done', about).to.be.oneOf([usual.code ?? 'done', ...DEFINITE]);
      }
    });

    it(`over and over in ${name} ends, and is a fault or a definite answer`, async () => {
      const usual = await outcomeOf(work, []);
      for (const { commit, step } of usual.race.places) {
        const { code } = await outcomeOf(work, [{ commit, step }], Number.POSITIVE_INFINITY);
        expect(code ?? 'done').to.be.oneOf([usual.code ?? 'done', ...DEFINITE]);
      }
    });
  }
});

/** The messages to a person about a race that another has won; each leads on. */
const DEFINITE = [
  'STATE_UNAVAILABLE',
  'CONFLICT',
  'CODE_EXPIRED',
  'SIGN_IN_REQUIRED',
  'TOO_MANY_ATTEMPTS',
  'TOO_MANY_SENDS',
  'NO_CHALLENGE',
];

/** Afterwards ada still gets in, unless she is told to wait. */
async function outcomeOf(
  work: Work,
  lost: readonly Place[],
  times = 1,
): Promise<{ readonly code: string | undefined; readonly race: RacedState }> {
  const clock = new FakeClock();
  const state = new MapState(clock.now);
  const race = new RacedState(state);
  const rig = createRig({ shared: race }, { clock, state });
  const jar = await rig.loggedIn();
  race.begin(lost, times);
  const code = await codeOf(Promise.resolve(work({ rig, jar, race })));
  await rig.notices.settled();
  race.end();
  jar.cannotSave = false;
  clock.advance(3600);
  rig.transport.send = Object.getPrototypeOf(rig.transport).send;
  const late = await rig.loggedIn();
  await late.enter(rig.transport.lastCode());
  expect((await late.look()).stage, `after ${code}`).to.equal('verified');
  return { code, race };
}

/** A shared state in which somebody else was faster, at the places that are named: it refuses, and tells what is there. */
class RacedState implements SharedState {
  /** The commits that could have been refused. */
  readonly places: Place[] = [];
  /** Which steps were refused. */
  readonly lost: string[] = [];
  readonly #state: SharedState;
  #refusals: readonly Place[] = [];
  #times = 0;
  #commits = 0;
  #isOn = false;

  constructor(state: SharedState) {
    this.#state = state;
  }

  begin(refusals: readonly Place[], times: number): void {
    [this.#refusals, this.#times, this.#isOn] = [refusals, times, true];
  }

  end(): void {
    this.#isOn = false;
  }

  async commit(steps: readonly Step[]): Promise<CommitResult> {
    if (!this.#isOn) return this.#state.commit(steps);
    this.#commits += 1;
    for (const [step, each] of steps.entries()) {
      if (canLose(each)) this.places.push({ commit: this.#commits, step });
    }
    const refusal = this.#refusals.find(({ commit }) => commit <= this.#commits);
    const step = refusal?.step ?? -1;
    const refused = steps[step];
    if (refused === undefined || !canLose(refused) || this.lost.length >= this.#times) return this.#state.commit(steps);
    this.lost.push(Object.keys(refused)[0] ?? '');
    const { found, now } = await this.#state.commit(steps.map(reading));
    return { refusedBy: step, found, now };
  }
}

/** Limits are not lost in a race, and a key that only this commit writes is no one else's. */
function canLose(step: Step): boolean {
  if ('write' in step) return step.ifAbsent === 'refuse' && !step.write.includes(':nc:');
  return 'expect' in step || 'remove' in step;
}

function reading(step: Step): Step {
  if ('charge' in step) return { count: step.charge };
  if ('refund' in step) return { count: step.refund };
  if ('count' in step || 'read' in step) return step;
  if ('expect' in step) return { read: step.expect };
  return { read: 'write' in step ? step.write : step.remove };
}
