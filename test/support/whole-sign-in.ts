// One whole sign-in in a process of its own, with every port real; what was secret in it is told to the parent only.
import express from 'express';
import session from 'express-session';
import { smsOtp } from '../../lib/index.ts';
import { LdapUserStore } from '../../lib/ldap/index.ts';
import { startDirectory, startSmsc } from '../../lib/simulator/index.ts';
import { SmppTransport } from '../../lib/smpp/index.ts';
import { Client, listen } from './client.ts';

const secrets = {
  secret: 'otp-secret-of-the-silence-test-0123456789',
  session: 'session-secret-of-the-silence-test',
  smppPassword: 'smpp-pw1',
  bindPassword: 'service',
  password: 'lovelace',
  wrongPassword: 'a-wrong-password',
  number: '46701740605',
  code: '',
  wrongCode: '',
};

const directory = await startDirectory();
const smsc = await startSmsc({ systemId: 'otp', password: secrets.smppPassword });
const userStore = new LdapUserStore({
  url: directory.url,
  baseDn: directory.baseDn,
  bindDn: 'cn=service,dc=example,dc=org',
  bindPassword: secrets.bindPassword,
});
const transport = new SmppTransport({ smscs: [smsc.url], source: 'Example' });
const otp = smsOtp({ secret: secrets.secret, userStore, transport, origin: 'https://app.example.org' });
const app = express();
app.use(session({ secret: secrets.session, resave: false, saveUninitialized: false }));
app.use(otp);
app.get('/', (_req, res) => void res.json({ stage: 'in' }));
const server = await listen(app);

const events: unknown[] = [];
for (const name of ['firstFactorAccepted', 'codeSent', 'codeRefused', 'codeAccepted', 'fault'] as const) {
  otp.events.on(name, (event: unknown) => events.push(name, event));
}
const jar = new Client(server.url);
await jar.post('/auth/login', { username: 'ada', password: secrets.wrongPassword });
await jar.post('/auth/login', { username: 'ada', password: secrets.password, returnTo: '/' });
secrets.code = /\d{6}/.exec((await smsc.nextMessage(`+${secrets.number}`)).text)?.[0] ?? '';
secrets.wrongCode = secrets.code === '271828' ? '314159' : '271828';
await jar.post('/auth/code', { code: secrets.wrongCode });
await jar.post('/auth/code/send');
const page = await fetch(`${server.url}/auth/code`, { headers: { Accept: 'text/html', Cookie: jar.cookie } });
const html = await page.text();
const verified = await jar.post('/auth/code', { code: secrets.code });
const inside = await jar.get('/');
directory.dropConnections();
await directory.close();
const down = await jar.post('/auth/login', { username: 'ada', password: secrets.password });
process.send?.({
  secrets,
  told: JSON.stringify([events, html, down]),
  statuses: [page.status, verified.status, inside.status, down.status],
});
await otp.close();
await smsc.close();
await server.close();
process.disconnect?.();
