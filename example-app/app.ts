import { fileURLToPath } from 'node:url';
import express, { type Express, type RequestHandler } from 'express';
import session from 'express-session';
import { type SmsOtp, sessionGuard, type UserStore } from 'express-sms-otp';
import { createAdmin, isAdministrator } from './admin.ts';
import { sendClient } from './browser-client.ts';
import type { Metrics } from './metrics.ts';
import { dashboardPage, homePage, messagePage, transferPage } from './pages.ts';

export interface AppOptions {
  readonly otp: SmsOtp;
  readonly userStore: UserStore;
  readonly metrics: Metrics;
  readonly sessionSecret: string;
  /** [express-session's MemoryStore] Several processes need one that they share. */
  readonly sessionStore?: session.Store | undefined;
  /** Express's own setting: hops, or proxies' addresses. */
  readonly trustProxy?: number | string | undefined;
  /** [the light and dark one] The name of a stylesheet in public/ that changes its colours. */
  readonly skin?: string | undefined;
  /** The phone's page, to link to. */
  readonly inboxUrl?: string | undefined;
}

const PUBLIC = fileURLToPath(new URL('./public', import.meta.url));

/** A small bank: a public page, and behind both factors everything else. */
export function createApp(options: AppOptions): Express {
  const { otp, userStore, metrics, sessionSecret, sessionStore, trustProxy, inboxUrl } = options;
  const app = express();
  if (trustProxy !== undefined) app.set('trust proxy', trustProxy);
  app.get('/public/skin.css', sendSkin(options.skin));
  app.use('/public/client', sendClient());
  app.use('/public', express.static(PUBLIC));
  app.get('/favicon.ico', (_req, res) => res.redirect('/public/bank.svg'));
  app.get('/', (_req, res) => void res.send(homePage(inboxUrl)));
  app.get('/healthz', async (_req, res) => {
    const health = await otp.health();
    res.status(health.status === 'down' ? 503 : 200).json(health);
  });
  // They tell of nobody, but of how busy the bank is: a real one would ask its own network for more than the path.
  app.get('/metrics', metrics.answer);

  const sessions = session({
    secret: sessionSecret,
    ...(sessionStore && { store: sessionStore }),
    resave: false,
    saveUninitialized: false,
    cookie: { httpOnly: true, sameSite: 'lax', secure: 'auto' },
  });
  app.use(sessionGuard(sessions));
  app.use(otp); // everything below needs both factors

  app.get('/dashboard', (req, res) => void res.send(dashboardPage(req.smsOtp, isAdministrator(req))));

  // A code that is not older than a minute: no password is asked for again.
  app.use('/transfer', otp.requireSmsOtp({ maxAgeSeconds: 60 }));
  app.get('/transfer', (_req, res) => void res.send(transferPage()));
  app.post('/transfer', (_req, res) => void res.send(messagePage('Done', 'The money is on its way.')));

  app.use('/admin', createAdmin(otp, userStore));

  app.use((_req, res) => void res.status(404).send(messagePage('Not found', 'There is no such page.')));
  app.use(otp.answerErrors());
  return app;
}

/** One stylesheet for the pages of the bank and for those of the sign-in. */
function sendSkin(skin: string | undefined): RequestHandler {
  return (_req, res) => {
    if (skin === undefined) res.type('css').end();
    else res.sendFile(`${skin}.css`, { root: PUBLIC });
  };
}
