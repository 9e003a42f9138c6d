import { expect } from 'chai';
import { testApp } from '../support/app.ts';
import { useProduction } from '../support/production.ts';

describe('the session in production', () => {
  useProduction();

  it('is refused in a MemoryStore, with the fix', async () => {
    const { agent } = testApp({ session: { cookie: { secure: true } } });
    for (let request = 0; request < 2; request++) {
      const { body } = await agent().get('/auth/login').expect(500);
      expect(body.code).to.equal('MISCONFIGURED');
      expect(body.detail).to.include("allowInsecure: ['memorySessions']");
    }
  });

  it('is refused with a cookie that travels in clear, with the fix', async () => {
    const { agent } = testApp({ options: { allowInsecure: ['memorySessions'] } });
    const { body } = await agent().get('/auth/login').expect(500);
    expect(body.detail).to.include("allowInsecure: ['insecureCookie']").and.include('trust proxy');
  });

  it('is judged by each request: one in clear spoils none of the others', async () => {
    const { agent } = testApp({
      options: { allowInsecure: ['memorySessions'] },
      session: { cookie: { secure: 'auto' } },
      before: (app) => app.set('trust proxy', 1),
    });
    await agent().get('/auth/login').expect(500);
    await agent().get('/auth/login').set('X-Forwarded-Proto', 'https').expect(200);
    await agent().get('/auth/login').expect(500);
  });

  it('is still asked for if there is one of another package', async () => {
    const { agent } = testApp({
      before(app) {
        app.use((req, _res, next) => {
          Reflect.deleteProperty(req, 'sessionStore');
          next();
        });
      },
    });
    const { body } = await agent().get('/auth/login').expect(500);
    expect(body.code).to.equal('SESSION_MISSING');
  });

  it('is taken if that is allowed', async () => {
    const { agent } = testApp({ options: { allowInsecure: ['memorySessions', 'insecureCookie'] } });
    await agent().get('/auth/login').expect(200);
  });
});
