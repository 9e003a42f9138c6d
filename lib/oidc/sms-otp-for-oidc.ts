import type { Request, RequestHandler, Response } from 'express';
import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { z } from 'zod';
import { SmsOtpConfigError } from '../errors.ts';
import type { GrantFacts } from '../http/state.ts';
import { checkOptions } from '../schema/check-options.ts';
import { callback } from '../schema/option-values.ts';
import type { SmsOtp } from '../sms-otp.ts';
import { acrCheck } from './acr.ts';
import { answerInteractions } from './interactions.ts';
import { factsOn, type OidcRule } from './sign-in.ts';

// As an import without a mode these declarations would fail in CommonJS (TS1541): oidc-provider is an ES module.
type Configuration = import('oidc-provider', { with: { 'resolution-mode': 'import' }}).Configuration;
type Provider = import('oidc-provider', { with: { 'resolution-mode': 'import' }}).Provider;

/** Options of `smsOtpForOidc()`; all are optional. */
export interface SmsOtpForOidcOptions {
  /**
   * The same as the option `acr` of `smsOtp()`.
   *
   * @default 'smpp'
   */
  readonly acr?: OidcRule['acr'];
  /**
   * Which clients' sign-ins need a code. With `'asking'`, the app answers the other clients' interactions.
   *
   * @default 'all'
   */
  readonly clients?: OidcRule['clients'];
  /**
   * The account id that `findAccount` expects for a user: the `sub` of the id_token.
   *
   * @default the user's id
   */
  readonly accountId?: OidcRule['accountId'];
}

/** Connects SMS OTP to both ends of oidc-provider. */
export interface SmsOtpForOidc {
  /**
   * Adds acr, amr and auth_time, the claims parameter, and one more check at the login to a provider's configuration.
   *
   * @throws SmsOtpConfigError
   */
  configure(configuration: Configuration): Configuration;
  /**
   * Answers the provider's login interactions, at the path that its `interactions.url` names; passes other interactions
   * on. From then on, a sign-out at the provider also signs out of `smsOtp()`.
   */
  interactions(provider: Provider): RequestHandler;
}

const CLAIMS = ['acr', 'amr', 'auth_time'];

const optionsSchema = z.strictObject({
  acr: z.string().min(1, 'must not be empty').default('smpp'),
  clients: z.enum(['all', 'asking'], "must be 'all' or 'asking'").default('all'),
  accountId: callback<OidcRule['accountId']>().default(() => idOf),
} satisfies Record<keyof SmsOtpForOidcOptions, z.ZodType>);

/**
 * SMS OTP as an authentication context of an OpenID provider (panva's oidc-provider 9).
 *
 * @param otp the handler in front of the provider
 * @throws SmsOtpConfigError
 */
export function smsOtpForOidc(otp: SmsOtp, options: SmsOtpForOidcOptions = {}): SmsOtpForOidc {
  const rule: OidcRule = checkOptions(optionsSchema, options, 'smsOtpForOidc');
  return {
    configure: (configuration) => configureProvider(rule, configuration),
    interactions(provider) {
      signOutWithProvider(otp, rule, provider);
      return answerInteractions(otp, rule, provider);
    },
  };
}

function idOf({ id }: GrantFacts['user']): string {
  return id;
}

/**
 * Adds SMS OTP to an oidc-provider configuration. If the app has its own policy, its `login` prompt gets one more check.
 *
 * @throws SmsOtpConfigError
 */
function configureProvider(rule: OidcRule, configuration: Configuration): Configuration {
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
function signOutWithProvider(otp: SmsOtp, rule: OidcRule, provider: Provider): void {
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
    const req = ctx.req as Request;
    const res = ctx.res as Response;
    await new Promise<void>((resolve, reject) => {
      signOut(req, res, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
    });
  });
}
