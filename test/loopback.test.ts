import { expect } from 'chai';
import { isLoopback, LOOPBACK } from '../lib/loopback.ts';

describe('loopback', () => {
  for (const host of [LOOPBACK, '127.1.2.3', '::1', '::ffff:127.0.0.1', 'localhost', 'LocalHost']) {
    it(`is ${host}`, () => {
      expect(isLoopback(host)).to.equal(true);
    });
  }

  for (const host of [
    '',
    '128.0.0.1',
    '::2',
    '::ffff:10.0.0.1',
    '127.0.0.1.example.org',
    '127.example.org',
    'localhost.example.org',
  ]) {
    it(`is not "${host}"`, () => {
      expect(isLoopback(host)).to.equal(false);
    });
  }
});
