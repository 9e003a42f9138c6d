import { expect } from 'chai';
import { MemoryStore } from 'express-session';
import type { Response } from 'supertest';
import { SmsOtpError } from '../../lib/index.ts';
import { getPage, postForm, testApp } from '../support/app.ts';
import { FakeClock } from '../support/clock.ts';
import { MapState } from '../support/map-state.ts';
import { useProduction } from '../support/production.ts';

const ADA = { username: 'ada', password: 'lovelace' };

describe('the page of an error', () => {
  describe('while the session is not safe for production', () => {
    useProduction();

    it('says so to a person without advice, in the language of the browser, and to a program with it', async () => {
      const { agent } = testApp({ options: { allowInsecure: ['memorySessions'] } });
      const jar = agent();
      for (const path of ['/auth/login', '/auth/code', '/secret']) {
        const page = await getPage(jar, path).set('Accept-Language', 'de').expect(500);
        expectPage(page, 'Diese Website ist nicht richtig eingerichtet.');
        expect(page.text).to.not.include('cookie').and.not.include('insecure');
      }
      const posted = await postForm(jar, '/auth/login', ADA).expect(500);
      expectPage(posted, 'This site is not set up correctly.');
      expect((await jar.get('/auth/login').expect(500)).body.detail).to.include('Set cookie.secure to true');
    });
  });

  it('is shown if there is no session, with the links of the mounted handler', async () => {
    const store = new MemoryStore();
    const { agent } = testApp({ sessions: store, options: { publicPath: '/app' } });
    // As a store does that has lost its connection: requests then come without a session.
    store.emit('disconnect');
    const jar = agent();
    for (const path of ['/auth/login', '/auth/code', '/auth/account', '/secret']) {
      const page = await getPage(jar, path).expect(500);
      expectPage(page, 'This site is not set up correctly.');
      expect(page.text).to.include('href="/app/auth/login"').and.not.include('express-session');
    }
    expect((await jar.get('/auth/login').expect(500)).body.code).to.equal('SESSION_MISSING');
  });

  it('is shown by answerErrors() for requests that never came to the handler, as when no session can be loaded', async () => {
    const { agent } = testApp({
      before: (app) => {
        app.use('/early', (_req, _res, next) => {
          const details = { retryAfterSeconds: 5 };
          next(new SmsOtpError('STATE_UNAVAILABLE', 'The sessions are down.', details));
        });
      },
      routes: (app, otp) => void app.use(otp.answerErrors()),
    });
    const page = await getPage(agent(), '/early').set('Accept-Language', 'sv').expect(503).expect('Retry-After', '5');
    expectPage(page, 'Vi kan inte fortsätta just nu.');
    expect(page.text).to.include('href="/auth/login"').and.include('5\u00a0sekunder');
  });

  it('is shown while the session can be loaded but not saved', async () => {
    const store = new MemoryStore();
    const { signedIn, transport } = testApp({ sessions: store });
    const jar = await signedIn('ada', 'password');
    store.set = (_id, _session, done) => done?.(new Error('the connection was closed'));
    const page = await postForm(jar, '/auth/code', { code: transport.lastCode() }).expect(503);
    expectPage(page, 'Nothing is lost');
  });

  it('is shown while nobody can say who the app has signed in', async () => {
    const currentUser = () => {
      throw new SmsOtpError('STATE_UNAVAILABLE', 'Nobody knows.');
    };
    const { agent } = testApp({ options: { currentUser, loginUrl: '/sign-in' } });
    const page = await getPage(agent(), '/auth/code').expect(503);
    expectPage(page, 'Nothing is lost');
    expect(page.text).to.include('href="/sign-in"');
  });

  it("is ours if the app's own fails, in the user's language", async () => {
    const broken = () => {
      throw new Error('a broken view');
    };
    for (const error of ['there-is-no-engine', broken]) {
      const { agent, people } = testApp({ options: { views: { code: broken, error } } });
      people.change('id-ada', { locale: 'fr' });
      const jar = agent();
      await postForm(jar, '/auth/login', ADA).expect(303);
      const page = await postForm(jar, '/auth/code/send').expect(429);
      expectPage(page, 'Il est encore trop tôt');
    }
  });

  it('leads on where the sign-in stands, and in no other state', async () => {
    const clock = new FakeClock();
    const state = new MapState(clock.now);
    const { agent, signedIn } = testApp({
      clock,
      options: { shared: state },
      routes: (app, otp) => {
        app.post('/fails', (_req, _res, next) => next(new SmsOtpError('SMS_UNAVAILABLE', 'No SMS.')));
        app.use(otp.answerErrors());
      },
    });
    const [nobody, half, full] = [agent(), await signedIn('ada', 'password'), await signedIn('ada')];
    const logout = async (jar: typeof nobody): Promise<string> => (await getPage(jar, '/auth/logout').expect(405)).text;
    expect(await logout(nobody)).to.include('<a class="button" href="/auth/login">Sign in</a>');
    expect(await logout(half)).to.include('<a class="button" href="/auth/code">Continue</a>');
    expect(await logout(full)).to.include('<a class="button" href="/">Continue</a>');
    expect((await postForm(full, '/fails').expect(503)).text).to.include('<a class="button" href="/">');
    clock.advance(6);
    state.isDown = true;
    expect(await logout(full)).to.include('<a class="button" href="/auth/login">');
  });
});

function expectPage({ type, headers, text }: Response, words: string): void {
  expect(type).to.equal('text/html');
  expect(headers['content-security-policy']).to.include("default-src 'none'");
  expect(headers['cache-control']).to.equal('no-store');
  expect(text).to.include(words).and.include('id="error" role="alert"');
}
