import { fileURLToPath } from 'node:url';
import express, { type Express, type Request } from 'express';
import session from 'express-session';
import * as oidc from 'openid-client';
import { answerPage, clientPage, REQUESTS } from './pages.ts';

export interface ClientAppOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where this application is. */
  readonly url: string;
}

/** The part of a request that the client keeps until its answer comes. */
interface Pending {
  readonly pkceCodeVerifier: string;
  readonly expectedState: string;
  readonly expectedNonce: string;
}

/** An application that knows no passwords: its people sign in at the provider. */
export function createClientApp({ issuer, clientId, clientSecret, url }: ClientAppOptions): Express {
  const options = issuer.startsWith('http:') ? { execute: [oidc.allowInsecureRequests] } : {};
  const discover = (): Promise<oidc.Configuration> =>
    oidc.discovery(new URL(issuer), clientId, clientSecret, undefined, options);
  const app = express();
  app.use('/public', express.static(fileURLToPath(new URL('../public', import.meta.url))));
  // Browsers send cookies to all ports of a host: a name of its own keeps it apart from the provider's.
  app.use(session({ name: 'client.sid', secret: clientSecret, resave: false, saveUninitialized: false }));
  app.get('/', (_req, res) => void res.send(clientPage()));
  app.get('/sign-in/:request', async (req, res) => {
    const parameters = REQUESTS[req.params.request];
    if (parameters === undefined) return void res.sendStatus(404);
    res.redirect(303, await begin(await discover(), req, `${url}/callback`, parameters));
  });
  app.get('/callback', async (req, res) => {
    res.send(answerPage(await finish(await discover(), req, url + req.originalUrl)));
  });
  app.get('/sign-out', async (_req, res) => {
    res.redirect(303, oidc.buildEndSessionUrl(await discover(), { post_logout_redirect_uri: url }).href);
  });
  return app;
}

async function begin(
  config: oidc.Configuration,
  { session }: Request,
  redirect_uri: string,
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  const pending: Pending = {
    pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
    expectedState: oidc.randomState(),
    expectedNonce: oidc.randomNonce(),
  };
  Object.assign(session, { pending });
  return oidc.buildAuthorizationUrl(config, {
    redirect_uri,
    scope: 'openid',
    state: pending.expectedState,
    nonce: pending.expectedNonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(pending.pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...parameters,
  }).href;
}

/** @returns the claims of the id_token, or what the provider says instead */
async function finish(config: oidc.Configuration, { session }: Request, address: string): Promise<object> {
  const { pending } = session as { pending?: Pending };
  if (pending === undefined) return { error: 'nothing was asked for' };
  Object.assign(session, { pending: undefined });
  try {
    return (await oidc.authorizationCodeGrant(config, new URL(address), { ...pending })).claims() ?? {};
  } catch (error) {
    if (!(error instanceof oidc.AuthorizationResponseError)) throw error;
    return { error: error.error, error_description: error.error_description };
  }
}
