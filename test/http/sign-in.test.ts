import { expect } from 'chai';
import { getPage, postForm, postJson, sessionCookie, testApp, withoutMarks } from '../support/app.ts';

describe('POST /auth/login', () => {
  it('takes the password, sends the code, and says where it goes on', async () => {
    const { agent, transport } = testApp();
    const { body } = await postJson(agent(), '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
    expect(body).to.deep.equal({
      stage: 'code',
      purpose: 'sign-in',
      phone: '••• 0605',
      codeLength: 6,
      expiresInSeconds: 300,
      resendInSeconds: 30,
      attemptsRemaining: 5,
      delivery: 'accepted',
      location: '/auth/code',
    });
    expect(transport.messages.map(({ to }) => to)).to.deep.equal(['+46701740605']);
  });

  it('leads a browser on with 303', async () => {
    const { agent } = testApp();
    const { headers } = await postForm(agent(), '/auth/login', { username: 'ada', password: 'lovelace' }).expect(303);
    expect(headers.location).to.match(/^\/auth\/code\?kept=/);
  });

  for (const [who, body] of [
    ['a wrong password', { username: 'ada', password: 'wrong' }],
    ['an unknown name', { username: 'eve', password: 'lovelace' }],
    ['an empty password', { username: 'ada', password: '' }],
    ['a missing password', { username: 'ada' }],
    ['a password that is null', { username: 'ada', password: null }],
    ['a missing name', { password: 'lovelace' }],
    ['NUL as password', { username: 'ada', password: '\u0000' }],
    ['nothing', {}],
  ] as const) {
    it(`answers ${who} with one 401, after 500 ms, without a session`, async () => {
      const { agent, transport } = testApp();
      const begin = performance.now();
      const response = await postJson(agent(), '/auth/login', body).expect(401);
      // A timer may be a moment early.
      expect(performance.now() - begin).to.be.greaterThan(495);
      expect(response.type).to.equal('application/problem+json');
      expect(response.body).to.deep.equal({
        type: 'urn:express-sms-otp:invalid-credentials',
        title: 'Invalid credentials',
        status: 401,
        code: 'INVALID_CREDENTIALS',
        detail: 'Incorrect username or password.',
      });
      expect(sessionCookie(response)).to.equal(undefined);
      expect(transport.messages).to.deep.equal([]);
    });
  }

  it('asks the user store for no empty password', async () => {
    const { agent, people } = testApp();
    for (const password of ['', undefined, null, '\u0000']) {
      await postJson(agent(), '/auth/login', { username: 'ada', password }).expect(401);
    }
    expect(people.checks).to.equal(0);
  });

  for (const [what, body] of [
    ['an array', { username: ['ada', 'grace'], password: 'lovelace' }],
    ['an object', { username: { $ne: '' }, password: 'lovelace' }],
    ['a number', { username: 'ada', password: 1 }],
    ['100 kB', { username: 'ada', password: 'x'.repeat(100_000) }],
    ['2 kB', { username: 'ada', password: 'x'.repeat(2_000) }],
  ] as const) {
    it(`refuses ${what} as a field with 400`, async () => {
      const { agent, people } = testApp();
      const { body: problem } = await postJson(agent(), '/auth/login', body).expect(400);
      expect(problem.code).to.equal('BAD_REQUEST');
      expect(people.checks).to.equal(0);
    });
  }

  it('refuses repeated fields, broken JSON and an array as body with 400', async () => {
    const { agent } = testApp();
    await agent().post('/auth/login').type('form').send('username=ada&username=eve&password=lovelace').expect(400);
    await agent().post('/auth/login').type('json').send('{"username":').expect(400);
    await agent().post('/auth/login').type('json').send('["ada","lovelace"]').expect(400);
  });

  it('refuses other media types with 415', async () => {
    const { agent } = testApp();
    const body = JSON.stringify({ username: 'ada', password: 'lovelace' });
    const { body: problem } = await agent()
      .post('/auth/login')
      .set('Content-Type', 'text/plain')
      .send(body)
      .expect(415);
    expect(problem.code).to.equal('UNSUPPORTED_MEDIA_TYPE');
  });

  it('is not polluted by prototype keys', async () => {
    const { agent } = testApp();
    const body =
      '{"__proto__":{"polluted":true,"username":"ada"},"constructor":{"prototype":{"polluted":true}},"password":"lovelace"}';
    await agent().post('/auth/login').type('json').send(body).expect(401);
    expect(({} as Record<string, unknown>).polluted).to.equal(undefined);
  });

  it('reads a body that the app has parsed already', async () => {
    const { default: express } = await import('express');
    const { agent } = testApp({
      before: (app) => void app.use(express.json(), express.urlencoded({ extended: true })),
    });
    await postJson(agent(), '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
    await postForm(agent(), '/auth/login', { username: 'ada', password: 'lovelace' }).expect(303);
    await postForm(agent(), '/auth/login', { 'username[a]': 'ada', password: 'lovelace' }).expect(400);
  });

  it('lets somebody with several numbers choose first', async () => {
    const { agent, transport } = testApp();
    const { body } = await postJson(agent(), '/auth/login', { username: 'grace', password: 'hopper' }).expect(200);
    expect(body).to.deep.equal({
      stage: 'number',
      purpose: 'sign-in',
      numbers: [
        { number: 0, phone: '••• 0606' },
        { number: 1, phone: '••• 0607' },
      ],
      location: '/auth/number',
    });
    expect(transport.messages).to.deep.equal([]);
  });

  it('tells somebody without a number so, and keeps the first factor', async () => {
    const { agent } = testApp();
    const jar = agent();
    const response = await postJson(jar, '/auth/login', { username: 'alan', password: 'turing' }).expect(403);
    expect(response.body).to.include({ code: 'NO_PHONE_NUMBER', stage: 'send', location: '/auth/code' });
    expect((await jar.get('/auth/session')).body.stage).to.equal('send');
  });

  it('tells somebody whose number cannot be used that it cannot, not that there is none', async () => {
    const { agent, people } = testApp();
    people.change('id-alan', { phoneNumbers: ['47110'] });
    const { body } = await postJson(agent(), '/auth/login', { username: 'alan', password: 'turing' }).expect(403);
    expect(body).to.include({ code: 'NO_PHONE_NUMBER' });
    expect(body.detail).to.include('no phone number for this account that can be used');
  });

  it('keeps the first factor while no SMSC takes the message, and sends once one does', async () => {
    const { agent, transport } = testApp();
    const jar = agent();
    transport.mode = 'reject';
    const down = await postJson(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(503);
    expect(down.body).to.include({ code: 'SMS_UNAVAILABLE', stage: 'send', location: '/auth/code' });
    expect(Number(down.headers['retry-after'])).to.be.greaterThan(0);
    transport.mode = 'accept';
    await postJson(jar, '/auth/code/send').expect(200);
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
  });

  it('answers 503 while the directory is down, and counts nothing', async () => {
    const { agent, people } = testApp();
    const jar = agent();
    people.isDown = true;
    const { body, headers } = await postJson(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(503);
    expect(body.code).to.equal('DIRECTORY_UNAVAILABLE');
    expect(headers['retry-after']).to.equal('5');
    people.isDown = false;
    await postJson(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
  });

  it('tells of a number that the network refuses, and leaves nothing pending', async () => {
    const { agent, transport } = testApp();
    const jar = agent();
    transport.mode = 'refuse';
    const { body } = await postJson(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(422);
    expect(body.code).to.equal('PHONE_NOT_ACCEPTED');
    await postJson(jar, '/auth/code', { code: '123456' }).expect(409);
  });

  it('ignores what a client says of its own sign-in', async () => {
    const { agent, transport } = testApp();
    const jar = agent();
    const claims = {
      verified: true,
      stage: 'verified',
      userId: 'id-grace',
      subject: 'id-grace',
      phone: '+46701740699',
      skip: '1',
    };
    await postJson(jar, '/auth/login?verified=true&stage=verified', {
      username: 'ada',
      password: 'lovelace',
      ...claims,
    });
    await postJson(jar, '/auth/code/send', claims);
    expect(transport.messages.map(({ to }) => to)).to.deep.equal(['+46701740605']);
    await jar.get('/secret').set('Cookie', 'verified=true').set('X-Verified', 'true').expect(401);
  });
});

describe('the login page', () => {
  it('shows a form, and leads on whoever has passed it', async () => {
    const { agent, signedIn } = testApp();
    const { text } = await getPage(agent(), '/auth/login?returnTo=/secret').expect(200);
    expect(text).to.include('autocomplete="current-password"').and.include('value="/secret"');
    await getPage(await signedIn('ada', 'password'), '/auth/login')
      .expect(303)
      .expect('Location', '/auth/code');
    await getPage(await signedIn('ada'), '/auth/login?returnTo=/secret')
      .expect(303)
      .expect('Location', '/secret');
  });

  it('shows what was wrong, keeps the name and forgets the password', async () => {
    const { agent } = testApp();
    const { text } = await postForm(agent(), '/auth/login', { username: '"><b>eve', password: 'wrong-9' }).expect(401);
    expect(text).to.include('&quot;&gt;&lt;b&gt;eve').and.include('role="alert"').and.not.include('wrong-9');
  });

  it('makes one SMS of a form that is sent five times at once, in a browser without a session', async () => {
    const { agent, transport } = testApp();
    const { text } = await getPage(agent(), '/auth/login').expect(200);
    const form = /name="form" value="([\w-]{22})"/.exec(text)?.[1] ?? 'none';
    expect((await getPage(agent(), '/auth/login').expect(200)).text).to.not.include(form);
    const press = { username: 'ada', password: 'lovelace', form };
    // Each press comes without a cookie: no answer has set one yet.
    const jars = Array.from({ length: 5 }, agent);
    await Promise.all(jars.map((jar) => postForm(jar, '/auth/login', press).expect(303)));
    expect(transport.messages).to.have.length(1);
    for (const jar of jars)
      expect((await jar.get('/auth/session')).body).to.include({ stage: 'code', attemptsRemaining: 5 });
    const answers = await Promise.all(jars.map((jar) => postJson(jar, '/auth/code', { code: transport.lastCode() })));
    expect(answers.filter(({ status }) => status === 200)).to.have.length(1);
    const { form: _, ...program } = press;
    await Promise.all(jars.map(() => postJson(agent(), '/auth/login', program).expect(200)));
    expect(transport.messages).to.have.length(6);
  });

  it('stores nothing for somebody who only looks', async () => {
    const { agent, sessions } = testApp();
    for (const path of ['/auth/login', '/auth/code', '/auth/number', '/auth/session', '/secret']) {
      await getPage(agent(), path);
    }
    expect(Object.keys((sessions as unknown as { sessions: object }).sessions)).to.deep.equal([]);
  });
});

describe('returnTo', () => {
  it('travels from the gate through every form to the end', async () => {
    const { agent, transport } = testApp();
    const jar = agent();
    const gate = await getPage(jar, '/secret?a=b').expect(303);
    expect(gate.headers.location).to.equal('/auth/login?returnTo=%2Fsecret%3Fa%3Db');
    const form = { username: 'grace', password: 'hopper', returnTo: '/secret?a=b' };
    const login = await postForm(jar, '/auth/login', form).expect(303);
    expect(withoutMarks(login.headers.location)).to.equal('/auth/number?returnTo=%2Fsecret%3Fa%3Db');
    await postForm(jar, '/auth/number', { number: '1' }).expect(303);
    await postForm(jar, '/auth/code', { code: transport.lastCode() }).expect(303).expect('Location', '/secret?a=b');
  });

  it('travels also with a program that only looks', async () => {
    const { agent, signedIn } = testApp();
    const location = '/auth/login?returnTo=%2Fsecret';
    expect((await agent().get('/auth/login?returnTo=%2Fsecret').expect(200)).body).to.include({ location });
    const jar = await signedIn('ada', 'password');
    const { body } = await jar.get('/auth/code?returnTo=%2Fsecret').expect(200);
    expect(body.location).to.equal('/auth/code?returnTo=%2Fsecret');
  });

  it('never leaves the site', async () => {
    const { agent, transport } = testApp();
    const jar = agent();
    await postJson(jar, '/auth/login', { username: 'ada', password: 'lovelace', returnTo: '//evil.example' });
    const { body } = await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    expect(body.location).to.equal('/');
  });
});
