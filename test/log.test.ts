import { expect } from 'chai';
import { debugLogger } from '../lib/log.ts';

describe('debugLogger()', () => {
  function printed(work: () => void): string {
    const { write } = process.stderr;
    let output = '';
    process.stderr.write = (text) => {
      output += text;
      return true;
    };
    try {
      work();
    } finally {
      process.stderr.write = write;
    }
    return output;
  }

  it('prints warnings and errors, and keeps the rest for DEBUG', () => {
    const logger = debugLogger('test');
    const output = printed(() => {
      logger.debug('quiet one');
      logger.info('quiet two');
      logger.warn('loud one');
      logger.error('loud two');
    });
    expect(output).to.include('express-sms-otp:test').and.include('warning: loud one').and.include('error: loud two');
    expect(output).to.not.include('quiet');
  });

  it('makes one line of every message', () => {
    const output = printed(() => debugLogger('test').warn('a\r\nb\u2028c\u001b[31m'));
    expect(output.trim().split('\n')).to.have.length(1);
    expect(output).to.include('a\\u000d\\u000ab\\u2028c\\u001b[31m');
  });
});
