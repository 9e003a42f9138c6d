import { expect } from 'chai';
import { FakeClock } from '../support/clock.ts';
import { CROWD_PASSWORD, Crowd } from '../support/crowd.ts';
import { MapState } from '../support/map-state.ts';
import { ADA_NUMBER, codeOf, createRig, type Rig, waitOf, wrong } from '../support/rig.ts';
import { slowState } from '../support/slow-state.ts';

const GRACE_NUMBERS = ['+46701740606', '+46701740607'] as const;
const ENROLLMENT = { when: 'always', allowedCountries: ['SE'] } as const;

function slowRig(): Rig {
  const clock = new FakeClock();
  const state = new MapState(clock.now);
  return createRig({ shared: slowState(state) }, { clock, state });
}

describe('sending a code', () => {
  it('repeats the code while more than half its life is left, with the same end', async () => {
    const { loggedIn, clock, transport } = createRig();
    const jar = await loggedIn();
    const first = await jar.challenge();
    clock.advance(149);
    await jar.send();
    expect(await jar.challenge()).to.deep.equal({ ...first, sends: 2, resendAt: clock.now() + 60_000 });
    expect(new Set(transport.messages.map(({ text }) => /\d{6}/.exec(text)?.[0]))).to.have.length(1);
    expect(transport.messages.map(({ expiresAt }) => expiresAt.getTime())).to.deep.equal([first.endsAt, first.endsAt]);
  });

  it('gives the next code later, and the one before is wrong from then on', async () => {
    const { loggedIn, clock, transport } = createRig();
    const jar = await loggedIn();
    const [first, old] = [await jar.challenge(), transport.lastCode()];
    clock.advance(150);
    await jar.send();
    expect(await jar.challenge()).to.include({ bits: first.bits, generation: 1, endsAt: first.endsAt + 150_000 });
    expect(await codeOf(jar.enter(old))).to.equal('INVALID_CODE');
    expect(await jar.pending()).to.include({ guessesLeft: 4 });
    expect(await codeOf(jar.enter(transport.lastCode()))).to.equal(undefined);
  });

  it('pauses 30, 60, then 120 seconds', async () => {
    const { loggedIn, clock } = createRig({
      codeTtlSeconds: 600,
      limits: { sendsPerUserPerHour: 20, sendsPerNumberPerHour: 20 },
    });
    const jar = await loggedIn();
    for (const pause of [30, 60, 120, 120]) {
      clock.advance(pause - 1);
      expect(await codeOf(jar.send())).to.equal('TOO_MANY_SENDS');
      expect(await waitOf(jar.send())).to.equal(1);
      clock.advance(1);
      await jar.send();
    }
  });

  it('makes one message of 20 parallel requests, at first and when it is sent again', async () => {
    const { browser, transport, clock } = slowRig();
    const jar = browser();
    await jar.begin();
    for (const messages of [1, 2]) {
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => codeOf(jar.send())));
      expect(outcomes.filter((outcome) => outcome === 'TOO_MANY_SENDS')).to.have.length(19);
      expect(transport.messages).to.have.length(messages);
      clock.advance(30);
    }
  });

  it('makes one message of a form that is sent 5 times at once, and all hold the same sign-in', async () => {
    const { browser, transport } = slowRig();
    const jars = Array.from({ length: 5 }, () => browser({ form: 'the random bits of one form' }));
    const flows = await Promise.all(jars.map((jar) => jar.login()));
    expect(transport.messages).to.have.length(1);
    expect(flows.map(({ stage }) => stage)).to.deep.equal(jars.map(() => 'code'));
    expect(new Set(jars.map(({ ref }) => ref?.id))).to.have.length(1);
  });

  it('lets the right code of such a form in once: the id of before is worth nothing to the others', async () => {
    const { browser, transport } = slowRig();
    const jars = [1, 2].map(() => browser({ form: 'the random bits of one form' }));
    await Promise.all(jars.map((jar) => jar.login()));
    const [winner, other] = jars;
    await winner?.enter(transport.lastCode());
    expect((await winner?.look())?.stage).to.equal('verified');
    expect((await other?.look())?.stage).to.equal('none');
  });

  it('lets such a form wait that is sent once more when its sign-in is over, and keeps the first factor', async () => {
    const { browser, transport, clock } = createRig();
    const form = 'the random bits of one form';
    const jar = browser({ form });
    await jar.login();
    await jar.signOut(true);
    for (const wait of [30, 20]) {
      const again = browser({ form });
      expect(await waitOf(again.login())).to.equal(wait);
      expect((await again.look()).stage).to.equal('send');
      clock.advance(10);
    }
    clock.advance(10);
    await browser({ form }).login();
    expect(transport.messages).to.have.length(2);
  });

  it('makes a message for each browser without a session', async () => {
    const { browser, transport } = slowRig();
    await Promise.all([1, 2].map(() => browser().login()));
    expect(transport.messages).to.have.length(2);
  });

  for (const [mode, outcome] of [
    ['refuse', 'PHONE_NOT_ACCEPTED'],
    ['reject', 'SMS_UNAVAILABLE'],
  ] as const) {
    it(`gives everything back if the SMSC says ${outcome}, and leaves nothing pending`, async () => {
      const { browser, transport, state } = createRig();
      transport.mode = mode;
      for (let attempt = 0; attempt < 8; attempt++) {
        const jar = browser({ form: 'one form' });
        expect(await codeOf(jar.login())).to.equal(outcome);
        expect((await jar.look()).stage).to.equal('send');
      }
      expect([...state.entries.keys()].filter((key) => /:(an|dl|ms|uh|ud|nh|nd|hd|ah):/.test(key))).to.deep.equal([]);
      transport.mode = 'accept';
      for (let number = 0; number < 5; number++) await browser().login();
      expect(await codeOf(browser().login())).to.equal('TOO_MANY_SENDS');
    });

    it(`leaves the earlier message's code alone if the repetition ends in ${outcome}`, async () => {
      const { loggedIn, transport, clock } = createRig();
      const jar = await loggedIn();
      const before = await jar.challenge();
      clock.advance(30);
      transport.mode = mode;
      expect(await codeOf(jar.send())).to.equal(outcome);
      expect(await jar.challenge()).to.deep.equal(before);
      expect(await codeOf(jar.enter(transport.lastCode()))).to.equal(undefined);
    });

    it(`leaves the code of before pending if the next one ends in ${outcome}, with the guesses that were made`, async () => {
      const { loggedIn, transport, clock } = createRig();
      const jar = await loggedIn();
      const before = await jar.challenge();
      clock.advance(150);
      await codeOf(jar.enter(wrong(transport.lastCode())));
      transport.mode = mode;
      expect(await codeOf(jar.send())).to.equal(outcome);
      expect(await jar.challenge()).to.deep.equal({ ...before, attempts: 1 });
      expect(await codeOf(jar.enter(transport.lastCode()))).to.equal(undefined);
    });
  }

  it('tells of a transport that fails without the number and the code that it quotes', async () => {
    const rig = createRig();
    let code = '';
    rig.transport.send = ({ to, text }) => {
      code = /\d{6}/.exec(text)?.[0] ?? '';
      return Promise.reject(new Error(`HTTP 400 for {"to":"${to}","body":"${text}"}`));
    };
    const error = await rig
      .browser()
      .login()
      .catch((thrown) => thrown);
    expect(error).to.have.property('code', 'SMS_UNAVAILABLE');
    expect(error.cause.message)
      .to.match(/^HTTP 400 for \{"to":"\+•••"/)
      .and.not.include(code);
    expect(code).to.match(/^\d{6}$/);
  });

  it('keeps the guesses that were made while a message was refused', async () => {
    const { loggedIn, transport, clock } = createRig();
    const jar = await loggedIn();
    const code = transport.lastCode();
    clock.advance(30);
    const { send } = transport;
    transport.send = async (message) => {
      await codeOf(jar.enter(wrong(code)));
      transport.mode = 'reject';
      return send.call(transport, message);
    };
    expect(await codeOf(jar.send())).to.equal('SMS_UNAVAILABLE');
    expect(await jar.challenge()).to.include({ attempts: 1, sends: 1 });
  });

  for (const [what, options, mode, outcome] of [
    ['the network refuses the number', {}, 'refuse', 'PHONE_NOT_ACCEPTED'],
    ['the app refuses the send', { beforeSend: () => false }, 'accept', 'SEND_REFUSED'],
  ] as const) {
    it(`costs a send if ${what} and nobody has proven it: else it would tell which numbers there are`, async () => {
      const limits = { sendsPerBlockPerHour: 2, sendsPerUserPerHour: 9, sendsPerNumberPerHour: 9 };
      const { loggedIn, transport } = createRig({ ...options, enrollment: ENROLLMENT, limits });
      const jar = await loggedIn('alan');
      transport.mode = mode;
      for (const number of ['+46701740691', '+46701740692']) {
        expect(await codeOf(jar.send({ number, purpose: 'enroll' }))).to.equal(outcome);
      }
      expect(await codeOf(jar.send({ number: '+46701740693', purpose: 'enroll' }))).to.equal('TOO_MANY_SENDS');
    });
  }

  it('costs nothing if a number that nobody has proven cannot be reached just now', async () => {
    const limits = { sendsPerBlockPerHour: 1 };
    const { loggedIn, transport } = createRig({ enrollment: ENROLLMENT, limits });
    const jar = await loggedIn('alan');
    transport.mode = 'reject';
    for (let time = 0; time < 3; time++) {
      expect(await codeOf(jar.send({ number: '+46701740691', purpose: 'enroll' }))).to.equal('SMS_UNAVAILABLE');
    }
  });

  it('counts a message whose fate is unknown, and its code is good', async () => {
    const { browser, transport } = createRig({ limits: { sendsPerUserPerHour: 1 } });
    transport.mode = 'unknown';
    const jar = browser();
    await jar.login();
    expect(await jar.pending()).to.include({ delivery: 'unknown' });
    expect(await codeOf(browser().login())).to.equal('TOO_MANY_SENDS');
    expect(await codeOf(jar.enter(transport.lastCode()))).to.equal(undefined);
  });

  it('ends the challenge before, once the new message is out', async () => {
    const { loggedIn, transport } = createRig();
    const jar = await loggedIn('grace');
    const [first, second] = GRACE_NUMBERS;
    await jar.send({ purpose: 'sign-in', number: first });
    const [before, code] = [await jar.challenge(), transport.lastCode()];
    transport.mode = 'reject';
    expect(await codeOf(jar.send({ purpose: 'sign-in', number: second }))).to.equal('SMS_UNAVAILABLE');
    expect(await jar.challenge()).to.deep.equal(before);
    transport.mode = 'accept';
    await jar.send({ purpose: 'sign-in', number: second });
    expect((await jar.challenge()).bits).to.not.equal(before.bits);
    if (code !== transport.lastCode()) expect(await codeOf(jar.enter(code))).to.equal('INVALID_CODE');
    expect(await codeOf(jar.enter(transport.lastCode()))).to.equal(undefined);
  });

  it('starts anew after a challenge that is used up', async () => {
    const { loggedIn, transport, clock } = createRig();
    const jar = await loggedIn();
    const { bits } = await jar.challenge();
    for (let index = 0; index < 5; index++) await codeOf(jar.enter(wrong(transport.lastCode())));
    expect(await codeOf(jar.send())).to.equal('TOO_MANY_SENDS');
    clock.advance(30);
    await jar.send();
    expect((await jar.challenge()).bits).to.not.equal(bits);
    expect(await codeOf(jar.enter(transport.lastCode()))).to.equal(undefined);
  });

  it('is out even if the shared state fails right after', async () => {
    const { browser, transport, state, events } = createRig();
    const { send } = transport;
    transport.send = async (message) => {
      const result = await send.call(transport, message);
      state.isDown = true;
      return result;
    };
    expect(await browser().login()).to.deep.include({ stage: 'code', pending: { guessesLeft: 5, delivery: 'queued' } });
    expect(events.map(([name]) => name)).to.deep.equal(['codeSent', 'fault']);
  });

  it('is out only after a session holds it', async () => {
    const { browser, transport } = createRig();
    const jar = browser();
    jar.onReplace = () => void expect(transport.messages).to.deep.equal([]);
    await jar.login();
    expect(transport.messages).to.have.length(1);
  });

  it('costs nothing if the session cannot be saved, and no message goes out', async () => {
    const { browser, transport } = createRig({ limits: { sendsPerUserPerHour: 1 } });
    const jar = browser({ form: 'one form' });
    jar.cannotSave = true;
    for (let time = 0; time < 3; time++) expect(await codeOf(jar.login())).to.equal('STATE_UNAVAILABLE');
    expect(transport.messages).to.deep.equal([]);
    jar.cannotSave = false;
    expect((await jar.login()).stage).to.equal('code');
  });

  it('is told as an event without the number', async () => {
    const { browser, events, transport } = createRig();
    await browser().login();
    transport.mode = 'reject';
    await codeOf(browser().login());
    expect(events.map(([name]) => name)).to.deep.equal(['codeSent', 'sendRefused']);
    expect(JSON.stringify(events)).to.not.include('46701740605').and.not.include(transport.lastCode());
    expect(events[0]?.[1]).to.deep.include({ userId: 'id-ada', purpose: 'sign-in', status: 'accepted', smsc: 'test' });
  });
});

