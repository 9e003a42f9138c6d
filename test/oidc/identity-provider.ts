import { generateKeyPairSync } from 'node:crypto';
import express, { type Express, type RequestHandler } from 'express';
import session from 'express-session';
import { type ClientMetadata, type Configuration, Provider } from 'oidc-provider';
import type { SharedState, SmsOtp, SmsOtpOptions } from '../../lib/index.ts';
import { type SmsOtpForOidcOptions, smsOtpForOidc } from '../../lib/oidc/index.ts';
import { createSmsOtp } from '../../lib/sms-otp.ts';
import { memoryState } from '../../lib/state/memory-state.ts';
import { listen } from '../support/client.ts';
import { People } from '../support/people.ts';
import { RecordingTransport } from '../support/recording-transport.ts';

const SECRET = 'a secret of the tests that is long enough';
export const CALLBACK = 'https://client.example/callback';
export const GOODBYE = 'https://client.example/goodbye';
const CLIENT = {
  client_secret: 'a secret of the client that is long enough',
  redirect_uris: [CALLBACK],
  post_logout_redirect_uris: [GOODBYE],
} satisfies Partial<ClientMetadata>;

/** So many sign-ins as in these tests nobody has in an hour. */
const UNLIMITED = {
  sendsPerUserPerHour: false,
  sendsPerUserPerDay: false,
  sendsPerNumberPerHour: false,
  sendsPerNumberPerDay: false,
  sendsPerDayHard: false,
  sendsPerAddressPerHour: false,
} as const;

export interface IdentityProvider {
  readonly app: Express;
  readonly otp: SmsOtp;
  readonly provider: Provider;
  readonly people: People;
  readonly transport: RecordingTransport;
  readonly shared: SharedState;
  /** Where it listens. */
  readonly url: string;
  /** The clock of the codes, so many seconds off; the provider's own is the machine's. */
  setClock(offsetSeconds: number): void;
  close(): Promise<void>;
}

export interface IdentityProviderSetup {
  readonly options?: Partial<SmsOtpOptions>;
  readonly oidc?: SmsOtpForOidcOptions;
  readonly configuration?: Configuration;
  readonly clients?: readonly ClientMetadata[];
  /** Between the session and `smsOtp()`. */
  readonly before?: (app: Express) => void;
  /** What our interactions leave to the app. */
  readonly interactions?: (provider: Provider) => RequestHandler;
  /** False: as somebody would forget it. */
  readonly hasHandler?: boolean;
}

/** oidc-provider in an Express app, at `/oidc`, with the clients `app` and `gold`, which has another default acr. */
export async function startIdentityProvider(setup: IdentityProviderSetup = {}): Promise<IdentityProvider> {
  const app = express();
  app.set('env', 'test');
  const server = await listen(app);
  let offset = 0;
  const clock = (): number => Date.now() + offset * 1000;
  const [people, transport] = [new People(), new RecordingTransport()];
  const shared = setup.options?.shared ?? memoryState({ clock });
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const otp = createSmsOtp(
    {
      secret: SECRET,
      origin: server.url,
      userStore: people,
      transport,
      shared,
      logger,
      limits: UNLIMITED,
      authRequired: false,
      ...setup.options,
    },
    clock,
  );
  const acr = smsOtpForOidc(otp, setup.oidc);
  const provider = new Provider(`${server.url}/oidc`, acr.configure(configurationOf(setup)));
  app.use(session({ secret: SECRET, resave: false, saveUninitialized: false }));
  setup.before?.(app);
  if (setup.hasHandler !== false) app.use(otp);
  app.use('/interaction', acr.interactions(provider));
  if (setup.interactions !== undefined) app.use('/interaction', setup.interactions(provider));
  app.use('/oidc', provider.callback());
  return {
    app,
    otp,
    provider,
    people,
    transport,
    shared,
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

function configurationOf({ configuration, clients = [] }: IdentityProviderSetup): Configuration {
  return {
    clients: [{ client_id: 'app', ...CLIENT }, ...clients.map((client) => ({ ...CLIENT, ...client }))],
    cookies: { keys: [SECRET] },
    jwks: { keys: [{ ...KEY, use: 'sig', alg: 'ES256' }] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    loadExistingGrant: consentOf,
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 3600, IdToken: 600, Interaction: 3600, Session: 1_209_600 },
    ...configuration,
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

const KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
