import { expect } from 'chai';
import { type Agent, getPage, postForm, postJson, testApp } from '../support/app.ts';

describe('POST /auth/code', () => {
  it('shows what the app says of a send that it refuses', async () => {
    const { agent } = testApp({ options: { beforeSend: () => 'This <SIM> was swapped.' } });
    const login = { username: 'ada', password: 'lovelace' };
    const { body } = await postJson(agent(), '/auth/login', login).expect(403);
    expect(body).to.include({ code: 'SEND_REFUSED', detail: 'This <SIM> was swapped.' });
    const page = await postForm(agent(), '/auth/login', login).expect(403);
    expect(page.text).to.include('This &lt;SIM&gt; was swapped.');
  });

  it('opens the gate with the right code', async () => {
    const { signedIn, transport, clock } = testApp();
    const jar = await signedIn('ada', 'password');
    const code = transport.lastCode();
    const { body } = await postJson(jar, '/auth/code', { code }).expect(200);
    const authTime = Math.floor(clock.now() / 1000);
    const user = { id: 'id-ada', username: 'ada', displayName: 'Ada Lovelace' };
    const facts = { stage: 'verified', user, acr: 'smpp', amr: ['pwd', 'sms', 'otp', 'mfa'], authTime };
    expect(body).to.deep.equal({ ...facts, location: '/' });
    expect((await jar.get('/secret').expect(200)).body).to.deep.equal(facts);
    expect((await jar.get('/auth/session')).body).to.deep.equal({ ...facts, location: '/' });
  });

  it('reads a code with spaces and hyphens', async () => {
    const { signedIn, transport } = testApp();
    const jar = await signedIn('ada', 'password');
    const code = transport.lastCode();
    await postForm(jar, '/auth/code', { code: ` ${code.slice(0, 3)}-${code.slice(3)} ` })
      .expect(303)
      .expect('Location', '/');
  });

  it('leads to the page that asked for the code last', async () => {
    const { signedIn, transport } = testApp();
    const jar = await signedIn('ada', 'password');
    const { headers } = await getPage(jar, '/secret').expect(303);
    const returnTo = new URL(String(headers.location), 'http://127.0.0.1').searchParams.get('returnTo') ?? '';
    await postForm(jar, '/auth/code', { code: transport.lastCode(), returnTo }).expect('Location', '/secret');
    for (const hostile of ['//evil.example', 'https://evil.example', '']) {
      const other = await signedIn('ada', 'password');
      await postForm(other, '/auth/code', { code: transport.lastCode(), returnTo: hostile }).expect('Location', '/');
    }
  });

  it('counts down, then refuses the right code just as a wrong one', async () => {
    const { signedIn, transport } = testApp();
    const jar = await signedIn('ada', 'password');
    for (const attemptsRemaining of [4, 3, 2, 1, 0]) {
      const { body } = await postJson(jar, '/auth/code', { code: wrong(transport.lastCode()) }).expect(401);
      expect(body).to.include({ code: 'INVALID_CODE', attemptsRemaining });
    }
    const answers = [];
    for (const code of [transport.lastCode(), wrong(transport.lastCode())]) {
      const { body, headers } = await postJson(jar, '/auth/code', { code }).expect(429);
      const { date, ...rest } = headers;
      answers.push({ body, rest });
    }
    expect(answers[0]).to.deep.equal(answers[1]);
    expect(answers[0]?.body).to.include({ code: 'TOO_MANY_ATTEMPTS', attemptsRemaining: 0 });
    expect((await jar.get('/auth/session')).body).to.include({ stage: 'code', attemptsRemaining: 0 });
  });

  it('gives a new code once the pause after a used-up one has passed', async () => {
    const { signedIn, transport, clock } = testApp();
    const jar = await signedIn('ada', 'password');
    for (let guess = 0; guess < 5; guess++) await postJson(jar, '/auth/code', { code: wrong(transport.lastCode()) });
    const used = await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(429);
    clock.advance(Number(used.headers['retry-after']));
    const { body } = await postJson(jar, '/auth/code/send').expect(200);
    expect(body).to.include({ stage: 'code', attemptsRemaining: 5 });
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
  });

  for (const code of ['', '12345', '1234567', '12345a', '0x1234', '1234.0', 123456, null, true, ['123456'], {}]) {
    it(`refuses ${JSON.stringify(code)} with 400, uncounted`, async () => {
      const { signedIn } = testApp();
      const jar = await signedIn('ada', 'password');
      const { body } = await postJson(jar, '/auth/code', { code }).expect(400);
      expect(body.code).to.equal('BAD_REQUEST');
      expect((await jar.get('/auth/session')).body.attemptsRemaining).to.equal(5);
    });
  }

  it('takes a code however it is typed, from JSON and from forms', async () => {
    for (const post of [postJson, postForm]) {
      const { signedIn, transport } = testApp();
      const jar = await signedIn('ada', 'password');
      const code = transport.lastCode().replace(/\d/g, (digit) => String.fromCodePoint(0x06f0 + Number(digit)));
      await post(jar, '/auth/code', { code: `#\u2068${code.slice(0, 3)}\u2011${code.slice(3)}\u2069.` });
      await jar.get('/secret').expect(200);
    }
  });

  it('keeps what was typed where it is no code, and only until the next form', async () => {
    const { signedIn, transport, clock } = testApp();
    const jar = await signedIn('ada', 'password');
    await postForm(jar, '/auth/code', { code: '12 <b>' }).expect(303);
    const { text } = await getPage(jar, '/auth/code').expect(200);
    expect(text).to.include('value="12 &lt;b&gt;"').and.include('role="alert">The code has 6 digits.');
    clock.advance(30);
    await postForm(jar, '/auth/code/send').expect(303);
    expect((await getPage(jar, '/auth/code')).text).to.not.include('12 &lt;b&gt;');
    await postForm(jar, '/auth/code', { code: wrong(transport.lastCode()) }).expect(303);
    expect((await getPage(jar, '/auth/code')).text).to.not.match(/<input id="code"[^>]* value=/);
  });

  it('compares one code a request', async () => {
    const { signedIn, transport } = testApp();
    const jar = await signedIn('ada', 'password');
    const right = transport.lastCode();
    const many = Array.from({ length: 15 }, (_, index) => `code=${index < 14 ? wrong(right) : right}`).join('&');
    await jar.post('/auth/code').type('form').send(many).expect(400);
    await jar.post('/auth/code').type('form').send(`code[]=${right}`).expect(400);
    await postJson(jar, '/auth/code', { code: [wrong(right), right] }).expect(400);
  });

  for (const body of [{}, { code: '' }, { code: '123456' }, { code: ['1'] }]) {
    it(`says 409 to ${JSON.stringify(body)} with nothing pending`, async () => {
      const { agent, signedIn } = testApp();
      for (const jar of [agent(), await choosing(agent()), await signedIn('ada')]) {
        const { body: problem } = await postJson(jar, '/auth/code', body).expect(409);
        expect(problem.code).to.equal('NO_CHALLENGE');
      }
    });
  }

  it('says 410 to a code whose life is over, and offers a new one', async () => {
    const { signedIn, transport, clock } = testApp({ options: { codeTtlSeconds: 60 } });
    const jar = await signedIn('ada', 'password');
    clock.advance(61);
    const { body } = await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(410);
    expect(body.code).to.equal('CODE_EXPIRED');
    expect((await jar.get('/auth/session')).body).to.include({ stage: 'send', phone: '••• 0605' });
    await postJson(jar, '/auth/code/send').expect(200);
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
  });

  it('takes a code once', async () => {
    const { signedIn, transport } = testApp();
    const jar = await signedIn('ada');
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(409);
  });

  it('starts again after 15 minutes without a code', async () => {
    const { signedIn, transport, clock } = testApp({ options: { codeTtlSeconds: 600 } });
    const jar = await signedIn('ada', 'password');
    clock.advance(590);
    await postJson(jar, '/auth/code/send').expect(200);
    clock.advance(320);
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(409);
    expect((await jar.get('/auth/session')).body.stage).to.equal('none');
  });

  it('lets the code live if the directory cannot be asked', async () => {
    const { signedIn, transport, people } = testApp();
    const jar = await signedIn('ada', 'password');
    people.isDown = true;
    const { body } = await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(503);
    expect(body.code).to.equal('DIRECTORY_UNAVAILABLE');
    people.isDown = false;
    expect((await jar.get('/auth/session')).body.attemptsRemaining).to.equal(5);
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
  });

  it('lets nobody in whose number or account is gone meanwhile', async () => {
    const gone = testApp();
    const jar = await gone.signedIn('ada', 'password');
    gone.people.remove('id-ada');
    await postJson(jar, '/auth/code', { code: gone.transport.lastCode() }).expect(401);
    const moved = testApp();
    const other = await moved.signedIn('ada', 'password');
    moved.people.change('id-ada', { phoneNumbers: ['+46701740699'] });
    const { body } = await postJson(other, '/auth/code', { code: moved.transport.lastCode() }).expect(409);
    expect(body.code).to.equal('CONFLICT');
    await other.get('/secret').expect(401);
  });
});

