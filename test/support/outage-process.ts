// An app whose directory, SMSC, shared state and sessions are each on a port of its own, in a process that ends at once
// if a rejection is not handled. Its directory has 3 s, and its SMSC a fifth of its default deadlines.
import express from 'express';
import session from 'express-session';
import { sessionGuard, smsOtp } from '../../lib/index.ts';
import { LdapUserStore } from '../../lib/ldap/index.ts';
import { SmppTransport } from '../../lib/smpp/smpp-transport.ts';
import { TIMEOUTS } from '../../lib/smpp/timeouts.ts';
import { listen } from './client.ts';
import { connectShared } from './shared-client.ts';

const [directory, smsc, stateUrl = '', sessionsUrl = ''] = process.argv.slice(2);
const secret = 'a secret of the outages, long enough';

const otp = smsOtp({
  secret,
  origin: 'http://127.0.0.1',
  userStore: new LdapUserStore({
    url: `ldap://127.0.0.1:${directory}`,
    baseDn: 'ou=people,dc=example,dc=org',
    bindDn: 'cn=service,dc=example,dc=org',
    bindPassword: 'service',
    timeoutSeconds: 3,
  }),
  transport: new SmppTransport(
    { smscs: [`smpp://127.0.0.1:${smsc}`], source: 'Example' },
    {
      ...TIMEOUTS,
      ...{ step: 800, response: 800, send: 1_600 },
      ...{ silence: 1_000, dead: 1_000, partialPdu: 1_000, shortestPause: 50, longestPause: 200 },
    },
  ),
  shared: connectShared(stateUrl).shared(),
  // One of each: what is counted although it should not be is seen at once.
  limits: {
    failedPasswordsPerUser: 1,
    sendsPerUserPerHour: 1,
    sendsPerAddressPerHour: false,
    failedPasswordsPerAddressPerHour: false,
  },
  logger: { debug() {}, info() {}, warn() {}, error() {} },
});
const app = express().set('env', 'test');
app.get('/public', (_req, res) => void res.json({}));
app.get('/healthz', async (_req, res) => void res.json(await otp.health()));
const { store } = connectShared(sessionsUrl);
app.use(sessionGuard(session({ secret, resave: false, saveUninitialized: false, store })));
app.use(otp);
app.get('/secret', otp.requireSmsOtp({ maxAgeSeconds: 86_400 }), (_req, res) => void res.json({}));
app.use(otp.answerErrors());
process.send?.({ url: (await listen(app)).url });
process.on('disconnect', () => process.exit());
