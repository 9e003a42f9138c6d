// One of several processes of an app that share one Redis: sessions and shared state. Messages go to the parent.
import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import express, { type ErrorRequestHandler } from 'express';
import session from 'express-session';
import { createClient } from 'redis';
import { redisSessions } from '../../example-app/redis-sessions.ts';
import { type SmsOtpOptions, smsOtp } from '../../lib/index.ts';
import { LdapUserStore } from '../../lib/ldap/index.ts';
import { redisState } from '../../lib/state/redis-state.ts';
import { listen } from './client.ts';
import { Crowd } from './crowd.ts';
import { slowState } from './slow-state.ts';

const [path = '', limits = '{}', directoryUrl = '', lateness = ''] = process.argv.slice(2);
/** A busy machine keeps four processes waiting longer than Redis ever does. */
const DEADLINE_MILLISECONDS = 3000;
const secret = 'a secret of all processes, long enough';
const client = createClient({ socket: { path, reconnectStrategy: 50 }, disableOfflineQueue: true });
client.on('error', () => undefined);
await client.connect();
const shared = redisState(client, DEADLINE_MILLISECONDS);
const otp = smsOtp({
  secret,
  origin: 'http://127.0.0.1',
  ...people(),
  transport: {
    async send({ to, text }) {
      process.send?.({ sent: /\d{6}/.exec(text)?.[0], to });
      return { status: 'accepted' };
    },
  },
  shared: lateness === 'late' ? slowState(shared) : shared,
  limits: JSON.parse(limits),
  logger: { debug() {}, info() {}, warn() {}, error() {} },
});
otp.events.on('codeAccepted', ({ userId }) => process.send?.({ compared: userId }));
otp.events.on('codeRefused', ({ reason, userId }) => {
  if (reason === 'INVALID_CODE') process.send?.({ compared: userId });
});
const app = express().set('env', 'test');
app.use(
  session({
    secret,
    resave: false,
    saveUninitialized: false,
    store: redisSessions(sessionClient(), DEADLINE_MILLISECONDS),
  }),
);
app.post('/app/:what', express.json(), async (req, res) => {
  const { username } = req.body as { username: string };
  if (req.params.what === 'unlock') await otp.unlock(username);
  if (req.params.what === 'sign-out-everywhere') await otp.signOutEverywhere(username);
  if (req.params.what === 'change-numbers') await otp.phones.add(username, '+46701749999').catch(passConflict);
  if (req.params.what === 'destroy') await new Promise((resolve) => req.session.destroy(resolve));
  res.json({});
});
app.use(otp);
app.get('/secret', (req, res) => void res.json(req.smsOtp));
// A session that cannot be touched is told of when the answer is out already; Express would close the connection.
const answerStoreFault: ErrorRequestHandler = (_error, _req, res, _next) => {
  if (!res.headersSent) res.status(503).json({});
};
app.use(answerStoreFault);
process.send?.({ url: (await listen(app)).url });

function sessionClient(): Parameters<typeof redisSessions>[0] {
  if (lateness !== 'late') return client;
  const late = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    await delay(randomInt(1, 5));
    return ask();
  };
  return {
    get: (key) => late(() => client.get(key)),
    set: (key, value, options) => late(() => client.set(key, value, options)),
    expire: (key, seconds) => late(() => client.expire(key, seconds)),
    del: (keys) => late(() => client.del(keys)),
  };
}

/** Two changes at once: one of them is refused. */
function passConflict(error: { readonly code?: unknown }): void {
  if (error.code !== 'CONFLICT') throw error;
}

function people(): Pick<SmsOtpOptions, 'userStore' | 'enrollment'> {
  if (directoryUrl === '') return { userStore: new Crowd() };
  const account = { bindDn: 'cn=service,dc=example,dc=org', bindPassword: 'service' };
  return {
    userStore: new LdapUserStore({ url: directoryUrl, baseDn: 'ou=people,dc=example,dc=org', ...account }),
    enrollment: { when: 'always', allowedCountries: ['SE'] },
  };
}
