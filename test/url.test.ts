import { expect } from 'chai';
import { urlOf } from '../lib/url.ts';

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
