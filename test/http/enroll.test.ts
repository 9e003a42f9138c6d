import { expect } from 'chai';
import { memoryState } from '../../lib/state/memory-state.ts';
import { type Agent, getPage, postForm, postJson, type TestApp, testApp, withoutMarks } from '../support/app.ts';
import { FakeClock } from '../support/clock.ts';
import { SlowSessions } from '../support/slow-sessions.ts';
import { slowState } from '../support/slow-state.ts';

const ENROLLMENT = { when: 'always', allowedCountries: ['SE'] } as const;
const NEW = '+46701740699';

async function alanAtTheDoor(
  app = testApp({ options: { enrollment: ENROLLMENT } }),
): Promise<TestApp & { jar: Agent }> {
  const jar = app.agent();
  const { body } = await postJson(jar, '/auth/login', { username: 'alan', password: 'turing' }).expect(200);
  expect(body).to.include({ stage: 'enroll', purpose: 'enroll', location: '/auth/enroll' });
  return { ...app, jar };
}

describe('enrolment during the sign-in', () => {
  it('writes the number once its own code was right, and lets its owner in', async () => {
    const { jar, transport, people } = await alanAtTheDoor();
    const { body } = await postJson(jar, '/auth/enroll', { phone: '+46 70 174 06 99' }).expect(200);
    expect(body).to.include({ stage: 'code', purpose: 'enroll', phone: '••• 0699', location: '/auth/code' });
    expect(transport.messages.map(({ to }) => to)).to.deep.equal([NEW]);
    expect(transport.messages[0]?.text).to.include('add this phone number');
    expect((await people.findUser({ id: 'id-alan' }))?.phoneNumbers).to.deep.equal([]);
    const done = await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    expect(done.body).to.include({ stage: 'verified', acr: 'smpp', location: '/' });
    expect(done.body.amr).to.deep.equal(['pwd', 'sms', 'otp', 'mfa']);
    expect((await people.findUser({ id: 'id-alan' }))?.phoneNumbers).to.deep.equal([NEW]);
    await jar.get('/secret').expect(200);
    expect(transport.messages).to.have.length(1);
  });

  it('works without JavaScript, and carries on where to go', async () => {
    const { agent, transport } = testApp({ options: { enrollment: ENROLLMENT } });
    const jar = agent();
    const login = { username: 'alan', password: 'turing', returnTo: '/secret' };
    const begun = await postForm(jar, '/auth/login', login).expect(303);
    expect(withoutMarks(begun.headers.location)).to.equal('/auth/enroll?returnTo=%2Fsecret');
    await getPage(jar, '/auth/code').expect(303).expect('Location', '/auth/enroll?returnTo=%2Fsecret');
    const page = await getPage(jar, '/auth/enroll?returnTo=%2Fsecret').expect(200);
    expect(page.text).to.include('name="phone"').and.include('value="/secret"');
    await postForm(jar, '/auth/enroll', { phone: NEW, returnTo: '/secret' })
      .expect(303)
      .expect('Location', '/auth/code?returnTo=%2Fsecret');
    const code = await getPage(jar, '/auth/code').expect(200);
    expect(code.text).to.include('/auth/enroll');
    await postForm(jar, '/auth/code', { code: transport.lastCode() }).expect(303).expect('Location', '/secret');
  });

  it('sends the pending code again to the same number', async () => {
    const { jar, transport, clock } = await alanAtTheDoor();
    await postJson(jar, '/auth/enroll', { phone: NEW }).expect(200);
    clock.advance(31);
    await postJson(jar, '/auth/code/send').expect(200);
    expect(transport.messages.map(({ to }) => to)).to.deep.equal([NEW, NEW]);
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
  });

  it('never writes one number for the code of another', async () => {
    const { jar, transport, people } = await alanAtTheDoor();
    await postJson(jar, '/auth/enroll', { phone: NEW }).expect(200);
    const first = transport.lastCode();
    await postJson(jar, '/auth/enroll', { phone: '+46701740698' }).expect(200);
    const { body } = await postJson(jar, '/auth/code', { code: first });
    if (first !== transport.lastCode()) expect(body.code).to.equal('INVALID_CODE');
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    expect((await people.findUser({ id: 'id-alan' }))?.phoneNumbers).to.deep.equal(['+46701740698']);
  });

  it('writes nobody but the one whom the session means, whatever the request names', async () => {
    const { jar, transport, people } = await alanAtTheDoor();
    const others = { userId: 'id-ada', id: 'id-ada', subject: 'id-ada', username: 'ada', number: '+46701740605' };
    await postJson(jar, '/auth/enroll?userId=id-ada', { ...others, phone: NEW }).expect(200);
    await postJson(jar, '/auth/code?userId=id-ada', { ...others, code: transport.lastCode() }).expect(200);
    expect(transport.messages.map(({ to }) => to)).to.deep.equal([NEW]);
    expect((await people.findUser({ id: 'id-ada' }))?.phoneNumbers).to.deep.equal(['+46701740605']);
  });

  it('answers alike whether somebody else has the number or nobody', async () => {
    const answers = [];
    for (const phone of ['+46701740605', NEW]) {
      const { jar } = await alanAtTheDoor();
      const { status, body } = await postJson(jar, '/auth/enroll', { phone });
      answers.push({ status, body: { ...body, phone: undefined } });
    }
    expect(answers[0]).to.deep.equal(answers[1]);
  });

  for (const phone of [
    '',
    'x',
    '112',
    '+46',
    '+4670174069',
    '+4920212345678',
    '+468123456',
    '+46900123456',
    '+46701740699;ext=5',
    '+882 13 123456',
    'A'.repeat(64),
  ]) {
    it(`refuses ${JSON.stringify(phone)}`, async () => {
      const { jar, transport } = await alanAtTheDoor();
      const { body } = await postJson(jar, '/auth/enroll', { phone }).expect(422);
      expect(body.code).to.equal('PHONE_NOT_ACCEPTED');
      const page = await postForm(jar, '/auth/enroll', { phone }).expect(422);
      expect(page.text).to.include('name="phone"');
      expect(transport.messages).to.deep.equal([]);
    });
  }

  for (const phone of [{}, [NEW, NEW], null, 46701740699, '0'.repeat(65)]) {
    it(`does not read ${JSON.stringify(phone)}`, async () => {
      const { jar, transport } = await alanAtTheDoor();
      const { status } = await postJson(jar, '/auth/enroll', { phone });
      expect(status).to.be.oneOf([400, 422]);
      expect(transport.messages).to.deep.equal([]);
    });
  }

  it('is a 401 without the first factor, and a conflict for who has a number, or both factors', async () => {
    const { agent, signedIn, transport } = testApp({ options: { enrollment: ENROLLMENT } });
    const { body } = await postJson(agent(), '/auth/enroll', { phone: NEW }).expect(401);
    expect(body.code).to.equal('SIGN_IN_REQUIRED');
    for (const until of ['password', 'code'] as const) {
      await postJson(await signedIn('ada', until), '/auth/enroll', { phone: NEW }).expect(409);
    }
    expect(transport.messages.map(({ to }) => to)).to.not.include(NEW);
  });

  it('is a conflict if the directory got a number meanwhile, and then writes none', async () => {
    const { jar, transport, people } = await alanAtTheDoor();
    await postJson(jar, '/auth/enroll', { phone: NEW }).expect(200);
    people.change('id-alan', { phoneNumbers: ['not a number'] });
    const { body } = await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(409);
    expect(body.code).to.equal('CONFLICT');
    expect((await people.findUser({ id: 'id-alan' }))?.phoneNumbers).to.deep.equal(['not a number']);
    await jar.get('/secret').expect(401);
  });

  it('is not offered for a value that cannot be read: an administrator has to mend that', async () => {
    const { agent, people } = testApp({ options: { enrollment: ENROLLMENT } });
    people.change('id-alan', { phoneNumbers: ['12345'] });
    const { body } = await postJson(agent(), '/auth/login', { username: 'alan', password: 'turing' }).expect(403);
    expect(body.code).to.equal('NO_PHONE_NUMBER');
  });

  it('ends with the account: who was disabled meanwhile is not written', async () => {
    const { jar, transport, people } = await alanAtTheDoor();
    await postJson(jar, '/auth/enroll', { phone: NEW }).expect(200);
    people.remove('id-alan');
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(401);
  });

  it('keeps the code alive if the directory cannot be written right now', async () => {
    const { jar, transport, people } = await alanAtTheDoor();
    await postJson(jar, '/auth/enroll', { phone: NEW }).expect(200);
    people.isReadOnly = true;
    const { body } = await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(503);
    expect(body).to.include({ code: 'DIRECTORY_UNAVAILABLE' });
    people.isReadOnly = false;
    const again = await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    expect(again.body.stage).to.equal('verified');
  });

  it('leads back to the field if the code has died', async () => {
    const { jar, transport, clock } = await alanAtTheDoor();
    await postJson(jar, '/auth/enroll', { phone: NEW }).expect(200);
    clock.advance(301);
    const page = await postForm(jar, '/auth/code', { code: transport.lastCode() }).expect(410);
    expect(page.text).to.include('name="phone"');
    const { body } = await postJson(jar, '/auth/code/send').expect(409);
    expect(body).to.include({ code: 'CONFLICT', location: '/auth/enroll' });
  });

  it('asks the app for whom it is meant', async () => {
    const when = ({ username }: { username: string }): boolean => username === 'alan';
    const { agent, people } = testApp({ options: { enrollment: { ...ENROLLMENT, when } } });
    await postJson(agent(), '/auth/login', { username: 'alan', password: 'turing' }).expect(200);
    people.change('id-ada', { phoneNumbers: [] });
    await postJson(agent(), '/auth/login', { username: 'ada', password: 'lovelace' }).expect(403);
  });

  it('does not exist if it is off: the paths are unknown, and gated', async () => {
    const { signedIn, agent } = testApp();
    await postJson(agent(), '/auth/login', { username: 'alan', password: 'turing' }).expect(403);
    for (const path of ['/auth/enroll', '/auth/account/phones', '/auth/account/phones/remove']) {
      await postJson(agent(), path, { phone: NEW }).expect(401);
      await postJson(await signedIn(), path, { phone: NEW }).expect(404);
    }
  });

  it('says what a second try at the same moment lost', async () => {
    const { jar, transport, people } = await alanAtTheDoor();
    await postJson(jar, '/auth/enroll', { phone: NEW }).expect(200);
    const code = transport.lastCode();
    const tries = await Promise.all(Array.from({ length: 5 }, () => postJson(jar, '/auth/code', { code })));
    const statuses = tries.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).to.have.length(1);
    expect(statuses.filter((status) => ![200, 409, 410].includes(status))).to.deep.equal([]);
    expect((await people.findUser({ id: 'id-alan' }))?.phoneNumbers).to.deep.equal([NEW]);
  });

  it('binds in none of 300 races a number by the code of another', async () => {
    const outcomes = await Promise.all(Array.from({ length: 300 }, () => race()));
    expect(outcomes.filter((outcome) => outcome === 'bound the other')).to.deep.equal([]);
    expect(outcomes).to.include('bound the proven one');
  }).timeout(300_000);
});

/** Confirms one number while another is entered, on a store and a state that answer late. */
async function race(): Promise<string> {
  const clock = new FakeClock();
  const options = { enrollment: ENROLLMENT, shared: slowState(memoryState({ clock: clock.now })) };
  const { jar, transport, people } = await alanAtTheDoor(testApp({ clock, options, sessions: new SlowSessions() }));
  await postJson(jar, '/auth/enroll', { phone: NEW });
  await Promise.all([
    postJson(jar, '/auth/code', { code: transport.lastCode(NEW) }),
    postJson(jar, '/auth/enroll', { phone: '+46701740698' }),
  ]);
  const numbers = (await people.findUser({ id: 'id-alan' }))?.phoneNumbers ?? [];
  if (numbers.length === 0) return 'bound none';
  return numbers.join() === NEW ? 'bound the proven one' : 'bound the other';
}
