import { expect } from 'chai';
import { agent, type Response } from 'supertest';
import { readEnvironment } from '../../example-app/environment.ts';
import { type Agent, getPage, postForm, postJson } from '../support/app.ts';
import { type Demo, startDemo } from '../support/demo.ts';
import { ADA } from '../support/ldif-people.ts';
import { requirePeer } from '../support/peers.ts';
import { type Slapd, startSlapd } from '../support/slapd.ts';

describe('the demo', () => {
  let demo: Demo;
  let secondsAhead: number;

  beforeEach(async () => {
    secondsAhead = 0;
    demo = await startDemo({}, () => Date.now() + secondsAhead * 1000);
  });

  afterEach(() => demo.close());

  async function signInAsAda(): Promise<Agent> {
    const jar = agent(demo.url);
    await postJson(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
    await postJson(jar, '/auth/code', { code: await demo.newestCode() }).expect(200);
    return jar;
  }

  it('signs ada in by HTML, from the dashboard back to the dashboard', async () => {
    const jar = agent(demo.url);
    expect((await getPage(jar, '/').expect(200)).text)
      .to.include('Example Bank')
      .and.include(demo.inboxUrl);
    const gate = await getPage(jar, '/dashboard').expect(303);
    const login = await getPage(jar, location(gate)).expect(200);
    const form = { ...fieldsOf(login), username: 'ada', password: 'lovelace' };
    const code = await postForm(jar, '/auth/login', form).expect(303);
    await getPage(jar, location(code)).expect(200);
    const done = await postForm(jar, '/auth/code', { code: await demo.newestCode() }).expect(303);
    expect(done.headers.location).to.equal('/dashboard');
    expect((await getPage(jar, '/dashboard').expect(200)).text).to.include('Hello Ada Lovelace');
    await postForm(jar, '/auth/logout').expect(303).expect('Location', '/auth/login');
    await getPage(jar, '/dashboard').expect(303);
  });

  it('signs ada in by JSON', async () => {
    const jar = agent(demo.url);
    await postJson(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
    const { body } = await postJson(jar, '/auth/code', { code: await demo.newestCode() }).expect(200);
    expect(body).to.deep.include({ stage: 'verified', acr: 'smpp', location: '/dashboard' });
    expect(body.user).to.include({ username: 'ada', displayName: 'Ada Lovelace' });
    await jar.get('/dashboard').expect(200);
  });

  it('lets grace choose between two masked numbers', async () => {
    const jar = agent(demo.url);
    const login = await postForm(jar, '/auth/login', { username: 'grace', password: 'hopper' }).expect(303);
    const { text } = await getPage(jar, location(login)).expect(200);
    expect(text).to.include('0606').and.include('0607').and.not.include('46701');
    await postForm(jar, '/auth/number', { number: '1' }).expect(303);
    await postForm(jar, '/auth/code', { code: await demo.newestCode() }).expect(303);
    await jar.get('/dashboard').expect(200);
  });

  it('asks for a fresh code before a transfer, but for no password', async () => {
    const jar = await signInAsAda();
    await jar.get('/transfer').expect(200);
    secondsAhead = 61;
    await jar.get('/dashboard').expect(200);
    const gate = await getPage(jar, '/transfer').expect(303);
    const confirm = await getPage(jar, location(gate)).expect(200);
    const code = await postForm(jar, '/auth/code/send', fieldsOf(confirm)).expect(303);
    const page = await getPage(jar, location(code)).expect(200);
    const fields = { ...fieldsOf(page), code: await demo.newestCode() };
    await postForm(jar, '/auth/code', fields).expect(303).expect('Location', '/transfer');
    expect((await postForm(jar, '/transfer', { amount: '10.00' }).expect(200)).text).to.include('on its way');
  });

  it("tells a program by RFC 9470's header that the code is too old for a transfer", async () => {
    const jar = await signInAsAda();
    secondsAhead = 61;
    const { headers, body } = await postJson(jar, '/transfer').expect(401);
    expect(body.code).to.equal('SMS_OTP_REQUIRED');
    expect(body.location).to.match(/^\/auth\/code\?press=/);
    expect(headers['www-authenticate'])
      .to.include('error="insufficient_user_authentication"')
      .and.include('acr_values="smpp"')
      .and.include('max_age="60"');
  });

  it('shows the administration to ada only, with masked numbers, and removes one', async () => {
    const ada = await signInAsAda();
    const { text } = await ada.get('/admin').expect(200);
    expect(text).to.include('Alan Turing').and.include('••• 0607').and.not.include('46701');
    const forms = text.split('<form').filter((form) => form.includes('0607'));
    const remove = fieldsOf({ text: forms[0] ?? '' });
    await postForm(ada, '/admin/phones/remove', remove).expect(303);
    await postForm(ada, '/admin/phones/remove', remove).expect(409);
    await postJson(ada, '/admin/phones/remove').expect(409);
    expect((await ada.get('/admin').expect(200)).text).to.not.include('0607');
    const grace = agent(demo.url);
    const { body } = await postJson(grace, '/auth/login', { username: 'grace', password: 'hopper' }).expect(200);
    expect(body).to.include({ stage: 'code', phone: '••• 0606' });
    await postJson(grace, '/auth/code', { code: await demo.newestCode() }).expect(200);
    await grace.get('/admin').expect(403);
    await postForm(grace, '/admin/phones/remove', remove).expect(403);
  });

  it('asks grace for no code in a browser that she trusts, but does before a transfer', async () => {
    const jar = agent(demo.url);
    await postForm(jar, '/auth/login', { username: 'grace', password: 'hopper' }).expect(303);
    const asked = await postForm(jar, '/auth/number', { number: '0' }).expect(303);
    expect((await getPage(jar, location(asked)).expect(200)).text).to.include('name="trustBrowser"');
    const code = await demo.newestCode();
    await postForm(jar, '/auth/code', { code, trustBrowser: 'true' }).expect(303).expect('Location', '/dashboard');
    expect((await getPage(jar, '/dashboard').expect(200)).text).to.include('with both factors');
    await postForm(jar, '/auth/logout').expect(303);

    const again = await postForm(jar, '/auth/login', { username: 'grace', password: 'hopper' }).expect(303);
    expect(again.headers.location).to.equal('/dashboard');
    expect(await demo.messages()).to.have.length(1);
    expect((await getPage(jar, '/dashboard').expect(200)).text).to.include('without a code by SMS');
    expect((await getPage(jar, '/auth/account').expect(200)).text).to.include('Trusted browsers');
    expect(location(await getPage(jar, '/transfer').expect(303))).to.match(/^\/auth\/code\?returnTo=%2Ftransfer&/);
  });

  it('lets alan in once by the help code that ada reads out, but not to a transfer', async () => {
    const ada = await signInAsAda();
    const { text: admin } = await ada.get('/admin').expect(200);
    const [form = ''] = admin.split('<form').filter((part) => part.includes('Help code for Alan Turing'));
    const { text } = await postForm(ada, '/admin/help-code', fieldsOf({ text: form })).expect(200);
    const [, helpCode = ''] = /<strong>(\w{5}-\w{5})<\/strong>/.exec(text) ?? [];

    const alan = agent(demo.url);
    const login = await postForm(alan, '/auth/login', { username: 'alan', password: 'turing' }).expect(303);
    expect((await getPage(alan, location(login)).expect(200)).text).to.include('href="/auth/without-phone');
    await postForm(alan, '/auth/without-phone', { code: helpCode }).expect(303).expect('Location', '/dashboard');
    expect((await getPage(alan, '/dashboard').expect(200)).text).to.include('without a code by SMS');
    const gate = await getPage(alan, '/transfer').expect(303);
    const stepUp = await getPage(alan, location(gate)).expect(303);
    const step = await getPage(alan, location(stepUp)).expect(200);
    expect(step.text).to.include('action="/auth/enroll"').and.include('<a href="/dashboard">Back to the site</a>');

    const other = agent(demo.url);
    await postForm(other, '/auth/login', { username: 'alan', password: 'turing' }).expect(303);
    const { body } = await postJson(other, '/auth/without-phone', { code: helpCode }).expect(401);
    expect(body.code).to.equal('INVALID_CODE');
  });

  it('says how it is, and gates what it does not know', async () => {
    const jar = agent(demo.url);
    await becomesReady(jar);
    await jar.get('/no/such/page').expect(401);
    await getPage(await signInAsAda(), '/no/such/page').expect(404);
  });
});

describe('the demo with servers of its own', () => {
  let demo: Demo | undefined;
  let slapd: Slapd | undefined;

  afterEach(async () => {
    await demo?.close();
    await slapd?.close();
    demo = slapd = undefined;
  });

  it('signs in against a real directory, and says so while that is down', async function () {
    requirePeer(this, 'slapd');
    slapd = await startSlapd(ADA);
    const { url: LDAP_URL, bindDn: LDAP_BIND_DN, bindPassword: LDAP_BIND_PASSWORD } = slapd;
    demo = await startDemo({ LDAP_URL, LDAP_BIND_DN, LDAP_BIND_PASSWORD });
    const jar = agent(demo.url);
    const password = { username: 'ada', password: 'lovelace' };
    await postJson(jar, '/auth/login', password).expect(200);
    await postJson(jar, '/auth/code', { code: await demo.newestCode() }).expect(200);
    await slapd.stop();
    await jar.get('/healthz').expect(503);
    await getPage(jar, '/admin').expect(503);
    await postJson(agent(demo.url), '/auth/login', password).expect(503);
    await slapd.start();
    await jar.get('/healthz').expect(200);
    expect((await getPage(jar, '/admin').expect(200)).text).to.include('••• 0605');
  });

  it('has no phone to show with an operator of its own, and says that it is down', async () => {
    demo = await startDemo({ SMPP_URL: 'smpp://127.0.0.1:1' });
    expect(demo.inboxUrl).to.equal(undefined);
    expect((await getPage(agent(demo.url), '/').expect(200)).text).to.not.include('Open the phone');
    await agent(demo.url).get('/healthz').expect(503);
  });
});

describe("the demo's environment", () => {
  it('is refused with all that is wrong in it, and no value', () => {
    const wrong = {
      PORT: 'x-secret',
      INBOX_PORT: '99999',
      CLIENT_PORT: 'x-secret',
      ORIGIN: 'https://x-secret/path',
      TRUST_PROXY: 'x-secret',
      SMS_OTP_SECRET: 'x-secret',
      SMS_OTP_LIMITS: '{"a":"x-secret"',
      LDAP_STARTTLS: 'x-secret',
    };
    expect(() => readEnvironment(wrong))
      .to.throw(new RegExp(Object.keys(wrong).join('[^]*')))
      .with.property('message')
      .that.does.not.include('x-secret');
  });

  it('takes hops and addresses of proxies, but never trusts everybody', () => {
    expect(readEnvironment({ TRUST_PROXY: '1' }).TRUST_PROXY).to.equal(1);
    expect(readEnvironment({ TRUST_PROXY: 'loopback, 10.0.0.0/8' }).TRUST_PROXY).to.equal('loopback, 10.0.0.0/8');
    expect(() => readEnvironment({ TRUST_PROXY: 'true' })).to.throw('TRUST_PROXY');
  });

  it('has defaults for everything, even if a variable is empty', () => {
    expect(readEnvironment({ PORT: '', SMPP_URL: '' })).to.include({ PORT: 3000, INBOX_PORT: 3001 });
    expect(readEnvironment({ SMPP_URL: 'smpp://a, smpp://b' }).SMPP_URL).to.deep.equal(['smpp://a', 'smpp://b']);
  });
});

/** Its first bind may still be under way. */
async function becomesReady(jar: Agent): Promise<void> {
  const { body } = await jar.get('/healthz');
  if (body.status !== 'ready') await becomesReady(jar);
}

function location({ headers }: Response): string {
  return String(headers.location);
}

/** The hidden fields of a page's form. */
function fieldsOf({ text }: Pick<Response, 'text'>): Record<string, string> {
  const fields = [...text.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)];
  return Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value]));
}
