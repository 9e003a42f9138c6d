import { expect } from 'chai';
import { agent, type Response } from 'supertest';
import { readEnvironment } from '../../example-app/environment.ts';
import { getPage, postForm, postJson } from '../support/app.ts';
import { type Demo, startDemo } from '../support/demo.ts';

describe('the demo', () => {
  let demo: Demo;

  beforeEach(async () => {
    demo = await startDemo();
  });

  afterEach(() => demo.close());

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

  it('tells alan that he has no number', async () => {
    const { text } = await postForm(agent(demo.url), '/auth/login', { username: 'alan', password: 'turing' }).expect(
      403,
    );
    expect(text).to.include('There is no phone number for your account.');
  });

  it('shows the administration to ada only, with masked numbers, and removes one', async () => {
    const ada = agent(demo.url);
    await postJson(ada, '/auth/login', { username: 'ada', password: 'lovelace' });
    await postJson(ada, '/auth/code', { code: await demo.newestCode() }).expect(200);
    const { text } = await ada.get('/admin').expect(200);
    expect(text).to.include('Alan Turing').and.include('••• 0607').and.not.include('46701');
    const forms = text.split('<form').filter((form) => form.includes('0607'));
    const remove = fieldsOf({ text: forms[0] ?? '' });
    await postForm(ada, '/admin/phones/remove', remove).expect(303);
    expect((await ada.get('/admin').expect(200)).text).to.not.include('0607');
    const grace = agent(demo.url);
    const { body } = await postJson(grace, '/auth/login', { username: 'grace', password: 'hopper' }).expect(200);
    expect(body).to.include({ stage: 'code', phone: '••• 0606' });
    await postJson(grace, '/auth/code', { code: await demo.newestCode() }).expect(200);
    await grace.get('/admin').expect(403);
  });

  it('says how it is, and gates what it does not know', async () => {
    const jar = agent(demo.url);
    expect((await jar.get('/healthz').expect(200)).body.status).to.equal('ready');
    await jar.get('/no/such/page').expect(401);
  });
});

describe("the demo's environment", () => {
  it('is refused with all that is wrong in it, and no value', () => {
    const wrong = {
      PORT: 'x-secret',
      INBOX_PORT: '99999',
      SMS_OTP_LIMITS: '{"a":"x-secret"',
      LDAP_STARTTLS: 'x-secret',
    };
    expect(() => readEnvironment(wrong))
      .to.throw(/PORT[\s\S]*INBOX_PORT[\s\S]*SMS_OTP_LIMITS[\s\S]*LDAP_STARTTLS/)
      .with.property('message')
      .that.does.not.include('x-secret');
  });

  it('has defaults for everything, also where a variable is empty', () => {
    expect(readEnvironment({ PORT: '', SMPP_URL: '' })).to.include({ PORT: 3000, INBOX_PORT: 3001 });
    expect(readEnvironment({ SMPP_URL: 'smpp://a, smpp://b' }).SMPP_URL).to.deep.equal(['smpp://a', 'smpp://b']);
  });
});

function location({ headers }: Response): string {
  return String(headers.location);
}

/** The hidden fields of a page's form. */
function fieldsOf({ text }: Pick<Response, 'text'>): Record<string, string> {
  const fields = [...text.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)];
  return Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value]));
}
