import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import type { Browser } from '../support/browser-rig.ts';
import { Client } from '../support/client.ts';
import { FakeClock } from '../support/clock.ts';
import { CROWD_PASSWORD, Crowd, crowdNumber } from '../support/crowd.ts';
import { MapState } from '../support/map-state.ts';
import { type Processes, startProcesses } from '../support/processes.ts';
import { codeOf, createRig, type Rig, wrong } from '../support/rig.ts';
import { JOURNEY_SERVERS, type SharedServer } from '../support/shared-server.ts';
import { slowState } from '../support/slow-state.ts';
import { UNLIMITED_SENDS } from '../support/unlimited-sends.ts';

const ACTIONS = [
  'code',
  'resend',
  'sign in again',
  'sign out',
  'sign out everywhere',
  'change numbers',
  'unlock',
  'app destroys the session',
] as const;
type Action = (typeof ACTIONS)[number];
type Pair = readonly [Action, Action];

const PAIRS: readonly Pair[] = ACTIONS.flatMap((one, place) =>
  ACTIONS.slice(place).map((other) => [one, other] as const),
);
/** The requests that end a sign-in for good, whichever is first. */
const ENDS: readonly Action[] = ['sign out', 'sign out everywhere', 'change numbers'];
const SENDS: readonly Action[] = ['resend', 'sign in again'];
const MOST_WRONG_A_DAY = 4;

/** One person who has typed the password and one wrong code. */
interface Racer {
  readonly id: string;
  readonly jar: Browser;
  readonly code: string;
}

function act(rig: Rig, { id, jar, code }: Racer, action: Action): Promise<unknown> {
  switch (action) {
    case 'code':
      return jar.enter(code);
    case 'resend':
      return jar.send();
    case 'sign in again':
      return jar.login(id, CROWD_PASSWORD);
    case 'sign out':
      return rig.ends.signOut(jar.ref, true);
    case 'sign out everywhere':
      return rig.ends.signOutEverywhere(id);
    case 'change numbers':
      return rig.phones.add(id, '+46701740999');
    case 'unlock':
      return rig.ends.unlock(id);
    case 'app destroys the session':
      return Promise.resolve(jar.destroySession());
  }
}

describe('two requests of one person at the same moment, with a shared state that is 1 to 4 ms late', function () {
  this.timeout(60_000);

  for (const pair of PAIRS) {
    it(`gain nothing and lose nothing by ${pair.join(' and ')}, in 20 races`, async () => {
      const clock = new FakeClock();
      const state = new MapState(clock.now);
      const limits = { ...UNLIMITED_SENDS, failedCodesPerUserPerDay: MOST_WRONG_A_DAY };
      const rig = createRig({ shared: slowState(state), userStore: new Crowd(), limits }, { clock, state });
      const racers = await Promise.all(Array.from({ length: 20 }, (_, place) => prepare(rig, place)));
      clock.advance(31);
      const sent = rig.transport.messages.length;
      const outcomes = await Promise.all(racers.map((racer) => race(rig, racer, pair)));
      await rig.notices.settled();
      for (const [place, racer] of racers.entries()) {
        await judge(rig, racer, pair, outcomes[place] ?? []);
        const messages = rig.transport.messages.slice(sent).filter(({ to }) => to === crowdNumber(place));
        const codes = messages.filter(({ text }) => /\d{6}/.test(text));
        expect(codes.length).to.be.at.most(pair.some((action) => SENDS.includes(action)) ? 1 : 0);
      }
    });
  }
});

async function prepare(rig: Rig, place: number): Promise<Racer> {
  const [id, jar] = [`user${place}`, rig.browser({ form: `the random bits of form ${place}` })];
  await jar.login(id, CROWD_PASSWORD);
  const code = rig.transport.lastCode(crowdNumber(place));
  expect(await codeOf(jar.enter(wrong(code)))).to.equal('INVALID_CODE');
  return { id, jar, code };
}

async function race(rig: Rig, racer: Racer, pair: Pair): Promise<readonly (string | undefined)[]> {
  return Promise.all(
    pair.map(async (action) => {
      // The moment at which the app destroys a session must not be the same each time.
      if (action === 'app destroys the session') await delay(randomInt(0, 30));
      return codeOf(act(rig, racer, action));
    }),
  );
}

