import { expect } from 'chai';
import { reportForgotten } from '../../lib/assembly/fault-report.ts';
import { SmsOtpError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/index.ts';

function recordErrors(): { readonly logger: Logger; readonly errors: readonly string[] } {
  const errors: string[] = [];
  return { logger: { debug() {}, info() {}, warn() {}, error: (message) => void errors.push(message) }, errors };
}

describe('an error that nobody waits for', () => {
  it('is an event where it is a fault', () => {
    const events: unknown[] = [];
    const report = reportForgotten(
      (name, ...[facts]) => events.push([name, facts]),
      () => 0,
      recordErrors().logger,
    );
    const error = new SmsOtpError('STATE_UNAVAILABLE', 'Please try again.');
    report(error);
    expect(events).to.deep.equal([['fault', { time: new Date(0), code: 'STATE_UNAVAILABLE', error }]]);
  });

  it('is logged where it is another, without what it quotes', () => {
    const { logger, errors } = recordErrors();
    const report = reportForgotten(
      () => undefined,
      () => 0,
      logger,
    );
    report(new SyntaxError('Unexpected token: +46701740605'));
    report('+46701740605');
    expect(errors).to.deep.equal([
      'Something failed after its answer: SyntaxError',
      'Something failed after its answer: no Error',
    ]);
  });
});
