import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { SmsOtpConfigError } from '../../lib/errors.ts';
import type { Step } from '../../lib/index.ts';
import { memoryState } from '../../lib/state/memory-state.ts';
import { instrumentSmsOtp } from '../../lib/telemetry/index.ts';
import { postJson, testApp } from '../support/app.ts';
import { wrongCode } from '../support/attack.ts';
import { EVENT_NAMES, hearAll } from '../support/events.ts';
import { measuredApp } from './measured.ts';

const SWEDEN = { country: 'SE', smsc: 'test' };

describe('the metrics', () => {
  it('count each code from the wish to the right one, by country and SMSC', async () => {
    const { signedIn, transport, clock, points } = measuredApp();
    const jar = await signedIn('ada', 'password');
    clock.advance(31);
    await postJson(jar, '/auth/code/send').expect(200);
    clock.advance(4);
    transport.receipt('delivered');
    transport.receipt('failed');
    clock.advance(5);
    await turn();
    await postJson(jar, '/auth/code', { code: wrongCode(transport.lastCode()) }).expect(401);
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    const found = await points();
    const purpose = 'sign-in';
    expect(found['sms_otp.first_factors']).to.deep.equal([{ attributes: { outcome: 'accepted' }, value: 1 }]);
    expect(found['sms_otp.codes.requested']).to.deep.equal([{ attributes: { country: 'SE', purpose }, value: 2 }]);
    expect(found['sms_otp.codes.accepted']).to.deep.equal(
      [false, true].map((resend) => ({ attributes: { ...SWEDEN, purpose, status: 'accepted', resend }, value: 1 })),
    );
    expect(found['sms_otp.codes.delivered']).to.deep.equal([{ attributes: SWEDEN, value: 1 }]);
    expect(found['sms_otp.codes.undelivered']).to.deep.equal([
      { attributes: { ...SWEDEN, state: 'failed' }, value: 1 },
    ]);
    expect(found['sms_otp.codes.refused']).to.deep.equal([
      { attributes: { purpose, reason: 'INVALID_CODE' }, value: 1 },
    ]);
    expect(found['sms_otp.codes.verified']).to.deep.equal([
      { attributes: { ...SWEDEN, purpose, browser: 'new' }, value: 1 },
    ]);
  });

  it('time the delivery and the typing, in seconds', async () => {
    const { signedIn, transport, clock, points } = measuredApp();
    const jar = await signedIn('ada', 'password');
    clock.advance(4);
    transport.receipt('delivered');
    clock.advance(5);
    await turn();
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    const found = await points();
    expect(found['sms_otp.delivery.duration']?.[0]?.value).to.include({ count: 1, sum: 4 });
    expect(found['sms_otp.entry.duration']?.[0]?.value).to.include({ count: 1, sum: 9 });
    expect(found['sms_otp.submit.duration']?.[0]?.value).to.include({ count: 1, sum: 0 });
    expect(found['sms_otp.check.duration']?.[0]?.value).to.include({ count: 1, sum: 0 });
  });

  it('count each request by its outcome, and time each commit', async () => {
    const { signedIn, transport, points } = measuredApp();
    const stranger = measuredApp();
    const jar = await signedIn('ada', 'password');
    await postJson(jar, '/auth/code', { code: wrongCode(transport.lastCode()) }).expect(401);
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    const found = await points();
    expect(found['sms_otp.requests']).to.deep.include.members([
      { attributes: { action: 'verifyCode', outcome: 'INVALID_CODE' }, value: 1 },
      { attributes: { action: 'verifyCode', outcome: 'ok' }, value: 1 },
    ]);
    const [commits] = found['sms_otp.commit.duration'] ?? [];
    expect(commits?.attributes).to.deep.equal({ outcome: 'done' });
    expect((await stranger.points())['sms_otp.requests']).to.deep.equal([]);
  });

  it('tell a commit that failed, and what the next scrape knows of the dependencies', async () => {
    const state = { isDown: false };
    const memory = memoryState();
    const commit = async (steps: readonly Step[]) => {
      if (state.isDown) throw new Error('the connection was closed');
      return memory.commit(steps);
    };
    const shared = { commit, health: async () => void (await commit([])) };
    const { agent, points, stop } = measuredApp({ options: { shared } });
    expect((await points())['sms_otp.dependency.up'] ?? []).to.deep.equal([]);
    const up = async () => {
      await turn();
      return (await points())['sms_otp.dependency.up']?.map(({ attributes }) => attributes.dependency);
    };
    expect(await up()).to.have.members(['userStore', 'shared', 'transport']);
    state.isDown = true;
    await postJson(agent(), '/auth/login', { username: 'ada', password: 'lovelace' }).expect(503);
    await up();
    expect(await up()).to.have.members(['userStore', 'transport']);
    const { 'sms_otp.commit.duration': commits, 'sms_otp.requests': requests } = await points();
    expect(commits?.map(({ attributes }) => attributes.outcome)).to.include('failed');
    expect(requests).to.deep.include.members([
      { attributes: { action: 'signInAndSend', outcome: 'STATE_UNAVAILABLE' }, value: 1 },
    ]);
    stop();
    await postJson(agent(), '/auth/login', { username: 'ada', password: 'lovelace' }).expect(503);
    expect((await points())['sms_otp.requests']).to.deep.equal(requests);
  });

  it('count limits by the error code, and where they were hit', async () => {
    const limits = { failedCodesPerUserPer30Days: 2, failedPasswordsPerUser: 1, knownBrowser: false };
    const { signedIn, agent, transport, points } = measuredApp({ options: { limits } });
    const jar = await signedIn('ada', 'password');
    await postJson(jar, '/auth/code/send').expect(429);
    for (let index = 0; index < 2; index++) {
      await postJson(jar, '/auth/code', { code: wrongCode(transport.lastCode(), index) }).expect(401);
    }
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(403);
    for (const status of [401, 429]) {
      await postJson(agent(), '/auth/login', { username: 'grace', password: 'wrong' }).expect(status);
    }
    const found = await points();
    expect(found['sms_otp.limits_hit']).to.have.deep.members([
      { attributes: { code: 'TOO_MANY_SENDS', step: 'send' }, value: 1 },
      { attributes: { code: 'FACTOR_LOCKED', step: 'code' }, value: 1 },
      { attributes: { code: 'TOO_MANY_ATTEMPTS', step: 'password' }, value: 1 },
    ]);
    expect(found['sms_otp.locks']).to.deep.equal([{ attributes: {}, value: 1 }]);
    expect(found['sms_otp.codes.not_sent']).to.deep.equal([
      { attributes: { country: 'SE', purpose: 'sign-in', reason: 'TOO_MANY_SENDS' }, value: 1 },
    ]);
  });

  it('count help codes and recovery codes, and those that were not taken', async () => {
    const { signedIn, otp, points } = measuredApp({ options: { recoveryCodes: true } });
    const { body } = await postJson(await signedIn(), '/auth/account/recovery-codes').expect(200);
    const jar = await signedIn('ada', 'password');
    const page = '/auth/without-phone';
    for (let tries = 0; tries < 5; tries++) await postJson(jar, page, { code: '0000000000' }).expect(401);
    await postJson(jar, page, { code: await otp.issueHelpCode('id-ada') }).expect(429);
    await postJson(jar, page, { code: '1-AAAA-AAAA-AAAA-AAAA' }).expect(401);
    await postJson(jar, page, { code: body.recoveryCodes[0] }).expect(200);
    const other = await signedIn('grace', 'password');
    await postJson(other, page, { code: await otp.issueHelpCode('id-grace') }).expect(200);
    const found = await points();
    const point = (kind: string, event: string, value: number) => ({ attributes: { kind, event }, value });
    expect(found['sms_otp.spare_codes']).to.have.deep.members([
      ...[point('recovery-code', 'issued', 10), point('help-code', 'issued', 2)],
      ...[point('help-code', 'INVALID_CODE', 5), point('help-code', 'TOO_MANY_ATTEMPTS', 1)],
      ...[point('recovery-code', 'INVALID_CODE', 1), point('recovery-code', 'used', 1), point('help-code', 'used', 1)],
    ]);
    expect(found['sms_otp.limits_hit']).to.deep.equal([
      { attributes: { code: 'TOO_MANY_ATTEMPTS', step: 'without-phone' }, value: 1 },
    ]);
  });

  it('count faults by their code', async () => {
    const { agent, people, transport, points } = measuredApp();
    const ada = { username: 'ada', password: 'lovelace' };
    transport.mode = 'reject';
    await postJson(agent(), '/auth/login', ada).expect(503);
    people.isDown = true;
    await postJson(agent(), '/auth/login', ada).expect(503);
    expect((await points())['sms_otp.faults']).to.deep.equal(
      ['SMS_UNAVAILABLE', 'DIRECTORY_UNAVAILABLE'].map((code) => ({ attributes: { code }, value: 1 })),
    );
  });

  it('name the route of a code, of its receipt and of its return, if the transport has several', async () => {
    const { signedIn, transport, points } = measuredApp();
    transport.route = 'IN';
    const jar = await signedIn('ada', 'password');
    transport.receipt('delivered');
    await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    const found = await points();
    for (const name of ['codes.accepted', 'codes.delivered', 'codes.verified', 'submit.duration', 'entry.duration']) {
      expect(found[`sms_otp.${name}`]?.[0]?.attributes, name).to.include({ ...SWEDEN, route: 'IN' });
    }
  });

  it('say what the transport says of itself, by SMSC', async () => {
    const smsc = { bound: 2, inFlight: 3, submits: 40, throttled: 5, lateAnswers: 6 };
    const route = { accepted: 4, refused: 3, unknown: 2, failed: 1 };
    const stats = { waiting: 7, overdue: 8, smscs: { a: smsc, b: { ...smsc, bound: 1 } }, routes: { IN: route } };
    let asked = 0;
    const transport = {
      stats() {
        asked += 1;
        return stats;
      },
    };
    const { points, stop } = measuredApp({}, { transport });
    const found = await points();
    expect(found['sms_otp.smpp.waiting']).to.deep.equal([{ attributes: {}, value: 7 }]);
    expect(found['sms_otp.smpp.overdue']).to.deep.equal([{ attributes: {}, value: 8 }]);
    expect(found['sms_otp.smpp.bound']).to.deep.equal([
      { attributes: { smsc: 'a' }, value: 2 },
      { attributes: { smsc: 'b' }, value: 1 },
    ]);
    for (const [name, value] of [
      ['in_flight', 3],
      ['submits', 40],
      ['throttled', 5],
      ['late_answers', 6],
    ] as const) {
      expect(found[`sms_otp.smpp.${name}`]?.[0], name).to.deep.equal({ attributes: { smsc: 'a' }, value });
    }
    expect(found['sms_otp.smpp.messages']).to.deep.equal(
      Object.entries(route).map(([result, value]) => ({ attributes: { route: 'IN', result }, value })),
    );
    stop();
    await points();
    expect(asked).to.equal(1);
  });

  it('name neither a user, nor a number, nor a hash of one, nor a request', async () => {
    const { otp, signedIn, transport, points } = measuredApp();
    const heard = hearAll(otp.events);
    await signedIn();
    transport.receipt('delivered');
    await turn();
    const jar = await signedIn('grace', 'password');
    await postJson(jar, '/auth/code', { code: wrongCode(transport.lastCode()) })
      .set('X-Request-Id', 'a-request')
      .expect(401);
    const personal = heard.flatMap(({ userId, number, block, requestId, address }) => [
      ...[userId, number, block, requestId, address].filter((fact) => fact !== undefined),
    ]);
    expect(personal).to.include.members(['id-ada', 'id-grace', 'a-request']);
    const attributes = Object.values(await points()).flatMap((all) => all.map((point) => point.attributes));
    const values = attributes.flatMap((all) => Object.values(all).map(String));
    expect(values).to.include('SE');
    expect(values.filter((value) => personal.includes(value) || /\d{4}/.test(value))).to.deep.equal([]);
  });

  it('end, with all else, when they are stopped', async () => {
    const { otp, signedIn, stop, points } = measuredApp();
    const counts = () => EVENT_NAMES.reduce((sum, name) => sum + otp.events.listenerCount(name), 0);
    expect(counts()).to.be.greaterThan(10);
    stop();
    expect(counts()).to.equal(0);
    await signedIn();
    expect((await points())['sms_otp.codes.requested']).to.deep.equal([]);
  });
});

