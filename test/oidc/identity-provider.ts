import { generateKeyPairSync } from 'node:crypto';
import express from 'express';
import session from 'express-session';
import { type ClientMetadata, type Configuration, Provider } from 'oidc-provider';
import type { SmsOtp, SmsOtpOptions } from '../../lib/index.ts';
import { type SmsOtpForOidcOptions, smsOtpForOidc } from '../../lib/oidc/index.ts';
import { createSmsOtp } from '../../lib/sms-otp.ts';
import { memoryState } from '../../lib/state/memory-state.ts';
import { listen } from '../support/client.ts';
import { People } from '../support/people.ts';
import { RecordingTransport } from '../support/recording-transport.ts';
import { UNLIMITED_SENDS } from '../support/unlimited-sends.ts';

const SECRET = 'a secret of the tests that is long enough';
export const CALLBACK = 'https://client.example/callback';
export const GOODBYE = 'https://client.example/goodbye';
const CLIENT = {
  client_secret: 'a secret of the client that is long enough',
  redirect_uris: [CALLBACK],
  post_logout_redirect_uris: [GOODBYE],
  grant_types: ['authorization_code', 'refresh_token'],
} satisfies Partial<ClientMetadata>;

export interface IdentityProvider {
  readonly otp: SmsOtp;
  readonly provider: Provider;
  readonly transport: RecordingTransport;
  /** Where it listens. */
  readonly url: string;
  /** The clock of the codes, so many seconds off; the provider's own is the machine's. */
  setClock(offsetSeconds: number): void;
  close(): Promise<void>;
}

export interface IdentityProviderSetup {
  readonly options?: Partial<SmsOtpOptions>;
  readonly oidc?: SmsOtpForOidcOptions;
  /** False: as somebody would forget it. */
  readonly hasHandler?: boolean;
}

/** oidc-provider in an Express app, at `/oidc`. */
export async function startIdentityProvider(setup: IdentityProviderSetup = {}): Promise<IdentityProvider> {
  const app = express();
  app.set('env', 'test');
  const server = await listen(app);
  let offset = 0;
  const clock = (): number => Date.now() + offset * 1000;
  const transport = new RecordingTransport();
  const shared = setup.options?.shared ?? memoryState({ clock });
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const otp = createSmsOtp(
    {
      secret: SECRET,
      origin: server.url,
      userStore: new People(),
      transport,
      shared,
      logger,
      limits: UNLIMITED_SENDS,
      authRequired: false,
      ...setup.options,
    },
    clock,
  );
  const acr = smsOtpForOidc(otp, setup.oidc);
  const provider = new Provider(`${server.url}/oidc`, acr.configure(baseConfiguration()));
  app.use(session({ secret: SECRET, resave: false, saveUninitialized: false }));
  if (setup.hasHandler !== false) app.use(otp);
  app.use('/interaction', acr.interactions(provider));
  app.use('/oidc', provider.callback());
  return {
    otp,
    provider,
    transport,
    url: server.url,
    setClock: (offsetSeconds) => {
      offset = offsetSeconds;
    },
    close: async () => {
      await server.close();
      await otp.close();
    },
  };
}

/** The set-up of every provider of these tests: the client `app`, and more. */
export function baseConfiguration(...more: readonly ClientMetadata[]): Configuration {
  return {
    clients: [{ client_id: 'app' }, ...more].map((client) => ({ ...CLIENT, ...client })),
    cookies: { keys: [SECRET] },
    jwks: { keys: [{ ...KEY, use: 'sig', alg: 'RS256' }] },
    findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    loadExistingGrant: consentOf,
    issueRefreshToken: async () => true,
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      Grant: 3600,
      IdToken: 600,
      Interaction: 3600,
      RefreshToken: 3600,
      Session: 1_209_600,
    },
  };
}

/** Nobody is asked for consent: the clients are the house's own. */
const consentOf: NonNullable<Configuration['loadExistingGrant']> = async ({ oidc }) => {
  const [clientId, accountId] = [oidc.client?.clientId ?? '', oidc.session?.accountId ?? ''];
  const grant = new oidc.provider.Grant({ clientId, accountId });
  grant.addOIDCScope('openid');
  await grant.save();
  return grant;
};

const KEY = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
