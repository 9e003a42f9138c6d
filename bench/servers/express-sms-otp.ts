import express, { type Express } from 'express';
import { type SharedState, type SmsTransport, smsOtp, type UserStore } from 'express-sms-otp';
import { LdapUserStore } from 'express-sms-otp/ldap';
import { redisState } from 'express-sms-otp/redis';
import { SmppTransport } from 'express-sms-otp/smpp';
import type { Pool } from 'pg';
import { CheapUserStore } from './people.ts';
import { connectPhone } from './phone-line.ts';
import type { ServerSettings } from './server.ts';
import { connectPostgres, connectRedis, sessionMiddleware } from './session-store.ts';

/** All comes from one address, and people sign in again and again: what is counted is counted, but stops nobody. */
const LIMITS = {
  sendsPerUserPerHour: 10_000,
  sendsPerUserPerDay: 10_000,
  sendsPerNumberPerHour: 10_000,
  sendsPerNumberPerDay: 10_000,
  sendsPerDayHard: 10_000,
  sendsPerAddressPerHour: 10_000,
  failedPasswordsPerAddressPerHour: 10_000,
};

/** This package, as its README has it. `/now` is a route whose grant is looked up at each request. */
export async function createApp(settings: ServerSettings): Promise<Express> {
  const { redisPath, postgresUrl } = settings;
  const pool = postgresUrl === undefined ? undefined : connectPostgres(postgresUrl);
  const shared = await sharedState(settings, pool);
  const otp = smsOtp({
    secret: 'a secret of the bench that is long enough',
    userStore: userStore(settings),
    transport: transport(settings),
    limits: LIMITS,
    allowInsecure: ['memorySessions', 'insecureCookie'],
    ...(shared !== undefined && { shared }),
  });
  const app = express();
  app.use(await sessionMiddleware(redisPath, pool));
  app.use(otp);
  app.get('/', (_req, res) => void res.send('hello'));
  app.get('/now', otp.requireSmsOtp({ maxAgeSeconds: 86_400 }), (_req, res) => void res.send('hello'));
  return app;
}

async function sharedState(
  { redisPath, statePath = redisPath }: ServerSettings,
  pool: Pool | undefined,
): Promise<SharedState | undefined> {
  // 0.1.0 has no such entry.
  if (pool !== undefined) return (await import('express-sms-otp/postgres')).postgresState(pool);
  return statePath === undefined ? undefined : redisState(await connectRedis(statePath));
}

function transport({ smscUrl, phonePort }: ServerSettings): SmsTransport {
  if (smscUrl === undefined) return connectPhone(phonePort);
  const { hostname, port } = new URL(smscUrl);
  return new SmppTransport({ smscs: [{ host: hostname, port: Number(port), window: 1000 }], source: 'Bench' });
}

function userStore({ directory }: ServerSettings): UserStore {
  if (directory === undefined) return new CheapUserStore();
  const { url, ca, baseDn, bindDn } = directory;
  return new LdapUserStore({ url, tls: { ca }, baseDn, bindDn, bindPassword: 'service' });
}
