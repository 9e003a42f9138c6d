import { expect } from 'chai';
import { readListing } from '../support/listing.ts';
import { expectSignIn, type Trial } from '../support/trial.ts';
import { useTrialProject } from '../support/trial-project.ts';

const HEAD = `
import cookieParser from 'cookie-parser';
import { doubleCsrf } from 'csrf-csrf';
import express from 'express';
import session from 'express-session';
import { sessionGuard, smsOtp } from 'express-sms-otp';
import { options } from './sms-otp.config.js';
const { SESSION_SECRET } = process.env;
const getSecret = () => 'of the tokens, 32 bytes or longer';
const { doubleCsrfProtection } = doubleCsrf({ getSecret, getSessionIdentifier: (req) => req.sessionID });
const otp = smsOtp(options);
const app = express();
`;
const FOOT = `
app.get('/dashboard', (req, res) => res.send('Hello ' + req.smsOtp.user.displayName));
const server = app.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port));
process.once('SIGTERM', () => process.exit(0));
`;

describe('an app with csrf-csrf', function () {
  this.timeout(300_000); // csrf-csrf has to be installed
  const room = useTrialProject('csrf-csrf', () => ({
    'sms-otp.config.js': readListing('docs/getting-started.md', 'sms-otp.config'),
  }));

  function start(listing: string): Promise<Trial> {
    room.project.write('app.js', HEAD + listing + FOOT);
    return room.start('app.js');
  }

  it('signs people in with it behind the handler, and needs its token for routes of the app', async () => {
    const { url } = await start(readListing('docs/existing-apps.md', 'csrf'));
    const browser = await expectSignIn(url, room.testbed.smsc);
    const answer = await fetch(`${url}/transfer`, { method: 'POST', headers: { Cookie: browser.cookie } });
    expect(answer.status).to.equal(403);
    expect(await answer.text()).to.match(/csrf/i);
  });

  it('lets nobody sign in with it before the handler', async () => {
    const lines = readListing('docs/existing-apps.md', 'csrf').split('\n');
    const protection = lines.filter((line) => line.includes('doubleCsrfProtection'));
    const others = lines.filter((line) => !protection.includes(line));
    const handler = others.indexOf('app.use(otp);');
    const { url } = await start([...others.slice(0, handler), ...protection, ...others.slice(handler)].join('\n'));
    const answer = await fetch(`${url}/auth/login`, { method: 'POST' });
    expect(answer.status).to.equal(403);
  });
});
