import { mock } from 'node:test';
import { expect } from 'chai';
import type { SmsOtpEvents } from '../../lib/index.ts';
import { ConversionWatch } from '../../lib/telemetry/conversion.ts';
import { instrumentSmsOtp } from '../../lib/telemetry/index.ts';
import { testApp } from '../support/app.ts';
import { FakeClock } from '../support/clock.ts';

const PLACE = { country: 'SE', block: 'a block' };

interface Rig {
  readonly clock: FakeClock;
  readonly watch: ConversionWatch;
  readonly alarms: SmsOtpEvents['conversionLow'][0][];
  count(what: 'sent' | 'verified', times: number, place?: { country?: string; block: string; route?: string }): void;
  /** As a timer would. */
  pass(seconds: number): void;
}

function createRig(rule: { minSends?: number; windowSeconds?: number } = {}): Rig {
  const clock = new FakeClock();
  const alarms: Rig['alarms'] = [];
  const watch = new ConversionWatch({
    minConversion: 0.3,
    minSends: 20,
    windowSeconds: 3600,
    clock: clock.now,
    onLow: (facts) => alarms.push(facts),
    ...rule,
  });
  return {
    clock,
    watch,
    alarms,
    count: (what, times, place = PLACE) => {
      for (let index = 0; index < times; index++) watch.count(what, place);
    },
    pass: (seconds) => {
      for (let second = 0; second < seconds; second++) {
        clock.advance(1);
        watch.look();
      }
    },
  };
}

describe('the watch over conversion', () => {
  it('tells within a minute, once for the country and once for the block', () => {
    const { count, pass, alarms } = createRig();
    pass(7);
    count('sent', 100);
    pass(45);
    expect(alarms.map(({ time, ...facts }) => facts)).to.deep.equal([
      { country: 'SE', sent: 100, verified: 0 },
      { ...PLACE, sent: 100, verified: 0 },
    ]);
    count('sent', 100);
    pass(600);
    expect(alarms).to.have.length(2);
  });

  it('gives people time to type: a rush of sign-ins is no alarm', () => {
    for (let second = 0; second < 15; second++) {
      const { count, pass, alarms } = createRig();
      pass(second);
      count('sent', 100);
      pass(15);
      count('verified', 60);
      pass(600);
      expect(alarms, `sent in second ${second} of a slot`).to.deep.equal([]);
    }
  });

  it('stays silent below the least number of codes', () => {
    const { count, pass, alarms } = createRig({ minSends: 101 });
    count('sent', 100);
    pass(60);
    expect(alarms).to.deep.equal([]);
    count('sent', 1);
    pass(60);
    expect(alarms).to.have.length(2);
  });

  it('stays silent at the threshold, and tells below it', () => {
    const { count, pass, alarms } = createRig();
    count('sent', 100);
    count('verified', 30);
    pass(60);
    expect(alarms).to.deep.equal([]);
    count('sent', 1);
    pass(60);
    expect(alarms[0]).to.include({ sent: 101, verified: 30 });
  });

  it('finds one bad block in a good country', () => {
    const { count, pass, alarms } = createRig();
    count('sent', 100);
    count('verified', 90);
    count('sent', 25, { country: 'SE', block: 'a bad block' });
    pass(60);
    expect(alarms.map(({ block }) => block)).to.deep.equal(['a bad block']);
  });

  it('finds one bad route over good countries and blocks', () => {
    const { count, pass, alarms } = createRig();
    count('sent', 100);
    count('verified', 90);
    for (const block of ['one', 'two']) count('sent', 15, { country: 'SE', block, route: '+4670' });
    pass(60);
    expect(alarms.map(({ time, ...facts }) => facts)).to.deep.equal([{ route: '+4670', sent: 30, verified: 0 }]);
  });

  it('watches numbers that belong to no country', () => {
    const { count, pass, alarms } = createRig();
    for (let block = 0; block < 25; block++) count('sent', 1, { block: `block ${block}` });
    pass(60);
    expect(alarms.map(({ time, ...facts }) => facts)).to.deep.equal([{ sent: 25, verified: 0 }]);
  });

  it('tells again once it was well in between', () => {
    const { count, pass, alarms } = createRig();
    count('sent', 20);
    pass(60);
    count('verified', 20);
    pass(60);
    count('sent', 80);
    pass(60);
    expect(alarms).to.have.length(4);
  });

  it('forgets what has left the window', () => {
    const { count, pass, alarms, watch } = createRig({ windowSeconds: 600 });
    count('sent', 15);
    pass(660);
    expect(watch.size).to.equal(0);
    count('sent', 15);
    pass(60);
    expect(alarms).to.deep.equal([]);
  });

  it('slides even if the window is a day', () => {
    const { count, pass, clock, alarms, watch } = createRig({ windowSeconds: 86_400 });
    count('sent', 19);
    clock.advance(82_800);
    count('sent', 1);
    pass(60);
    expect(alarms).to.have.length(2);
    clock.advance(7_200);
    watch.look();
    count('sent', 18);
    pass(60);
    expect(alarms).to.have.length(2);
    count('sent', 1);
    pass(60);
    expect(alarms).to.have.length(4);
  });

  it('remembers no more blocks than it may, the last ones', () => {
    const { count, pass, watch, alarms } = createRig();
    count('sent', 25, { country: 'SE', block: 'the first' });
    for (let block = 0; block < 10_000; block++) count('sent', 1, { country: 'SE', block: `block ${block}` });
    expect(watch.size).to.equal(2_001);
    pass(60);
    expect(alarms.map(({ block, sent }) => [block, sent])).to.deep.equal([[undefined, 10_025]]);
  });
});

