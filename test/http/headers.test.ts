import { expect } from 'chai';
import type { Express } from 'express';
import helmet from 'helmet';
import { getPage, postForm, postJson, testApp } from '../support/app.ts';

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
