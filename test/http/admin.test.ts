import { expect } from 'chai';
import type { Express, RequestHandler } from 'express';
import { agent } from 'supertest';
import { SmsOtpConfigError, type SmsOtpOptions } from '../../lib/index.ts';
import { postJson, type TestApp, testApp } from '../support/app.ts';
import { MapState } from '../support/map-state.ts';
import { inProduction } from '../support/production.ts';
import { expectUntold } from '../support/untold.ts';

const guard: RequestHandler = (req, res, next) => {
  if (req.get('x-administrator') === 'yes') next();
  else res.status(403).send('Administrators only.');
};

/** An app whose gate opens for the support page, which has a guard of its own. */
function supported(options: Partial<SmsOtpOptions> = {}): TestApp {
  return testApp({
    options: { authRequired: false, ...options },
    routes: (app, otp) => void app.use('/support', otp.admin({ guard })),
  });
}

interface Page {
  readonly status: number;
  readonly text: string;
  readonly headers: Record<string, string>;
}

/** Written in the background, so that nobody who signs in waits for it. */
async function page({ app }: { app: Express }, path: string): Promise<Page> {
  return agent(app).get(`/support${path}`).set('x-administrator', 'yes').set('accept', 'text/html');
}

describe('the support page', () => {
  it('does not mount in production without a guard', async () => {
    const { otp } = testApp({ options: { allowInsecure: ['memorySessions', 'memoryState', 'insecureCookie'] } });
    await inProduction(() => {
      expect(() => otp.admin()).to.throw(SmsOtpConfigError, 'admin.guard: is needed in production');
      expect(() => otp.admin({ guard: [] })).to.throw(SmsOtpConfigError, 'admin.guard: is needed in production');
      expect(otp.admin({ guard })).to.be.a('function');
    });
  });

  it('refuses an option that it does not know, and a guard that is no middleware', () => {
    const { otp } = testApp();
    const wrong = { guards: guard, guard: 'secret words' } as never;
    expect(() => otp.admin(wrong)).to.throw(SmsOtpConfigError, 'admin.guards: there is no such option.');
    expect(() => otp.admin(wrong)).to.throw(SmsOtpConfigError, 'admin.guard: must be a middleware');
    expect(() => otp.admin(wrong)).not.to.throw('secret words');
  });

  it('warns outside production if nobody guards it', async () => {
    const warnings: string[] = [];
    const logger = { debug() {}, info() {}, warn: (text: string) => warnings.push(text), error() {} };
    const { app, otp } = testApp({ options: { logger, authRequired: false } });
    app.use('/support', otp.admin());
    expect(warnings).to.include(
      'otp.admin() has no guard: anybody who reaches this app can lock people and let them in.',
    );
    expect((await agent(app).get('/support/')).status).to.equal(200);
  });

  it('shows nothing to whom the guard refuses, and changes nothing for them', async () => {
    const { app, otp } = supported({ trustBrowser: {}, recoveryCodes: true });
    const seen: string[] = [];
    for (const event of ['locked', 'helpCodeIssued', 'recoveryCodesReset'] as const) {
      otp.events.on(event, () => seen.push(event));
    }
    for (const path of ['/', '/find?username=ada', '/person?id=id-ada', '/assets/support.css']) {
      const { status, text } = await agent(app).get(`/support${path}`);
      expect({ status, text }, path).to.deep.equal({ status: 403, text: 'Administrators only.' });
    }
    for (const what of ['lock', 'help-code', 'end-browsers', 'reset-recovery-codes']) {
      expect((await agent(app).post(`/support/person/${what}?id=id-ada`)).status).to.equal(403);
    }
    expect(seen).to.deep.equal([]);
  });

  it('finds a person by name and by id, and shows masks only', async () => {
    const site = supported();
    await site.signedIn('ada');
    const found = await page(site, '/find?username=ada');
    expect(found).to.include({ status: 303 });
    expect(found.headers.location).to.equal('/support/person?id=id-ada');
    const { status, text } = await page(site, '/person?id=id-ada');
    expect(status).to.equal(200);
    expect(text).to.include('Ada Lovelace').and.include('••• 0605').and.include('taken by the SMSC');
    expectUntold(text, '701740605', site.transport.lastCode());
  });

  it('says that the directory means nobody by a name', async () => {
    const { status, text } = await page(supported(), '/find?username=nobody');
    expect(status).to.equal(404);
    expect(text).to.include('The directory means nobody, or more than one, by this name');
  });

  for (const [what, path] of [
    ['no id', '/person'],
    ['an empty id', '/person?id='],
    ['two ids', '/person?id=a&id=b'],
    ['an object', '/person?id[x]=a'],
    ['an id with a line break', '/person?id=a%0Ab'],
    ['an id with a zero byte', '/person?id=a%00b'],
    ['an id that is too long', `/person?id=${'a'.repeat(1025)}`],
    ['no name', '/find'],
    ['two names', '/find?username=a&username=b'],
    ['a name that is too long', `/find?username=${'a'.repeat(257)}`],
  ] as const) {
    it(`refuses ${what}`, async () => {
      expect(await page(supported(), path)).to.include({ status: 400 });
    });
  }

  it('escapes an id, and finds nobody by it', async () => {
    const { status, text } = await page(supported(), `/person?id=${encodeURIComponent('"><img src=x>&')}`);
    expect(status).to.equal(200);
    expect(text).to.include('The directory has nobody by this id').and.not.include('<img');
  });

  it('locks a person in every browser, unlocks them, and ends their sign-ins', async () => {
    const site = supported();
    const jar = await site.signedIn('ada');
    const press = (what: string) =>
      agent(site.app).post(`/support/person/${what}?id=id-ada`).set('x-administrator', 'yes').redirects(0);
    expect(await press('lock')).to.include({ status: 303 });
    expect((await page(site, '/person?id=id-ada')).text).to.include('Locked by an administrator');
    // The browser is a known one: it has counters of its own, and no way around this lock.
    expect((await postJson(jar, '/auth/login', { username: 'ada', password: 'lovelace' })).body.code).to.equal(
      'FACTOR_LOCKED',
    );
    await press('unlock').expect(303);
    expect((await page(site, '/person?id=id-ada')).text).to.include('Unlocked by an administrator');
    const again = await site.signedIn('ada');
    expect((await again.get('/auth/session')).body.stage).to.equal('verified');
    await press('end-sessions').expect(303);
    expect((await again.get('/auth/session')).body.stage).to.equal('none');
  });

  /** The code on the page that a press of the button shows. */
  async function issue({ app }: TestApp, fields: Record<string, string> = {}): Promise<{ code: string; text: string }> {
    const { text, headers } = await agent(app)
      .post('/support/person/help-code?id=id-ada')
      .set('x-administrator', 'yes')
      .type('form')
      .send(fields)
      .expect(200);
    expect(headers).to.include({ 'cache-control': 'no-store', 'x-frame-options': 'DENY' });
    expect(headers['content-security-policy']).to.include("default-src 'none'");
    const [, code = ''] = /<code dir="ltr">([0-9A-Z]{5}-[0-9A-Z]{5})<\/code>/.exec(text) ?? [];
    return { code, text };
  }

  it('shows a help code once, which lets its person in, and tells them; in no log', async () => {
    const logged: unknown[] = [];
    const log = (...values: unknown[]) => void logged.push(values);
    const site = supported({ logger: { debug: log, info: log, warn: log, error: log } });
    const { code, text } = await issue(site);
    expect(text).to.include('The person is told by SMS that it was issued').and.include('Ada Lovelace');
    await new Promise((resolve) => setImmediate(resolve));
    expect(site.transport.messages.map(({ to }) => to)).to.deep.equal(['+46701740605']);
    expect((await page(site, '/person?id=id-ada')).text)
      .to.include('A help code was issued')
      .and.not.include(code);
    const jar = await site.signedIn('ada', 'password');
    const { body } = await postJson(jar, '/auth/without-phone', { code }).expect(200);
    expect(body.amr).to.deep.equal(['pwd', 'help-code']);
    expect((await page(site, '/person?id=id-ada')).text).to.include('Signed in by a help code');
    expect(JSON.stringify(logged))
      .to.include('helpCodeIssued')
      .and.not.match(/[0-9A-Z]{5}-?[0-9A-Z]{5}/);
    expect(JSON.stringify(logged)).to.not.include(code).and.not.include(code.replace('-', ''));
  });

  it('names the agent in the event, if they are signed in here', async () => {
    const site = testApp({ routes: (app, otp) => void app.use('/support', otp.admin()) });
    const issuers: unknown[] = [];
    site.otp.events.on('helpCodeIssued', ({ issuedBy, mayReplaceNumber }) =>
      issuers.push([issuedBy, mayReplaceNumber]),
    );
    const jar = await site.signedIn('grace');
    await jar.post('/support/person/help-code?id=id-ada').type('form').send({ mayReplaceNumber: 'true' }).expect(200);
    // Without enrolment nobody can enter a number.
    expect(issuers).to.deep.equal([['grace', false]]);
  });

  it('permits a new number if the agent says so', async () => {
    const site = supported({ enrollment: { when: 'always', allowedCountries: ['SE'] } });
    const permits: unknown[] = [];
    site.otp.events.on('helpCodeIssued', ({ mayReplaceNumber }) => permits.push(mayReplaceNumber));
    await issue(site);
    await issue(site, { mayReplaceNumber: 'true' });
    expect(permits).to.deep.equal([false, true]);
  });

  it('issues no help code for nobody, while the directory is down, or without the texts that tell the person', async () => {
    const press = ({ app }: TestApp, id: string) =>
      agent(app).post(`/support/person/help-code?id=${id}`).set('x-administrator', 'yes');
    const site = supported();
    expect((await press(site, 'id-nobody').expect(409)).text).to.include('There is no such user.');
    await press(site, '').expect(400);
    site.people.isDown = true;
    await press(site, 'id-ada').expect(503);
    const warnings: string[] = [];
    const logger = { debug() {}, info() {}, warn: (text: string) => warnings.push(text), error() {} };
    const text = { text: '{code}' };
    const [told, smsTemplates] = [{ text: 'Told.' }, { IN: { 'sign-in': text, 'step-up': text } }];
    const all = { IN: { ...smsTemplates.IN, numberAdded: told, numberRemoved: told } };
    const silent = supported({ logger, smsTemplates: all });
    await press(silent, 'id-ada').expect(404);
    expect((await page(silent, '/person?id=id-ada')).text).not.to.include('help code');
    expect(warnings.join()).to.include(
      'otp.admin() gives no help codes. smsOtp.smsTemplates.IN.helpCodeIssued: is not set',
    );
    expect(silent.transport.messages).to.deep.equal([]);
  });

  it('ends trusted browsers, and makes recovery codes worthless', async () => {
    const site = supported({ trustBrowser: {}, recoveryCodes: true });
    const jar = await site.signedIn('ada', 'password');
    await postJson(jar, '/auth/code', { code: site.transport.lastCode(), trustBrowser: true }).expect(200);
    const { body } = await postJson(jar, '/auth/account/recovery-codes').expect(200);
    const before = (await page(site, '/person?id=id-ada')).text;
    expect(before)
      .to.match(/Trusted browsers<\/dt>\n<dd><bdi>1</)
      .and.match(/Recovery codes left<\/dt>\n<dd><bdi>10</);
    for (const what of ['end-browsers', 'reset-recovery-codes']) {
      const pressed = agent(site.app).post(`/support/person/${what}?id=id-ada`).set('x-administrator', 'yes');
      await pressed.expect(303).expect('Location', '/support/person?id=id-ada');
    }
    const after = (await page(site, '/person?id=id-ada')).text;
    expect(after)
      .to.match(/Trusted browsers<\/dt>\n<dd><bdi>0</)
      .and.match(/Recovery codes left<\/dt>\n<dd><bdi>0</);
    expect(after).to.include('A browser was trusted').and.include('made worthless by an administrator');
    await postJson(jar, '/auth/logout').expect(200);
    const again = await postJson(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
    expect(again.body.stage).to.equal('code');
    await postJson(jar, '/auth/without-phone', { code: body.recoveryCodes[0] }).expect(401);
  });

  it('has no buttons for what is off', async () => {
    const site = supported();
    for (const what of ['end-browsers', 'reset-recovery-codes']) {
      const pressed = agent(site.app).post(`/support/person/${what}?id=id-ada`).set('x-administrator', 'yes');
      await pressed.expect(404);
    }
    const { text } = await page(site, '/person?id=id-ada');
    expect(text).not.to.include('rusted browsers').and.not.include('ecovery codes');
  });

  it('takes no change from another site, and none by GET', async () => {
    const { app, transport } = supported({ trustBrowser: {}, recoveryCodes: true });
    for (const what of ['lock', 'help-code', 'end-browsers', 'reset-recovery-codes']) {
      const path = `/person/${what}?id=id-ada`;
      const foreign = agent(app).post(`/support${path}`).set('x-administrator', 'yes');
      expect((await foreign.set('origin', 'https://evil.example')).status).to.equal(403);
      expect(await page({ app }, path)).to.include({ status: 404 });
    }
    expect(transport.messages).to.deep.equal([]);
  });

  it('tells of a directory and of a shared state that are down', async () => {
    const shared = new MapState(Date.now);
    const site = supported({ shared });
    site.people.isDown = true;
    const byId = await page(site, '/person?id=id-ada');
    expect(byId).to.include({ status: 200 });
    expect(byId.text).to.include('The directory cannot be asked now');
    expect(await page(site, '/find?username=ada')).to.include({ status: 503 });
    shared.isDown = true;
    const { status, headers, text } = await page(site, '/person?id=id-ada');
    expect({ status, wait: headers['retry-after'] }).to.deep.equal({ status: 503, wait: '5' });
    expect(text).to.include('The sign-in cannot go on right now');
  });

  it('has no inline script or style, and its own files behind the guard', async () => {
    const site = supported({ styles: { accent: '#123456' }, publicPath: '/app' });
    const { text, headers } = await page(site, '/');
    expect(headers['content-security-policy']).to.include("default-src 'none'");
    expect(text).not.to.match(/<script(?![^>]*src=)|<style|style=|\son\w+=/);
    const files = Array.from(text.matchAll(/(?:href|src)="([^"]+\.(?:css|js))"/g), ([, path = '']) => path);
    expect(files).to.deep.equal([
      '/app/support/assets/sms-otp.css',
      '/app/support/assets/support.css',
      '/app/support/assets/own.css',
      '/app/support/assets/sms-otp.js',
    ]);
    for (const file of files) {
      expect(await page(site, file.slice('/app/support'.length)), file).to.include({ status: 200 });
    }
    expect(await page(site, '/assets/other.css')).to.include({ status: 404 });
  });

  it('leaves errors of the guard to the app', async () => {
    const failing: RequestHandler = (_req, _res, next) => next(new Error('the guard fails'));
    const { app, otp } = testApp({ options: { authRequired: false } });
    app.use('/support', otp.admin({ guard: failing }));
    expect((await agent(app).get('/support/')).status).to.equal(500);
  });
});
