import express, { type Express } from 'express';
import passport from 'passport';
import { Strategy } from 'passport-local';
import { CheapUserStore } from './people.ts';
import type { ServerSettings } from './server.ts';
import { sessionMiddleware } from './session-store.ts';

/** Passport's session and a check; no second factor. */
export async function createApp({ redisPath }: ServerSettings): Promise<Express> {
  const store = new CheapUserStore();
  passport.use(
    new Strategy((username, password, done) => {
      store.findUser({ username }).then(async (user) => {
        done(null, user !== undefined && (await store.checkPassword(user, password)) && { name: user.username });
      }, done);
    }),
  );
  passport.serializeUser((user, done) => done(null, JSON.stringify(user)));
  passport.deserializeUser<string>((text, done) => done(null, JSON.parse(text)));
  const app = express();
  app.use(await sessionMiddleware(redisPath));
  app.use(passport.session());
  app.post('/login', express.json(), passport.authenticate('local'), (_req, res) => void res.json({}));
  app.use((req, res, next) => {
    if (!req.isAuthenticated()) res.sendStatus(401);
    else next();
  });
  app.get('/', (_req, res) => void res.send('hello'));
  return app;
}
