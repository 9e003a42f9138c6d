import { expect } from 'chai';
import { type Agent, postForm, postJson, type TestApp, testApp } from '../support/app.ts';
import { UNLIMITED_SENDS } from '../support/unlimited-sends.ts';

const ADA = { username: 'ada', password: 'lovelace' };

async function stateOf(jar: Agent): Promise<Record<string, unknown>> {
  return (await jar.get('/auth/session').expect(200)).body;
}

/** The right code opens the gate in this jar. */
async function finish(app: TestApp, jar: Agent): Promise<void> {
  await postJson(jar, '/auth/code', { code: app.transport.lastCode() }).expect(200);
  await jar.get('/secret').expect(200);
}

describe('a person who signs in again before the code is typed', () => {
  it('gets one SMS and one code of a password that is posted twice at once in one jar', async () => {
    const app = testApp();
    const jar = app.agent();
    // The jar has a session of before: it has signed in and out.
    await postJson(jar, '/auth/login', ADA).expect(200);
    await finish(app, jar);
    await postJson(jar, '/auth/login', ADA);
    const sent = app.transport.messages.length;
    app.clock.advance(31);
    const answers = await Promise.all([postJson(jar, '/auth/login', ADA), postJson(jar, '/auth/login', ADA)]);
    for (const { status } of answers) expect(status).to.equal(200);
    expect(app.transport.messages.length - sent).to.equal(1);
    expect(await stateOf(jar)).to.include({ stage: 'code', attemptsRemaining: 5 });
    await finish(app, jar);
  });

  it('gets one SMS of three sign-ins in one jar, and keeps code, tries and pause', async () => {
    const app = testApp();
    const jar = app.agent();
    for (let time = 0; time < 3; time++) {
      await postForm(jar, '/auth/login', ADA).expect(303);
      await postJson(jar, '/auth/code', { code: wrong(app) }).expect(401);
      app.clock.advance(5);
    }
    expect(app.transport.messages).to.have.length(1);
    expect(await stateOf(jar)).to.include({ attemptsRemaining: 2, resendInSeconds: 15, expiresInSeconds: 285 });
    await finish(app, jar);
  });

  it('gets one SMS each cool-down by "Start over" and a sign-in again, and no try more', async () => {
    const app = testApp({ options: { limits: UNLIMITED_SENDS } });
    const jar = app.agent();
    await postForm(jar, '/auth/login', ADA).expect(303);
    for (let time = 0; time < 3; time++) {
      await postJson(jar, '/auth/code', { code: wrong(app) }).expect(401);
      await postForm(jar, '/auth/logout').expect(303);
      expect(await stateOf(jar)).to.include({ stage: 'none' });
      await postForm(jar, '/auth/login', ADA).expect(303);
    }
    expect(app.transport.messages).to.have.length(1);
    expect(await stateOf(jar)).to.include({ stage: 'code', attemptsRemaining: 2 });
    app.clock.advance(31);
    await postForm(jar, '/auth/logout').expect(303);
    await postForm(jar, '/auth/login', ADA).expect(303);
    expect(app.transport.messages).to.have.length(2);
    expect(await stateOf(jar)).to.include({ stage: 'code', attemptsRemaining: 2 });
    await finish(app, jar);
  });

  it('leaves nothing of it to somebody else who signs in next in this jar', async () => {
    const app = testApp();
    const jar = app.agent();
    await postForm(jar, '/auth/login', ADA).expect(303);
    const code = app.transport.lastCode();
    await postForm(jar, '/auth/logout').expect(303);
    await postJson(jar, '/auth/login', { username: 'grace', password: 'hopper' }).expect(200);
    await postJson(jar, '/auth/code', { code }).expect(409);
    await postJson(jar, '/auth/login', ADA).expect(200);
    expect(app.transport.messages).to.have.length(2);
  });

  it('gets a code of its own in each of two jars, each with its own life', async () => {
    const app = testApp();
    const [one, other] = [app.agent(), app.agent()];
    await postJson(one, '/auth/login', ADA).expect(200);
    const first = app.transport.lastCode();
    await postJson(other, '/auth/login', ADA).expect(200);
    const second = app.transport.lastCode();
    expect(app.transport.messages).to.have.length(2);
    if (first !== second) await postJson(one, '/auth/code', { code: second }).expect(401);
    await postJson(one, '/auth/code', { code: first }).expect(200);
    await postJson(other, '/auth/code', { code: second }).expect(200);
  });

  it('is a jar each time as a program without a session: an SMS for each, up to the limits', async () => {
    const app = testApp();
    const answers = await Promise.all(Array.from({ length: 7 }, () => postJson(app.agent(), '/auth/login', ADA)));
    const counts = [200, 429].map((status) => answers.filter((answer) => answer.status === status).length);
    expect(counts).to.deep.equal([5, 2]);
    expect(app.transport.messages).to.have.length(5);
  });
});

function wrong({ transport }: TestApp): string {
  return transport.lastCode() === '000000' ? '000001' : '000000';
}
