import type { Interaction, InteractionResults } from 'oidc-provider';
import { SmsOtpError } from '../errors.ts';
import type { SmsOtpFacts } from '../http/state.ts';
import { asksForAcr } from './acr-request.ts';
import type { OidcRule } from './rule.ts';

/** How old a sign-in may be for an interaction, in seconds: `max_age`, and with `prompt=login` not before it began. */
export function maxAgeOf({ params, iat }: Interaction, now: number): number {
  const prompts = typeof params.prompt === 'string' ? params.prompt.split(' ') : [];
  const maxAge = params.max_age === undefined ? Number.POSITIVE_INFINITY : Number(params.max_age);
  // Both times are whole seconds: a code of the same second counts, or a fast browser would be asked twice.
  return Math.min(maxAge, prompts.includes('login') ? now - iat + 1 : Number.POSITIVE_INFINITY);
}

/** What oidc-provider is told of somebody who has come through the gate, or who is exempt from the code. */
export function loginResult(
  rule: OidcRule,
  interaction: Interaction,
  facts: SmsOtpFacts,
  now: number,
): InteractionResults {
  const { user, acr, amr = [], authTime = 0 } = facts;
  if (user === undefined || (acr !== undefined && acr !== rule.acr)) {
    throw new SmsOtpError('MISCONFIGURED', 'smsOtpForOidc() and smsOtp() must be given the same acr.');
  }
  const accountId = rule.accountId(user);
  const before = interaction.lastSubmission?.login;
  if (before?.accountId === accountId && before.ts === authTime) {
    return refusal('login_required', 'somebody else is asked for than who is signed in');
  }
  const isExempt = acr === undefined;
  if (isExempt && asksForAcr(interaction.params, rule.acr)) {
    return refusal('unmet_authentication_requirements', 'this person needs no code and has entered none');
  }
  if (isExempt && now - authTime > maxAgeOf(interaction, now)) {
    return refusal('login_required', 'this person must sign out and in again');
  }
  return { login: { accountId, ts: authTime, amr: [...amr], ...(acr === undefined ? {} : { acr }) } };
}

function refusal(error: string, error_description: string): InteractionResults {
  return { error, error_description };
}
