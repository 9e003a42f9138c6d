/// <reference lib="dom" />
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { readEnvironment } from '../../example-app/environment.ts';
import { type OidcDemo, startOidcDemo } from '../../example-app/oidc/demo.ts';
import { useBrowser } from '../support/browser.ts';
import { typeCode, typePassword } from '../support/site.ts';

describe('the demo of OpenID Connect in a browser', () => {
  const browser = useBrowser();
  let demo: OidcDemo;

  beforeEach(async () => {
    demo = await startOidcDemo(readEnvironment({ PORT: '0', INBOX_PORT: '0', CLIENT_PORT: '0' }));
  });
  afterEach(() => demo.close());

  for (const javaScriptEnabled of [true, false]) {
    it(`leads back to the application, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
      const page = await browser.newPage({ javaScriptEnabled });
      expect(await ask(page, 'without a question')).to.include({ error: 'login_required' });
      await begin(page, 'smpp');
      await signIn(page);
      expect(await answerOn(page)).to.include({ name: 'Ada Lovelace', acr: 'smpp' });
      expect(await ask(page, 'without a question')).to.include({ acr: 'smpp' });
      expect(await ask(page, 'unknown acr')).to.include({ error: 'unmet_authentication_requirements' });
    });
  }

  it('signs out at both ends', async () => {
    const page = await browser.newPage();
    await begin(page, 'sign in');
    await signIn(page);
    await answerOn(page);
    await page.goto(demo.clientUrl);
    await page.getByRole('link', { name: 'Sign out at the bank' }).click();
    await page.getByRole('button', { name: 'Yes' }).click();
    await page.getByRole('heading', { name: 'Sign in at the bank' }).waitFor();
    expect(await ask(page, 'without a question')).to.include({ error: 'login_required' });
    await page.goto(demo.providerUrl);
    await page.getByText('Nobody is signed in here.').waitFor();
  });

  async function begin(page: Page, request: string): Promise<void> {
    await page.goto(demo.clientUrl);
    await page.getByRole('link', { name: request, exact: true }).click();
  }

  /** The provider's own answers. */
  async function ask(page: Page, request: string): Promise<object> {
    await begin(page, request);
    return answerOn(page);
  }

  async function signIn(page: Page): Promise<void> {
    await typePassword(page, 'ada', 'lovelace');
    await page.getByLabel('Code').waitFor();
    await typeCode(page, await newestCode());
  }

  async function newestCode(): Promise<string> {
    const messages: { text: string }[] = await (await fetch(`${demo.inboxUrl}/messages`)).json();
    return /#(\d{6})$/.exec(messages.at(-1)?.text ?? '')?.[1] ?? '';
  }

  async function answerOn(page: Page): Promise<object> {
    return JSON.parse(await page.locator('#answer').innerText());
  }
});

describe("the command of OpenID Connect's demo", () => {
  it('prints the addresses, and ends cleanly on Ctrl-C', async () => {
    const demo = spawn(process.execPath, ['--import', 'tsx', 'example-app/oidc/main.ts'], {
      env: { PATH: process.env.PATH, PORT: '0', INBOX_PORT: '0', CLIENT_PORT: '0' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const said = text(demo.stdout);
    await once(demo.stdout, 'data');
    // As npm and the terminal send it together.
    demo.kill('SIGINT');
    demo.kill('SIGINT');
    expect(await once(demo, 'exit')).to.deep.equal([0, null]);
    const address = 'http:\\/\\/localhost:\\d+';
    expect(await said).to.match(
      new RegExp(
        `The application {2}${address}\n {2}The provider {5}${address}/oidc/.well-known/openid-configuration\n {2}The phone {8}${address}\n`,
      ),
    );
  });
});
