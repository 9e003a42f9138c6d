import type { Request, RequestHandler, Response } from 'express';
import { errors, type Interaction, type InteractionResults, type Provider } from 'oidc-provider';
import { isWithoutCode } from '../domain/grant.ts';
import { SmsOtpError } from '../errors.ts';
import { setAnswerHeaders } from '../http/headers.ts';
import { prefersHtml } from '../http/request.ts';
import type { SmsOtpFacts } from '../http/state.ts';
import { type Html, html } from '../pages/html.ts';
import type { SmsOtp } from '../sms-otp.ts';
import { asksForAcr } from './acr.ts';
import { ageOf, factsOn, isTooOld, type OidcRule } from './sign-in.ts';

/** Leads a `login` interaction through the password and the code; passes any other interaction on. */
export function answerInteractions(otp: SmsOtp, rule: OidcRule, provider: Provider): RequestHandler {
  const answerErrors = otp.answerErrors();
  return async function answerInteractions(req, res, next) {
    if (req.method !== 'GET') return next();
    const fail = (error: unknown): void => void answerErrors(error, req, res, next);
    try {
      const interaction = await findInteraction(provider, req, res);
      if (!isOurs(rule, interaction)) return next();
      const finish = async (): Promise<void> => {
        const result = loginResult(rule, interaction, factsOn(req));
        handOver(req, res, await provider.interactionResult(req, res, result));
      };
      const gate = gateFor(otp, rule, interaction, factsOn(req));
      gate(req, res, (error?: unknown) => (error === undefined ? finish().catch(fail) : fail(error)));
    } catch (error) {
      fail(error);
    }
  };
}

/** The provider finds an interaction by a signed cookie; the address must name the same one. */
async function findInteraction(provider: Provider, req: Request, res: Response): Promise<Interaction> {
  try {
    const interaction = await provider.interactionDetails(req, res);
    if (req.originalUrl.includes(interaction.uid)) return interaction;
  } catch (error) {
    if (!(error instanceof errors.SessionNotFound)) throw error;
  }
  throw new SmsOtpError(
    'BAD_REQUEST',
    'This sign-in has ended, or was started in another browser. Go back to the application and start again.',
  );
}

function isOurs({ acr, clients }: OidcRule, { prompt, params }: Interaction): boolean {
  return prompt.name === 'login' && (clients === 'all' || asksForAcr(params, acr));
}

/**
 * Opens for a code that is new enough, for exempt people, and for what may stand in place of a code; the gate leads all
 * others to the pages.
 */
function gateFor(
  otp: SmsOtp,
  { acr: wanted }: OidcRule,
  interaction: Interaction,
  { user, acr, amr = [], authTime = 0 }: SmsOtpFacts,
): RequestHandler {
  if (user !== undefined && acr === undefined) {
    // Something in place of a code is enough only if no code is asked for, now or by a new sign-in.
    const isEnough = !asksForAcr(interaction.params, wanted) && !isTooOld(interaction, authTime);
    if (isEnough || !isWithoutCode(amr)) return (_req, _res, next) => next();
  }
  // With an age of any length, the gate reads the grant anew.
  return otp.requireSmsOtp({ maxAgeSeconds: isTooOld(interaction, authTime) ? 1 : ageOf(authTime) + 60 });
}

/**
 * The result for oidc-provider of a person who passed the gate, or is exempt from the code.
 *
 * @throws SmsOtpError `MISCONFIGURED`
 */
function loginResult(rule: OidcRule, interaction: Interaction, facts: SmsOtpFacts): InteractionResults {
  const { user, acr, amr = [], authTime = 0 } = facts;
  if (user === undefined || (acr !== undefined && acr !== rule.acr)) {
    throw new SmsOtpError('MISCONFIGURED', 'smsOtpForOidc() and smsOtp() must be given the same acr.');
  }
  if (acr === undefined && asksForAcr(interaction.params, rule.acr)) {
    return refusal('unmet_authentication_requirements', 'this person is exempt from the code and has entered none');
  }
  if (isTooOld(interaction, authTime)) return refusal('login_required', 'a new sign-in is needed');
  const accountId = rule.accountId(user);
  if (isSomebodyElse(interaction, accountId, authTime)) {
    return refusal('login_required', 'another person is signed in than the one asked for');
  }
  return { login: { accountId, ts: authTime, amr: [...amr], ...(acr !== undefined && { acr }) } };
}

/** A sign-in that was not enough when the request came is not enough now: asking again would never end. */
function isSomebodyElse(
  { prompt, session, lastSubmission }: Interaction,
  accountId: string,
  authTime: number,
): boolean {
  const before = lastSubmission?.login;
  if (before?.accountId === accountId && before.ts === authTime) return true;
  // oidc-provider 9.13 checks the hint when the request comes, and not after the login.
  return prompt.reasons.includes('id_token_hint') && session?.accountId === accountId;
}

function refusal(error: string, error_description: string): InteractionResults {
  return { error, error_description };
}

/**
 * Redirects a browser by a page that refreshes. The chain of redirects begins with one of our forms and ends at the
 * application: Chromium blocks a redirect from a form to another site if the form's page has `form-action 'self'`.
 */
function handOver(req: Request, res: Response, address: string): void {
  setAnswerHeaders(res);
  if (!prefersHtml(req)) return void res.redirect(303, address);
  res.set('Content-Security-Policy', "default-src 'none'; base-uri 'none'; frame-ancestors 'none'");
  res.send(String(page(address)));
}

function page(address: string): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url=${address}">
<title>One moment</title>
</head>
<body><a href="${address}">Continue</a></body>
</html>
`;
}
