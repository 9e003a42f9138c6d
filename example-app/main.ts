import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { smsOtp } from 'express-sms-otp';
import { createApp } from './app.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { type Peers, startPeers } from './peers.ts';

try {
  await run(readEnvironment(process.env));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

async function run(environment: Environment): Promise<void> {
  const { PORT, ORIGIN = `http://localhost:${PORT}`, SMS_OTP_LIMITS } = environment;
  const peers = await startPeers(environment);
  const { userStore, transport, inboxUrl } = peers;
  const otp = smsOtp({
    secret: environment.SMS_OTP_SECRET ?? randomSecret(),
    origin: ORIGIN,
    appName: 'Example Bank',
    afterSignInUrl: '/dashboard',
    userStore,
    transport,
    ...(SMS_OTP_LIMITS && { limits: SMS_OTP_LIMITS }),
  });
  const sessionSecret = environment.SESSION_SECRET ?? randomSecret();
  const app = createApp({ otp, userStore, sessionSecret, trustProxy: environment.TRUST_PROXY, inboxUrl });
  const server = createServer(app);
  await listen(server, PORT);
  console.log(welcome(ORIGIN, environment, peers));
  onInterrupt(async () => {
    server.close();
    server.closeAllConnections();
    await otp.close();
    await peers.close();
  });
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, resolve);
  });
}

/** The second Ctrl-C does not wait. */
function onInterrupt(close: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, async () => {
      process.once(signal, () => process.exit(1));
      await close();
      process.exit(0);
    });
  }
}

function welcome(origin: string, { LDAP_URL }: Environment, { inboxUrl }: Peers): string {
  const users = ['  ada    lovelace   one number', '  grace  hopper     two numbers', '  alan   turing     none'];
  return [
    '',
    `  The app    ${origin}`,
    ...(inboxUrl === undefined ? [] : [`  The phone  ${inboxUrl.replace('127.0.0.1', 'localhost')}`]),
    ...(LDAP_URL === undefined ? ['', '  Sign in as', ...users] : []),
    '',
    '  Ctrl-C ends it.',
    '',
  ].join('\n');
}

function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}
