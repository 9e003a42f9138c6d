import express, { type Express } from 'express';
import type { ServerSettings } from './server.ts';
import { sessionMiddleware } from './session-store.ts';

/** express-session alone: everybody may see the page. */
export async function createApp({ redisPath }: ServerSettings): Promise<Express> {
  const app = express();
  app.use(await sessionMiddleware(redisPath));
  app.post('/login', (req, res) => {
    Object.assign(req.session, { seen: true });
    res.json({});
  });
  app.get('/', (_req, res) => void res.send('hello'));
  return app;
}
