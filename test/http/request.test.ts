import { expect } from 'chai';
import { addressBlockOf } from '../../lib/http/request.ts';
import { postJson, testApp } from '../support/app.ts';
import { hearAll } from '../support/events.ts';

describe('an address', () => {
  for (const [ip, block] of [
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:192.0.2.7', '192.0.2.7'],
    ['::ffff:c633:6407', '198.51.100.7'],
    ['0:0:0:0:0:ffff:c633:6407', '198.51.100.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002:ffff::1', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['198.51.100.7:49152', '198.51.100.7'],
    ['[2001:db8:1:2::5]:49152', '2001:db8:1:2::/64'],
    ['[::ffff:198.51.100.7]', '198.51.100.7'],
    ['unknown', 'unknown'],
    ['1.2.3:4', '1.2.3:4'],
    [undefined, ''],
  ] as const) {
    it(`is counted under ${block} if it is ${ip}`, () => {
      expect(addressBlockOf(ip)).to.equal(block);
    });
  }
});

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
