import { inspect } from 'node:util';
import { expect } from 'chai';
import express, { type ErrorRequestHandler } from 'express';
import session from 'express-session';
import { type SmsOtp, SmsOtpError, smsOtp } from '../../lib/index.ts';
import { startTestbed, type Testbed } from '../../lib/simulator/index.ts';
import { wrongCode } from '../support/attack.ts';
import { Client, listen } from '../support/client.ts';
import { expectUntold } from '../support/untold.ts';

const SECRET = 'a secret of this journey that is long enough';
const NUMBER = '+46701740605';
/** ESME_RSUBMITFAIL, and ESME_RINVDSTADR: the number is refused. */
const SMSC_REFUSALS = [0x45, 0x0b];

describe('the errors of a sign-in that meets every fault', () => {
  let testbed: Testbed;
  let otp: SmsOtp;
  let server: Awaited<ReturnType<typeof listen>>;
  const errors: unknown[] = [];

  before(async () => {
    testbed = await startTestbed();
    const { userStore, transport } = testbed;
    const logger = { debug() {}, info() {}, warn() {}, error() {} };
    otp = smsOtp({ secret: SECRET, userStore, transport, logger, authRequired: false, origin: 'http://127.0.0.1' });
    otp.events.on('fault', ({ error }) => errors.push(error));
    const keep: ErrorRequestHandler = (error, _req, _res, next) => {
      errors.push(error);
      next(error);
    };
    const app = express().set('env', 'test');
    app.use(session({ secret: SECRET, resave: false, saveUninitialized: false }), otp);
    app.post('/password', otp.firstFactor(), (_req, res) => void res.json({}));
    app.post('/send', otp.sendCode(), (_req, res) => void res.json({}));
    app.post('/check', otp.verifyCode(), (_req, res) => void res.json({}));
    app.use(keep, otp.answerErrors());
    server = await listen(app);
  });

  after(async () => {
    await server.close();
    await otp.close();
    await testbed.close();
  });

  it('hold no password, no code, no number, no text and no secret, at whatever depth', async () => {
    const { smsc, directory, phone } = testbed;
    const jar = new Client(server.url);
    const statuses: number[] = [];
    const post = async (path: string, body: object = {}): Promise<void> =>
      void statuses.push((await jar.post(path, body)).status);
    await post('/password', { username: 'ada', password: 'a-wrong-password' });
    await post('/password', { username: 'ada', password: 'lovelace' });
    for (const submitStatus of SMSC_REFUSALS) {
      smsc.behave({ submitStatus });
      await post('/send');
    }
    smsc.behave({});
    await post('/send');
    const code = await phone.nextCode(NUMBER);
    await post('/check', { code: wrongCode(code, 7) });
    directory.dropConnections();
    await directory.close();
    await post('/check', { code });
    await post('/password', { username: 'ada', password: 'lovelace' });
    expect(statuses).to.deep.equal([401, 200, 503, 422, 200, 401, 503, 503]);
    expect(errors.filter((error) => error instanceof SmsOtpError)).to.have.length.greaterThan(6);
    const told = inspect(errors, { depth: null, showHidden: true, maxStringLength: null, maxArrayLength: null });
    // The failure beneath is in it.
    expect(told).to.include('ESME_RSUBMITFAIL').and.include('ECONNREFUSED');
    expectUntold(told, SECRET, 'lovelace', 'a-wrong-password', NUMBER.slice(1), code, wrongCode(code, 7), 'Your code');
  });
});
