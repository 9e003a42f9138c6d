import { expect } from 'chai';
import { reportBackgroundErrors } from '../../lib/assembly/reporters.ts';
import { SmsOtpError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/index.ts';

function recordErrors(): { readonly logger: Logger; readonly errors: readonly string[] } {
  const errors: string[] = [];
  return { logger: { debug() {}, info() {}, warn() {}, error: (message) => void errors.push(message) }, errors };
}

describe('an error that nobody waits for', () => {
  it('is an event if it is a fault', () => {
    const events: unknown[] = [];
    const report = reportBackgroundErrors(
      (name, ...[facts]) => events.push([name, facts]),
      () => 0,
      recordErrors(),
    );
    const error = new SmsOtpError('STATE_UNAVAILABLE', 'Please try again.');
    report(error);
    expect(events).to.deep.equal([['fault', { time: new Date(0), code: 'STATE_UNAVAILABLE', error }]]);
  });

  it('is logged if it is another, without what it quotes', () => {
    const recorded = recordErrors();
    const report = reportBackgroundErrors(
      () => undefined,
      () => 0,
      recorded,
    );
    report(new SyntaxError('Unexpected token: +46701740605'));
    report('+46701740605');
    expect(recorded.errors).to.deep.equal([
      'Something failed after its answer: SyntaxError',
      'Something failed after its answer: no Error',
    ]);
  });
});
