import { once } from 'node:events';
import { request } from 'node:http';
import { expect } from 'chai';
import express, { type RequestHandler } from 'express';
import { postJson, type TestApp, testApp } from '../support/app.ts';
import { Client, listen } from '../support/client.ts';

const ADA = { username: 'ada', password: 'lovelace' };

/** As the parsers of body-parser 1 leave a body whose type is not theirs. */
const leaveEmpty =
  (body: unknown): RequestHandler =>
  (req, _res, next) => {
    req.body = body;
    next();
  };

function appBehind(parser: RequestHandler): TestApp {
  return testApp({ before: (app) => void app.use(parser) });
}

/** A request whose body comes only when it is told to; the app has met its headers by now. */
async function slowPost(url: string, client: Client, path: string): Promise<(body: object) => Promise<number>> {
  const headers = { Cookie: client.cookie, Accept: 'application/json', 'Content-Type': 'application/json' };
  const req = request(url + path, { method: 'POST', headers });
  const answered = once(req, 'response');
  req.write(' ');
  // A whole request that comes after it.
  await client.get('/auth/session');
  return async (body) => {
    req.end(JSON.stringify(body));
    const [response] = await answered;
    response.resume();
    return response.statusCode;
  };
}

describe('a body', () => {
  for (const [what, body] of [
    ['an empty object', {}],
    ['null', null],
  ] as const) {
    it(`is parsed here if the app's parser has left ${what} in its place, and has read nothing`, async () => {
      const { agent } = appBehind(leaveEmpty(body));
      await postJson(agent(), '/auth/login', ADA).expect(200);
      await agent().post('/auth/login').type('form').send(ADA).set('Accept', 'text/html').expect(303);
    });
  }

  it('is empty if the app has read it, and found nothing in it', async () => {
    const { agent } = appBehind(express.urlencoded({ extended: false }));
    await agent().post('/auth/login').type('form').send('').expect(401);
  });

  it('is refused as what it is if the app has taken it for bytes or a text', async () => {
    for (const parser of [express.raw({ type: '*/*' }), express.text({ type: '*/*' })]) {
      const { body } = await postJson(appBehind(parser).agent(), '/auth/login', ADA).expect(400);
      expect(body).to.include({ code: 'BAD_REQUEST', detail: 'Send a form or a JSON object.' });
    }
  });

  describe('that comes slowly', () => {
    let app: TestApp;
    let server: Awaited<ReturnType<typeof listen>>;
    let client: Client;

    beforeEach(async () => {
      app = testApp({ options: { recoveryCodes: true, enrollment: { when: 'always', allowedCountries: ['SE'] } } });
      server = await listen(app.app);
      client = new Client(server.url);
      await client.post('/auth/login', ADA);
    });

    afterEach(() => server.close());

    it('gets no code for somebody whom the directory no longer knows when it ends', async () => {
      const sendAgain = await slowPost(server.url, client, '/auth/code/send');
      app.clock.advance(60);
      app.people.remove('id-ada');
      expect(await sendAgain({})).to.equal(401);
      expect(app.transport.messages).to.have.length(1);
    });

    it('gets no code for somebody whom the app no longer names when it ends', async () => {
      let name: string | undefined = 'ada';
      const { app: own, transport } = testApp({
        options: { currentUser: () => name && { username: name }, loginUrl: '/login' },
      });
      const ownServer = await listen(own);
      const visitor = new Client(ownServer.url);
      await visitor.get('/auth/session');
      const send = await slowPost(ownServer.url, visitor, '/auth/code/send');
      name = undefined;
      expect(await send({})).to.equal(401);
      expect(transport.messages).to.have.length(0);
      await ownServer.close();
    });

    it('makes no old code a fresh one', async () => {
      await client.post('/auth/code', { code: app.transport.lastCode() });
      const makeCodes = await slowPost(server.url, client, '/auth/account/recovery-codes');
      app.clock.advance(301);
      expect(await makeCodes({})).to.equal(401);
    });

    it('changes no number for somebody who was signed out meanwhile', async () => {
      await client.post('/auth/code', { code: app.transport.lastCode() });
      const add = await slowPost(server.url, client, '/auth/account/phones');
      await app.otp.signOutEverywhere('id-ada');
      expect(await add({ phone: '+46701740650' })).to.equal(401);
      expect(app.transport.messages).to.have.length(1);
    });
  });
});
