import { expect } from 'chai';
import type { PasswordReport } from '../../lib/domain/ports.ts';
import type { UserStore } from '../../lib/index.ts';
import { type Agent, postJson, type TestApp, type TestAppSetup, testApp } from '../support/app.ts';
import { wrongCode } from '../support/attack.ts';
import { type Heard, hearAll } from '../support/events.ts';

const ADA = { username: 'ada', password: 'lovelace' };
const ADDRESS = '127.0.0.1';

interface Audited extends TestApp {
  readonly heard: Heard[];
  /** The events since the last time. */
  news(): readonly Heard[];
}

function auditedApp(setup: TestAppSetup = {}): Audited {
  const app = testApp(setup);
  const heard = hearAll(app.otp.events);
  return { ...app, heard, news: () => heard.splice(0) };
}

function names(heard: readonly Heard[]): readonly string[] {
  return heard.map(({ event }) => event);
}

/** As one of several requests of the same person. */
function post(jar: Agent, path: string, body: object, requestId: string): ReturnType<Agent['post']> {
  return postJson(jar, path, body).set('X-Request-Id', requestId);
}

describe('the events of a sign-in', () => {
  it('say when, who, from where, by which request, to which number, how, and how long it took', async () => {
    const { agent, transport, clock, news } = auditedApp();
    const jar = agent();
    await post(jar, '/auth/login', ADA, 'first').expect(200);
    const time = new Date(clock.now());
    const [password, sent, ...others] = news();
    const who = { time, userId: 'id-ada', address: ADDRESS };
    expect(others).to.deep.equal([]);
    expect(password).to.deep.equal({ event: 'firstFactorAccepted', ...who, requestId: 'first', amr: ['pwd'] });
    const { number, block, ...facts } = { ...sent };
    expect(number).to.match(/^[\w-]{16}$/);
    expect(block)
      .to.match(/^[\w-]{16}$/)
      .and.not.equal(number);
    const told = { purpose: 'sign-in', country: 'SE' };
    expect(facts).to.deep.equal({
      event: 'codeSent',
      ...who,
      ...told,
      requestId: 'first',
      status: 'accepted',
      smsc: 'test',
      milliseconds: 0,
      resend: false,
    });
    clock.advance(9);
    await post(jar, '/auth/code', { code: transport.lastCode() }, 'second').expect(200);
    expect(news()).to.deep.equal([
      {
        event: 'codeAccepted',
        ...who,
        ...told,
        time: new Date(clock.now()),
        requestId: 'second',
        number,
        block,
        acr: 'smpp',
        amr: ['pwd', 'sms', 'otp', 'mfa'],
        browser: 'new',
        smsc: 'test',
        seconds: 9,
        milliseconds: 0,
      },
    ]);
  });

  it('tell a repeat from a first send, and the seconds since the last one', async () => {
    const { signedIn, transport, clock, news } = auditedApp();
    const jar = await signedIn('ada', 'password');
    clock.advance(31);
    await postJson(jar, '/auth/code/send').expect(200);
    expect(
      news()
        .filter(({ event }) => event === 'codeSent')
        .map(({ resend }) => resend),
    ).to.deep.equal([false, true]);
    clock.advance(3);
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    expect(news()[0]).to.include({ event: 'codeAccepted', seconds: 3 });
  });

  it('know the block of numbers by another hash, which neighbours share', async () => {
    const { agent, news } = auditedApp();
    await postJson(agent(), '/auth/login', ADA).expect(200);
    const jar = agent();
    await postJson(jar, '/auth/login', { username: 'grace', password: 'hopper' }).expect(200);
    await postJson(jar, '/auth/number', { number: 0 }).expect(200);
    const [ada, grace] = news().filter(({ event }) => event === 'codeSent');
    expect(ada?.block).to.equal(grace?.block);
    expect(ada?.number).to.not.equal(grace?.number);
  });

  it('tell a new browser from a known one, if browsers are told apart', async () => {
    const { agent, transport, news } = auditedApp();
    const jar = agent();
    const browsers: unknown[] = [];
    for (let round = 0; round < 2; round++) {
      await postJson(jar, '/auth/login', ADA).expect(200);
      await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
      browsers.push(news().at(-1)?.browser);
    }
    expect(browsers).to.deep.equal(['new', 'known']);
    const off = auditedApp({ options: { limits: { knownBrowser: false } } });
    await off.signedIn();
    expect(off.news().at(-1)).to.include({ event: 'codeAccepted' }).and.to.not.have.property('browser');
  });

  it('name a step-up by its purpose', async () => {
    const { signedIn, transport, clock, news } = auditedApp();
    const jar = await signedIn();
    clock.advance(60);
    news();
    await postJson(jar, '/auth/code/send').expect(200);
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    expect(news().map(({ event, purpose }) => [event, purpose])).to.deep.equal([
      ['codeSent', 'step-up'],
      ['codeAccepted', 'step-up'],
    ]);
  });

  it('tell how often a code may still be tried: 0 comes once', async () => {
    const { signedIn, transport, news } = auditedApp();
    const jar = await signedIn('ada', 'password');
    const number = news().at(-1)?.number;
    for (let index = 0; index < 7; index++) {
      await postJson(jar, '/auth/code', { code: wrongCode(transport.lastCode(), index) });
    }
    const refused = news();
    expect(refused.map(({ attemptsRemaining }) => attemptsRemaining)).to.deep.equal([
      ...[4, 3, 2, 1, 0],
      undefined,
      undefined,
    ]);
    expect(refused[0]).to.include({ event: 'codeRefused', reason: 'INVALID_CODE', purpose: 'sign-in', number });
    expect(refused.at(-1)).to.include({ reason: 'TOO_MANY_ATTEMPTS' });
  });

  it('name whom a wrong password was meant for, not whoever has the session', async () => {
    const { signedIn, news } = auditedApp();
    const jar = await signedIn();
    news();
    await postJson(jar, '/auth/login', { username: 'grace', password: 'wrong' }).expect(401);
    await postJson(jar, '/auth/login', { username: 'nobody', password: 'wrong' }).expect(401);
    const [grace, nobody] = news();
    expect(grace).to.include({ event: 'firstFactorRefused', userId: 'id-grace', reason: 'INVALID_CREDENTIALS' });
    expect(nobody).to.include({ event: 'firstFactorRefused', address: ADDRESS }).and.to.not.have.property('userId');
  });

  it('tell why the directory refused a password, and what it warned of; the answer tells neither', async () => {
    const app = auditedApp();
    const reports: Readonly<Record<string, PasswordReport>> = {
      locked: { refusal: 'locked' },
      expired: { refusal: 'expired' },
      mustChange: { refusal: 'mustChange' },
      disabled: { refusal: 'disabled' },
      wrong: { refusal: 'wrong' },
    };
    const store: UserStore = app.people;
    const answers = new Set<string>();
    for (const [refusal, report] of Object.entries(reports)) {
      store.passwordReport = () => report;
      const { status, body } = await postJson(app.agent(), '/auth/login', { username: 'grace', password: 'x' });
      answers.add(JSON.stringify({ status, body }));
      expect(app.news().at(-1)).to.include({ event: 'firstFactorRefused', reason: 'INVALID_CREDENTIALS', refusal });
    }
    expect(answers).to.have.length(1);
    store.passwordReport = () => ({ graceLoginsRemaining: 2, expiresInSeconds: 3600 });
    app.clock.advance(1800);
    const { body } = await postJson(app.agent(), '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
    const accepted = app.news().find(({ event }) => event === 'firstFactorAccepted');
    expect(accepted).to.include({ graceLoginsRemaining: 2, passwordExpiresInSeconds: 3600 });
    expect(JSON.stringify(body)).to.not.match(/grace|expires.*3600/);
  });

  it('tell of a send that was refused, and of what was down', async () => {
    const { agent, transport, news } = auditedApp();
    transport.mode = 'reject';
    await post(agent(), '/auth/login', ADA, 'a-request').expect(503);
    const [, refused, fault] = news();
    expect(refused).to.include({ event: 'sendRefused', reason: 'SMS_UNAVAILABLE', country: 'SE', milliseconds: 0 });
    expect(fault).to.include({ event: 'fault', code: 'SMS_UNAVAILABLE', requestId: 'a-request', address: ADDRESS });
  });
});

describe('the events of a lock', () => {
  it('come once for the lock, however often it is tried, and once for the unlock', async () => {
    const { otp, signedIn, agent, transport, clock, news } = auditedApp({
      options: { limits: { failedCodesPerUserPer30Days: 3 } },
    });
    const lock = async (): Promise<void> => {
      const jar = await signedIn('ada', 'password');
      for (let index = 0; index < 5; index++) {
        await post(jar, '/auth/code', { code: wrongCode(transport.lastCode(), index) }, `try-${index}`);
      }
      await postJson(agent(), '/auth/login', ADA).expect(403);
    };
    await lock();
    const first = news();
    const [locked, ...more] = first.filter(({ event }) => event === 'factorLocked');
    expect(more).to.deep.equal([]);
    expect(locked).to.include({ userId: 'id-ada', address: ADDRESS, requestId: 'try-2', country: 'SE' });
    expect(first.filter(({ reason }) => reason === 'FACTOR_LOCKED')).to.have.length(3);
    await otp.unlock('id-ada');
    expect(news()).to.deep.equal([{ event: 'unlocked', time: new Date(clock.now()), userId: 'id-ada' }]);
    clock.advance(60);
    await lock();
    expect(names(news()).filter((name) => name === 'factorLocked')).to.have.length(1);
  });
});

describe('the events of an end', () => {
  it('tell of a sign-out, and of one everywhere, by the user or by an administrator', async () => {
    const { otp, signedIn, clock, news } = auditedApp();
    const jars = [await signedIn(), await signedIn('grace')] as const;
    news();
    await post(jars[0], '/auth/logout', {}, 'out').expect(200);
    await post(jars[1], '/auth/account/sign-out-everywhere', {}, 'everywhere').expect(200);
    await otp.signOutEverywhere('id-ada');
    const time = new Date(clock.now());
    expect(news()).to.deep.equal([
      { event: 'signedOut', time, userId: 'id-ada', address: ADDRESS, requestId: 'out' },
      { event: 'signedOutEverywhere', time, userId: 'id-grace', address: ADDRESS, requestId: 'everywhere' },
      { event: 'signedOutEverywhere', time, userId: 'id-ada' },
    ]);
  });
});

describe('the events of numbers', () => {
  it('name the request that changed them; an administrator makes none', async () => {
    const { otp, agent, transport, clock, news } = auditedApp({
      options: { enrollment: { when: 'always', allowedCountries: ['SE'] } },
    });
    const jar = agent();
    await postJson(jar, '/auth/login', { username: 'alan', password: 'turing' }).expect(200);
    await postJson(jar, '/auth/enroll', { phone: '+46701740699' }).expect(200);
    news();
    await post(jar, '/auth/code', { code: transport.lastCode() }, 'the-code').expect(200);
    await otp.phones.remove('id-alan', '+46701740699');
    const [added, accepted, removed] = news();
    const time = new Date(clock.now());
    const facts = { time, userId: 'id-alan', number: accepted?.number };
    expect(added).to.deep.equal({ event: 'numberAdded', ...facts, address: ADDRESS, requestId: 'the-code' });
    expect(accepted).to.include({ event: 'codeAccepted', purpose: 'enroll' });
    expect(removed).to.deep.equal({ event: 'numberRemoved', ...facts });
  });
});
