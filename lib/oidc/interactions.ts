import type { Request, RequestHandler, Response } from 'express';
import { errors, type Interaction, type Provider } from 'oidc-provider';
import { SmsOtpError } from '../errors.ts';
import type { SmsOtpFacts } from '../http/state.ts';
import type { SmsOtp } from '../sms-otp.ts';
import { asksForAcr } from './acr-request.ts';
import { factsOn } from './facts.ts';
import { ageOf, isTooOld } from './freshness.ts';
import { handOver } from './hand-over.ts';
import { loginResult } from './login-result.ts';
import type { OidcRule } from './rule.ts';

/** Takes a `login` interaction through the password and the code; any other interaction goes on. */
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
      const gate = gateFor(otp, interaction, factsOn(req));
      gate(req, res, (error?: unknown) => (error === undefined ? finish().catch(fail) : fail(error)));
    } catch (error) {
      fail(error);
    }
  };
}

/** The provider knows an interaction by a signed cookie; the address must mean the same one. */
async function findInteraction(provider: Provider, req: Request, res: Response): Promise<Interaction> {
  try {
    const interaction = await provider.interactionDetails(req, res);
    if (req.originalUrl.includes(interaction.uid)) return interaction;
  } catch (error) {
    if (!(error instanceof errors.SessionNotFound)) throw error;
  }
  throw new SmsOtpError(
    'BAD_REQUEST',
    'This sign-in is over, or was begun in another browser. Please begin again where you came from.',
  );
}

function isOurs({ acr, clients }: OidcRule, { prompt, params }: Interaction): boolean {
  return prompt.name === 'login' && (clients === 'all' || asksForAcr(params, acr));
}

/**
 * Lets those pass who have entered a code that is new enough, or are exempt; the gate leads all others to the pages.
 */
function gateFor(otp: SmsOtp, interaction: Interaction, { user, acr, authTime = 0 }: SmsOtpFacts): RequestHandler {
  if (user !== undefined && acr === undefined) return (_req, _res, next) => next();
  // A rule of any age makes the gate look up the grant anew.
  return otp.requireSmsOtp({ maxAgeSeconds: isTooOld(interaction, authTime) ? 1 : ageOf(authTime) + 60 });
}
