import { expect } from 'chai';
import { en } from '../../lib/locales/en.ts';
import { type Agent, getPage, postForm, postJson, testApp, withoutMarks } from '../support/app.ts';

async function graceAtTheChoice(setup = testApp()): Promise<{ jar: Agent } & typeof setup> {
  const jar = setup.agent();
  await postJson(jar, '/auth/login', { username: 'grace', password: 'hopper' }).expect(200);
  return { ...setup, jar };
}

describe('POST /auth/number', () => {
  it('sends to the number that was chosen', async () => {
    const { jar, transport } = await graceAtTheChoice();
    const { body } = await postJson(jar, '/auth/number', { number: 1 }).expect(200);
    expect(body).to.include({ stage: 'code', phone: '••• 0607' });
    expect(transport.messages.map(({ to }) => to)).to.deep.equal(['+46701740607']);
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
  });

  it('means the list that was shown, even if the directory changes its order', async () => {
    const { jar, people, transport } = await graceAtTheChoice();
    people.change('id-grace', { phoneNumbers: ['+46701740699', '+46701740607', '+46701740606'] });
    await postJson(jar, '/auth/number', { number: 0 }).expect(200);
    expect(transport.messages[0]?.to).to.equal('+46701740606');
  });

  it('is a conflict if the number is gone, or the place was not in the list', async () => {
    const { jar, people } = await graceAtTheChoice();
    people.change('id-grace', { phoneNumbers: ['+46701740607', '+46701740608'] });
    for (const number of [0, 2, 999]) {
      const { body } = await postJson(jar, '/auth/number', { number }).expect(409);
      expect(body).to.include({ code: 'CONFLICT', location: '/auth/number' });
    }
  });

  for (const number of [undefined, null, '', 'x', -1, 0.5, '0x1', ['0'], {}, '1e1', 1e9]) {
    it(`refuses ${JSON.stringify(number)} as a place`, async () => {
      const { jar, transport } = await graceAtTheChoice();
      const { status } = await postJson(jar, '/auth/number', { number });
      expect(status).to.be.oneOf([400, 409]);
      expect(transport.messages).to.deep.equal([]);
    });
  }

  it('never sends to a number that is named in the request', async () => {
    const { jar, transport } = await graceAtTheChoice();
    await postJson(jar, '/auth/number', { number: '+46701740699', phone: '+46701740699' }).expect(400);
    expect(transport.messages).to.deep.equal([]);
  });

  it('is where a step-up begins that has several numbers, and none that was chosen', async () => {
    const app = testApp();
    const jar = await app.signedIn('ada');
    app.people.change('id-ada', { phoneNumbers: ['+46701740608', '+46701740609'] });
    app.clock.advance(121);
    const { body } = await postJson(jar, '/auth/code/send', { returnTo: '/transfer' }).expect(409);
    expect(body).to.include({ code: 'CONFLICT', location: '/auth/number?returnTo=%2Ftransfer' });
  });

  it('is a 401 without the first factor', async () => {
    const { body } = await postJson(testApp().agent(), '/auth/number', { number: 0 }).expect(401);
    expect(body.code).to.equal('SIGN_IN_REQUIRED');
  });
});

describe('the number page', () => {
  it('shows masked numbers, and notes them', async () => {
    const { jar, people } = await graceAtTheChoice();
    people.change('id-grace', { phoneNumbers: ['+46701740608', '+46701740606'] });
    const { text } = await getPage(jar, '/auth/number').expect(200);
    expect(text).to.include('•••\u00a00608').and.include('•••\u00a00606').and.not.include('7017406');
    await postForm(jar, '/auth/number', { number: '0' }).expect(303).expect('Location', '/auth/code');
  });

  it('leads on whoever has nothing to choose', async () => {
    const { signedIn, agent } = testApp();
    await getPage(await signedIn('ada', 'password'), '/auth/number')
      .expect(303)
      .expect('Location', '/auth/code');
    await getPage(agent(), '/auth/number').expect(303).expect('Location', '/auth/login');
  });

  it('lets somebody take another number while a code is pending', async () => {
    const { jar, transport } = await graceAtTheChoice();
    await postForm(jar, '/auth/number', { number: '0' }).expect(303);
    await getPage(jar, '/auth/number').expect(200);
    const first = transport.lastCode();
    await postForm(jar, '/auth/number', { number: '1' }).expect(303);
    const { body } = await postJson(jar, '/auth/code', { code: first });
    if (first !== transport.lastCode()) expect(body.code).to.equal('INVALID_CODE');
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
  });

  it('comes before the code of a step-up, and leads on without one', async () => {
    const { signedIn, clock } = testApp({
      routes: (app, otp) => app.get('/transfer', otp.requireSmsOtp({ maxAgeSeconds: 60 })),
    });
    const jar = await signedIn('grace');
    for (const page of ['code', 'number']) {
      await getPage(jar, `/auth/${page}?returnTo=/secret`).expect(303).expect('Location', '/secret');
    }
    clock.advance(61);
    const { headers } = await getPage(jar, '/transfer').expect(303);
    const next = await getPage(jar, String(headers.location)).expect(303);
    expect(withoutMarks(next.headers.location)).to.equal('/auth/number?returnTo=%2Ftransfer');
    const { text } = await getPage(jar, String(next.headers.location)).expect(200);
    expect(text).to.include(en.pages.stepUpTitle).and.include(en.pages.backToSite).and.not.include(en.pages.signOut);
    await postForm(jar, '/auth/number', { number: '1', returnTo: '/transfer' }).expect(303);
  });
});