describe('the limits of sends', () => {
  for (const [limit, window] of [
    ['sendsPerUserPerHour', 3600],
    ['sendsPerUserPerDay', 86_400],
    ['sendsPerNumberPerHour', 3600],
    ['sendsPerNumberPerDay', 86_400],
    ['sendsPerDayHard', 86_400],
  ] as const) {
    it(`hold for ${limit}, and say when they end`, async () => {
      const { browser, clock } = createRig({ limits: { [limit]: 2 } });
      for (let number = 0; number < 2; number++) await browser().login();
      clock.advance(10);
      expect(await codeOf(browser().login())).to.equal('TOO_MANY_SENDS');
      expect(await waitOf(browser().login())).to.equal(window - 10);
      clock.advance(window - 10);
      await browser().login();
    });
  }

  it('hold for one number over all users', async () => {
    const crowd = new Crowd((place) => (place < 9 ? ADA_NUMBER : '+46701740699'));
    const { browser } = createRig({ userStore: crowd });
    for (let index = 0; index < 5; index++) await browser().login(`user${index}`, CROWD_PASSWORD);
    expect(await codeOf(browser().login('user5', CROWD_PASSWORD))).to.equal('TOO_MANY_SENDS');
    await browser().login('user9', CROWD_PASSWORD);
  });

  it('refuse nothing but the send: the first factor is kept, and its password is given back', async () => {
    const { browser, people } = createRig({ limits: { sendsPerUserPerHour: 1 } });
    await browser().login();
    const jar = browser();
    for (let time = 0; time < 7; time++) expect(await codeOf(jar.login())).to.equal('TOO_MANY_SENDS');
    expect((await jar.look()).stage).to.equal('send');
    expect(people.checks).to.equal(8);
  });

  it('are given back by a code that was entered', async () => {
    const { loggedIn, transport, clock } = createRig();
    for (let index = 0; index < 8; index++) {
      const jar = await loggedIn();
      clock.advance(30);
      await jar.send();
      await jar.enter(transport.lastCode());
    }
  });

  it('are given back to the addresses that asked for them, each its own', async () => {
    const { loggedIn, transport, clock } = createRig({ limits: { sendsPerAddressPerHour: 2 } });
    const own = await loggedIn('ada', { address: '192.0.2.1' });
    await loggedIn('ada', { address: '192.0.2.1' });
    clock.advance(30);
    own.address = '192.0.2.2';
    await own.send();
    await own.enter(transport.lastCode());
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.2']) await loggedIn('ada', { address });
    for (const address of ['192.0.2.1', '192.0.2.2']) {
      expect(await codeOf(loggedIn('ada', { address }))).to.equal('TOO_MANY_SENDS');
    }
  });

  it('say when the last of them ends, if several are used up', async () => {
    const { browser, clock } = createRig({ limits: { sendsPerUserPerHour: 1, sendsPerNumberPerDay: 1 } });
    await browser().login();
    clock.advance(10);
    expect(await waitOf(browser().login())).to.equal(86_390);
    clock.advance(86_390);
    await browser().login();
  });

  it('are given back at any moment of their window, that of the first send, too', async () => {
    const { loggedIn, transport, clock } = createRig({ limits: { sendsPerUserPerHour: 1 } });
    for (const seconds of [0, 20.5, 0.001, 59.999]) {
      const jar = await loggedIn();
      clock.advance(seconds);
      await jar.enter(transport.lastCode());
    }
  });

  it('are given back only in the window that counted them', async () => {
    const { loggedIn, transport, clock } = createRig({ limits: { sendsPerUserPerHour: 2 } });
    await loggedIn();
    clock.advance(3590);
    const late = await loggedIn();
    const code = transport.lastCode();
    clock.advance(10);
    for (let time = 0; time < 2; time++) await loggedIn();
    await late.enter(code);
    expect(await codeOf(loggedIn())).to.equal('TOO_MANY_SENDS');
  });

  it('are not given back for a message that was never noted', async () => {
    const { browser, transport, state } = createRig({ limits: { sendsPerUserPerHour: 1 } });
    const { send } = transport;
    transport.send = async (message) => {
      state.isDown = true;
      return send.call(transport, message);
    };
    const jar = browser();
    await jar.login();
    state.isDown = false;
    await jar.enter(transport.lastCode());
    expect(await codeOf(browser().login())).to.equal('TOO_MANY_SENDS');
  });

  it('cannot be pumped: the hard one holds, whatever is entered', async () => {
    const { loggedIn, transport, clock } = createRig();
    let refused = 0;
    for (let round = 0; round < 60; round++) {
      try {
        const jar = await loggedIn();
        for (const pause of [30, 60, 120]) {
          clock.advance(pause);
          await jar.send();
        }
        await jar.enter(transport.lastCode());
      } catch {
        refused += 1;
        clock.advance(60);
      }
    }
    expect(transport.messages.length).to.be.at.most(30);
    expect(refused).to.be.greaterThan(0);
  });

  it('cannot be pumped by turns: the hard one counts a user over all numbers, and a number over all users', async () => {
    const ofUser = createRig({ limits: { sendsPerDayHard: 4 } });
    const choose = async (number: string): Promise<void> => {
      const jar = await ofUser.loggedIn('grace');
      await jar.send({ purpose: 'sign-in', number });
      await jar.enter(ofUser.transport.lastCode());
    };
    for (const number of [...GRACE_NUMBERS, ...GRACE_NUMBERS]) await choose(number);
    expect(await codeOf(choose(GRACE_NUMBERS[0]))).to.equal('TOO_MANY_SENDS');

    const ofNumber = createRig({ limits: { sendsPerDayHard: 4 } });
    ofNumber.people.change('id-grace', { phoneNumbers: [ADA_NUMBER] });
    for (const user of ['ada', 'grace', 'ada', 'grace']) await ofNumber.signedIn(user);
    expect(await codeOf(ofNumber.signedIn('ada'))).to.equal('TOO_MANY_SENDS');
  });
});

