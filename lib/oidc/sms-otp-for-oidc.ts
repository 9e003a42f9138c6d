import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { GrantFacts } from '../http/state.ts';
import { checkOptions } from '../schema/check-options.ts';
import { callback } from '../schema/option-values.ts';
import type { SmsOtp } from '../sms-otp.ts';
import { answerInteractions } from './interactions.ts';
import { configureProvider, signOutWithProvider } from './provider.ts';
import type { OidcRule } from './sign-in.ts';

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
