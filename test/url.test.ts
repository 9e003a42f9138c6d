import { expect } from 'chai';
import { isLoopback, LOOPBACK, urlOf } from '../lib/url.ts';

describe('urlOf()', () => {
  it('takes a URL, and says of anything else that it is none', () => {
    expect(urlOf('https://app.example.org/path')?.pathname).to.equal('/path');
    expect(urlOf('/path?a=b', 'https://app.example.org')?.search).to.equal('?a=b');
    expect(urlOf('/path')).to.equal(undefined);
  });

  it('takes letters beyond ASCII, however often it was asked', () => {
    const hosts = Array.from({ length: 20_000 }, () => urlOf('https://b\u00fccher.example')?.host);
    expect(new Set(hosts)).to.deep.equal(new Set(['xn--bcher-kva.example']));
  });
});

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