describe('the budget of the day', () => {
  it('is told of at 50, 80 and 100 per cent, and holds for all', async () => {
    const limits = { smsPerDay: 5, sendsPerUserPerHour: false, sendsPerNumberPerHour: false } as const;
    const rig = createRig({ limits });
    for (let index = 0; index < 5; index++) await rig.loggedIn();
    expect(await codeOf(rig.loggedIn())).to.equal('TOO_MANY_SENDS');
    const told = rig.events
      .filter(([name]) => name === 'smsBudgetUsed')
      .map(([, facts]) => (facts as { percent: number }).percent);
    expect(told).to.deep.equal([50, 80, 100]);
  });

  it('is told of as used up though it is too small for the steps before', async () => {
    const rig = createRig({ limits: { smsPerDay: 1 } });
    await rig.loggedIn();
    expect(rig.events.filter(([name]) => name === 'smsBudgetUsed').map(([, facts]) => facts)).to.deep.equal([
      { time: new Date(rig.clock.now()), percent: 100 },
    ]);
  });

  it('of an address holds over all users', async () => {
    const rig = createRig({ userStore: new Crowd(), limits: { sendsPerAddressPerHour: 2 } });
    for (const place of [1, 2]) await rig.browser().login(`user${place}`, CROWD_PASSWORD);
    expect(await codeOf(rig.browser().login('user3', CROWD_PASSWORD))).to.equal('TOO_MANY_SENDS');
  });
});
