import { expect } from 'chai';
import type { Request } from 'express';
import { addressBlockOf, browserLabel } from '../../lib/http/request.ts';
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

const [WEBKIT, GECKO] = ['AppleWebKit/605.1.15 (KHTML, like Gecko)', 'Gecko/20100101 Firefox/145.0'];
const BLINK = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const [MAC, PHONE] = ['(Macintosh; Intel Mac OS X 10_15_7)', '(iPhone; CPU iPhone OS 18_1 like Mac OS X)'];
const [LINUX, ANDROID] = ['(X11; Linux x86_64)', '(Linux; Android 10; K)'];

describe('the name of a browser', () => {
  for (const [agent, label] of [
    [`${MAC} ${WEBKIT} Version/18.1 Safari/605.1.15`, 'Safari, macOS'],
    [`${PHONE} ${WEBKIT} Version/18.1 Mobile/15E148 Safari/604.1`, 'Safari, iPhone'],
    [`(iPad; CPU OS 17_6 like Mac OS X) ${WEBKIT} Version/17.6 Mobile/15E148 Safari/604.1`, 'Safari, iPad'],
    [`${LINUX} ${BLINK} Chrome/142.0.0.0 Safari/537.36`, 'Chrome, Linux'],
    [`${LINUX} ${BLINK} HeadlessChrome/142.0.0.0 Safari/537.36`, 'Chrome, Linux'],
    [`${PHONE} ${WEBKIT} CriOS/142.0.0.0 Mobile/15E148 Safari/604.1`, 'Chrome, iPhone'],
    [`${PHONE} ${WEBKIT} FxiOS/145.0 Mobile/15E148 Safari/605.1.15`, 'Firefox, iPhone'],
    [`(X11; Linux x86_64; rv:145.0) ${GECKO}`, 'Firefox, Linux'],
    [`(Windows NT 10.0; Win64; x64) ${BLINK} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0`, 'Edge, Windows'],
    [`(Windows NT 10.0; Win64; x64) ${BLINK} Chrome/142.0.0.0 Safari/537.36 OPR/125.0.0.0`, 'Opera, Windows'],
    [`(Windows NT 10.0; Win64; x64) ${BLINK} Chrome/142.0.0.0 Safari/537.36 Vivaldi/7.7`, 'Vivaldi, Windows'],
    [`${PHONE} ${WEBKIT} OPiOS/16.0.15 Mobile/15E148 Safari/9537.53`, 'Opera, iPhone'],
    [`${ANDROID} ${BLINK} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`, 'Samsung Internet, Android'],
    [`${ANDROID} ${BLINK} Chrome/130.0.0.0 HuaweiBrowser/15.0 Mobile Safari/537.36`, 'Huawei Browser, Android'],
    [`${ANDROID} ${BLINK} Chrome/130.0.0.0 YaBrowser/25.10 Mobile Safari/537.36`, 'Yandex Browser, Android'],
    [`${ANDROID} ${BLINK} Version/4.0 Chrome/123.0.0.0 Mobile Safari/537.36 MiuiBrowser/14.1`, 'Mi Browser, Android'],
    [`${ANDROID} ${BLINK} Version/4.0 Chrome/100.0.0.0 UCBrowser/13.8 Mobile Safari/537.36`, 'UC Browser, Android'],
    [`${MAC} ${WEBKIT} Version/18.1 Safari/605.1.15 Ddg/18.1`, 'DuckDuckGo, macOS'],
    // They say that they are like Safari, and not what they are.
    [`${LINUX} ${WEBKIT} Version/18.0 Safari/605.1.15`, 'Linux'],
    [`(Linux; U; Android 4.0.3) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile Safari/534.30`, 'Android'],
    [`${PHONE} ${WEBKIT} GSA/340.3 Mobile/15E148 Safari/604.1`, 'iPhone'],
    [`${MAC} ${WEBKIT} Version/18.1 Safari/605.1.15 Unheard/1.0`, 'macOS'],
    ['curl/8.5.0', ''],
    ['', ''],
  ] as const) {
    it(`is "${label}" for ${agent || 'none'}`, () => {
      const req = { get: () => (agent === '' ? undefined : `Mozilla/5.0 ${agent}`) } as unknown as Request;
      expect(browserLabel(req)).to.equal(label);
    });
  }
});
