import { expect } from 'chai';
import { Paths } from '../../lib/http/paths.ts';

const OPTIONS = { basePath: '/auth', publicPath: '', afterSignInUrl: '/' };

describe('the paths of one mount', () => {
  it('never lead to another site, whatever a wildcard of the mount has matched', () => {
    for (const mount of ['//evil.example/y', '/\\\\evil.example/y', '///evil.example/y', '\\\\evil.example/y']) {
      const url = new URL(new Paths(mount, OPTIONS).of('send', undefined), 'https://app.example');
      expect(url.href, mount).to.equal('https://app.example/evil.example/y/auth/code');
    }
  });

  it('begin where the handler is mounted, behind what a proxy strips', () => {
    const paths = new Paths('/shop', { ...OPTIONS, publicPath: '/public', loginUrl: '/login' });
    expect(paths.of('code', '/cart?x=1')).to.equal('/public/shop/auth/code?returnTo=%2Fcart%3Fx%3D1');
    expect(paths.of('none', undefined)).to.equal('/public/login');
    expect(new Paths('', OPTIONS).login).to.equal('/auth/login');
  });
});
