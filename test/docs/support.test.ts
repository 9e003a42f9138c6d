import { expect } from 'chai';
import express from 'express';
import session from 'express-session';
import { agent } from 'supertest';
import type { SmsOtp } from '../../lib/index.ts';
import { memoryState } from '../../lib/index.ts';
import { postJson } from '../support/app.ts';
import { runListing } from '../support/listing.ts';
import { People } from '../support/people.ts';
import { RecordingTransport } from '../support/recording-transport.ts';

describe('the listing of docs/support.md', () => {
  it('shows the page to an administrator with a fresh code, and to nobody else', async () => {
    const transport = new RecordingTransport();
    const app = express();
    app.use(session({ secret: 'of the listings', resave: false, saveUninitialized: false }));
    const { otp } = await runListing<{ otp: SmsOtp }>('docs/support.md', 'support', {
      app,
      secret: 'a secret of the listings, long enough',
      origin: 'http://127.0.0.1',
      appName: 'Example',
      userStore: new People(),
      transport,
      shared: memoryState(),
      isAdministrator: (user?: { username: string }) => user?.username === 'ada',
    });
    const statusFor = async (username: string, password: string): Promise<number> => {
      const jar = agent(app);
      await postJson(jar, '/auth/login', { username, password });
      if (username === 'grace') await postJson(jar, '/auth/number', { number: 0 });
      await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
      return (await jar.get('/support/')).status;
    };
    expect((await agent(app).get('/support/')).status).to.equal(401);
    expect(await statusFor('ada', 'lovelace')).to.equal(200);
    expect(await statusFor('grace', 'hopper')).to.equal(403);
    await otp.close();
  });
});
