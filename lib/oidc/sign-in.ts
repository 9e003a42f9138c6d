import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { SmsOtpError } from '../errors.ts';
import type { GrantFacts, SmsOtpFacts } from '../http/state.ts';

// As an import without a mode these declarations would fail in CommonJS (TS1541): oidc-provider is an ES module.
type Interaction = import('oidc-provider', { with: { 'resolution-mode': 'import' }}).Interaction;

/** The settings of one instance. */
export interface OidcRule {
  /** The authentication context class of a sign-in with a code. */
  readonly acr: string;
  /** Which clients' sign-ins need a code: all, or those that ask for it by `acr_values` or an `acr` claim. */
  readonly clients: 'all' | 'asking';
  /** oidc-provider's account id for a user. */
  readonly accountId: (user: GrantFacts['user']) => string;
}

/**
 * The sign-in that `smsOtp()` found on the request.
 *
 * @throws SmsOtpError `MISCONFIGURED` if the request never passed it: every sign-in would go round in circles
 */
export function factsOn(req: IncomingMessage & { readonly smsOtp?: SmsOtpFacts }): SmsOtpFacts {
  if (req.smsOtp !== undefined) return req.smsOtp;
  throw new SmsOtpError(
    'MISCONFIGURED',
    'This request never passed app.use(smsOtp(…)): put it before the provider and before its interactions.',
  );
}

/** Whether a sign-in (seconds since 1970) is older than `max_age`, or with `prompt=login` older than the request. */
export function isTooOld({ params, iat }: Interaction, authTime: number): boolean {
  const isBefore = typeof params.prompt === 'string' && params.prompt.split(' ').includes('login') && authTime < iat;
  return isBefore || (params.max_age !== undefined && ageOf(authTime) > Number(params.max_age));
}

export function ageOf(authTime: number): number {
  return Math.floor(Date.now() / 1000) - authTime;
}

/** Both times are whole seconds: within one second nobody can tell whether the sign-in or the request came first. */
export async function waitForNextSecond(authTime: number): Promise<void> {
  await delay(Math.min(1000, Math.max(0, (authTime + 1) * 1000 - Date.now())));
}
