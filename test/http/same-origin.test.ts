import { expect } from 'chai';
import { postJson, type TestAppSetup, testApp } from '../support/app.ts';

const LOGIN = { username: 'ada', password: 'lovelace' };

function login(setup: TestAppSetup, headers: Record<string, string>): ReturnType<typeof postJson> {
  return postJson(testApp(setup).agent(), '/auth/login', LOGIN).set(headers);
}

const WITH_ORIGIN = { options: { origin: 'https://app.example', trustedOrigins: ['https://native.example'] } };
const WITHOUT = { options: { origin: undefined } } as unknown as TestAppSetup;

describe('the same-origin rule', () => {
  for (const [what, setup, headers] of [
    ['a program, which sends neither header', WITH_ORIGIN, {}],
    ['the own site', WITH_ORIGIN, { Origin: 'https://app.example' }],
    ['the own site by Fetch Metadata', WITH_ORIGIN, { 'Sec-Fetch-Site': 'same-origin', Origin: 'https://app.example' }],
    ['an address that was typed', WITH_ORIGIN, { 'Sec-Fetch-Site': 'none' }],
    ['a trusted origin', WITH_ORIGIN, { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://native.example' }],
    ['the host, without the option origin', WITHOUT, { Host: 'intra:8080', Origin: 'http://intra:8080' }],
    ['the host behind a proxy that ends TLS', WITHOUT, { Host: 'intra', Origin: 'https://intra' }],
  ] as const) {
    it(`lets pass ${what}`, async () => {
      await login(setup, headers).expect(200);
    });
  }

  for (const [what, setup, headers] of [
    ['another site', WITH_ORIGIN, { Origin: 'https://evil.example' }],
    ['another site by Fetch Metadata', WITH_ORIGIN, { 'Sec-Fetch-Site': 'cross-site' }],
    ['a subdomain', WITH_ORIGIN, { 'Sec-Fetch-Site': 'same-site', Origin: 'https://x.app.example' }],
    ['an opaque origin', WITH_ORIGIN, { Origin: 'null' }],
    ['an opaque origin, without the option origin', WITHOUT, { Host: 'intra', Origin: 'null' }],
    ['the own name on another port', WITH_ORIGIN, { Origin: 'https://app.example:8443' }],
    ['another host, without the option origin', WITHOUT, { Host: 'intra', Origin: 'http://evil.example' }],
    [
      'a host that somebody made up, with the option origin',
      WITH_ORIGIN,
      { Host: 'evil.example', Origin: 'https://evil.example' },
    ],
    ['an origin that begins like a trusted one', WITH_ORIGIN, { Origin: 'https://native.example.evil.example' }],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const { body } = await login(setup, headers).expect(403);
      expect(body.code).to.equal('CROSS_ORIGIN');
    });
  }

  it('holds for everything that changes something', async () => {
    const { signedIn, transport } = testApp(WITH_ORIGIN);
    const jar = await signedIn('ada', 'password');
    for (const path of ['/auth/login', '/auth/number', '/auth/code', '/auth/code/send', '/auth/logout']) {
      await postJson(jar, path, { ...LOGIN, code: transport.lastCode(), number: 0 })
        .set('Origin', 'https://evil.example')
        .expect(403);
    }
    expect((await jar.get('/auth/session')).body.stage).to.equal('code');
  });
});
