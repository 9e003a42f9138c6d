import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { GrantFacts } from '../http/state.ts';
import { checkOptions } from '../schema/check-options.ts';
import { callback } from '../schema/option-values.ts';
import type { SmsOtp } from '../sms-otp.ts';
import { answerInteractions } from './interactions.ts';
import { configureProvider } from './provider-configuration.ts';
import { signOutWithProvider } from './provider-sign-out.ts';
import type { OidcRule } from './rule.ts';

// As an import without a mode these declarations would fail in CommonJS (TS1541): oidc-provider is an ES module.
type Configuration = import('oidc-provider', { with: { 'resolution-mode': 'import' }}).Configuration;
type Provider = import('oidc-provider', { with: { 'resolution-mode': 'import' }}).Provider;

/** All are optional. */
export interface SmsOtpForOidcOptions {
  /** ['smpp'] The one that `smsOtp()` was given. */
  readonly acr?: OidcRule['acr'];
  /** ['all'] Whose sign-ins need a code. With `'asking'`, the other clients' interactions are the app's own. */
  readonly clients?: OidcRule['clients'];
  /** [the user's id] The account that `findAccount` knows for a user: the `sub` of the id_token. */
  readonly accountId?: OidcRule['accountId'];
}

/** The two ends of oidc-provider that SMS OTP is tied to. */
export interface SmsOtpForOidc {
  /**
   * The provider's configuration, with acr, amr and auth_time, the claims parameter, and one more check at the login.
   *
   * @throws SmsOtpConfigError
   */
  configure(configuration: Configuration): Configuration;
  /**
   * Answers the provider's login interactions, at the path that its `interactions.url` names; other interactions go on.
   * A sign-out at the provider is from then on a sign-out of `smsOtp()`, too.
   */
  interactions(provider: Provider): RequestHandler;
}

const optionsSchema = z.strictObject({
  acr: z.string().min(1, 'must not be empty').default('smpp'),
  clients: z.enum(['all', 'asking'], "must be 'all' or 'asking'").default('all'),
  accountId: callback<OidcRule['accountId']>().default(() => idOf),
} satisfies Record<keyof SmsOtpForOidcOptions, z.ZodType>);

/**
 * SMS OTP as an authentication context of an OpenID provider (panva's oidc-provider 9).
 *
 * @param otp the handler that stands in front of the provider
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
