import type { Interaction, InteractionResults } from 'oidc-provider';
import { SmsOtpError } from '../errors.ts';
import type { SmsOtpFacts } from '../http/state.ts';
import { asksForAcr } from './acr-request.ts';
import { isTooOld } from './freshness.ts';
import type { OidcRule } from './rule.ts';

/**
 * What oidc-provider is told of somebody who has come through the gate, or who is exempt from the code.
 *
 * @throws SmsOtpError `MISCONFIGURED`
 */
export function loginResult(rule: OidcRule, interaction: Interaction, facts: SmsOtpFacts): InteractionResults {
  const { user, acr, amr = [], authTime = 0 } = facts;
  if (user === undefined || (acr !== undefined && acr !== rule.acr)) {
    throw new SmsOtpError('MISCONFIGURED', 'smsOtpForOidc() and smsOtp() must be given the same acr.');
  }
  if (acr === undefined && asksForAcr(interaction.params, rule.acr)) {
    return refusal('unmet_authentication_requirements', 'this person needs no code, and has entered none');
  }
  if (isTooOld(interaction, authTime)) return refusal('login_required', 'a new sign-in is needed, and there was none');
  const accountId = rule.accountId(user);
  if (isSomebodyElse(interaction, accountId, authTime)) {
    return refusal('login_required', 'somebody else is signed in than who is asked for');
  }
  return { login: { accountId, ts: authTime, amr: [...amr], ...(acr === undefined ? {} : { acr }) } };
}

/** What was not enough when the request came is not enough again: it would go round in circles. */
function isSomebodyElse(
  { prompt, session, lastSubmission }: Interaction,
  accountId: string,
  authTime: number,
): boolean {
  const before = lastSubmission?.login;
  if (before?.accountId === accountId && before.ts === authTime) return true;
  // oidc-provider 9.13 looks at the hint when the request comes, and no more after the login.
  return prompt.reasons.includes('id_token_hint') && session?.accountId === accountId;
}

function refusal(error: string, error_description: string): InteractionResults {
  return { error, error_description };
}
