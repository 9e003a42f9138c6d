import { expect } from 'chai';
import { postJson, testApp } from '../support/app.ts';
import { hearAll } from '../support/events.ts';

/** The request ids in the events of one refused sign-in. */
async function requestIdOf(header: string | undefined, id?: unknown): Promise<unknown> {
  const { otp, agent } = testApp({
    before: (app) =>
      app.use((req, _res, next) => {
        if (id !== undefined) Object.assign(req, { id });
        next();
      }),
  });
  const heard = hearAll(otp.events);
  const login = postJson(agent(), '/auth/login', { username: 'ada', password: 'lovelace' });
  await (header === undefined ? login : login.set('X-Request-Id', header)).expect(200);
  expect(heard.map(({ event }) => event)).to.deep.equal(['firstFactorAccepted', 'codeSent']);
  expect(heard[0]?.requestId).to.equal(heard[1]?.requestId);
  return heard[0]?.requestId;
}

describe('the id of a request in its events', () => {
  it("is the header X-Request-Id if the app sets none, and the app's own if it does", async () => {
    expect(await requestIdOf('0af7651916cd43dd:1.a_b-c')).to.equal('0af7651916cd43dd:1.a_b-c');
    expect(await requestIdOf('from-outside', 'from-the-app')).to.equal('from-the-app');
    expect(await requestIdOf(undefined, 7)).to.equal('7');
    expect(await requestIdOf(undefined)).to.equal(undefined);
  });

  for (const forged of ['a b', 'a"b', '{"event":"codeAccepted"}', 'a\u00a0b', '', 'x'.repeat(65)]) {
    it(`is none if it is ${JSON.stringify(forged.slice(0, 30))}, which could forge a line of a log`, async () => {
      expect(await requestIdOf(forged)).to.equal(undefined);
      expect(await requestIdOf('from-outside', forged)).to.equal(undefined);
    });
  }

  it('is none if the app sets what is no text: nothing else is asked then', async () => {
    expect(await requestIdOf('from-outside', { a: 1 })).to.equal(undefined);
    expect(await requestIdOf('from-outside', 'a\nb')).to.equal(undefined);
  });
});