describe('POST /auth/code/send', () => {
  it('sends the same code while more than half its life is left, then the next', async () => {
    const { signedIn, transport, clock } = testApp({ options: { limits: { sendsPerUserPerHour: false } } });
    const jar = await signedIn('ada', 'password');
    const first = transport.lastCode();
    clock.advance(30);
    const early = await postJson(jar, '/auth/code/send').expect(200);
    expect(transport.lastCode()).to.equal(first);
    expect(early.body).to.include({ expiresInSeconds: 270, resendInSeconds: 60 });
    clock.advance(130);
    const late = await postJson(jar, '/auth/code/send').expect(200);
    expect(late.body).to.include({ expiresInSeconds: 300, resendInSeconds: 120 });
    expect(transport.lastCode()).to.not.equal(first);
    const { body } = await postJson(jar, '/auth/code', { code: first }).expect(401);
    expect(body.attemptsRemaining).to.equal(4);
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
  });

  it('does not give the attempts back', async () => {
    const { signedIn, transport, clock } = testApp();
    const jar = await signedIn('ada', 'password');
    for (let guess = 0; guess < 3; guess++) await postJson(jar, '/auth/code', { code: wrong(transport.lastCode()) });
    clock.advance(200);
    expect((await postJson(jar, '/auth/code/send').expect(200)).body.attemptsRemaining).to.equal(2);
  });

  it('refuses what comes too early, with the time to wait', async () => {
    const { signedIn, transport, clock } = testApp();
    const jar = await signedIn('ada', 'password');
    const early = await postJson(jar, '/auth/code/send').expect(429);
    expect(early.body.code).to.equal('TOO_MANY_SENDS');
    expect(early.headers['retry-after']).to.equal('30');
    clock.advance(30);
    await postJson(jar, '/auth/code/send').expect(200);
    expect(transport.messages).to.have.length(2);
  });

  it('needs no body', async () => {
    const { signedIn, clock } = testApp();
    const jar = await signedIn('ada', 'password');
    clock.advance(30);
    await jar.post('/auth/code/send').set('Content-Length', '0').expect(200);
  });

  it('is a 401 without the first factor', async () => {
    const { agent, transport } = testApp();
    const { body } = await postJson(agent(), '/auth/code/send').expect(401);
    expect(body).to.include({ code: 'SIGN_IN_REQUIRED', location: '/auth/login' });
    expect(transport.messages).to.deep.equal([]);
  });

  it('wants a number chosen if there are several', async () => {
    const { agent } = testApp();
    const jar = agent();
    await postJson(jar, '/auth/login', { username: 'grace', password: 'hopper' }).expect(200);
    const { body } = await postJson(jar, '/auth/code/send').expect(409);
    expect(body).to.include({ code: 'CONFLICT', stage: 'number', location: '/auth/number' });
  });

  it('says what became of the message', async () => {
    const { signedIn, transport } = testApp();
    const jar = await signedIn('ada', 'password');
    for (const [delivery, told] of [
      ['unknown', 'unknown'],
      ['failed', 'failed'],
      ['delivered', 'delivered'],
      // A delivered message stays so.
      ['failed', 'delivered'],
    ] as const) {
      transport.receipt(delivery);
      await new Promise(setImmediate);
      expect((await jar.get('/auth/session')).body.delivery).to.equal(told);
    }
  });
});

