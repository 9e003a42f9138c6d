import * as client from 'openid-client';
import { CALLBACK } from './identity-provider.ts';

/** The client's knowledge after a sign-in: the claims of an id_token that it has checked, or the error that it was sent. */
export type Outcome =
  | { readonly claims: client.IDToken; readonly idToken: string; readonly tokens: Tokens }
  | { readonly error: string };

interface Tokens {
  readonly access: string;
  /** For clients that may have one. */
  readonly refresh: string | undefined;
}

export interface Authorization {
  /** Where the client sends the browser. */
  readonly path: string;
  /** The client's reading of the address that the browser comes back with. */
  finish(callback: string): Promise<Outcome>;
}

/** A client of the provider, by openid-client, which refuses what does not fit its request. */
export class RelyingParty {
  readonly #config: client.Configuration;

  private constructor(config: client.Configuration) {
    this.#config = config;
  }

  static async of(url: string, clientId = 'app'): Promise<RelyingParty> {
    const secret = 'a secret of the client that is long enough';
    const auth = client.ClientSecretBasic(secret);
    const options = { execute: [client.allowInsecureRequests] };
    return new RelyingParty(await client.discovery(new URL(`${url}/oidc`), clientId, secret, auth, options));
  }

  get metadata(): client.ServerMetadata {
    return this.#config.serverMetadata();
  }

  /** The subject that the provider names for an access token. */
  async readPerson(accessToken: string): Promise<string> {
    return (await client.fetchUserInfo(this.#config, accessToken, client.skipSubjectCheck)).sub;
  }

  /** Changes a refresh token into another access token. */
  async refresh(refreshToken: string): Promise<string> {
    return (await client.refreshTokenGrant(this.#config, refreshToken)).access_token;
  }

  async begin(parameters: Readonly<Record<string, string>> = {}): Promise<Authorization> {
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
    const url = client.buildAuthorizationUrl(this.#config, {
      redirect_uri: CALLBACK,
      scope: 'openid',
      state: expectedState,
      nonce: expectedNonce,
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      ...parameters,
    });
    const maxAge = parameters.max_age === undefined ? {} : { maxAge: Number(parameters.max_age) };
    const checks = { pkceCodeVerifier, expectedState, expectedNonce, ...maxAge };
    return {
      path: url.pathname + url.search,
      finish: async (callback) => {
        try {
          const tokens = await client.authorizationCodeGrant(this.#config, new URL(callback), checks);
          const [claims, idToken] = [tokens.claims(), tokens.id_token];
          if (claims === undefined || idToken === undefined) return { error: 'no id_token' };
          return { claims, idToken, tokens: { access: tokens.access_token, refresh: tokens.refresh_token } };
        } catch (error) {
          if (error instanceof client.AuthorizationResponseError) return { error: error.error };
          throw error;
        }
      },
    };
  }
}
