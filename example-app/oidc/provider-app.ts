import { generateKeyPairSync } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import express, { type Express } from 'express';
import session from 'express-session';
import { type SmsOtp, sessionGuard, type UserStore } from 'express-sms-otp';
import { smsOtpForOidc } from 'express-sms-otp/oidc';
import { type Configuration, Provider } from 'oidc-provider';
import type { ClientAppOptions } from './client-app.ts';
import { providerPage } from './pages.ts';

export interface ProviderAppOptions {
  readonly origin: string;
  readonly otp: SmsOtp;
  readonly userStore: UserStore;
  /** Signs the cookies. */
  readonly secret: string;
  readonly client: Pick<ClientAppOptions, 'clientId' | 'clientSecret' | 'url'>;
  /** The phone's page, to link to. */
  readonly inboxUrl: string | undefined;
}

/** The bank as an OpenID provider, at `/oidc`. */
export function createProviderApp(options: ProviderAppOptions): Express {
  const { origin, otp, secret, client, inboxUrl } = options;
  const forOidc = smsOtpForOidc(otp);
  const provider = new Provider(`${origin}/oidc`, forOidc.configure(configurationOf(options)));
  const app = express();
  app.use('/public', express.static(fileURLToPath(new URL('../public', import.meta.url))));
  const cookie = { sameSite: 'lax', secure: 'auto' } as const;
  app.use(sessionGuard(session({ secret, resave: false, saveUninitialized: false, cookie })));
  app.use(otp);
  app.get('/', (req, res) => void res.send(providerPage(req.smsOtp, { clientUrl: client.url, inboxUrl })));
  app.use('/interaction', forOidc.interactions(provider));
  app.use('/oidc', provider.callback());
  return app;
}

function configurationOf({ client, secret, userStore }: ProviderAppOptions): Configuration {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const hour = 3600;
  return {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: [`${client.url}/callback`],
        post_logout_redirect_uris: [client.url],
      },
    ],
    cookies: { keys: [secret] },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
    claims: { openid: ['sub', 'name'] },
    ttl: {
      AccessToken: hour,
      AuthorizationCode: 60,
      Grant: hour,
      IdToken: hour,
      Interaction: hour,
      Session: 24 * hour,
    },
    findAccount: async (_ctx, accountId) => ({
      accountId,
      claims: async () => ({ sub: accountId, name: (await userStore.findUser({ id: accountId }))?.displayName }),
    }),
    loadExistingGrant,
  };
}

/** The client is the bank's own: nobody is asked for consent. */
const loadExistingGrant: NonNullable<Configuration['loadExistingGrant']> = async ({ oidc }) => {
  const { client, session } = oidc;
  if (client === undefined || session?.accountId === undefined) return undefined;
  const grant = new oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope('openid');
  await grant.save();
  return grant;
};
