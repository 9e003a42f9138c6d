import { expect } from 'chai';
import express from 'express';
import session from 'express-session';
import { agent as agentFor } from 'supertest';
import { getPage, postForm, postJson, testApp } from '../support/app.ts';
import { listen } from '../support/client.ts';
import { rawRequest } from '../support/raw-request.ts';

describe('the routes', () => {
  for (const [path, allow] of [
    ['/auth/login', 'GET, HEAD, POST'],
    ['/auth/number', 'GET, HEAD, POST'],
    ['/auth/code', 'GET, HEAD, POST'],
    ['/auth/code/send', 'POST'],
    ['/auth/logout', 'POST'],
    ['/auth/session', 'GET, HEAD'],
    ['/auth/assets/sms-otp.css', 'GET, HEAD'],
  ] as const) {
    it(`know ${allow} at ${path}`, async () => {
      const { agent } = testApp();
      const { body, headers } = await agent().delete(path).expect(405);
      expect(body.code).to.equal('METHOD_NOT_ALLOWED');
      expect(headers.allow).to.equal(allow);
    });
  }

  it('answer HTML if it is preferred, and JSON else', async () => {
    const { agent } = testApp();
    for (const [accept, type] of [
      ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'],
      ['*/*', 'application/json'],
      ['application/json', 'application/json'],
      ['image/png', 'application/json'],
    ] as const) {
      expect((await agent().get('/auth/login').set('Accept', accept).expect(200)).type).to.equal(type);
    }
    const json = await agent()
      .post('/auth/login')
      .set('Accept', 'text/html')
      .send({ username: 'ada', password: 'lovelace' });
    expect(json.type).to.equal('application/json');
  });

  it('are stored nowhere, framed nowhere and run no foreign script', async () => {
    const { agent, signedIn } = testApp();
    const jar = await signedIn('ada', 'password');
    for (const response of [
      await getPage(agent(), '/auth/login'),
      await getPage(jar, '/auth/code'),
      await getPage(jar, '/auth/login'),
      await jar.get('/auth/session'),
      await postForm(jar, '/auth/code', { code: '1' }),
      await postJson(jar, '/auth/code', { code: '1' }),
      await jar.get('/auth/assets/sms-otp.js'),
      await jar.get('/auth/unknown'),
    ]) {
      expect(response.headers).to.include({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
      });
      if (response.type !== 'text/html' || response.status === 303) continue;
      const policy = response.headers['content-security-policy'];
      expect(policy)
        .to.include("default-src 'none'")
        .and.include("frame-ancestors 'none'")
        .and.include("base-uri 'none'");
      expect(policy).to.not.include('unsafe-inline');
    }
  });

  it('change nothing by GET or HEAD', async () => {
    const { signedIn, transport } = testApp();
    const jar = await signedIn('ada', 'password');
    const before = (await jar.get('/auth/session')).body;
    for (const path of [
      '/auth/login',
      '/auth/number',
      '/auth/code',
      '/auth/code/send',
      '/auth/logout',
      '/auth/session',
    ]) {
      await getPage(jar, path);
      await jar.head(path).set('Accept', 'text/html');
    }
    expect((await jar.get('/auth/session')).body).to.deep.equal(before);
    expect(transport.messages).to.have.length(1);
  });

  for (const [what, path] of [
    ['basePath itself', '/auth'],
    ['basePath with a slash', '/auth/'],
    ['a page with a slash', '/auth/login/'],
  ] as const) {
    it(`lead on where ${what} is opened, through the whole sign-in`, async () => {
      const { agent, transport } = testApp();
      const jar = agent();
      const first = await getPage(jar, path);
      if (path === '/auth/login/') expect(first.status).to.equal(200);
      else expect(first.headers.location).to.equal('/auth/login');
      const login = { username: 'ada', password: 'lovelace', returnTo: path };
      await postForm(jar, '/auth/login/', login).expect(303);
      const location = (await getPage(jar, path).expect(303)).headers.location;
      expect(location).to.match(/^\/auth\/code\?returnTo=/);
      await getPage(jar, '/auth/code/').expect(200);
      await postForm(jar, '/auth/code/', { code: transport.lastCode(), returnTo: path })
        .expect(303)
        .expect('Location', '/');
      await getPage(jar, path).expect(303).expect('Location', '/');
    });
  }

  it('tell a program at basePath where its sign-in stands', async () => {
    const { agent, signedIn } = testApp();
    expect((await agent().get('/auth').expect(200)).body).to.deep.equal({ stage: 'none', location: '/auth/login' });
    const jar = await signedIn('ada', 'password');
    expect((await jar.get('/auth?returnTo=/x').expect(200)).body.location).to.equal('/auth/code?returnTo=%2Fx');
    await jar.delete('/auth').expect(405).expect('Allow', 'GET, HEAD');
  });

  it('show an error of a form on its own page, also where its path has a slash', async () => {
    const { agent, signedIn } = testApp();
    const wrong = { username: 'ada', password: 'wrong' };
    expect((await postForm(agent(), '/auth/login/', wrong).expect(401)).text).to.contain('name="password"');
    const jar = await signedIn('ada', 'password');
    await postForm(jar, '/auth/code/', { code: '1' }).expect(303).expect('Location', '/auth/code');
  });

  it('serve their stylesheet and script, and no other file', async () => {
    const { agent } = testApp();
    expect((await agent().get('/auth/assets/sms-otp.css').expect(200)).type).to.equal('text/css');
    expect((await agent().get('/auth/assets/sms-otp.js').expect(200)).type).to.match(/javascript/);
    for (const name of ['render.ts', 'constructor', '__proto__', '..%2f..%2fpackage.json', '%2e%2e/package.json']) {
      await agent().get(`/auth/assets/${name}`).expect(401);
    }
  });

  it('answer a request for no path with 400, and call it no fault', async () => {
    const { app, otp } = testApp();
    const faults: unknown[] = [];
    otp.events.on('fault', (fault) => faults.push(fault));
    const server = await listen(app);
    expect((await rawRequest(server.url, { method: 'OPTIONS', path: '*' })).status).to.equal(400);
    await server.close();
    expect(faults).to.deep.equal([]);
  });

  it('move with basePath, publicPath and the mount', async () => {
    const { otp, transport } = testApp({
      options: { basePath: '/sign', publicPath: '/public', afterSignInUrl: '/home' },
    });
    const app = express();
    app.use(session({ secret: 'a secret of this test only', resave: false, saveUninitialized: false }));
    app.use('/area', otp);
    app.get('/area/page', (_req, res) => void res.send('in'));
    const jar = agentFor(app);
    const location = '/public/area/sign/login?returnTo=%2Fpublic%2Farea%2Fpage';
    await getPage(jar, '/area/page').expect(303).expect('Location', location);
    const { text } = await getPage(jar, '/area/sign/login').expect(200);
    expect(text).to.include('action="/public/area/sign/login"').and.include('/public/area/sign/assets/sms-otp.css');
    const login = await postJson(jar, '/area/sign/login', { username: 'ada', password: 'lovelace' }).expect(200);
    expect(login.body.location).to.equal('/public/area/sign/code');
    const code = await postJson(jar, '/area/sign/code', { code: transport.lastCode() }).expect(200);
    expect(code.body.location).to.equal('/public/home');
    await jar.get('/area/page').expect(200, 'in');
  });

  it('refuse new work while closing', async () => {
    const { agent, otp } = testApp();
    await otp.close();
    const { body, headers } = await postJson(agent(), '/auth/login', { username: 'ada', password: 'lovelace' }).expect(
      503,
    );
    expect(body.code).to.equal('SHUTTING_DOWN');
    expect(headers['retry-after']).to.equal('5');
  });
});
