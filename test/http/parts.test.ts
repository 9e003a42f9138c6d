import { expect } from 'chai';
import type express from 'express';
import { getPage, postForm, postJson, type TestAppSetup, testApp } from '../support/app.ts';

const OWN_ROUTES: TestAppSetup = {
  options: { authRequired: false },
  routes(app, otp) {
    app.post('/my/password', otp.firstFactor(), (_req, res) => void res.send('password'));
    app.post('/my/send', otp.sendCode(), (_req, res) => void res.send('sent'));
    app.post('/my/code', otp.verifyCode(), ({ smsOtp }, res) => void res.send(`code ${smsOtp.user?.username}`));
    app.post('/my/end', otp.signOut(), ({ smsOtp }, res) => void res.send(`bye ${smsOtp.stage}`));
    app.get('/my/page', otp.requireSmsOtp(), (_req, res) => void res.send('in'));
    app.get('/my/bug', () => {
      throw new Error('not ours');
    });
    app.use(otp.answerErrors());
    app.use(((error, _req, res, _next) => void res.status(500).send(error.message)) as express.ErrorRequestHandler);
  },
};

describe('the parts on routes of the app', () => {
  it('make a whole sign-in, and say who is there after each', async () => {
    const { agent, transport } = testApp(OWN_ROUTES);
    const jar = agent();
    await postJson(jar, '/my/password', { username: 'ada', password: 'lovelace' }).expect(200, 'password');
    await jar.get('/my/page').expect(401);
    await postJson(jar, '/my/send').expect(200, 'sent');
    await postJson(jar, '/my/code', { code: transport.lastCode() }).expect(200, 'code ada');
    await jar.get('/my/page').expect(200, 'in');
    await postJson(jar, '/my/end').expect(200, 'bye none');
    await jar.get('/my/page').expect(401);
  });

  it('have their errors answered as pages or problems, and leave others alone', async () => {
    const { agent } = testApp(OWN_ROUTES);
    const { body } = await postJson(agent(), '/my/password', { username: 'ada', password: 'x' }).expect(401);
    expect(body.code).to.equal('INVALID_CREDENTIALS');
    const { text } = await postForm(agent(), '/my/code', { code: '1' }).expect(409);
    expect(text).to.include('<html');
    await agent().get('/my/bug').expect(500, 'not ours');
  });

  it('say on the page of an error what must come first, and lead there', async () => {
    const { agent } = testApp(OWN_ROUTES);
    const jar = agent();
    await postForm(jar, '/my/password', { username: 'grace', password: 'hopper' }).expect(200);
    const { text } = await postForm(jar, '/my/send').expect(409);
    expect(text).to.include('Please choose a phone number first.').and.include('href="/auth/number">Continue</a>');
  });

  it('refuse other sites', async () => {
    const { agent } = testApp(OWN_ROUTES);
    for (const path of ['/my/password', '/my/send', '/my/code', '/my/end']) {
      await postJson(agent(), path).set('Origin', 'https://evil.example').expect(403);
    }
  });

  it('say the remedy on a request that never passed the handler', async () => {
    const { otp } = testApp();
    const { agent } = testApp({ before: (app) => void app.get('/early', otp.requireSmsOtp()) });
    const { body } = await agent().get('/early').expect(500);
    expect(body.detail).to.include('app.use(smsOtp(');
    const { text } = await getPage(agent(), '/early').expect(500);
    expect(text).to.not.equal('');
  });

  it('are named functions', () => {
    const { otp } = testApp();
    const parts = [
      otp,
      otp.firstFactor(),
      otp.sendCode(),
      otp.verifyCode(),
      otp.requireSmsOtp(),
      otp.signOut(),
      otp.answerErrors(),
    ];
    const names = ['smsOtp', 'firstFactor', 'sendCode', 'verifyCode', 'requireSmsOtp', 'signOut', 'answerErrors'];
    expect(parts.map(({ name }) => name)).to.deep.equal(names);
  });
});
