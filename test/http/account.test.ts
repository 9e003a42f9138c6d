import { expect } from 'chai';
import { type Agent, getPage, postForm, postJson, type TestApp, testApp } from '../support/app.ts';

const ENROLLMENT = { when: 'always', allowedCountries: ['SE'], maxNumbers: 3 } as const;
const OLD = '+46701740605';
const NEW = '+46701740699';

type Account = TestApp & { readonly jar: Agent };

/** Signed in with both factors, and with nothing sent since. */
async function account(username: 'ada' | 'grace' = 'ada'): Promise<Account> {
  const app = testApp({
    options: { enrollment: ENROLLMENT },
    routes: (app, otp) => app.get('/transfer', otp.requireSmsOtp({ maxAgeSeconds: 60 }), (_req, res) => void res.end()),
  });
  const jar = await app.signedIn(username);
  app.transport.messages.length = 0;
  app.clock.advance(121);
  return { ...app, jar };
}

async function numbersOf({ people }: TestApp, id: string): Promise<readonly string[]> {
  return (await people.findUser({ id }))?.phoneNumbers ?? [];
}

describe('the account', () => {
  it('shows the masked numbers, as a page and to a program', async () => {
    const { jar } = await account('grace');
    const page = await getPage(jar, '/auth/account').expect(200);
    expect(page.text).to.include('0606').and.include('0607').and.not.include('7017406');
    const { body } = await jar.get('/auth/account').set('Accept', 'application/json').expect(200);
    expect(body).to.deep.include({
      stage: 'verified',
      numbers: [
        { number: 0, phone: '••• 0606' },
        { number: 1, phone: '••• 0607' },
      ],
    });
  });

  it('names who is signed in, and signs out this session alone', async () => {
    const { jar, signedIn, people } = await account();
    const other = await signedIn();
    expect((await getPage(jar, '/auth/account')).text).to.include('<bdi>Ada Lovelace</bdi>');
    people.change('id-grace', { displayName: undefined } as object);
    const { text } = await getPage(await signedIn('grace'), '/auth/account');
    expect(text).to.include('<bdi>grace</bdi>').and.include('>Sign out</button>');
    await postForm(jar, '/auth/logout').expect(303).expect('Location', '/auth/login');
    await getPage(jar, '/auth/account').expect(303);
    await getPage(other, '/auth/account').expect(200);
  });

  it('is for who has both factors', async () => {
    const { agent, signedIn } = testApp({ options: { enrollment: ENROLLMENT } });
    await getPage(agent(), '/auth/account').expect(303).expect('Location', '/auth/login?returnTo=%2Fauth%2Faccount');
    const half = await signedIn('ada', 'password');
    await getPage(half, '/auth/account').expect(303).expect('Location', '/auth/code?returnTo=%2Fauth%2Faccount');
    for (const path of ['/auth/account/phones', '/auth/account/phones/remove', '/auth/account/sign-out-everywhere']) {
      const without = await postJson(agent(), path, { phone: NEW, number: 0 }).expect(401);
      expect(without.body.code).to.equal('SIGN_IN_REQUIRED');
      const { body } = await postJson(half, path, { phone: NEW, number: 0 }).expect(401);
      expect(body).to.include({ code: 'SMS_OTP_REQUIRED', location: '/auth/code?returnTo=%2Fauth%2Faccount' });
      await postJson(half, path, {}).set('Origin', 'https://evil.example').expect(403);
      await half.get(path).set('Accept', 'application/json').expect(405);
    }
  });

  it('adds a number after a code to the old one and a code to the new one', async () => {
    const app = await account();
    const { jar, transport } = app;
    const other = await app.signedIn();
    transport.messages.length = 0;
    app.clock.advance(121);
    const { body } = await postJson(jar, '/auth/account/phones', { phone: '070-174 06 99', number: 0 }).expect(422);
    expect(body.code).to.equal('PHONE_NOT_ACCEPTED');
    const asked = await postJson(jar, '/auth/account/phones', { phone: NEW }).expect(200);
    expect(asked.body).to.include({ stage: 'code', purpose: 'change', phone: '••• 0605', acr: 'smpp' });
    await jar.get('/secret').expect(200);
    const changed = await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    expect(changed.body).to.include({ stage: 'code', purpose: 'enroll', phone: '••• 0699' });
    expect(await numbersOf(app, 'id-ada')).to.deep.equal([OLD]);
    expect(transport.messages.map(({ to }) => to)).to.deep.equal([OLD, NEW]);
    const done = await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    expect(done.body).to.include({ stage: 'verified', location: '/auth/account' });
    expect(await numbersOf(app, 'id-ada')).to.deep.equal([OLD, NEW]);
    // The old number hears of it, and every other session ends.
    expect(transport.messages.map(({ to }) => to)).to.deep.equal([OLD, NEW, OLD]);
    expect(transport.messages.at(-1)?.text).to.include('was added').and.not.match(/\d/);
    await jar.get('/secret').expect(200);
    app.clock.advance(6);
    await other.get('/secret').expect(401);
  });

  it('removes a number after a code to one that stays', async () => {
    const app = await account('grace');
    const { jar, transport } = app;
    await getPage(jar, '/auth/account').expect(200);
    await postForm(jar, '/auth/account/phones/remove', { number: '0' })
      .expect(303)
      .expect('Location', '/auth/code?returnTo=%2Fauth%2Faccount');
    expect(transport.messages.map(({ to }) => to)).to.deep.equal(['+46701740607']);
    expect(transport.messages[0]?.text).to.include('change your phone numbers');
    await postForm(jar, '/auth/code', { code: transport.lastCode() }).expect(303).expect('Location', '/auth/account');
    expect(await numbersOf(app, 'id-grace')).to.deep.equal(['+46701740607']);
    // From the account the way goes on to the site, not round in a circle.
    expect((await getPage(jar, '/auth/account').expect(200)).text).to.include('<a href="/">');
    expect(transport.messages.slice(1).map(({ to }) => to)).to.deep.equal(['+46701740606', '+46701740607']);
    const { body } = await postJson(jar, '/auth/account/phones/remove', { number: 1 }).expect(409);
    expect(body).to.include({ code: 'CONFLICT', location: '/auth/account' });
  });

  it('removes nothing but one of several, by its place in the list that was shown', async () => {
    const ada = await account();
    await getPage(ada.jar, '/auth/account').expect(200);
    await postJson(ada.jar, '/auth/account/phones/remove', { number: 0 }).expect(409);
    const grace = await account('grace');
    await getPage(grace.jar, '/auth/account').expect(200);
    for (const number of [2, 99]) await postJson(grace.jar, '/auth/account/phones/remove', { number }).expect(409);
    for (const number of ['+46701740606', -1, '', {}, [0]]) {
      await postJson(grace.jar, '/auth/account/phones/remove', { number }).expect(400);
    }
    grace.people.change('id-grace', { phoneNumbers: ['+46701740698', '+46701740607', '+46701740606'] });
    await postJson(grace.jar, '/auth/account/phones/remove', { number: 1 }).expect(200);
    await postJson(grace.jar, '/auth/code', { code: grace.transport.lastCode() }).expect(200);
    expect(await numbersOf(grace, 'id-grace')).to.deep.equal(['+46701740698', '+46701740606']);
  });

  it('does not take the code of a sign-in or a step-up for a change', async () => {
    const app = await account();
    const { jar, transport, clock } = app;
    await postJson(jar, '/auth/code/send').expect(200);
    const stepUp = transport.lastCode();
    clock.advance(31);
    await postJson(jar, '/auth/account/phones', { phone: NEW }).expect(200);
    if (stepUp !== transport.lastCode()) await postJson(jar, '/auth/code', { code: stepUp }).expect(401);
    expect(await numbersOf(app, 'id-ada')).to.deep.equal([OLD]);
  });

  it('never makes of a code for one change another', async () => {
    const app = await account();
    const { jar, transport, clock } = app;
    await postJson(jar, '/auth/account/phones', { phone: NEW }).expect(200);
    const first = transport.lastCode();
    await postJson(jar, '/auth/account/phones', { phone: '+46701740698' }).expect(429);
    clock.advance(31);
    await postJson(jar, '/auth/account/phones', { phone: '+46701740698' }).expect(200);
    if (first !== transport.lastCode()) await postJson(jar, '/auth/code', { code: first }).expect(401);
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    expect(transport.messages.at(-1)?.to).to.equal('+46701740698');
  });

  it('has room for so many numbers, and each once', async () => {
    const app = await account('grace');
    await postJson(app.jar, '/auth/account/phones', { phone: '+46701740606' }).expect(409);
    const again = await postForm(app.jar, '/auth/account/phones', { phone: '+46 70 174 06 06' }).expect(409);
    expect(again.text).to.include('You have this number already.').and.include('value="+46 70 174 06 06"');
    app.people.change('id-grace', { phoneNumbers: ['+46701740606', '+46701740607', '+46701740608'] });
    await postJson(app.jar, '/auth/account/phones', { phone: NEW }).expect(409);
    const page = await postForm(app.jar, '/auth/account/phones', { phone: NEW }).expect(409);
    expect(page.text).to.include('0607');
    expect(app.transport.messages).to.deep.equal([]);
  });

  it('keeps the code of the change alive if the new number cannot be reached right now', async () => {
    const { jar, transport } = await account();
    await postJson(jar, '/auth/account/phones', { phone: NEW }).expect(200);
    const code = transport.lastCode();
    transport.mode = 'reject';
    const { body } = await postJson(jar, '/auth/code', { code }).expect(503);
    expect(body).to.include({
      code: 'SMS_UNAVAILABLE',
      stage: 'code',
      location: '/auth/code?returnTo=%2Fauth%2Faccount',
    });
    transport.mode = 'accept';
    const again = await postJson(jar, '/auth/code', { code }).expect(200);
    expect(again.body).to.include({ purpose: 'enroll', phone: '••• 0699' });
  });

  it('opens nothing with a change whose grant was revoked', async () => {
    const app = await account();
    const { jar, transport, otp } = app;
    await postJson(jar, '/auth/account/phones', { phone: NEW }).expect(200);
    await otp.signOutEverywhere('id-ada');
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(409);
    expect(transport.messages).to.have.length(1);
    expect(await numbersOf(app, 'id-ada')).to.deep.equal([OLD]);
  });

  it('sends the change to another of the phones if the first is not at hand', async () => {
    const { jar, transport } = await account('grace');
    await postJson(jar, '/auth/account/phones', { phone: NEW }).expect(200);
    await getPage(jar, '/auth/number').expect(200);
    const { body } = await postJson(jar, '/auth/number', { number: 1 }).expect(200);
    expect(body).to.include({ purpose: 'change', phone: '••• 0607' });
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    expect(transport.messages.map(({ to }) => to)).to.deep.equal(['+46701740606', '+46701740607', NEW]);
  });

  it('leads back to the account if the code of a change has died', async () => {
    const { jar, transport, clock } = await account();
    await postJson(jar, '/auth/account/phones', { phone: NEW }).expect(200);
    clock.advance(301);
    const page = await postForm(jar, '/auth/code', { code: transport.lastCode() }).expect(410);
    expect(page.text).to.include('account/phones');
  });

  it('ends every session of its user, this one, too', async () => {
    const app = await account();
    const other = await app.signedIn();
    const grace = await app.signedIn('grace');
    const { body } = await postJson(app.jar, '/auth/account/sign-out-everywhere').expect(200);
    expect(body).to.include({ stage: 'none', location: '/auth/login' });
    app.clock.advance(6);
    await app.jar.get('/secret').expect(401);
    await other.get('/secret').expect(401);
    await grace.get('/secret').expect(200);
  });

  it('ends every session of its user while the directory is down', async () => {
    const { jar, signedIn, people, clock } = await account();
    const [other, half] = [await signedIn(), await signedIn('ada', 'password')];
    people.isDown = true;
    expect((await postJson(half, '/auth/account/sign-out-everywhere').expect(503)).body.code).to.equal(
      'DIRECTORY_UNAVAILABLE',
    );
    await postJson(jar, '/auth/account/sign-out-everywhere').expect(200);
    clock.advance(6);
    for (const one of [jar, other]) await one.get('/secret').expect(401);
  });

  it('tells after a sign-out where somebody stands whom the app goes on naming', async () => {
    for (const username of ['ada', 'grace', 'alan', 'nobody']) {
      const { agent } = testApp({ options: { currentUser: () => ({ username }), loginUrl: '/login' } });
      const jar = agent();
      const { body } = await postJson(jar, '/auth/logout').expect(200);
      expect((await jar.get('/auth/session').set('Accept', 'application/json')).body, username).to.deep.equal(body);
      expect((await postForm(jar, '/auth/logout').expect(303)).headers.location).to.equal(body.location);
    }
  });

  it('ends every session of somebody whom the app goes on naming while the directory is down, and says so', async () => {
    for (const path of ['/auth/account/sign-out-everywhere', '/auth/logout']) {
      for (const post of [postJson, postForm]) {
        const options = { currentUser: () => ({ username: 'ada' }), loginUrl: '/login' };
        const { agent, transport, people } = testApp({ options });
        const jar = agent();
        await postJson(jar, '/auth/code/send').expect(200);
        await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
        await jar.get('/secret').expect(200);
        people.isDown = true;
        const { status, body, headers } = await post(jar, path);
        const told = post === postJson ? [status, body.stage, body.location] : [status, 'send', headers.location];
        expect(told, path).to.deep.equal([post === postJson ? 200 : 303, 'send', '/auth/code']);
        await jar.get('/secret').expect(401);
      }
    }
  });

  it('shows the numbers, and no way to change them, if enrolment is off', async () => {
    const { signedIn } = testApp();
    const page = await getPage(await signedIn(), '/auth/account').expect(200);
    expect(page.text).to.include('0605').and.not.include('account/phones');
  });

  it('lets no number be added on the word of one that is gone meanwhile', async () => {
    const app = await account('grace');
    const { jar, transport, people, clock } = app;
    await postJson(jar, '/auth/account/phones', { phone: NEW }).expect(200);
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    const code = transport.lastCode();
    people.change('id-grace', { phoneNumbers: ['+46701740607'] });
    clock.advance(31);
    await postJson(jar, '/auth/code/send').expect(409);
    await postJson(jar, '/auth/code', { code }).expect(409);
    expect(await numbersOf(app, 'id-grace')).to.deep.equal(['+46701740607']);
  });

  it('means on the page of a conflict what it meant before', async () => {
    const app = await account('grace');
    const { jar, people, transport } = app;
    people.change('id-grace', { phoneNumbers: ['+46701740601', '+46701740602', '+46701740603'] });
    await getPage(jar, '/auth/account').expect(200);
    people.change('id-grace', { phoneNumbers: ['+46701740602', '+46701740603', '+46701740604'] });
    const page = await postForm(jar, '/auth/account/phones/remove', { number: '0' }).expect(409);
    const [, place = ''] = /value="(\d)" aria-label="Remove the number ending in 0 6 0 3"/.exec(page.text) ?? [];
    await postForm(jar, '/auth/account/phones/remove', { number: place }).expect(303);
    expect((await getPage(jar, '/auth/code')).text).to.match(/Remove •••.0603/);
    await postForm(jar, '/auth/code', { code: transport.lastCode() }).expect(303);
    expect(await numbersOf(app, 'id-grace')).to.deep.equal(['+46701740602', '+46701740604']);
  });

  it('leaves a pending change behind if a step-up is asked for', async () => {
    const app = await account();
    const { jar, transport, clock } = app;
    await postJson(jar, '/auth/account/phones', { phone: NEW }).expect(200);
    const change = transport.lastCode();
    clock.advance(61);
    const { headers } = await getPage(jar, '/transfer').expect(303);
    const page = await getPage(jar, String(headers.location)).expect(200);
    expect(page.text).to.include('Confirm that it is you').and.not.include('0699');
    const { body } = await postJson(jar, '/auth/code/send', { returnTo: '/transfer' }).expect(200);
    expect(body).to.include({ purpose: 'step-up' });
    if (change !== transport.lastCode()) await postJson(jar, '/auth/code', { code: change }).expect(401);
    const done = await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    expect(done.body.location).to.equal('/transfer');
    expect(transport.messages.map(({ to }) => to)).to.deep.equal([OLD, OLD]);
  });

  it('sends nothing for a change that is over', async () => {
    const { jar, transport, clock } = await account();
    await postJson(jar, '/auth/account/phones', { phone: NEW }).expect(200);
    clock.advance(301);
    await getPage(jar, '/auth/code').expect(303).expect('Location', '/auth/account');
    const { body } = await postJson(jar, '/auth/code/send').expect(409);
    expect(body).to.include({ code: 'CONFLICT', location: '/auth/account' });
    expect(transport.messages).to.have.length(1);
  });

  it('is not confirmed by the number that is to go', async () => {
    const { jar, transport } = await account('grace');
    await getPage(jar, '/auth/account').expect(200);
    await postJson(jar, '/auth/account/phones/remove', { number: 0 }).expect(200);
    await postJson(jar, '/auth/number', { number: 0 }).expect(409);
    expect(transport.messages.map(({ to }) => to)).to.deep.equal(['+46701740607']);
  });

  it('ends every session even if the answer to a removal was lost', async () => {
    const app = await account('grace');
    const { jar, transport, people, clock } = app;
    const other = await app.signedIn('grace');
    transport.messages.length = 0;
    clock.advance(121);
    await getPage(jar, '/auth/account').expect(200);
    await postJson(jar, '/auth/account/phones/remove', { number: 0 }).expect(200);
    const code = transport.lastCode();
    const change = people.changePhoneNumbers.bind(people);
    people.changePhoneNumbers = async (...args) => {
      await change(...args);
      throw new Error('timeout');
    };
    await postJson(jar, '/auth/code', { code }).expect(503);
    people.changePhoneNumbers = change;
    await postJson(jar, '/auth/code', { code }).expect(200);
    expect(transport.messages.at(-1)?.text).to.include('was removed');
    clock.advance(6);
    await other.get('/secret').expect(401);
  });

  it('loses against a sign-out everywhere while the directory writes', async () => {
    const app = await account('grace');
    const { jar, transport, people, otp } = app;
    await getPage(jar, '/auth/account').expect(200);
    await postJson(jar, '/auth/account/phones/remove', { number: 0 }).expect(200);
    const change = people.changePhoneNumbers.bind(people);
    people.changePhoneNumbers = async (...args) => {
      await otp.signOutEverywhere('id-grace');
      return change(...args);
    };
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(401);
    app.clock.advance(6);
    await jar.get('/secret').expect(401);
  });

  it('tells listeners, with a keyed hash in place of the number', async () => {
    const { jar, transport, otp } = await account();
    const told: unknown[] = [];
    otp.events.on('numberAdded', ({ userId, number }) => told.push(userId, number));
    otp.events.on('noticeFailed', ({ reason }) => told.push(reason));
    await postJson(jar, '/auth/account/phones', { phone: NEW }).expect(200);
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    const code = transport.lastCode();
    transport.mode = 'reject';
    await postJson(jar, '/auth/code', { code }).expect(200);
    expect(told[0]).to.equal('id-ada');
    expect(told[1]).to.match(/^[\w-]{16}$/);
    expect(told[2]).to.equal('no SMSC is connected');
  });
});
