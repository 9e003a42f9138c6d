import { type Configuration, interactionPolicy } from 'oidc-provider';
import { SmsOtpConfigError } from '../errors.ts';
import { acrCheck } from './acr-check.ts';
import type { OidcRule } from './rule.ts';

const CLAIMS = ['acr', 'amr', 'auth_time'];

/**
 * An oidc-provider configuration with SMS OTP in it. A policy of the app's own gets one more check in its `login` prompt.
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
    // Without this, oidc-provider leaves amr out, and auth_time where no max_age is asked for.
    claims: { ...claims, openid: [...new Set([...claimNames(claims?.openid ?? ['sub']), ...CLAIMS])] },
    features: {
      ...features,
      claimsParameter: { ...features?.claimsParameter, enabled: true },
      // On by default, and they sign in whoever types a name.
      devInteractions: { enabled: false },
    },
    interactions: { ...interactions, policy },
  };
}

function* problemsOf({ acr }: OidcRule, { acrValues = [], cookies }: Configuration): Generator<string> {
  if ([...acrValues].some((value) => value !== acr))
    yield 'acrValues: no other value can be reached than that of smsOtp()';
  // Unsigned, the cookie that names an interaction could be made up for somebody else's.
  if (cookies?.keys === undefined || (Array.isArray(cookies.keys) && cookies.keys.length === 0)) {
    yield 'cookies.keys: oidc-provider needs keys to sign its cookies with';
  }
}

function claimNames(claims: readonly string[] | Readonly<Record<string, null>> | null): readonly string[] {
  return Array.isArray(claims) ? claims : Object.keys(claims ?? {});
}
