import { type BetterAuthOptions, betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { fromNodeHeaders, toNodeHandler } from 'better-auth/node';
import { twoFactor } from 'better-auth/plugins';
import express, { type Express } from 'express';
import { SqliteDialect } from 'kysely';
import Database from 'libsql';
import { nameOf, numberOf, PASSWORD } from './people.ts';
import { connectPhone } from './phone-line.ts';
import type { ServerSettings } from './server.ts';

const PEOPLE = 500;
const ORIGIN = 'http://127.0.0.1';

/** Better Auth with its two-factor plugin, on SQLite in memory; without its limit of requests. */
export async function createApp({ phonePort }: ServerSettings): Promise<Express> {
  const phone = connectPhone(phonePort);
  const database = new Database(':memory:');
  const options = {
    secret: 'a secret of the bench that is long enough',
    baseURL: ORIGIN,
    trustedOrigins: [`${ORIGIN}:*`],
    // Given as it is, Better Auth (1.7) takes this database for something else.
    database: { dialect: new SqliteDialect({ database }), type: 'sqlite' },
    rateLimit: { enabled: false },
    logger: { level: 'error' },
    emailAndPassword: {
      enabled: true,
      autoSignIn: false,
      password: {
        hash: async (password) => password,
        verify: async ({ hash, password }) => hash === password,
      },
    },
    plugins: [
      twoFactor({
        otpOptions: {
          sendOTP: async ({ user, otp }) => void (await phone.send({ to: numberOf(personOf(user.email)), text: otp })),
        },
      }),
    ],
  } satisfies BetterAuthOptions;
  const auth = betterAuth(options);
  await (await getMigrations(options)).runMigrations();
  for (let person = 0; person < PEOPLE; person += 1) {
    const name = nameOf(person);
    await auth.api.signUpEmail({ body: { name, email: `${name}@example.org`, password: PASSWORD } });
  }
  database.exec('update user set twoFactorEnabled = 1');
  const app = express();
  app.all('/api/auth/*splat', toNodeHandler(auth));
  app.get('/', async (req, res) => {
    const session = await auth.api.getSession({ headers: fromNodeHeaders(req.headers) });
    if (session === null) res.sendStatus(401);
    else res.send('hello');
  });
  return app;
}

function personOf(email: string): number {
  return Number(/\d+/.exec(email)?.[0]);
}
