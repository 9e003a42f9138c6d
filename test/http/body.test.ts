import { expect } from 'chai';
import express, { type RequestHandler } from 'express';
import { postJson, type TestApp, testApp } from '../support/app.ts';

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
});
