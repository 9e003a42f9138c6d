import type { Request, Response } from 'express';
import { type Configuration, interactionPolicy, type KoaContextWithOIDC, type Provider } from 'oidc-provider';
import { SmsOtpConfigError } from '../errors.ts';
import type { SmsOtp } from '../sms-otp.ts';
import { acrCheck } from './acr.ts';
import { factsOn, type OidcRule } from './sign-in.ts';

const CLAIMS = ['acr', 'amr', 'auth_time'];

/**
 * Adds SMS OTP to an oidc-provider configuration. If the app has its own policy, its `login` prompt gets one more check.
 *
 * @throws SmsOtpConfigError
 */
export function configureProvider(rule: OidcRule, configuration: Configuration): Configuration {
  const { claims, features, interactions } = configuration;
  const policy = interactions?.policy ?? interactionPolicy.base();
  const login = policy.find(({ name }) => name === 'login');
  const problems = [...problemsOf(rule, configuration)];
  if (login === undefined) problems.push('interactions.policy: the prompt "login" is missing');
  if (problems.length > 0) throw new SmsOtpConfigError(problems);
  login?.checks.add(acrCheck(rule));
  return {
    ...configuration,
    acrValues: [rule.acr],
    // Without this, oidc-provider omits amr, and auth_time unless the request has max_age.
    claims: { ...claims, openid: [...new Set([...claimNames(claims?.openid ?? ['sub']), ...CLAIMS])] },
    features: {
      ...features,
      claimsParameter: { ...features?.claimsParameter, enabled: true },
      // They are on by default, and sign in anybody who types a name.
      devInteractions: { enabled: false },
    },
    interactions: { ...interactions, policy },
  };
}

function* problemsOf({ acr }: OidcRule, { acrValues = [], cookies }: Configuration): Generator<string> {
  if ([...acrValues].some((value) => value !== acr)) yield 'acrValues: only the acr of smsOtp() can be reached';
  // If it is unsigned, the cookie that names an interaction can be forged to name another person's.
  if (cookies?.keys === undefined || (Array.isArray(cookies.keys) && cookies.keys.length === 0)) {
    yield 'cookies.keys: oidc-provider needs keys to sign its cookies with';
  }
}

function claimNames(claims: readonly string[] | Readonly<Record<string, null>> | null): readonly string[] {
  return Array.isArray(claims) ? claims : Object.keys(claims ?? {});
}

/** A sign-out at the provider also signs out here: otherwise the next sign-in would ask for nothing. */
export function signOutWithProvider(otp: SmsOtp, rule: OidcRule, provider: Provider): void {
  const signOut = otp.signOut();
  provider.use(async (ctx, next) => {
    await next();
    const { oidc }: Partial<KoaContextWithOIDC> = ctx;
    const isSignedOut =
      oidc?.route === 'end_session_confirm' && ctx.status === 303 && oidc.params?.logout !== undefined;
    if (!isSignedOut) return;
    const { user } = factsOn(ctx.req);
    // oidc-provider also ends its session if another person has signed in meanwhile; that person stays signed in.
    if (user === undefined || rule.accountId(user) !== oidc.session?.accountId) return;
    // Mounted in an Express app, Koa is handed Express' own objects.
    const [req, res] = [ctx.req as Request, ctx.res as Response];
    await new Promise<void>((resolve, reject) => {
      signOut(req, res, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
    });
  });
}
