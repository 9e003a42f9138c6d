// An app whose directory, SMSC, shared state and sessions are each on a port of its own, in a process that ends at once
// if a rejection is not handled. Its deadlines are a fifth of what they are by default, or less.
import express from 'express';
import session from 'express-session';
import { createClient } from 'redis';
import { redisSessions } from '../../example-app/redis-sessions.ts';
import { SmsOtpError, smsOtp } from '../../lib/index.ts';
import { LdapUserStore } from '../../lib/ldap/index.ts';
import { SmppTransport } from '../../lib/smpp/smpp-transport.ts';
import { TIMEOUTS } from '../../lib/smpp/timeouts.ts';
import { RedisReconnection } from '../../lib/state/redis-connection.ts';
import { redisState } from '../../lib/state/redis-state.ts';
import { listen } from './client.ts';

const [directory, smsc, state, sessions] = process.argv.slice(2).map(Number);
const secret = 'a secret of the outages, long enough';

function redisAt(port: number | undefined) {
  const client = createClient({
    socket: { host: '127.0.0.1', port: port ?? 0, reconnectStrategy: 50 },
    disableOfflineQueue: true,
  });
  client.on('error', () => undefined);
  new RedisReconnection(client);
  client.connect().catch(() => undefined);
  return client;
}

const otp = smsOtp({
  secret,
  origin: 'http://127.0.0.1',
  userStore: new LdapUserStore({
    url: `ldap://127.0.0.1:${directory}`,
    baseDn: 'ou=people,dc=example,dc=org',
    bindDn: 'cn=service,dc=example,dc=org',
    bindPassword: 'service',
    timeoutSeconds: 1,
  }),
  transport: new SmppTransport(
    { smscs: [`smpp://127.0.0.1:${smsc}`], source: 'Example' },
    {
      ...TIMEOUTS,
      ...{ step: 800, response: 800, send: 1_600 },
      ...{ silence: 1_000, dead: 1_000, partialPdu: 1_000, shortestPause: 50, longestPause: 200 },
    },
  ),
  shared: redisState(redisAt(state), 1_000),
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
const store = redisSessions(redisAt(sessions), 500);
const readSession = session({ secret, resave: false, saveUninitialized: false, store });
app.use((req, res, next) => {
  readSession(req, res, (error) => {
    // A failure once the answer is out changes nothing in it; Express would cut the connection for that.
    if (!res.headersSent) next(error && sessionsDown(error));
  });
});
app.use(otp);
app.get('/secret', otp.requireSmsOtp({ maxAgeSeconds: 86_400 }), (_req, res) => void res.json({}));
app.use(otp.answerErrors());
process.send?.({ url: (await listen(app)).url });
process.on('disconnect', () => process.exit());

function sessionsDown(cause: unknown): SmsOtpError {
  return new SmsOtpError('STATE_UNAVAILABLE', 'The sessions cannot be reached.', { retryAfterSeconds: 5, cause });
}
