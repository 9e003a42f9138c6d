/// <reference lib="dom" />
import { expect } from 'chai';
import { type Site, typeCode, typePassword, useSites } from '../support/site.ts';

describe('a browser whose owner does something twice, or later', function () {
  this.timeout(60_000);

  const openSite = useSites();
  let site: Site;

  it('is told without JavaScript that a code was used, and how to go on', async () => {
    site = await openSite();
    const page = await site.visit('/home', { javaScriptEnabled: false });
    await typePassword(page, 'ada', 'lovelace');
    const code = site.transport.lastCode();
    const before = await page.context().cookies();
    await typeCode(page, code);
    await page.getByRole('heading', { name: 'Welcome' }).waitFor();
    // The second press came with the cookie of before, and its answer is the one that is shown.
    await page.context().clearCookies();
    await page.context().addCookies(before);
    await page.route('**/auth/code', (route) => route.fulfill({ contentType: 'text/html', body: form(code) }), {
      times: 1,
    });
    await page.goto(`${site.url}/auth/code`);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('alert').getByText('This code was used a moment ago').waitFor();
    await page.getByRole('link', { name: 'Continue' }).click();
    await page.getByLabel('Username').waitFor();
  });

  it('leads on by a bookmark of the page for a code, and by going back after a sign-in', async () => {
    site = await openSite();
    const page = await site.visit('/home');
    await typePassword(page, 'ada', 'lovelace');
    await typeCode(page, site.transport.lastCode());
    await page.getByRole('heading', { name: 'Welcome' }).waitFor();
    for (const move of [() => page.goto(`${site.url}/auth/code`), () => page.goBack(), () => page.goBack()]) {
      await move();
      await page.getByRole('heading', { name: 'Welcome' }).waitFor();
    }
    expect(site.transport.messages).to.have.length(1);
  });

  for (const [how, host, isLed] of [
    ['on localhost', '127.0.0.1', true],
    ['on plain http off localhost, from a page of the site', 'bank.example.test', true],
    ['on plain http off localhost, from nowhere', 'bank.example.test', false],
  ] as const) {
    it(`${isLed ? 'sends' : 'sends at a press only'} the code of a step-up that a gate asks for, ${how}`, async () => {
      site = await openSite({}, host);
      const transfer = site.otp.requireSmsOtp({ maxAgeSeconds: 60 });
      site.app.get('/transfer', transfer, (_req, res) => void res.send('<h1>Transfer</h1>'));
      site.app.get('/link', (_req, res) => void res.send('<a href="/transfer">Transfer</a>'));
      const page = await site.visit('/home');
      await typePassword(page, 'ada', 'lovelace');
      await typeCode(page, site.transport.lastCode());
      await page.getByRole('heading', { name: 'Welcome' }).waitFor();
      site.clock.advance(61);
      await page.goto(`${site.url}/${isLed ? 'link' : 'transfer'}`);
      if (isLed) await page.getByRole('link', { name: 'Transfer' }).click();
      else await page.getByRole('button', { name: /^Send a code/ }).click();
      await page.getByLabel('Code').waitFor();
      expect(site.transport.messages).to.have.length(2);
      await typeCode(page, site.transport.lastCode());
      await page.getByRole('heading', { name: 'Transfer' }).waitFor();
    });
  }

  it('sends nothing where another site leads to what a gate protects', async () => {
    site = await openSite({}, 'bank.example.test');
    const transfer = site.otp.requireSmsOtp({ maxAgeSeconds: 60 });
    site.app.get('/transfer', transfer, (_req, res) => void res.send('<h1>Transfer</h1>'));
    const page = await site.visit('/home');
    await typePassword(page, 'ada', 'lovelace');
    await typeCode(page, site.transport.lastCode());
    await page.getByRole('heading', { name: 'Welcome' }).waitFor();
    site.clock.advance(61);
    const body = `<a href="${site.url}/transfer">Win</a> <a href="${site.url}/auth/code">Win more</a>`;
    await page.route('http://evil.example.test/', (route) => route.fulfill({ contentType: 'text/html', body }));
    await page.goto('http://evil.example.test/');
    await page.getByRole('link', { name: 'Win more' }).click();
    await page.getByRole('heading', { name: 'Welcome' }).waitFor();
    await page.goto('http://evil.example.test/');
    await page.getByRole('link', { name: 'Win', exact: true }).click();
    await page.getByRole('button', { name: /^Send a code/ }).waitFor();
    expect(site.transport.messages).to.have.length(1);
  });

  it('keeps what is no code, without JavaScript, too, and loses no try by loading the page again', async () => {
    site = await openSite();
    const page = await site.visit('/home', { javaScriptEnabled: false });
    await typePassword(page, 'ada', 'lovelace');
    await typeCode(page, '12');
    await page.getByRole('alert').getByText('The code has 6 digits').waitFor();
    expect(await page.getByLabel('Code').inputValue()).to.equal('12');
    await typeCode(page, site.transport.lastCode() === '000000' ? '000001' : '000000');
    for (let load = 0; load < 2; load++) {
      await page.getByText('4 attempts left').waitFor();
      await page.reload();
    }
    await typeCode(page, site.transport.lastCode());
    await page.getByRole('heading', { name: 'Welcome' }).waitFor();
  });

  it('leads on in a second tab when somebody looks at it again', async () => {
    site = await openSite();
    const page = await site.visit('/home');
    await typePassword(page, 'ada', 'lovelace');
    await page.getByLabel('Code').waitFor();
    const opened = page.waitForEvent('popup');
    await page.evaluate(() => void open('/auth/code'));
    const second = await opened;
    site.transport.receipt('delivered');
    await second.getByText('was delivered to your phone').waitFor();
    await typeCode(page, site.transport.lastCode());
    await page.getByRole('heading', { name: 'Welcome' }).waitFor();
    await second.evaluate(() => void dispatchEvent(new Event('focus')));
    await second.getByRole('heading', { name: 'Welcome' }).waitFor();
  });
});

function form(code: string): string {
  return `<form method="post" action="/auth/code"><input name="code" value="${code}"><button>Continue</button></form>`;
}
