// One of several processes of an app that share one Redis: sessions and shared state. Messages go to the parent.
import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import { createClient } from 'redis';
import { smsOtp } from '../../lib/index.ts';
import { redisState } from '../../lib/state/redis-state.ts';
import { listen } from './client.ts';
import { People } from './people.ts';

const path = process.argv[2] ?? '';
const secret = 'a secret of all processes, long enough';
const client = createClient({ socket: { path, reconnectStrategy: 50 }, disableOfflineQueue: true });
client.on('error', () => undefined);
await client.connect();
const otp = smsOtp({
  secret,
  origin: 'http://127.0.0.1',
  userStore: new People(),
  transport: {
    async send({ to, text }) {
      process.send?.({ sent: /\d{6}/.exec(text)?.[0], to });
      return { status: 'accepted' };
    },
  },
  shared: redisState(client, 500),
  logger: { debug() {}, info() {}, warn() {}, error() {} },
});
otp.events.on('codeAccepted', () => process.send?.({ compared: true }));
otp.events.on('codeRefused', ({ reason }) => {
  if (reason === 'INVALID_CODE') process.send?.({ compared: true });
});
const app = express();
app.use(session({ secret, resave: false, saveUninitialized: false, store: new RedisStore({ client }) }));
app.use(otp);
app.get('/secret', (req, res) => void res.json(req.smsOtp));
process.send?.({ url: (await listen(app)).url });
