import { expect } from 'chai';
import { readReturnTo } from '../../lib/http/paths.ts';
import { getPage, postForm, testApp } from '../support/app.ts';

const HOSTILE = [
  '',
  ' ',
  'dashboard',
  './x',
  '../x',
  '?a',
  '#a',
  '//e',
  '//e/',
  '///e',
  '/\\e',
  '\\/e',
  '\\\\e',
  '/\\/e',
  '/\t/e',
  '/\n/e',
  '/\r\n/e',
  '\t//e',
  ' //e',
  '/..//e',
  '/x/..//e',
  '/x/../..//e',
  '/.//e',
  '/././/e',
  '/%2e%2e//e',
  '/%2e//e',
  'http://e',
  'https://e',
  'http:e',
  'https:/e',
  'https:e',
  'HTTP://e',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  'mailto:a@e',
  'blob:x',
  'file:///etc/passwd',
  '//e@h',
  '//h:80@e',
  '/\u0000/e',
  '\u0000//e',
  '/\u2028\\e',
  '/a\\b',
  '/\u0085/e\u0000',
  '/\u007f',
  '//\u3002e',
  '//e%2f..',
  '\u2215\u2215e',
  '/x\r\nSet-Cookie: a=b',
  '/x\\..\\..',
  `/${'a'.repeat(3000)}`,
  '/\u001f/e',
  '/\b/e',
  '\f/e',
  'ftp://e',
  'ws://e',
  '\\e',
  '/\\\\e',
];

describe('returnTo', () => {
  for (const value of HOSTILE) {
    it(`stays on this site with ${JSON.stringify(value.slice(0, 40))}`, () => {
      const location = readReturnTo(value);
      if (location === undefined) return;
      // Any value that is let through must be a path for every browser.
      expect(new URL(location, 'https://own.example').origin).to.equal('https://own.example');
      expect(location).to.match(/^\/(?![/\\])/);
      expect(location).to.not.include('\\');
    });
  }

  for (const value of [undefined, null, 1, true, ['/a', '/b'], { a: 1 }]) {
    it(`takes no ${JSON.stringify(value)}`, () => {
      expect(readReturnTo(value)).to.equal(undefined);
    });
  }

  it('keeps letters beyond ASCII, however often it was asked', () => {
    const paths = Array.from({ length: 20_000 }, () => readReturnTo('/stra\u00dfe'));
    expect(new Set(paths)).to.deep.equal(new Set(['/stra%C3%9Fe']));
  });

  it('is short enough for a header, however it is encoded on its way', () => {
    for (const letter of ['a', '%', 'x/', '\u00e4', '\u{1f600}', '"']) {
      const longest = Array.from({ length: 2048 }, (_, index) => readReturnTo(`/${letter.repeat(index)}`)).findLast(
        Boolean,
      );
      expect(encodeURIComponent(longest ?? '').length).to.be.within(1000, 2048);
    }
  });

  for (const value of ['/', '/a', '/a/b?c=d&e=//f#g', '/%09/evil', '/ä', '/a?u=https://e']) {
    it(`keeps ${value}`, () => {
      expect(decodeURI(readReturnTo(value) ?? '')).to.equal(decodeURI(value));
    });
  }
});

describe('a way back to our own pages', () => {
  for (const page of ['login', 'number', 'code', 'enroll', 'session', 'code/send', 'login/', '', '?x=1', '#x']) {
    it(`/auth/${page} leads to the site instead of round in a circle`, async () => {
      const { agent, transport } = testApp();
      const jar = agent();
      const login = { username: 'ada', password: 'lovelace', returnTo: `/auth/${page}` };
      await postForm(jar, '/auth/login', login).expect(303);
      await postForm(jar, '/auth/code', { code: transport.lastCode() }).expect(303).expect('Location', '/');
      await getPage(jar, '/auth/login').expect(303).expect('Location', '/');
    });
  }
});

describe('the page of an error', () => {
  for (const [path, fields] of [
    ['/auth/code', { code: '012345' }],
    ['/auth/code/send', {}],
    ['/auth/number', { number: '0' }],
    ['/auth/without-phone', { code: 'ABCDE-FGHJK' }],
  ] as const) {
    it(`leads to where the form on ${path} would have led, once its sign-in has run out`, async () => {
      const { agent, clock } = testApp();
      const jar = agent();
      await postForm(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(303);
      clock.advance(16 * 60);
      const { text } = await postForm(jar, path, { ...fields, returnTo: '/reports?year=2026' });
      expect(text).to.include('href="/auth/login?returnTo=%2Freports%3Fyear%3D2026"');
      const { text: plain } = await postForm(jar, path, { ...fields, returnTo: '//evil.example' });
      expect(plain).to.include('href="/auth/login"').and.not.include('evil');
    });
  }
});
