import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import type { Express } from 'express';
import helmet from 'helmet';
import { getPage, postForm, postJson, type TestAppSetup, testApp } from '../support/app.ts';
import { listen } from '../support/client.ts';

const ANSWER = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'same-origin',
};
const PAGE = {
  ...ANSWER,
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
};

const HELMETS: Readonly<Record<string, (app: Express) => void>> = {
  alone: () => {},
  'behind helmet': (app) => void app.use(helmet()),
  'behind a helmet that forbids nearly everything': (app) => {
    const directives = { defaultSrc: ["'none'"], formAction: ["'none'"], sandbox: [] };
    app.use(
      helmet({
        contentSecurityPolicy: { useDefaults: false, directives },
        crossOriginEmbedderPolicy: true,
        crossOriginOpenerPolicy: { policy: 'same-origin-allow-popups' },
        referrerPolicy: { policy: 'no-referrer' },
      }),
    );
  },
  'behind a helmet that allows nearly everything': (app) => {
    const none = { contentSecurityPolicy: false, xContentTypeOptions: false, xFrameOptions: false } as const;
    app.use(helmet({ ...none, crossOriginOpenerPolicy: false, referrerPolicy: { policy: 'unsafe-url' } }));
  },
};

for (const [where, before] of Object.entries(HELMETS)) {
  describe(`the headers, ${where}`, () => {
    it('are the same strict ones on every page and every error page', async () => {
      const { agent, signedIn } = testApp({ before });
      for (const page of [
        await getPage(agent(), '/auth/login').expect(200),
        await getPage(await signedIn('ada', 'password'), '/auth/code').expect(200),
        await getPage(await signedIn('grace', 'password'), '/auth/number').expect(200),
        await postForm(agent(), '/auth/code', { code: '123456' }).expect(409),
        await postForm(agent(), '/secret').expect(401),
      ]) {
        expect(page.headers).to.include(PAGE);
      }
    });

    it('keep redirects, JSON and files from caches, other sites and guesses of their type', async () => {
      const { agent, signedIn } = testApp({ before });
      const jar = await signedIn('ada', 'password');
      for (const answer of [
        await getPage(agent(), '/auth/code').expect(303),
        await jar.get('/auth/session').expect(200),
        await postJson(jar, '/auth/code', { code: 'x' }).expect(400),
        await jar.get('/auth/assets/sms-otp.css').expect(200),
      ]) {
        expect(answer.headers).to.include(ANSWER);
      }
    });
  });
}

describe('the headers of the app', () => {
  it('stay if ours say nothing of them', async () => {
    const { agent } = testApp({ before: HELMETS['behind a helmet that forbids nearly everything'] ?? (() => {}) });
    expect((await getPage(agent(), '/auth/login')).headers).to.include({
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
    });
  });
});

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

  it('refuses an opaque origin of a request that names no host, without the option origin', async () => {
    const { url, close } = await listen(testApp(WITHOUT).app);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.end('POST /auth/login HTTP/1.0\r\nOrigin: null\r\nAccept: application/json\r\n\r\n');
    expect(await text(socket)).to.match(/^HTTP\/1\.1 403 .*"CROSS_ORIGIN"/s);
    await close();
  });

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
