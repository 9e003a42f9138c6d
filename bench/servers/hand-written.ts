import { randomInt } from 'node:crypto';
import express, { type Express } from 'express';
import { CheapUserStore } from './people.ts';
import { connectPhone } from './phone-line.ts';
import type { ServerSettings } from './server.ts';
import { sessionMiddleware } from './session-store.ts';

declare module 'express-session' {
  interface SessionData {
    userId?: string;
    code?: string | undefined;
    ok?: boolean;
  }
}

/** The code that teams write by themselves: a random code in the session, and no limits. */
export async function createApp({ redisPath, phonePort }: ServerSettings): Promise<Express> {
  const store = new CheapUserStore();
  const phone = connectPhone(phonePort);
  const app = express();
  app.use(await sessionMiddleware(redisPath));
  app.post('/login', express.json(), async (req, res) => {
    const user = await store.findUser({ username: String(req.body.username) });
    if (user === undefined || !(await store.checkPassword(user, String(req.body.password))))
      return void res.sendStatus(401);
    const code = String(randomInt(1_000_000)).padStart(6, '0');
    Object.assign(req.session, { userId: user.id, code });
    await phone.send({ to: user.phoneNumbers[0] ?? '', text: `Your code is ${code}` });
    res.json({});
  });
  app.post('/code', express.json(), (req, res) => {
    const { session } = req;
    if (session.code === undefined || req.body.code !== session.code) return void res.sendStatus(401);
    Object.assign(session, { ok: true, code: undefined });
    res.json({});
  });
  app.use((req, res, next) => {
    if (!req.session.ok) res.sendStatus(401);
    else next();
  });
  app.get('/', (_req, res) => void res.send('hello'));
  return app;
}