describe('the alarm', () => {
  afterEach(() => mock.timers.reset());

  const sent = { ...PLACE, number: 'a hash', purpose: 'sign-in', status: 'accepted', milliseconds: 5 } as const;

  it('comes on otp.events by itself, by the clock of the machine', () => {
    const { otp } = testApp();
    mock.timers.enable({ apis: ['setInterval', 'Date'] });
    const stop = instrumentSmsOtp(otp);
    const alarms: object[] = [];
    otp.events.on('conversionLow', (facts) => alarms.push(facts));
    for (let index = 0; index < 100; index++) {
      otp.events.emit('codeSent', { ...sent, country: 'SE', time: new Date(), resend: false });
    }
    mock.timers.tick(60_000);
    expect(alarms).to.have.length(2);
    stop();
  });

  it('comes with the next code if a clock is handed in, and does not count repeats', () => {
    const { otp, clock } = testApp();
    const stop = instrumentSmsOtp(otp, { clock: clock.now, minConversion: 0.5, minSends: 10 });
    const alarms: object[] = [];
    otp.events.on('conversionLow', (facts) => alarms.push(facts));
    const emit = (count: number, resend: boolean): void => {
      for (let index = 0; index < count; index++) {
        otp.events.emit('codeSent', { ...sent, country: 'SE', time: new Date(clock.now()), resend });
      }
      clock.advance(60);
      otp.events.emit('codeSent', { ...sent, country: 'SE', time: new Date(clock.now()), resend: false });
    };
    emit(5, false);
    emit(100, true);
    expect(alarms).to.deep.equal([]);
    emit(5, false);
    expect(alarms).to.have.length(2);
    stop();
  });

  it('harms nothing if its own listener throws', () => {
    const { otp, clock } = testApp();
    const stop = instrumentSmsOtp(otp, { clock: clock.now, minSends: 1 });
    otp.events.on('conversionLow', () => {
      throw new Error('a broken listener');
    });
    otp.events.emit('codeSent', { ...sent, country: 'SE', time: new Date(clock.now()), resend: false });
    clock.advance(60);
    otp.events.emit('codeSent', { ...sent, country: 'SE', time: new Date(clock.now()), resend: false });
    stop();
  });
});
