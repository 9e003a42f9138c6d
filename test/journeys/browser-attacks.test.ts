import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { type Site, typeCode, typePassword, useSites } from '../support/site.ts';

const PATHS = ['login', 'number', 'code', 'code/send', 'enroll', 'account', 'account/phones', 'logout', 'session'];
const OPTIONS = { enrollment: { when: 'always', allowedCountries: ['SE'] } } as const;

describe('a browser that is used against its owner', function () {
  this.timeout(60_000);

  const openSite = useSites();
  let site: Site;

  for (const javaScriptEnabled of [true, false]) {
    it(`cannot post a form from another host, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
      site = await openSite({ options: OPTIONS }, 'bank.example.test');
      const page = await site.visit('/auth/login', { javaScriptEnabled });
      await typePassword(page, 'ada', 'lovelace');
      await page.getByLabel('Code').waitFor();
      for (const [path, fields] of [
        ['login', { username: 'grace', password: 'hopper' }],
        ['number', { number: '0' }],
        ['code', { code: site.transport.lastCode() }],
        ['code/send', {}],
        ['enroll', { phone: '+46 70 174 06 99' }],
        ['account/phones', { phone: '+46 70 174 06 99' }],
        ['account/phones/remove', { number: '0' }],
        ['account/sign-out-everywhere', {}],
        ['logout', {}],
      ] as const) {
        expect(await postFromElsewhere(page, `${site.url}/auth/${path}`, fields), path).to.equal(403);
      }
      expect(site.transport.messages).to.have.length(1);
      await page.goto(`${site.url}/auth/code`);
      await typeCode(page, site.transport.lastCode());
      await page.getByRole('heading', { name: 'Welcome' }).waitFor();
    });
  }

  /** From a host of the same site, where cookies travel along. */
  async function postFromElsewhere(page: Page, action: string, fields: Record<string, string>): Promise<number> {
    const inputs = Object.entries(fields).map(([name, value]) => `<input name="${name}" value="${value}">`);
    const body = `<form method="post" action="${action}">${inputs.join('')}<button>Win</button></form>`;
    await page.route('http://evil.example.test/', (route) => route.fulfill({ contentType: 'text/html', body }));
    await page.goto('http://evil.example.test/');
    const answer = page.waitForResponse(action);
    await page.getByRole('button', { name: 'Win' }).click();
    return (await answer).status();
  }

  it('sends no SMS by visiting pages without JavaScript, wherever the sign-in stands', async () => {
    site = await openSite({ options: OPTIONS });
    const page = await site.visit('/auth/login', { javaScriptEnabled: false });
    const visitAll = async (expected: number) => {
      for (const path of PATHS) await page.goto(`${site.url}/auth/${path}`);
      expect(site.transport.messages).to.have.length(expected);
    };
    await visitAll(0);
    await page.goto(`${site.url}/auth/login`);
    await typePassword(page, 'grace', 'hopper');
    await page.getByRole('button', { name: '0 6 0 6' }).waitFor();
    await visitAll(0);
    await page.goto(`${site.url}/auth/number`);
    await page.getByRole('button', { name: '0 6 0 6' }).click();
    await page.getByLabel('Code').waitFor();
    await visitAll(1);
    site.clock.advance(301);
    await visitAll(1);
    await page.goto(`${site.url}/auth/code`);
    await page.getByRole('button', { name: 'Send a code to the number ending in 0 6 0 6' }).click();
    await typeCode(page, site.transport.lastCode());
    await page.getByRole('heading', { name: 'Welcome' }).waitFor();
    await visitAll(2);
  });
});
