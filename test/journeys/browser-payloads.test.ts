import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { Response } from 'supertest';
import { type Agent, getPage, postForm, type TestApp, testApp } from '../support/app.ts';
import { useBrowser } from '../support/browser.ts';
import { nodesOf, PAYLOADS } from '../support/markup.ts';

type Ask = (jar: Agent, payload: string) => PromiseLike<Response>;

/** The fields of a request, by where the sign-in stands. */
const CARRIERS: Readonly<Record<'none' | 'enroll' | 'number' | 'code', Readonly<Record<string, Ask>>>> = {
  none: {
    'a username': (jar, payload) => postForm(jar, '/auth/login', { username: payload, password: 'x' }),
    'a password': (jar, payload) => postForm(jar, '/auth/login', { username: 'x', password: payload }),
    'a place to return to': (jar, payload) => getPage(jar, `/auth/login?returnTo=${inUrl(`/${printable(payload)}`)}`),
    'a place that is no path': (jar, payload) => getPage(jar, `/auth/login?returnTo=${inUrl(payload)}`),
    'an address': (jar, payload) => postForm(jar, `/secret?${inUrl(payload)}`),
    ...headers('Host', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Forwarded-For', 'X-Forwarded-Prefix'),
  },
  enroll: {
    'a phone number': (jar, payload) => postForm(jar, '/auth/enroll', { phone: payload.slice(0, 64) }),
  },
  number: {
    'a number': (jar, payload) => postForm(jar, '/auth/number', { number: payload }),
  },
  code: {
    'a code': (jar, payload) => afterRedirect(jar, { code: payload }),
    'a hidden field': (jar, payload) => afterRedirect(jar, { code: 'x', returnTo: `/${printable(payload)}` }),
  },
};

const LOGINS: Readonly<Record<string, Record<string, string>>> = {
  enroll: { username: 'alan', password: 'turing' },
  number: { username: 'grace', password: 'hopper' },
};

describe('a page that answers a request', function () {
  this.timeout(60_000);

  const browser = useBrowser();
  let page: Page;

  beforeEach(async () => {
    page = await browser.newPage();
  });

  for (const [stage, carriers] of Object.entries(CARRIERS)) {
    for (const [carrier, ask] of Object.entries(carriers)) {
      it(`has no node and no attribute of ${PAYLOADS.length} payloads in ${carrier}`, async () => {
        const jar = await jarAt(stage);
        const harmless = await nodesOf(page, (await ask(jar, 'harmless')).text);
        expect(harmless.join()).to.include('form');
        const answers = await Promise.all(PAYLOADS.map((payload) => ask(jar, payload)));
        for (const [index, { text }] of answers.entries()) {
          expect(await nodesOf(page, text), PAYLOADS[index]).to.deep.equal(harmless);
        }
      });
    }
  }
});

/** The error of a code is told on the page after the redirect. */
async function afterRedirect(jar: Agent, form: Record<string, string>): Promise<Response> {
  const answer = await postForm(jar, '/auth/code', form);
  return answer.status === 303 ? getPage(jar, answer.headers.location ?? '') : answer;
}

async function jarAt(stage: string): Promise<Agent> {
  const { agent, signedIn } = unlimitedApp();
  if (stage === 'code') return signedIn('ada', 'password');
  const jar = agent();
  const login = LOGINS[stage];
  if (login !== undefined) await postForm(jar, '/auth/login', login).expect(303);
  return jar;
}

function unlimitedApp(): TestApp {
  const limits = { failedPasswordsPerUser: false, failedPasswordsPerAddressPerHour: false } as const;
  const enrollment = { when: 'always', allowedCountries: ['SE'] } as const;
  return testApp({ options: { limits, enrollment }, before: (app) => void app.set('trust proxy', true) });
}

function headers(...names: readonly string[]): Record<string, Ask> {
  const ask = (name: string): Ask => {
    return (jar, payload) => getPage(jar, '/auth/login').set(name, printable(payload));
  };
  return Object.fromEntries(names.map((name) => [name, ask(name)]));
}

function inUrl(payload: string): string {
  return encodeURIComponent(payload);
}

/** Node sends no control characters in a header, and a path with one is none to return to. */
function printable(payload: string): string {
  return payload.replaceAll('\u0000', '');
}