describe('instrumentSmsOtp()', () => {
  it('works if the app has no OpenTelemetry of its own, and keeps no process alive', async () => {
    const { otp, signedIn } = testApp();
    const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const stop = instrumentSmsOtp(otp);
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout')).to.have.length(before);
    await signedIn();
    stop();
  });

  it('refuses wrong options, all at once', () => {
    const { otp } = testApp();
    const wrong = {
      transport: {},
      minConversion: 2,
      minSends: 0,
      windowSeconds: 5,
      clock: 1,
      meterProvider: {},
      labels: 1,
    };
    expect(() => instrumentSmsOtp(otp, wrong as object))
      .to.throw(SmsOtpConfigError)
      .with.property('problems')
      .that.deep.equals([
        'instrumentSmsOtp.transport: must be an SmppTransport, with stats',
        'instrumentSmsOtp.minConversion: must be a number from 0 to 1',
        'instrumentSmsOtp.minSends: must be a whole number from 1',
        'instrumentSmsOtp.windowSeconds: must be a whole number from 60 to 86400',
        'instrumentSmsOtp.clock: must be a function',
        'instrumentSmsOtp.meterProvider: must be a MeterProvider, with getMeter',
        'instrumentSmsOtp.labels: there is no such option',
      ]);
  });
});
