import { expect } from 'chai';
import { type Agent, postJson, type TestApp, testApp } from '../support/app.ts';

describe('a page with a list of numbers', () => {
  let app: TestApp;
  let jar: Agent;
  let calls: { login: number; directory: number };

  beforeEach(async () => {
    calls = { login: 0, directory: 0 };
    const currentUser = () => {
      calls.login += 1;
      return { username: 'grace' };
    };
    app = testApp({ options: { currentUser, loginUrl: '/login' } });
    jar = app.agent();
    const find = app.people.findUser.bind(app.people);
    app.people.findUser = async (key) => {
      calls.directory += 1;
      return find(key);
    };
  });

  async function expectOneCallEach(path: string): Promise<void> {
    for (const type of ['text/html', 'application/json']) {
      calls = { login: 0, directory: 0 };
      await jar
        .get(path)
        .set('Accept', type)
        .expect(200)
        .expect('Content-Type', new RegExp(`^${type}`));
      expect(calls, type).to.deep.equal({ login: 1, directory: 1 });
    }
  }

  it("asks the directory and the app's login once, before a number is chosen", async () => {
    await expectOneCallEach('/auth/number');
  });

  it("asks the directory and the app's login once, on the account", async () => {
    await jar.get('/auth/number').expect(200);
    await postJson(jar, '/auth/number', { number: 0 }).expect(200);
    await postJson(jar, '/auth/code', { code: app.transport.lastCode() }).expect(200);
    await expectOneCallEach('/auth/account');
  });
});
