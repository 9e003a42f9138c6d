import { expect } from 'chai';
import type { Challenge } from '../../lib/domain/challenge.ts';
import { SmsOtpError } from '../../lib/errors.ts';
import { FakeClock } from '../support/clock.ts';
import { MapState } from '../support/map-state.ts';
import { ADA, codeOf, createRig, wrong } from '../support/rig.ts';
import { slowState } from '../support/slow-state.ts';

describe('sending a code', () => {
  it('repeats the code while more than half its life is left, with the same end', async () => {
    const { send, clock, transport } = createRig();
    const first = await send();
    clock.advance(149);
    const again = await send(first);
    expect(again).to.deep.equal(first);
    expect(new Set(transport.messages.map(({ text }) => /\d{6}/.exec(text)?.[0]))).to.have.length(1);
    expect(transport.messages.map(({ expiresAt }) => expiresAt.getTime())).to.deep.equal([first.endsAt, first.endsAt]);
  });

  it('gives the next code later, and the one before is wrong from then on', async () => {
    const { send, guess, guesses, clock, transport } = createRig();
    const first = await send();
    const old = transport.lastCode();
    clock.advance(150);
    const next = await send(first);
    expect(next).to.include({ id: first.id, generation: 1, endsAt: first.endsAt + 150_000 });
    expect(await codeOf(guess(next, old))).to.equal('INVALID_CODE');
    expect(await guesses.remaining(next)).to.equal(4);
    expect(await codeOf(guess(next, transport.lastCode()))).to.equal(undefined);
  });

  it('pauses 30, 60, then 120 seconds', async () => {
    const { send, clock } = createRig({
      codeTtlSeconds: 600,
      limits: { sendsPerUserPerHour: 20, sendsPerNumberPerHour: 20 },
    });
    let challenge = await send();
    for (const pause of [30, 60, 120, 120]) {
      clock.advance(pause - 1);
      const error: unknown = await send(challenge).catch((thrown) => thrown);
      expect(error).to.be.instanceOf(SmsOtpError).with.property('code', 'TOO_MANY_SENDS');
      expect((error as SmsOtpError).details.retryAfterSeconds).to.equal(1);
      clock.advance(1);
      challenge = await send(challenge);
    }
  });

  it('makes one message of 20 parallel requests, at first and when it is sent again', async () => {
    const clock = new FakeClock();
    const state = new MapState(clock.now);
    const { send, transport } = createRig({ shared: slowState(state) }, { clock, state });
    let challenge: Challenge | undefined;
    for (const messages of [1, 2]) {
      const sends = Array.from({ length: 20 }, () => send(challenge).catch(({ code }) => code));
      const outcomes: readonly unknown[] = await Promise.all(sends);
      expect(outcomes.filter((outcome) => outcome === 'TOO_MANY_SENDS')).to.have.length(19);
      expect(transport.messages).to.have.length(messages);
      challenge = await sends.find((_, index) => outcomes[index] !== 'TOO_MANY_SENDS');
      clock.advance(30);
    }
  });

  for (const [mode, outcome] of [
    ['refuse', 'PHONE_NOT_ACCEPTED'],
    ['reject', 'SMS_UNAVAILABLE'],
  ] as const) {
    it(`gives everything back where the SMSC says ${outcome}, and leaves nothing pending`, async () => {
      const { send, transport, state } = createRig();
      transport.mode = mode;
      for (let attempt = 0; attempt < 8; attempt++) expect(await codeOf(send())).to.equal(outcome);
      expect([...state.entries.keys()].filter((key) => /:(challenge|cooldown):/.test(key))).to.deep.equal([]);
      transport.mode = 'accept';
      for (let number = 0; number < 5; number++) await send(undefined, { signIn: `${number}` });
      expect(await codeOf(send())).to.equal('TOO_MANY_SENDS');
    });

    it(`leaves the earlier message's code alone where the repetition ends in ${outcome}`, async () => {
      const { send, guess, transport, clock } = createRig();
      const challenge = await send();
      clock.advance(30);
      transport.mode = mode;
      expect(await codeOf(send(challenge))).to.equal(outcome);
      expect(await codeOf(guess(challenge, transport.lastCode()))).to.equal(undefined);
    });

    it(`leaves nothing pending where the next code ends in ${outcome}`, async () => {
      const { send, guess, transport, clock } = createRig();
      const challenge = await send();
      clock.advance(150);
      transport.mode = mode;
      expect(await codeOf(send(challenge))).to.equal(outcome);
      expect(await codeOf(guess(challenge, transport.lastCode()))).to.equal('CODE_EXPIRED');
    });
  }

  it('counts a message whose fate is unknown, and its code is good', async () => {
    const { send, guess, transport, deliveries } = createRig({ limits: { sendsPerUserPerHour: 1 } });
    transport.mode = 'unknown';
    const challenge = await send();
    expect(await deliveries.state(challenge.id)).to.equal('unknown');
    expect(await codeOf(send(undefined, { signIn: 'other' }))).to.equal('TOO_MANY_SENDS');
    expect(await codeOf(guess(challenge, transport.lastCode()))).to.equal(undefined);
  });

  it('ends the challenge before, once the new message is out', async () => {
    const { send, guess, transport } = createRig();
    const first = await send();
    const code = transport.lastCode();
    transport.mode = 'reject';
    await codeOf(send(first, { number: '+46701740699' }));
    transport.mode = 'accept';
    await send(first, { number: '+46701740699' });
    expect(await codeOf(guess(first, code))).to.equal('CODE_EXPIRED');
  });

  it('starts anew after a challenge that is used up', async () => {
    const { send, guess, transport, clock } = createRig();
    const first = await send();
    for (let index = 0; index < 5; index++) await codeOf(guess(first, wrong(transport.lastCode())));
    expect(await codeOf(send(first))).to.equal('TOO_MANY_SENDS');
    clock.advance(30);
    const next = await send(first);
    expect(next.id).to.not.equal(first.id);
    expect(await codeOf(guess(next, transport.lastCode()))).to.equal(undefined);
  });

  it('is out even where the shared state fails right after', async () => {
    const { send, transport, state, events } = createRig();
    const { set } = state;
    state.set = async (key, ...rest) => {
      if (transport.messages.length > 0) throw new Error('connect ECONNREFUSED');
      return set.call(state, key, ...rest);
    };
    await send();
    expect(events.map(([name]) => name)).to.deep.equal(['codeSent', 'fault']);
  });

  it('is told as an event without the number', async () => {
    const { send, events, transport } = createRig();
    await send();
    transport.mode = 'reject';
    await codeOf(send(undefined, { signIn: 'other' }));
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
      const { send, clock } = createRig({ limits: { [limit]: 2 } });
      for (let number = 0; number < 2; number++) await send(undefined, { signIn: `${number}` });
      clock.advance(10);
      const error: SmsOtpError = await send(undefined, { signIn: 'x' }).catch((thrown) => thrown);
      expect(error.code).to.equal('TOO_MANY_SENDS');
      expect(error.details.retryAfterSeconds).to.equal(window - 10);
      clock.advance(window - 10);
      await send(undefined, { signIn: 'x' });
    });
  }

  it('hold for one number over all users', async () => {
    const { send } = createRig();
    for (let index = 0; index < 5; index++) {
      await send(undefined, {
        signIn: `${index}`,
        user: { id: `id-${index}`, username: `${index}`, phoneNumbers: [] },
      });
    }
    const user = { id: 'id-x', username: 'x', phoneNumbers: [] };
    expect(await codeOf(send(undefined, { signIn: 'x', user }))).to.equal('TOO_MANY_SENDS');
    await send(undefined, { signIn: 'x', user, number: '+46701740699' });
  });

  it('are given back by a code that was entered', async () => {
    const { send, guess, transport, clock } = createRig();
    for (let index = 0; index < 8; index++) {
      let challenge = await send(undefined, { signIn: `${index}` });
      clock.advance(30);
      challenge = await send(challenge, { signIn: `${index}` });
      await guess(challenge, transport.lastCode());
    }
  });

  it('are given back to the addresses that asked for them, each its own', async () => {
    const { send, guess, transport, clock } = createRig({ limits: { sendsPerAddressPerHour: 2 } });
    const own = await send(undefined, { addressBlock: '192.0.2.1' });
    await send(undefined, { addressBlock: '192.0.2.1', signIn: 'sign-in 2' });
    clock.advance(30);
    await send(own, { addressBlock: '192.0.2.2' });
    await guess(own, transport.lastCode());
    for (const [addressBlock, signIn] of [
      ['192.0.2.1', 'sign-in 3'],
      ['192.0.2.2', 'sign-in 4'],
      ['192.0.2.2', 'sign-in 5'],
    ] as const) {
      await send(undefined, { addressBlock, signIn });
    }
    for (const addressBlock of ['192.0.2.1', '192.0.2.2']) {
      expect(await codeOf(send(undefined, { addressBlock, signIn: 'sign-in 6' }))).to.equal('TOO_MANY_SENDS');
    }
  });

  it('say when the last of them ends, where several are used up', async () => {
    const { send, clock } = createRig({ limits: { sendsPerUserPerHour: 1, sendsPerNumberPerDay: 1 } });
    await send();
    clock.advance(10);
    const error: SmsOtpError = await send(undefined, { signIn: 'x' }).catch((thrown) => thrown);
    expect(error.details.retryAfterSeconds).to.equal(86_390);
    clock.advance(86_390);
    await send(undefined, { signIn: 'x' });
  });

  it('are given back at any moment of their window, that of the first send, too', async () => {
    const { send, guess, transport, clock } = createRig({ limits: { sendsPerUserPerHour: 1 } });
    for (const seconds of [20.5, 0.001, 59.999]) {
      const challenge = await send(undefined, { signIn: `${seconds}` });
      clock.advance(seconds);
      await guess(challenge, transport.lastCode());
    }
  });

  it('are given back only in the window that counted them', async () => {
    const { send, guess, transport, clock } = createRig({ limits: { sendsPerUserPerHour: 2 } });
    await send();
    clock.advance(3590);
    const late = await send(undefined, { signIn: 'late' });
    const code = transport.lastCode();
    clock.advance(10);
    for (const signIn of ['a', 'b']) await send(undefined, { signIn });
    await guess(late, code);
    expect(await codeOf(send(undefined, { signIn: 'c' }))).to.equal('TOO_MANY_SENDS');
  });

  it('cannot be pumped: the hard one holds, whatever is entered', async () => {
    const { send, guess, transport, clock } = createRig();
    let refused = 0;
    for (let round = 0; round < 60; round++) {
      try {
        let challenge = await send(undefined, { signIn: `${round}` });
        for (const pause of [30, 60, 120]) {
          clock.advance(pause);
          challenge = await send(challenge, { signIn: `${round}` });
        }
        await guess(challenge, transport.lastCode());
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
    const numbers = ['+46701740605', '+46701740606'];
    ofUser.people.change('id-ada', { phoneNumbers: numbers });
    for (const number of [...numbers, ...numbers]) {
      const challenge = await ofUser.send(undefined, { signIn: `${ofUser.transport.messages.length}`, number });
      await ofUser.guess(challenge, ofUser.transport.lastCode());
    }
    expect(await codeOf(ofUser.send(undefined, { signIn: 'x' }))).to.equal('TOO_MANY_SENDS');

    const ofNumber = createRig({ limits: { sendsPerDayHard: 4 } });
    const grace = { id: 'id-grace', username: 'grace', phoneNumbers: ['+46701740605'] };
    ofNumber.people.change(grace.id, grace);
    for (const user of [ADA, grace, ADA, grace]) {
      const { id, subject } = await ofNumber.send(undefined, { signIn: `${ofNumber.transport.messages.length}`, user });
      await ofNumber.verification.verify(
        { challengeId: id, subject, code: ofNumber.transport.lastCode() },
        async () => {},
      );
    }
    expect(await codeOf(ofNumber.send(undefined, { signIn: 'x' }))).to.equal('TOO_MANY_SENDS');
  });
});
