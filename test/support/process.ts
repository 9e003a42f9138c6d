// One of several processes of an app that share one Redis or PostgreSQL: sessions and shared state. Messages go to the parent.
import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import express from 'express';
import session from 'express-session';
import { type SmsOtpOptions, sessionGuard, smsOtp } from '../../lib/index.ts';
import { LdapUserStore } from '../../lib/ldap/index.ts';
import { listen } from './client.ts';
import { Crowd } from './crowd.ts';
import { connectShared } from './shared-client.ts';
import { slowState } from './slow-state.ts';

const [sharedUrl = '', limits = '{}', directoryUrl = '', lateness = ''] = process.argv.slice(2);
/** A busy machine keeps four processes waiting longer than a server ever does. */
const DEADLINE_MILLISECONDS = 3000;
const secret = 'a secret of all processes, long enough';
const { store, shared } = connectShared(sharedUrl);
const state = shared(DEADLINE_MILLISECONDS);
while (!(await state.commit([]).catch(() => undefined))) await pause(20);
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
  shared: lateness === 'late' ? slowState(state) : state,
  recoveryCodes: true,
  trustBrowser: {},
  limits: JSON.parse(limits),
  logger: { debug() {}, info() {}, warn() {}, error() {} },
});
otp.events.on('codeAccepted', ({ userId }) => process.send?.({ compared: userId }));
otp.events.on('codeRefused', ({ reason, userId }) => {
  if (reason === 'INVALID_CODE') process.send?.({ compared: userId });
});
const app = express().set('env', 'test');
if (lateness === 'late') makeLate(store);
app.use(sessionGuard(session({ secret, resave: false, saveUninitialized: false, store }), DEADLINE_MILLISECONDS));
app.post('/app/:what', express.json(), async (req, res) => {
  const { username } = req.body as { username: string };
  if (req.params.what === 'unlock') await otp.unlock(username);
  if (req.params.what === 'sign-out-everywhere') await otp.signOutEverywhere(username);
  if (req.params.what === 'change-numbers') await otp.phones.add(username, '+46701749999').catch(passConflict);
  if (req.params.what === 'support') app.use('/support', otp.admin());
  if (req.params.what === 'help-code') return void res.json({ code: await otp.issueHelpCode(username) });
  if (req.params.what === 'destroy') await new Promise((resolve) => req.session.destroy(resolve));
  res.json({});
});
app.use(otp);
app.get('/secret', (req, res) => void res.json(req.smsOtp));
app.use(otp.answerErrors());
process.send?.({ url: (await listen(app)).url });

function makeLate(sessions: session.Store): void {
  for (const name of ['get', 'set', 'touch', 'destroy'] as const) {
    const call: unknown = Reflect.get(sessions, name);
    if (typeof call !== 'function') continue;
    const work = call.bind(sessions);
    Reflect.set(sessions, name, (...values: unknown[]) => void setTimeout(() => work(...values), randomInt(1, 5)));
  }
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
