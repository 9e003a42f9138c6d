import { createHash } from 'node:crypto';
import { expect } from 'chai';
import type { SharedState, SmsOtpOptions } from '../../lib/index.ts';
import { memoryState } from '../../lib/state/memory-state.ts';
import { testApp } from '../support/app.ts';
import { burst, countOf, wrongCode } from '../support/attack.ts';
import type { Client } from '../support/client.ts';
import { FakeClock } from '../support/clock.ts';
import { startTarget, type Target } from '../support/target.ts';
import { expectUntold } from '../support/untold.ts';

const LOGIN = { username: 'ada', password: 'lovelace' };

describe('an attacker with a fast client and many cookies', function () {
  this.timeout(240_000);

  const open: Target[] = [];

  afterEach(async () => {
    for (const server of open.splice(0)) await server.close();
  });

  async function target(options: Partial<SmsOtpOptions> = {}): Promise<Target> {
    const app = await startTarget({ options });
    open.push(app);
    return app;
  }

  it('gets 5 of 200 parallel wrong guesses compared, and the right code refused afterwards', async () => {
    const app = await target();
    const jar = await app.halfSignedIn();
    const right = app.transport.lastCode();
    const answers = await burst(200, (index) => jar.post('/auth/code', { code: wrongCode(right, index) }));
    expect(countOf(answers)).to.deep.equal({ INVALID_CODE: 5, TOO_MANY_ATTEMPTS: 195 });
    expect(app.comparisons()).to.equal(5);
    expect(await jar.post('/auth/code', { code: right })).to.include({ status: 429, code: 'TOO_MANY_ATTEMPTS' });
    expect((await jar.get('/secret')).status).to.equal(401);
  });

  it('is never locked by what was not compared', async () => {
    const app = await target();
    const jar = await app.halfSignedIn();
    await burst(200, (index) => jar.post('/auth/code', { code: wrongCode(app.transport.lastCode(), index) }));
    app.clock.advance(60);
    const again = await jar.post('/auth/code/send');
    expect(again).to.include({ status: 200 });
    expect(await jar.post('/auth/code', { code: app.transport.lastCode() })).to.include({ status: 200 });
  });

  it('wins once with 50 parallel right codes, and that browser is signed in', async () => {
    const app = await target();
    const jar = await app.halfSignedIn();
    const code = app.transport.lastCode();
    const answers = await burst(50, () => jar.post('/auth/code', { code }));
    const { verified, ...losers } = countOf(answers);
    expect(verified).to.equal(1);
    expect(Object.keys(losers)).to.have.members(
      Object.keys(losers).filter((code) => ['CODE_EXPIRED', 'TOO_MANY_ATTEMPTS', 'NO_CHALLENGE'].includes(code)),
    );
    expect((await jar.get('/secret')).status).to.equal(200);
    expect(app.comparisons()).to.equal(1);
  });

  it('gets no more than 10 comparisons a day out of 30 cookie jars', async () => {
    const app = await target({
      limits: {
        sendsPerUserPerHour: false,
        sendsPerUserPerDay: false,
        sendsPerNumberPerHour: false,
        sendsPerNumberPerDay: false,
        sendsPerDayHard: false,
      },
    });
    const jars: Client[] = [];
    for (let jar = 0; jar < 30; jar++) jars.push(await app.halfSignedIn());
    const answers = await Promise.all(
      jars.flatMap((jar) =>
        Array.from({ length: 5 }, (_, index) => jar.post('/auth/code', { code: wrongCode('', index) })),
      ),
    );
    expect(app.comparisons()).to.equal(10);
    expect(countOf(answers)).to.deep.equal({ INVALID_CODE: 10, TOO_MANY_ATTEMPTS: 140 });
    expect(await app.client().post('/auth/login', LOGIN)).to.include({ status: 429, code: 'TOO_MANY_ATTEMPTS' });
  });

  it('does not wipe the failures of the day by winning in between', async () => {
    const app = await target();
    for (const failures of [4, 4, 2]) {
      const jar = await app.halfSignedIn();
      for (let guess = 0; guess < failures; guess++) {
        await jar.post('/auth/code', { code: wrongCode(app.transport.lastCode(), guess) });
      }
      const expected = failures === 2 ? 'TOO_MANY_ATTEMPTS' : undefined;
      expect((await jar.post('/auth/code', { code: app.transport.lastCode() })).code).to.equal(expected);
    }
    expect(app.comparisons()).to.equal(12);
  });

  it('makes one SMS of 20 parallel sends', async () => {
    const app = await target();
    const jar = await app.halfSignedIn();
    app.clock.advance(30);
    const answers = await burst(20, () => jar.post('/auth/code/send'));
    expect(countOf(answers)).to.deep.equal({ code: 1, TOO_MANY_SENDS: 19 });
    expect(app.transport.messages).to.have.length(2);
  });

  it('makes no SMS at all without the password', async () => {
    const app = await target();
    const answers = await burst(100, (index) =>
      app.client().post('/auth/login', { ...LOGIN, password: `wrong ${index}` }),
    );
    expect(countOf(answers)).to.deep.equal({ INVALID_CREDENTIALS: 5, TOO_MANY_ATTEMPTS: 95 });
    expect(app.people.checks).to.equal(5);
    expect(app.transport.messages).to.deep.equal([]);
  });

  it('cannot keep the owner out of a browser that is known', async () => {
    const app = await target();
    const owner = await app.halfSignedIn();
    await owner.post('/auth/code', { code: app.transport.lastCode() });
    owner.forgetSession();
    await burst(20, (index) => app.client().post('/auth/login', { ...LOGIN, password: `wrong ${index}` }));
    expect(await app.client().post('/auth/login', LOGIN)).to.include({ status: 429, code: 'TOO_MANY_ATTEMPTS' });
    expect(await owner.post('/auth/login', LOGIN)).to.include({ status: 200 });
    expect(await owner.post('/auth/code', { code: app.transport.lastCode() })).to.include({ status: 200 });
  });

  it('with the password uses up neither the codes nor the messages of a browser that is known', async () => {
    const app = await target();
    const owner = await app.halfSignedIn();
    await owner.post('/auth/code', { code: app.transport.lastCode() });
    owner.forgetSession();
    for (let attempt = 0; attempt < 7; attempt++) {
      const thief = app.client();
      await thief.post('/auth/login', LOGIN);
      for (let guess = 0; guess < 5; guess++)
        await thief.post('/auth/code', { code: wrongCode(app.transport.lastCode(), guess) });
    }
    expect((await app.client().post('/auth/login', LOGIN)).status).to.equal(429);
    expect(await owner.post('/auth/login', LOGIN)).to.include({ status: 200 });
    expect(await owner.post('/auth/code', { code: app.transport.lastCode() })).to.include({ status: 200 });
  });

  it('gains nothing by a forged or a borrowed token of a browser', async () => {
    const app = await target();
    const grace = app.client();
    await grace.post('/auth/login', { username: 'grace', password: 'hopper' });
    await grace.post('/auth/number', { number: 0 });
    await grace.post('/auth/code', { code: app.transport.lastCode() });
    const borrowed = /smsOtp\.browser=[^;]+/.exec(grace.cookie)?.[0] ?? '';
    expect(borrowed).to.not.equal('');
    const tokens = [borrowed, 'smsOtp.browser=a.b.c', 'smsOtp.browser=', 'smsOtp.browser=..'];
    const answers = await burst(40, (index) =>
      app
        .client()
        .post('/auth/login', { ...LOGIN, password: 'wrong' }, { Cookie: tokens[index % tokens.length] ?? '' }),
    );
    expect(app.people.checks - 1).to.equal(5);
    expect(countOf(answers)).to.deep.equal({ INVALID_CREDENTIALS: 5, TOO_MANY_ATTEMPTS: 35 });
  });

  it('is one address, however it is written, and whatever headers it makes up', async () => {
    const limits = { failedPasswordsPerUser: false, failedPasswordsPerAddressPerHour: 10 } as const;
    const app = await target({ limits });
    const answers = await burst(40, (index) =>
      app
        .client()
        .post(
          '/auth/login',
          { username: `user ${index}`, password: 'wrong' },
          { 'X-Forwarded-For': `192.0.2.${index}`, Forwarded: `for=192.0.2.${index}`, 'X-Real-IP': `192.0.2.${index}` },
        ),
    );
    expect(countOf(answers)).to.deep.equal({ INVALID_CREDENTIALS: 10, TOO_MANY_ATTEMPTS: 30 });
  });

  it('does not find the code in what the stores hold', async () => {
    const values: string[] = [];
    const clock = new FakeClock();
    const inner = memoryState({ clock: clock.now });
    const shared = {
      commit(steps: Parameters<SharedState['commit']>[0]) {
        for (const step of steps) if ('write' in step) values.push(step.write, step.value);
        return inner.commit(steps);
      },
    };
    const app = testApp({ clock, options: { shared } });
    await app.signedIn('ada', 'password');
    const code = app.transport.lastCode();
    const sessions = JSON.stringify((app.sessions as unknown as { sessions: object }).sessions);
    const dump = [...values, sessions];
    expectUntold(dump.join('\n'), code, 'lovelace');
    const ids = dump.flatMap((text) => text.match(/[\w-]{22,43}/g) ?? []);
    expect(ids).to.not.deep.equal([]);
    const stored = new Set(dump.flatMap((text) => text.match(/[\w-]{16,}/g) ?? []));
    for (let guess = 0; guess < 1_000_000; guess++) {
      const digits = String(guess).padStart(6, '0');
      if (stored.has(createHash('sha256').update(digits).digest('base64url')))
        expect.fail('a plain hash of a code is stored');
    }
    for (const id of new Set(ids)) {
      for (const text of [code + id, id + code, `${id}:${code}`]) {
        const hash = createHash('sha256').update(text);
        expect(stored.has(hash.digest('base64url'))).to.equal(false);
      }
    }
  });
});
