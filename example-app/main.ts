import { once } from 'node:events';
import { smsOtp } from 'express-sms-otp';
import { createApp } from './app.ts';
import { type Environment, randomSecret, readEnvironment } from './environment.ts';
import { createMetrics } from './metrics.ts';
import { OTP_OPTIONS } from './otp-options.ts';
import { startPeers } from './peers.ts';
import { connectPostgres } from './postgres.ts';
import { connectRedis, type Shared } from './redis.ts';
import { explain, onInterrupt, welcome } from './terminal.ts';

try {
  await run(readEnvironment(process.env));
} catch (error) {
  console.error(explain(error));
  process.exit(1);
}

async function run(environment: Environment): Promise<void> {
  const { PORT, ORIGIN = `http://localhost:${PORT}`, SMS_OTP_LIMITS, SKIN: skin } = environment;
  const peers = await startPeers(environment);
  const { userStore, transport, inboxUrl } = peers;
  const several = await connectShared(environment);
  const otp = smsOtp({
    secret: environment.SMS_OTP_SECRET ?? randomSecret(),
    origin: ORIGIN,
    ...OTP_OPTIONS,
    ...(skin && { styles: '/public/skin.css' }),
    userStore,
    transport,
    ...(several && { shared: several.shared }),
    ...(SMS_OTP_LIMITS && { limits: SMS_OTP_LIMITS }),
  });
  const sessionSecret = environment.SESSION_SECRET ?? randomSecret();
  const sessionStore = several?.sessions;
  const trustProxy = environment.TRUST_PROXY;
  const metrics = createMetrics(otp, transport);
  const app = createApp({ otp, userStore, metrics, sessionSecret, sessionStore, trustProxy, skin, inboxUrl });
  const server = app.listen(PORT);
  await once(server, 'listening');
  onInterrupt(async () => {
    const closed = once(server.close(), 'close');
    metrics.stop();
    await otp.close();
    // Requests that were on their way have their answers by then; only a browser's spare connections are left.
    setTimeout(() => server.closeAllConnections(), 500);
    await closed;
    await several?.close();
    await peers.close();
  });
  console.log(welcome(ORIGIN, environment, inboxUrl));
}

/** Sessions and state of several processes; one process needs none of it. */
async function connectShared({ REDIS_URL, DATABASE_URL }: Environment): Promise<Shared | undefined> {
  if (REDIS_URL !== undefined) return connectRedis(REDIS_URL);
  return DATABASE_URL === undefined ? undefined : connectPostgres(DATABASE_URL);
}
