import { EventEmitter } from 'node:events';
import { expect } from 'chai';
import { SmsOtpError } from '../lib/errors.ts';
import { announce, type Notify, type SmsOtpEvents } from '../lib/events.ts';

const TIME = new Date('2026-01-01T00:00:00Z');

function announcer(): { notify: Notify; events: EventEmitter<SmsOtpEvents>; lines: readonly string[] } {
  const lines: string[] = [];
  const write = (level: string) => (message: string) => void lines.push(`${level}: ${message}`);
  const logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  const events = new EventEmitter<SmsOtpEvents>();
  return { notify: announce(events, logger), events, lines };
}

describe('an event', () => {
  it('reaches every listener, and the log as one line', () => {
    const { notify, events, lines } = announcer();
    const heard: unknown[] = [];
    events.on('signedOut', (facts) => heard.push(facts));
    events.on('signedOut', (facts) => heard.push(facts));
    const facts = { time: TIME, userId: 'a\nb', address: '192.0.2.1' };
    notify('signedOut', facts);
    expect(heard).to.deep.equal([facts, facts]);
    expect(lines).to.deep.equal(['info: signedOut {"userId":"a\\nb","address":"192.0.2.1"}']);
  });

  it('of a fault is logged as an error, by what failed beneath', () => {
    const { notify, lines } = announcer();
    const fault = (cause: unknown): void => {
      const error = new SmsOtpError('STATE_UNAVAILABLE', 'Please try again.', { cause });
      notify('fault', { time: TIME, code: error.code, error });
    };
    fault(new TypeError('connect ECONNREFUSED'));
    fault('no Error');
    expect(lines).to.deep.equal([
      'error: STATE_UNAVAILABLE: TypeError: connect ECONNREFUSED',
      'error: STATE_UNAVAILABLE: Please try again.',
    ]);
  });

  it('stops nothing if a listener throws', () => {
    const { notify, events, lines } = announcer();
    for (const thrown of [new Error('a broken listener'), 'no Error']) {
      events.removeAllListeners().on('signedOut', () => {
        throw thrown;
      });
      notify('signedOut', { time: TIME });
    }
    expect(lines.filter((line) => line.startsWith('error'))).to.deep.equal([
      'error: A listener of signedOut threw: a broken listener',
      'error: A listener of signedOut threw: no Error',
    ]);
  });

  it('reaches the listeners after one that throws, and each that wants it once just once', () => {
    const { notify, events } = announcer();
    const heard: string[] = [];
    events.on('signedOut', () => {
      throw new Error('a broken listener');
    });
    events.once('signedOut', () => heard.push('once'));
    events.on('signedOut', () => heard.push('always'));
    notify('signedOut', { time: TIME });
    notify('signedOut', { time: TIME });
    expect(heard).to.deep.equal(['once', 'always', 'always']);
  });

  it('stops nothing if a listener rejects later, with whatever it is', async () => {
    const { notify, events, lines } = announcer();
    for (const thrown of [new Error('the audit is down'), 'no Error', undefined]) {
      events.removeAllListeners().on('signedOut', () => Promise.reject(thrown));
      notify('signedOut', { time: TIME });
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(lines.filter((line) => line.startsWith('error'))).to.deep.equal([
      'error: A listener of signedOut threw: the audit is down',
      'error: A listener of signedOut threw: no Error',
      'error: A listener of signedOut threw: no Error',
    ]);
  });
});
