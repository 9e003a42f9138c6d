import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { smsOtp } from 'express-sms-otp';
import { type Environment, randomSecret } from '../environment.ts';
import { OTP_OPTIONS } from '../otp-options.ts';
import { startPeers } from '../peers.ts';
import { createClientApp } from './client-app.ts';
import { createProviderApp } from './provider-app.ts';

export interface OidcDemo {
  readonly providerUrl: string;
  readonly clientUrl: string;
  /** The phone's page; there is none with a real operator. */
  readonly inboxUrl: string | undefined;
  close(): Promise<void>;
}

/** The bank as an OpenID provider, an application that signs in there, and the peers that the environment names. */
export async function startOidcDemo(environment: Environment): Promise<OidcDemo> {
  const { userStore, transport, inboxUrl, close } = await startPeers(environment);
  const servers = [await listen(environment.PORT), await listen(environment.CLIENT_PORT)] as const;
  const [ownUrl, clientUrl] = [urlOf(servers[0]), urlOf(servers[1])];
  const { ORIGIN: origin = ownUrl, SMS_OTP_SECRET, SESSION_SECRET } = environment;
  const otp = smsOtp({
    ...OTP_OPTIONS,
    secret: SMS_OTP_SECRET ?? randomSecret(),
    origin,
    afterSignInUrl: '/',
    authRequired: false,
    userStore,
    transport,
  });
  const client = { clientId: 'shop', clientSecret: randomSecret(), url: clientUrl };
  const secret = SESSION_SECRET ?? randomSecret();
  servers[0].on('request', createProviderApp({ origin, otp, userStore, secret, client, inboxUrl }));
  servers[1].on('request', createClientApp({ ...client, issuer: `${origin}/oidc` }));
  return {
    providerUrl: origin,
    clientUrl,
    inboxUrl,
    async close() {
      for (const server of servers) await end(server);
      await otp.close();
      await close();
    },
  };
}

async function listen(port: number): Promise<Server> {
  const server = createServer().listen(port);
  await once(server, 'listening');
  return server;
}

function urlOf(server: Server): string {
  const { port } = server.address() as AddressInfo;
  return `http://localhost:${port}`;
}

async function end(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