describe('the code page', () => {
  it('has one field for the code, and never the code', async () => {
    const { signedIn, transport } = testApp();
    const { text } = await getPage(await signedIn('ada', 'password'), '/auth/code').expect(200);
    expect(text.match(/autocomplete="one-time-code"/g)).to.have.length(1);
    expect(text).to.include('•••\u00a00605').and.not.include(transport.lastCode());
  });

  it('says nothing of tries if none are counted, and neither does JSON', async () => {
    const limits = {
      attemptsPerChallenge: false,
      failedCodesPerUserPerDay: false,
      failedCodesPerUserPer30Days: false,
    } as const;
    const { signedIn, transport } = testApp({ options: { limits } });
    const jar = await signedIn('ada', 'password');
    const { body } = await postJson(jar, '/auth/code', { code: wrong(transport.lastCode()) }).expect(401);
    expect(body).to.not.have.property('attemptsRemaining');
    expect((await jar.get('/auth/session')).body).to.not.have.property('attemptsRemaining');
    const { text } = await getPage(jar, '/auth/code').expect(200);
    expect(text).to.include('6 digits').and.not.include('Tries').and.not.include('Infinity');
  });

  it('sends nothing by being looked at', async () => {
    const { signedIn, transport, clock } = testApp({ options: { codeTtlSeconds: 60 } });
    const jar = await signedIn('ada', 'password');
    clock.advance(61);
    const { text } = await getPage(jar, '/auth/code').expect(200);
    expect(text).to.include('/auth/code/send').and.include('•••\u00a00605');
    expect(transport.messages).to.have.length(1);
  });

  for (const [what, typed] of [
    ['a wrong code', (right: string) => wrong(right)],
    ['what is no code', () => '12'],
  ] as const) {
    it(`shows the error of ${what} after a redirect, and a reload costs no try`, async () => {
      const { signedIn, transport } = testApp();
      const jar = await signedIn('ada', 'password');
      const form = { code: typed(transport.lastCode()) };
      await postForm(jar, '/auth/code', form).expect(303).expect('Location', '/auth/code');
      const left = (await jar.get('/auth/session')).body.attemptsRemaining;
      for (let load = 0; load < 2; load++) {
        const { text } = await getPage(jar, '/auth/code').expect(200);
        expect(text).to.include('one-time-code').and.include('id="error" role="alert"');
      }
      expect((await jar.get('/auth/session')).body.attemptsRemaining).to.equal(left);
      await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    });
  }

  it('keeps what was typed and is no code, until the next form is sent', async () => {
    const { signedIn, transport } = testApp();
    const jar = await signedIn('ada', 'password');
    await postForm(jar, '/auth/code', { code: '12"<3' }).expect(303);
    for (let load = 0; load < 2; load++) {
      expect((await getPage(jar, '/auth/code').expect(200)).text)
        .to.include(' value="12&quot;&lt;3"')
        .and.include('6 digits');
    }
    await postForm(jar, '/auth/code', { code: wrong(transport.lastCode()) }).expect(303);
    expect((await getPage(jar, '/auth/code').expect(200)).text)
      .to.include('one-time-code')
      .and.not.include('&lt;3');
  });

  it('forgets the error with the next form', async () => {
    const { signedIn, transport, clock } = testApp();
    const jar = await signedIn('ada', 'password');
    await postForm(jar, '/auth/code', { code: wrong(transport.lastCode()) }).expect(303);
    clock.advance(30);
    await postForm(jar, '/auth/code/send').expect(303);
    expect((await getPage(jar, '/auth/code').expect(200)).text).to.not.include('id="error"');
  });
});

function wrong(code: string): string {
  return code === '000000' ? '000001' : '000000';
}

/** A first factor with nothing pending. */
async function choosing(jar: Agent): Promise<Agent> {
  await postJson(jar, '/auth/login', { username: 'grace', password: 'hopper' });
  return jar;
}
