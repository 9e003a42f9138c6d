// One app with one of the session stores, in a process of its own. It tells its parent where it listens and every code.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import express from 'express';
import session from 'express-session';
import { MemoryUserStore, memoryState, sessionGuard, smsOtp } from '../../dist/index.js';
import { STORES } from './stores.mjs';

const [name, folder, files, port, isGuarded] = process.argv.slice(2);
const secret = 'a secret of the stores, long enough for it';
const resolve = createRequire(pathToFileURL(`${folder}/`)).resolve;
const load = async (packageName) => import(pathToFileURL(resolve(packageName)).href);
const store = await STORES[name].open({ load, session, place: { folder: files, port: Number(port) } });
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const otp = smsOtp({
  secret,
  origin: 'http://127.0.0.1',
  appName: 'Example',
  shared: memoryState(),
  logger: quiet,
  userStore: new MemoryUserStore([{ username: 'ada', password: 'lovelace', phoneNumbers: ['+46701740605'] }]),
  transport: {
    async send({ text }) {
      process.send({ code: /\d{6}/.exec(text)?.[0] });
      return { status: 'accepted' };
    },
  },
  limits: {
    sendsPerUserPerHour: false,
    sendsPerUserPerDay: false,
    sendsPerNumberPerHour: false,
    sendsPerNumberPerDay: false,
  },
});
const sessions = session({ secret, store, resave: false, saveUninitialized: false });
const app = express().set('env', 'test');
app.use(isGuarded === 'guarded' ? sessionGuard(sessions) : sessions);
app.use(otp);
app.get('/secret', (_req, res) => void res.json({}));
if (isGuarded === 'guarded') app.use(otp.answerErrors());
const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
process.on('message', async (_ask) => process.send({ habits: await habitsOf(store) }));
process.on('disconnect', () => process.exit());
process.send({ url: `http://127.0.0.1:${server.address().port}` });

/** Tries touch and the end of a session's time; each session here lives 3 s. */
async function habitsOf(store) {
  const [get, set, destroy] = ['get', 'set', 'destroy'].map((call) => promisify(store[call].bind(store)));
  const touch = store.touch && promisify(store.touch.bind(store));
  const isThere = async (id) => Boolean(await get(id).catch(() => undefined));
  const [kept, left, ended] = Array.from({ length: 3 }, () => randomBytes(16).toString('hex'));
  for (const id of [kept, left, ended]) await set(id, sessionOf(3_000));
  await pause(2_000);
  await touch?.(kept, sessionOf(3_000)).catch(() => undefined);
  await destroy(ended);
  await touch?.(ended, sessionOf(3_000)).catch(() => undefined);
  const isBack = await isThere(ended);
  await pause(2_000);
  const [isLonger, isLate] = [await isThere(kept), await isThere(left)];
  return { touch: touch === undefined ? 'none' : isLonger ? 'prolongs' : 'does nothing', isLate, isBack };
}

function sessionOf(milliseconds) {
  const expires = new Date(Date.now() + milliseconds);
  return { cookie: { originalMaxAge: milliseconds, maxAge: milliseconds, expires, path: '/' }, smsOtp: 'a record' };
}
