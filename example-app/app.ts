import { fileURLToPath } from 'node:url';
import express, { type Express, type RequestHandler } from 'express';
import session from 'express-session';
import { type SmsOtp, SmsOtpError, type UserStore } from 'express-sms-otp';
import { adminPage, dashboardPage, homePage, messagePage, transferPage } from './pages.ts';

export interface AppOptions {
  readonly otp: SmsOtp;
  readonly userStore: UserStore;
  readonly sessionSecret: string;
  readonly trustProxy?: string | undefined;
  /** The phone's page, to link to. */
  readonly inboxUrl?: string | undefined;
}

/** Who may remove phone numbers. */
const ADMINISTRATORS = ['ada'];
const USERNAMES = ['ada', 'grace', 'alan'];

/** A small bank: a public page, and behind both factors everything else. */
export function createApp({ otp, userStore, sessionSecret, trustProxy, inboxUrl }: AppOptions): Express {
  const app = express();
  if (trustProxy !== undefined) app.set('trust proxy', /^\d+$/.test(trustProxy) ? Number(trustProxy) : trustProxy);
  app.use('/public', express.static(fileURLToPath(new URL('./public', import.meta.url))));
  app.get('/', (_req, res) => void res.send(homePage(inboxUrl)));
  app.get('/healthz', async (_req, res) => {
    const health = await otp.health();
    res.status(health.status === 'down' ? 503 : 200).json(health);
  });

  app.use(
    session({
      secret: sessionSecret,
      resave: false,
      saveUninitialized: false,
      cookie: { httpOnly: true, sameSite: 'lax', secure: 'auto' },
    }),
  );
  app.use(otp); // everything below needs both factors

  app.get('/dashboard', (req, res) => void res.send(dashboardPage(req.smsOtp)));

  // A code that is not older than a minute: no password is asked for again.
  app.use('/transfer', otp.requireSmsOtp({ maxAgeSeconds: 60 }));
  app.get('/transfer', (_req, res) => void res.send(transferPage()));
  app.post('/transfer', (_req, res) => void res.send(messagePage('Done', 'The money is on its way.')));

  app.use('/admin', administratorsOnly, express.urlencoded({ extended: false }));
  app.get('/admin', async (_req, res) => {
    const users = await Promise.all(USERNAMES.map((username) => userStore.findUser({ username })));
    const known = users.filter((user) => user !== undefined);
    const rows = known.map(async (user) => ({ user, numbers: await otp.phones.list(user.id) }));
    res.send(adminPage(await Promise.all(rows)));
  });
  app.post('/admin/phones/remove', async (req, res) => {
    const { userId, place } = req.body;
    const number = (await otp.phones.list(String(userId)))[Number(place)];
    if (number === undefined) throw new SmsOtpError('CONFLICT', 'The list of numbers has changed.');
    await otp.phones.remove(String(userId), number);
    res.redirect(303, '/admin');
  });

  app.use((_req, res) => void res.status(404).send(messagePage('Not found', 'There is no such page.')));
  app.use(otp.answerErrors());
  return app;
}

const administratorsOnly: RequestHandler = (req, res, next) => {
  if (ADMINISTRATORS.includes(req.smsOtp.user?.username ?? '')) next();
  else res.status(403).send(messagePage('Not for you', 'This page is for administrators only.'));
};
