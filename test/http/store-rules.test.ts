import { expect } from 'chai';
import type { UserStore } from '../../lib/index.ts';
import { getPage, postForm, postJson, testApp } from '../support/app.ts';
import { People } from '../support/people.ts';

const ENROLLMENT = { when: 'always', allowedCountries: ['SE'] } as const;
const OLD = '+46701740605';
const NEW = '+46701740699';

/** A store whose own rules never allow a number. */
function strictStore(): UserStore {
  const people = new People();
  return {
    findUser: (key) => people.findUser(key),
    checkPassword: (user, password) => people.checkPassword(user, password),
    changePhoneNumbers: async () => 'refused',
  };
}

/** A store that holds one number of each person, as Active Directory's `mobile`. */
class SingleValuedPeople extends People implements UserStore {
  readonly maxNumbers = 1;
}

describe('a number that the user store refuses for good', () => {
  it('is not accepted, once the code was right, and leads back to the form', async () => {
    const { agent, transport, otp } = testApp({ options: { enrollment: ENROLLMENT, userStore: strictStore() } });
    const reasons: string[] = [];
    otp.events.on('codeRefused', ({ reason }) => reasons.push(reason));
    otp.events.on('fault', ({ code }) => reasons.push(code));
    const jar = agent();
    await postJson(jar, '/auth/login', { username: 'alan', password: 'turing' }).expect(200);
    await postJson(jar, '/auth/enroll', { phone: NEW }).expect(200);
    const { body } = await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(422);
    expect(body).to.include({ code: 'PHONE_NOT_ACCEPTED', stage: 'enroll', location: '/auth/enroll' });
    expect(reasons).to.deep.equal(['PHONE_NOT_ACCEPTED']);
    await jar.get('/secret').expect(401);
  });

  it('is told on the form itself, without JavaScript', async () => {
    const { agent, transport } = testApp({ options: { enrollment: ENROLLMENT, userStore: strictStore() } });
    const jar = agent();
    await postForm(jar, '/auth/login', { username: 'alan', password: 'turing' }).expect(303);
    await postForm(jar, '/auth/enroll', { phone: NEW }).expect(303);
    const page = await postForm(jar, '/auth/code', { code: transport.lastCode() }).expect(422);
    expect(page.text).to.include('name="phone"').and.include('role="alert"');
    await getPage(jar, '/auth/enroll').expect(200);
  });
});

describe('a user store that holds one number of each person', () => {
  it('has the old number replaced by a new one, each after its own code', async () => {
    const userStore = new SingleValuedPeople();
    const { signedIn, transport, clock } = testApp({ options: { enrollment: ENROLLMENT, userStore } });
    const jar = await signedIn();
    clock.advance(121);
    await postJson(jar, '/auth/account/phones', { phone: NEW }).expect(200);
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    expect(transport.messages.at(-1)?.to).to.equal(NEW);
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    expect((await userStore.findUser({ id: 'id-ada' }))?.phoneNumbers).to.deep.equal([NEW]);
    expect(transport.messages.some(({ to, text }) => to === OLD && text.includes('added'))).to.equal(true);
  });
});
