import { createSign, generateKeyPairSync } from 'node:crypto';
import express from 'express';
import { listen } from './client.ts';

/** The endpoints that an OpenID provider must have for a client to believe its id_tokens. */
export interface StubProvider {
  readonly issuer: string;
  /** The answer that a browser would post back to the client, for somebody who signed in there. */
  signIn(authorizationUrl: string, username: string): { readonly id_token: string; readonly state: string };
  close(): Promise<void>;
}

export async function startStubProvider(): Promise<StubProvider> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const app = express();
  const { url: issuer, close } = await listen(app);
  app.get('/.well-known/openid-configuration', (_req, res) => {
    res.json({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['id_token'],
      response_modes_supported: ['form_post'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    });
  });
  app.get('/jwks', (_req, res) => {
    res.json({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'test', alg: 'RS256', use: 'sig' }] });
  });
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  return {
    issuer,
    signIn(authorizationUrl, username) {
      const asked = new URL(authorizationUrl).searchParams;
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        iss: issuer,
        sub: username,
        preferred_username: username,
        aud: 'app',
        iat: now,
        exp: now + 60,
        nonce: asked.get('nonce'),
      };
      const signed = `${encode({ alg: 'RS256', kid: 'test' })}.${encode(claims)}`;
      const signature = createSign('sha256').update(signed).sign(privateKey, 'base64url');
      return { id_token: `${signed}.${signature}`, state: asked.get('state') ?? '' };
    },
    close,
  };
}