async function judge(rig: Rig, racer: Racer, pair: Pair, outcomes: readonly (string | undefined)[]): Promise<void> {
  const { jar, code, id } = racer;
  expect(outcomes).to.not.include('STATE_UNAVAILABLE');
  const refs = [...jar.stored.values()];
  const flows = await Promise.all(refs.map((ref) => rig.flows.byRecord(ref, true)));
  const inside = flows.filter(({ stage, grant }) => stage === 'verified' || grant !== undefined);
  const rights = outcomes.filter((outcome, place) => pair[place] === 'code' && outcome === undefined);
  // Nobody gains a session.
  expect(rights.length).to.be.at.most(1);
  expect(inside.length).to.be.at.most(rights.length);
  if (pair.some((action) => ENDS.includes(action))) expect(inside).to.deep.equal([]);
  // Nobody gains a guess.
  const most = pair.includes('unlock') ? MOST_WRONG_A_DAY : MOST_WRONG_A_DAY - 1;
  for (const flow of flows) {
    const pending = await rig.flows.pendingOf(flow);
    if (pending !== undefined) expect(pending.guessesLeft).to.be.at.most(most);
  }
  // Nobody with a right code is thrown out, other than by a sign-out.
  const others = pair.filter((action) => action !== 'code');
  const isHarmless = others.every((action) => action === 'resend' || action === 'unlock');
  if (pair.includes('code') && isHarmless) {
    expect({ id, inside: inside.length, rights: rights.length }).to.deep.equal({ id, inside: 1, rights: 1 });
  }
  if (pair.includes('code') && others.includes('sign in again') && rights.length === 0) {
    await jar.enter(code);
    expect((await jar.look()).stage).to.equal('verified');
  }
  if (!pair.includes('code') && others.every((action) => SENDS.includes(action) || action === 'unlock')) {
    expect(await codeOf(jar.enter(code))).to.equal(undefined);
  }
}

/** A few in each run; `npm run matrix` asks for 20. */
const ROUNDS = Number(process.env.RACES ?? 3);

for (const [name, startServer] of JOURNEY_SERVERS)
  describe(`two requests of one person at the same moment, at four processes with one ${name}, 1 to 4 ms late`, function () {
    this.timeout(240_000);

    let server: SharedServer;
    let app: Processes;
    let people = 0;

    before(async function () {
      server = await startServer(this);
      app = await startProcesses(4, server.url, UNLIMITED_SENDS, '', true);
    });

    after(async () => {
      await app?.close();
      await server?.close();
    });

    const PATHS: Readonly<Record<Action, string>> = {
      code: '/auth/code',
      resend: '/auth/code/send',
      'sign in again': '/auth/login',
      'sign out': '/auth/logout',
      'sign out everywhere': '/app/sign-out-everywhere',
      'change numbers': '/app/change-numbers',
      unlock: '/app/unlock',
      'app destroys the session': '/app/destroy',
    };

    for (const pair of PAIRS) {
      it(`gain nothing by ${pair.join(' and ')}, in ${ROUNDS} races`, async () => {
        for (let round = 0; round < ROUNDS; round++) {
          const place = people++;
          const [username, number] = [`user${place}`, crowdNumber(place)];
          const jar = new Client(app.urls);
          expect(await jar.post('/auth/login', { username, password: CROWD_PASSWORD })).to.include({ status: 200 });
          const code = app.codeFor(number);
          const sent = app.sent.length;
          const fields = { username, password: CROWD_PASSWORD, code };
          const before = jar.copy();
          const jars = pair.map(() => jar.copy());
          const answers = await Promise.all(pair.map((action, turn) => jars[turn]?.post(PATHS[action], fields)));
          for (const answer of answers) expect(answer?.status).to.be.lessThan(500);
          const rights = answers.filter((answer, turn) => pair[turn] === 'code' && answer?.status === 200);
          const sessions = new Map([...jars, before].map((each) => [each.session, each]));
          const doors = await Promise.all([...sessions.values()].map((each) => each.get('/secret')));
          const inside = doors.filter(({ status }) => status === 200);
          expect(rights.length).to.be.at.most(1);
          expect(inside.length).to.be.at.most(rights.length);
          const others = pair.filter((action) => action !== 'code');
          if (others.every((action) => action === 'resend' || action === 'unlock')) {
            expect(inside).to.have.length(pair.includes('code') ? 1 : 0);
          }
          // No cool-down is over: only somebody whose code was used, or who was signed out, begins anew.
          const mayBegin = pair.includes('sign in again') && others.length + rights.length > 1;
          expect(app.sent.length - sent).to.be.at.most(mayBegin ? 1 : 0);
          expect(app.comparisons(username)).to.be.at.most(pair.filter((action) => action === 'code').length);
        }
      });
    }
  });
